"""Customers ready for each story of a policy's life: borrow, fail to pay, revive, share, waive, inherit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from demo import names, papers
from demo.customers import Insured, open_account
from demo.world import World
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.years import add_years, full_years
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.policies.models import Policy
from yilu.products import queries as products
from yilu.renewals.operations import lapsing, listing
from yilu.renewals.operations.span import Span
from yilu.servicing import operations as servicing
from yilu.servicing.models import Request

LAPSED_DAYS = 75
"""A premium that fell due so long ago was not paid: grace is over."""
ISSUED_BEFORE = timedelta(weeks=9)
"""They were customers before the demo's weeks began."""
WORTH_MUCH = Decimal(3_000_000)
SMALL = Decimal(100_000)


class Stories:
    """Somebody for each story, of the offices that the servicing desk sees."""

    def __init__(self, made: World, insured: list[Insured], now: datetime) -> None:
        self.now, self.today = now, day_of(now)
        self.clerk = Ref("staff", made.staff["bao.quan"])
        self.office = made.offices["ZJ-HZ"]
        offices = people.staff_access(self.clerk.id).offices_for("servicing.handle")
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
        self, code: str, sum_insured: Decimal, begun: date, *, paid_to: date | None = None,
        insured: Insured | None = None, **given: Any,
    ) -> tuple[Insured, int]:  # fmt: skip
        """
        A policy of this product for the next free customer (or a ``holder``), begun on a day, ten years
        to pay, on their own life or another's.
        """
        customer = given.pop("holder", None) or next(self.free)
        life = insured or customer
        open_account(customer, self.now)
        price = products.price(
            products.get_version_id(code, begun),
            sex="MALE" if life.person.sex == "M" else "FEMALE",
            age=full_years(life.person.birth_date, begun), sum_insured=sum_insured,
            pay_years=given.get("pay_years", 10), years=given.get("years"), pay_mode="YEARLY",
        )  # fmt: skip
        [issued] = policies.issue_policies(
            new=[
                policies.NewPolicy(
                    product_code=code, holder_id=customer.party_id, insured_id=life.party_id,
                    office_id=customer.office_id, agent_id=customer.agent_id, effective_on=begun,
                    sum_insured=sum_insured, premium=price.premium, paid_to=paid_to,
                    channel="AGENT" if customer.agent_id else "ONLINE",
                    **({"pay_years": 10} | given),
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
    for story in (
        _to_be_identified, _borrows, _borrows_much, _fails_to_pay, _revives, _shares, _waives,
        _inherits,
    ):  # fmt: skip
        try:
            story(stories)
        except StopIteration:  # a small demo may have nobody left
            break
    return stories.notes


def _to_be_identified(s: Stories) -> None:
    """A policy of paper days, no document on record: surrendered, and the money waits for an original."""
    like = names.person(random.Random(73), 73_000_001, youngest=45, oldest=50)
    customer = Insured(
        people_operations.register_party(
            name=like.name, office_id=s.office, phone=like.phone,
            birth_date=like.birth_date, sex="MALE" if like.sex == "M" else "FEMALE", actor=SYSTEM,
            at=s.now - ISSUED_BEFORE,
        ),
        like, s.office, None,
    )  # fmt: skip
    _customer, id = s.insure("whole-life", SMALL, add_years(s.today, -8), holder=customer)
    me = Ref("party", customer.party_id)
    form = {"reason": "MONEY", "account_id": str(customer.account_id)}
    request_id = servicing.start_request(
        kind="surrender", form=form, party_id=me.id, policy_id=id, door="CUSTOMER", actor=me, at=s.now
    )  # fmt: skip
    quoted = servicing.quote_request(request_id=request_id, actor=me, at=s.now)
    # Codes go to telephones that the demo has not: proved as the check leaves it.
    Request.objects.filter(pk=request_id).update(verified_at=s.now, proof="CODE")
    servicing.confirm_request(request_id=request_id, digest=quoted.digest, actor=me, at=s.now)
    servicing.approve_request(
        request_id=request_id, digest=quoted.digest, access=people.staff_access(s.clerk.id),
        actor=s.clerk, at=s.now,
    )  # fmt: skip
    s.note(customer, "IDENTIFY")


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
    lapsing.tell_of_suspensions(span)


def _shares(s: Stories) -> None:
    """
    Anniversaries of dividends: two lie with us, two bought a sum with nothing more to pay; something
    was paid too much.
    """
    begun = add_years(s.today - timedelta(days=20), -5)
    customer, id = s.insure("par-endowment", Decimal(200_000), begun)
    for year, option in (2, "ACCUMULATE"), (3, "ACCUMULATE"), (4, "ADDITIONS"), (5, "ADDITIONS"):
        Policy.objects.filter(pk=id).update(dividend_option=option)
        tx.use_case(policies.allot_dividends)(
            [id], today=add_years(begun, year), actor=SYSTEM, at=s.now
        )
    tx.use_case(policies.take_premium)(
        policy_id=id, amount=Decimal("88.50"), about=Ref("collection", id), actor=SYSTEM, at=s.now
    )
    s.note(customer, "SHARE")


def _waives(s: Stories) -> None:
    """A life policy on the spouse's life, with the waiver that hangs on the holder beside it."""
    begun = add_years(s.today + timedelta(days=40), -3)
    spouse = next(s.free)
    holder, main = s.insure("whole-life", Decimal(200_000), begun, insured=spouse)
    yearly = Policy.objects.get(pk=main).premium
    s.insure(
        "rider-holder-waiver", yearly, begun, holder=holder, main_id=main, pay_years=9, years=9
    )
    s.note(holder, "WAIVE")


def _inherits(s: Stories) -> None:
    """
    The holder has died; the insured goes on with the contract. One other heir has signed at the counter,
    the last one finds the question on their own phone.
    """
    asker = next(s.free)
    _dead, id = s.insure("whole-life", Decimal(300_000), add_years(s.today, -4), insured=asker)
    heirs = [next(s.free), next(s.free)]
    me = Ref("party", asker.party_id)
    form = {
        "died_on": (s.today - timedelta(days=50)).isoformat(), "relation": "SPOUSE", "others": "SOME",
        "heirs": [
            {
                "name": each.person.name, "identity": each.person.identity_number, "relation": "CHILD",
                "phone": each.person.phone,
            }
            for each in heirs
        ],
    }  # fmt: skip
    request_id = servicing.start_request(
        kind="inheritance", form=form, party_id=asker.party_id, policy_id=id, door="CUSTOMER",
        actor=me, at=s.now,
    )  # fmt: skip
    servicing.add_papers(
        request_id=request_id, filename="户口簿.jpg", actor=me, at=s.now, content=_paper(asker)
    )
    quoted = servicing.quote_request(request_id=request_id, actor=me, at=s.now)
    servicing.confirm_request(request_id=request_id, digest=quoted.digest, actor=me, at=s.now)
    servicing.sign_at_counter(
        request_id=request_id, party_id=heirs[0].party_id, agrees=True, filename="同意书.jpg",
        content=_paper(heirs[0]), access=people.staff_access(s.clerk.id), actor=s.clerk, at=s.now,
    )  # fmt: skip
    s.note(heirs[1], "INHERIT")


def _paper(customer: Insured) -> bytes:
    return papers.identity_card(
        customer.person.name, customer.person.identity_number, "浙江省杭州市西湖区文三路 100 号"
    )
