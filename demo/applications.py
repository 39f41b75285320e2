"""What became of the accepted applications, and some that are only begun: in every state there is one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from demo import customers
from demo.world import World
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.payments import operations as payments
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries

LATEST = 80
"""Who applied are among the customers registered last."""
NEEDS = {
    "family": "CHILDREN", "income": Decimal(320_000), "debts": Decimal(900_000), "budget": Decimal(15_000),
    "parents": "YES", "social": "YES", "has": ["MEDICAL"], "work": "EMPLOYED", "worry": "FAMILY",
}  # fmt: skip


def tell(world: World, insured: Sequence[customers.Insured], now: datetime) -> None:
    """
    Most of the accepted pay, one takes it back, some take their time.

    The money is sent by the worker when it starts: their policies come into being before one's eyes.
    """
    accepted = 0
    for each in insured[-LATEST:]:
        me = Ref("party", each.party_id)
        for row in queries.list_for_party(each.party_id):
            if row.state != "AWAITING_PAYMENT":
                continue
            accepted += 1
            view = queries.get_for_party(row.id, each.party_id)
            if accepted % 4 == 0:
                continue
            if accepted == 2:
                underwriting.withdraw(application_id=row.id, actor=me, at=now, why="想再和家人商量")
            elif view.collection_id is not None:
                payments.pay(
                    collection_id=view.collection_id,
                    payer_id=each.party_id,
                    method="WECHAT",
                    at=now,
                )
    _begin(insured, now - timedelta(hours=5))
    _record(world, insured, now - timedelta(days=1))


def _begin(insured: Sequence[customers.Insured], at: datetime) -> None:
    """A diagnosis of needs, an application left half-way, and one an agent prepared."""
    grown = [c for c in insured[:LATEST] if 25 <= at.year - c.person.birth_date.year <= 45]
    if len(grown) < 2:
        return
    me = Ref("party", grown[0].party_id)
    customers.agree(grown[0], at, "MARKETING")
    needs = underwriting.ask_needs(party_id=me.id, answers=NEEDS, channel="APP", actor=me, at=at)
    underwriting.start_application(
        holder_id=me.id, product_code="term-life", channel="APP", request_key="demo-half-way",
        actor=me, at=at, needs_id=needs,
    )  # fmt: skip
    for customer in grown[1:]:
        if customer.agent_id is None:
            continue
        agent = people.agent_access(customer.agent_id)
        try:
            made = underwriting.start_application(
                holder_id=customer.party_id, product_code="critical-illness", channel="AGENT",
                request_key="demo-prepared", actor=Ref("agent", agent.agent_id), agent=agent, at=at,
            )  # fmt: skip
            underwriting.ask_customer_to_go_on(
                application_id=made, actor=Ref("agent", agent.agent_id), at=at
            )
        except Refusal as refused:
            print(f"    a prepared application was refused on the way: {refused}")
        return


STEPS = ("IDENTITY", "WARNING", "EXPLAIN", "ANSWER", "SIGN")


def _record(world: World, insured: Sequence[customers.Insured], at: datetime) -> None:
    """A sale to somebody over sixty at a counter, recorded in five steps, which quality control will see."""
    clerk = people.staff_access(world.staff["bao.quan"])
    told: dict[str, Any] = {"actor": Ref("staff", clerk.staff_id), "access": clerk, "at": at}
    for each in insured:
        if not 60 <= at.year - each.person.birth_date.year - 1 <= 63:
            continue
        try:
            made = underwriting.start_application(
                holder_id=each.party_id, product_code="whole-life", channel="COUNTER",
                request_key="demo-recorded", **told,
            )  # fmt: skip
            holder, today = people.get_party(each.party_id), day_of(at)
            plan = underwriting.Plan(sum_insured=Decimal(100_000), pay_mode="YEARLY", pay_years=5)
            offer = products.get_offer("whole-life", today)
            price = underwriting.quote(offer, holder, plan, today)
            underwriting.choose_plan(application_id=made, plan=plan, seen=price.premium, **told)
            for n, step in enumerate(STEPS):
                underwriting.record_step(
                    application_id=made, step=step, sha256="",
                    content=f"演示用的双录文件，第 {n + 1} 个环节".encode(), **told,
                )  # fmt: skip
        except Refusal:
            continue  # another branch's customer, or too old for the product
        return
