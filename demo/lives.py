"""Customers ready for each story of a policy's life: borrow, borrow too much, fail to pay, revive, share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from demo.customers import Insured, open_account
from demo.world import World
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.years import add_years, full_years
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.policies.models import Policy
from yilu.products import queries as products
from yilu.renewals.operations import lapsing, listing
from yilu.renewals.operations.span import Span

LAPSED_DAYS = 75
"""A premium that fell due so long ago was not paid: grace is over."""
ISSUED_BEFORE = timedelta(weeks=9)
"""They were customers before the demo's weeks began."""
WORTH_MUCH = Decimal(3_000_000)


class Stories:
    """Somebody for each story, of the offices that the servicing desk sees."""

    def __init__(self, made: World, insured: list[Insured], now: datetime) -> None:
        self.now, self.today = now, day_of(now)
        offices = people.staff_access(made.staff["bao.quan"]).offices_for("servicing.handle")
        self.free: Iterator[Insured] = iter(
            [
                c
                for c in insured
                if c.office_id in offices
                and 24 <= full_years(c.person.birth_date, self.today) <= 45
                and not {"whole-life", "endowment", "critical-illness"} & set(c.policies)
            ]
        )
        self.notes: list[dict[str, object]] = []

    def insure(
        self, code: str, sum_insured: Decimal, begun: date, *, paid_to: date | None = None
    ) -> tuple[Insured, int]:
        """A policy of this product for the next free customer, begun on a day, ten years to pay."""
        customer = next(self.free)
        open_account(customer, self.now)
        price = products.price(
            products.get_version_id(code, begun),
            sex="MALE" if customer.person.sex == "M" else "FEMALE",
            age=full_years(customer.person.birth_date, begun), sum_insured=sum_insured,
            pay_years=10, pay_mode="YEARLY",
        )  # fmt: skip
        [issued] = policies.issue_policies(
            new=[
                policies.NewPolicy(
                    product_code=code, holder_id=customer.party_id, insured_id=customer.party_id,
                    office_id=customer.office_id, agent_id=customer.agent_id, effective_on=begun,
                    sum_insured=sum_insured, premium=price.premium, pay_years=10, paid_to=paid_to,
                    channel="AGENT" if customer.agent_id else "ONLINE",
                )
            ],
            actor=SYSTEM, at=self.now - ISSUED_BEFORE,
        )  # fmt: skip
        customer.policies[code], customer.policy_ids[code] = issued.number, issued.id
        return customer, issued.id

    def note(self, customer: Insured, story: str) -> None:
        """One card on the demo's page."""
        self.notes.append(
            {
                "story": story, "name": customer.person.name, "phone": customer.person.phone,
                "party_id": customer.party_id,
            }
        )  # fmt: skip


def tell(made: World, insured: list[Insured], now: datetime) -> list[dict[str, object]]:
    """Make what each story needs; who is in which."""
    stories = Stories(made, insured, now)
    for story in (_borrows, _borrows_much, _fails_to_pay, _revives, _shares):
        try:
            story(stories)
        except StopIteration:  # a small demo may have nobody left
            break
    return stories.notes


def _borrows(s: Stories) -> None:
    customer, _id = s.insure("whole-life", Decimal(500_000), add_years(s.today, -6))
    s.note(customer, "BORROW")


def _borrows_much(s: Stories) -> None:
    customer, _id = s.insure("whole-life", WORTH_MUCH, add_years(s.today, -7))
    s.note(customer, "BORROW_MUCH")


def _fails_to_pay(s: Stories) -> None:
    due = s.today + timedelta(days=6)
    customer, id = s.insure("endowment", Decimal(100_000), add_years(due, -3))
    tx.use_case(listing.list_dues)(Span(id, id + 1, s.today, s.now))
    s.note(customer, "FAIL")


def _revives(s: Stories) -> None:
    due = s.today - timedelta(days=LAPSED_DAYS)
    customer, id = s.insure("endowment", Decimal(150_000), add_years(due, -3), paid_to=due)
    span = Span(id, id + 1, s.today, s.now)
    tx.use_case(_lapse)(span)
    s.note(customer, "REVIVE")


def _lapse(span: Span) -> None:
    """What the daily runs since then would have done."""
    listing.list_dues(span)
    lapsing.move(span)
    lapsing.tell_of_lapses(span)


def _shares(s: Stories) -> None:
    """Five anniversaries of dividends that lie with us, and something paid too much."""
    begun = add_years(s.today - timedelta(days=20), -5)
    customer, id = s.insure("par-endowment", Decimal(200_000), begun)
    Policy.objects.filter(pk=id).update(dividend_option="ACCUMULATE")
    for year in (2, 3, 4, 5):
        tx.use_case(policies.allot_dividends)(
            [id], today=add_years(begun, year), actor=SYSTEM, at=s.now
        )
    tx.use_case(policies.take_premium)(
        policy_id=id, amount=Decimal("88.50"), about=Ref("collection", id), actor=SYSTEM, at=s.now
    )
    s.note(customer, "SHARE")
