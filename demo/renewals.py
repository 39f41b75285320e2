"""Premiums of the demo's ten weeks: most are paid, some late, some fail and are helped, a few lapse."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from demo import customers
from demo.world import World
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.years import add_years
from yilu.payments import jobs as payments_jobs
from yilu.payments import operations as payments
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.policies import operations as policies
from yilu.products import operations as products_operations
from yilu.products import queries as products
from yilu.renewals import operations
from yilu.renewals.models import NewYear, PremiumDue, PremiumOrder
from yilu.renewals.operations import listing, offering
from yilu.renewals.operations.span import Span

LATE_DAYS, HELPED_DAYS = 12, 20
SOON_DAYS = 9
SUM = Decimal(100_000)


def morning(now: datetime) -> None:
    """The daily run of a day, and what customers do about it."""
    day = day_of(now)
    operations.run_day(day=day, at=now)
    operations.expire_orders(at=now)
    _renew(day, now)
    forgotten = (
        PremiumDue.objects.filter(for_new_year=False)
        .order_by("due_on", "pk")
        .values_list("pk", flat=True)
        .first()
    )
    for due in PremiumDue.objects.filter(
        state="OPEN", due_on__lte=day, for_new_year=False
    ).order_by("pk"):
        kind, waited = due.pk % 20, (day - due.due_on).days
        if due.pk == forgotten:
            continue
        if kind < 14 or (kind < 17 and waited >= LATE_DAYS):
            policies.receive_premium(
                policy_id=due.policy_id, amount=due.amount, actor=Ref("party", due.holder_id),
                at=now,
            )  # fmt: skip
        elif kind == 17 and waited in (0, HELPED_DAYS):
            _pay(due, now, "INSUFFICIENT_FUNDS" if waited == 0 else "")


def _renew(day: date, now: datetime) -> None:
    """Most who are offered another year of their one-year cover take it, some days before it begins."""
    offered = PremiumDue.objects.filter(state="OPEN", for_new_year=True, debits=0)
    for due in offered.filter(due_on__gte=day).order_by("pk"):
        if due.pk % 4 and (due.due_on - day).days == due.pk % 23:
            _pay(due, now, "")


def _pay(due: PremiumDue, now: datetime, rehearse: str) -> None:
    """On the pay page; the first time the balance does not suffice, after a call it does."""
    known = PremiumOrder.objects.filter(lines__due=due, state="PAYING").first()
    collection_id = (
        known.collection_id
        if known is not None and known.collection_id
        else operations.make_order(
            holder_id=due.holder_id, due_ids=[due.pk], request_key=f"{due.pk}:{now:%j}",
            actor=Ref("party", due.holder_id), at=now,
        )
    )  # fmt: skip
    payments.pay(
        collection_id=collection_id, payer_id=due.holder_id, method="WECHAT", at=now,
        rehearse=rehearse,
    )  # fmt: skip


def settle(now: datetime, collector: Any) -> int:
    """Let the practice wallet take what was sent and say what came of it."""
    done = payments_jobs.send_collections(now) + payments_jobs.expire_collections(now)
    for body, signature, timestamp in collector.notices():
        payments.receive_collection_notice(
            body=body, signature=signature, timestamp=timestamp, at=now
        )
        done += 1
    return done


def tell(world: World, insured: list[customers.Insured], now: datetime) -> list[dict[str, str]]:
    """Somebody with two premiums due soon, somebody who can revive a policy, an agent who left."""
    notes = []
    free = next(c for c in insured if not c.policies.get("critical-illness") and _may_buy(c, now))
    if _insure_soon(free, now):
        # Issued after the morning's run: put on the list by hand what tomorrow's would find.
        ids = sorted(free.policy_ids.values())
        tx.use_case(listing.list_dues)(Span(ids[0], ids[-1] + 1, day_of(now), now))
        notes.append(_note(free, "两张保单即将续期，可合并支付"))
    lapsed = PremiumDue.objects.filter(state="LAPSED").order_by("pk").first()
    if lapsed is not None:
        found = next((c for c in insured if c.party_id == lapsed.holder_id), None)
        if found is not None:
            notes.append(_note(found, "有一张保单已中止，可办理复效"))
    _next_years(world, insured, now)
    leaves = list(world.agents)[-1]
    people.let_agent_go(agent_id=leaves, successor_id=None, actor=SYSTEM, at=now)
    return notes


PROMISED, RETIRED = "allowance-promised", "allowance-retired"
ENDS_IN_DAYS = 45
"""Late enough to be worked out, early enough to be declined."""


def _next_years(world: World, insured: list[customers.Insured], now: datetime) -> None:
    """A next year of each kind that the weeks do not bring: promised, no longer sold, to decide, declined."""
    day = day_of(now)
    _publish(PROMISED, 21, "一路长安住院津贴保险", now, promised=True)
    _publish(RETIRED, 22, "一路旧版住院津贴保险", now)
    adviser = Ref("staff", world.staff["xu.qi"])
    access = people_queries.staff_access(adviser.id)
    seen = access.offices_for("renewals.handle")
    free = iter([c for c in insured if c.office_id in seen and _may_buy(c, now)][-4:])
    begun = add_years(day + timedelta(days=ENDS_IN_DAYS), -1)
    ids = [
        _insure_a_year(next(free), code, sum_insured, premium, begun, now)
        for code, sum_insured, premium in (
            (PROMISED, 200, "410.00"), (RETIRED, 150, "305.00"),
            ("group-medical", 20_000, "300.00"), ("group-medical", 20_000, "300.00"),
        )
    ]  # fmt: skip
    # Its last day of sale lies behind us: nobody may buy it, and nobody renew it.
    _take_off_sale(world, RETIRED, now - timedelta(days=30))
    tx.use_case(offering.offer_new_years)(Span(min(ids), max(ids) + 1, day, now))
    operations.decline_new_year(
        new_year_id=NewYear.objects.get(policy=ids[-1]).pk, access=access, actor=adviser, at=now,
        reason="投保单位已经注销，没有可以续保的团体；员工可以选择个人医疗保险。",
    )  # fmt: skip


def _take_off_sale(world: World, code: str, at: datetime) -> None:
    last_day = day_of(at)
    version_id = products.get_version_id(code, last_day)
    one, other = (Ref("staff", world.staff[name]) for name in ("biao.zhun", "biao.fu"))
    products_operations.propose_end_of_sale(
        version_id=version_id,
        last_day=last_day,
        reason="由“一路长安住院津贴保险”接替。",
        actor=one,
        at=at,
    )
    products_operations.confirm_end_of_sale(version_id=version_id, actor=other, at=at)


def _publish(code: str, number: int, name: str, now: datetime, *, promised: bool = False) -> None:
    """The hospital allowance as another product: with a promise of renewal, or as it is."""
    with TemporaryDirectory() as place:
        folder = Path(place) / code
        shutil.copytree(products_operations.CATALOGUE / "hospital-allowance", folder)
        path = folder / "terms.toml"
        text = path.read_text(encoding="utf-8")
        for old, new in (
            ('code = "hospital-allowance"', f'code = "{code}"'),
            ("number = 6\n", f"number = {number}\n"),
            ('name = "一路安心住院津贴保险"', f'name = "{name}"'),
        ):
            text = text.replace(old, new, 1)
        if promised:
            more = 'renewable = true\nrenewal_open_days = 60\nrenewal_guaranteed_years = 6\nrenewal_clause = "2.5"'
            text = text.replace("renewable = true", more, 1).replace(
                "[[clauses]]",
                '[[clauses]]\nnumber = "2.5"\ntitle = "保证续保"\ntext = "自首次投保起六年为保证续保期间：期间内按本条款和费率表续保，我们不因健康变化或者已经赔付拒绝。"\n\n[[clauses]]',
                1,
            )
        path.write_text(text, encoding="utf-8")
        products_operations.publish_wording(path=path, actor=SYSTEM, at=now)


def _insure_a_year(
    customer: customers.Insured,
    code: str,
    sum_insured: int,
    premium: str,
    begun: date,
    now: datetime,
) -> int:
    group = code == "group-medical"
    new = policies.NewPolicy(
        product_code=code, holder_id=customer.party_id, insured_id=customer.party_id,
        office_id=customer.office_id, agent_id=None if group else customer.agent_id,
        effective_on=begun, sum_insured=Decimal(sum_insured), premium=Decimal(premium), pay_years=1,
        channel="GROUP" if group else "ONLINE", with_social_insurance=True,
    )  # fmt: skip
    (issued,) = policies.issue_policies(new=[new], actor=SYSTEM, at=now)
    customer.policies[code], customer.policy_ids[code] = issued.number, issued.id
    return issued.id


def _note(customer: customers.Insured, note: str) -> dict[str, str]:
    return {"name": customer.person.name, "phone": customer.person.phone, "note": note}


def _may_buy(customer: customers.Insured, now: datetime) -> bool:
    return 22 <= day_of(now).year - customer.person.birth_date.year <= 45


def _insure_soon(customer: customers.Insured, now: datetime) -> bool:
    """Two policies of three years ago whose next premiums fall due within days of each other."""
    start = add_years(day_of(now) + timedelta(days=SOON_DAYS), -3)
    new = []
    for n, code in enumerate(("critical-illness", "term-life")):
        begun = start + timedelta(days=2 * n)
        try:
            price = products.price(
                products.get_version_id(code, begun),
                sex="MALE" if customer.person.sex == "M" else "FEMALE",
                age=begun.year - customer.person.birth_date.year - 1,
                sum_insured=SUM * (3 if n else 1), pay_years=20, pay_mode="YEARLY",
            )  # fmt: skip
        except Refusal:
            return False
        new.append(
            policies.NewPolicy(
                product_code=code, holder_id=customer.party_id, insured_id=customer.party_id,
                office_id=customer.office_id, agent_id=customer.agent_id, effective_on=begun,
                sum_insured=SUM * (3 if n else 1), premium=price.premium, pay_years=20,
                channel="AGENT" if customer.agent_id else "ONLINE",
            )
        )  # fmt: skip
    issued = policies.issue_policies(new=new, actor=SYSTEM, at=now)
    for each, made in zip(new, issued, strict=True):
        customer.policies[each.product_code] = made.number
        customer.policy_ids[each.product_code] = made.id
    return True
