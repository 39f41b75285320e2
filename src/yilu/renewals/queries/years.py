"""The next year of a one-year contract, as its holder, our desk and its history show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from yilu.kernel import tx
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.policies.operations import NotRenewable
from yilu.policies.queries import renewing
from yilu.products import queries as products
from yilu.renewals.models import NewYear
from yilu.renewals.operations.renewing import NewYearNotFound, decline_by
from yilu.renewals.operations.span import AGREED

GROUPS = ("TO_DECIDE", "OFFERED", "STOPPED", "DECLINED", "TAKEN", "MISSED")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewYearView:
    """
    The next year of a one-year contract as screens show it on a day (下一年度).

    ``changes``: code, was, will be. ``way``: PAY, EARLY, WAIT (being paid), HELD, OVER, or NONE where the
    state says all.
    """

    id: int
    policy_id: int
    number: str
    product: str
    holder_id: int
    holder_name: str
    office_id: int
    state: str
    state_label: str
    ends_on: date
    opens_on: date
    pay_by: date
    grace_ends_on: date
    premium: Decimal | None
    premium_now: Decimal
    version: str
    guaranteed: bool
    agreed: bool
    by_debit: bool
    held: bool
    why: str
    changes: tuple[tuple[str, str, str], ...]
    alternatives: tuple[str, ...]
    due_id: int | None
    order_id: int | None
    collection_id: int | None
    debit_on: date | None
    failures: int
    next_id: int | None
    next_number: str
    listed_on: date
    reason: str
    decided_by: str
    decided_at: datetime | None
    day: date

    @property
    def way(self) -> str:
        if self.state != "OFFERED":
            return "NONE"
        if self.held:
            return "HELD"
        if self.order_id is not None:
            return "WAIT"
        if self.day > self.grace_ends_on:
            return "OVER"
        return "EARLY" if self.day < self.opens_on else "PAY"

    @property
    def is_over(self) -> bool:
        """Whether no next year can follow any more: nothing is to be paid or agreed to."""
        return self.state in ("STOPPED", "DECLINED", "MISSED", "CLOSED")

    @property
    def decline_by(self) -> date:
        """The last day on which a person may decline it."""
        return decline_by(self.ends_on, self.listed_on)

    @property
    def may_be_declined(self) -> bool:
        return (
            self.state in ("OFFERED", "TO_DECIDE")
            and not self.guaranteed
            and self.day <= self.decline_by
        )

    @property
    def days_left(self) -> int:
        return (self.ends_on - self.day).days


_YEARS = f"""
    select y.id, y.policy_id, p.number, r.name, y.holder_id, h.name, y.office_id, y.state, y.ends_on, y.opens_on,
           coalesce(d.grace_ends_on, y.ends_on - 1), y.premium, p.premium, coalesce(v.version, ''), y.guaranteed,
           {AGREED}, p.pay_method = 'BANK_DEBIT' and p.premium_account_id is not null,
           exists (select from policies_premiumhold x where x.policy_id = p.id and x.released_at is null),
           y.why, y.changes::text, y.alternatives::text, y.due_id, o.id, o.collection_id, d.debit_on,
           coalesce(d.failures, 0), y.next_id, coalesce(n.number, ''), y.listed_on, y.reason, y.decided_by,
           y.decided_at
      from renewals_newyear y
      join policies_policy p on p.id = y.policy_id
      join products_productversion w on w.id = p.product_version_id
      join products_product r on r.id = w.product_id
      join people_party h on h.id = y.holder_id
      left join products_productversion v on v.id = y.version_id
      left join policies_policy n on n.id = y.next_id
      left join renewals_premiumdue d on d.id = y.due_id
      left join renewals_orderline l on l.due_id = d.id and l.live
      left join renewals_premiumorder o on o.id = l.order_id and o.state = 'PAYING'
"""


def new_year_of(policy_id: int, day: date) -> NewYearView | None:
    """What becomes of a contract after its year; None where nothing was worked out (yet)."""
    rows = tx.rows(_YEARS + " where y.policy_id = %s::bigint", [policy_id])
    return _view(rows[0], day) if rows else None


def new_year_begun_by(policy_id: int, day: date) -> NewYearView | None:
    """The offer that a contract came from; None where it is a first year."""
    rows = tx.rows(_YEARS + " where y.next_id = %s::bigint", [policy_id])
    return _view(rows[0], day) if rows else None


def new_years(access: Access, state: str, day: date, limit: int = 100) -> tuple[NewYearView, ...]:
    """The next years of the asker's offices in a state, those that end soonest first."""
    access.require("renewals.view")
    rows = tx.rows(
        _YEARS + " where y.office_id = any(%(offices)s::bigint[]) and y.state = %(state)s"
        " and y.ends_on >= %(day)s::date - 60 order by y.ends_on, y.id limit %(limit)s::int",
        {
            "offices": sorted(access.offices_for("renewals.view")), "state": state, "day": day,
            "limit": limit,
        },
    )  # fmt: skip
    return tuple(_view(row, day) for row in rows)


@dataclass(frozen=True, slots=True)
class Following:
    """What becomes of a contract after its year, in a line: the state of its next year, and the premium."""

    new_year_id: int
    state: str
    state_label: str
    premium: Decimal | None

    @property
    def goes_on(self) -> bool:
        """Whether cover goes on, or may go on by the holder's word."""
        return self.state in ("OFFERED", "TO_DECIDE", "TAKEN")


def what_follows(policy_ids: Sequence[int]) -> dict[int, Following]:
    """What follows each of these contracts, in one statement; those of which nothing was worked out are not there."""
    rows = tx.rows(
        "select policy_id, id, state, premium from renewals_newyear where policy_id = any(%s::bigint[])",
        [list(policy_ids)],
    )
    return {
        policy_id: Following(id, state, str(NewYear.State(state).label), premium)
        for policy_id, id, state, premium in rows
    }


def get_new_year(new_year_id: int, access: Access, day: date) -> NewYearView:
    """One of them. :raises NewYearNotFound: none, or another office's: in the same words."""
    access.require("renewals.view")
    rows = tx.rows(_YEARS + " where y.id = %s::bigint", [new_year_id])
    if not rows or not access.may("renewals.view", rows[0][6]):
        raise NewYearNotFound
    return _view(rows[0], day)


def get_renewable(policy_id: int, access: Access) -> policies.PolicyCard:
    """
    A one-year contract that may have a year after it, of the asker's offices.

    :raises PolicyNotFound: none, or another office's: in the same words. :raises NotRenewable: see there.
    """
    access.require("renewals.view")
    card = policies.policy_card(policy_id)
    if not access.may("renewals.view", card.office_id):
        raise policies.PolicyNotFound
    if not policies.is_renewable(card.product_version_id):
        raise NotRenewable
    return card


def _view(row: tuple[Any, ...], day: date) -> NewYearView:
    codes = orjson.loads(row[20])
    names = products.names_of_codes() if codes else {}
    return NewYearView(
        id=row[0], policy_id=row[1], number=row[2], product=row[3], holder_id=row[4], holder_name=row[5],
        office_id=row[6], state=row[7], state_label=str(NewYear.State(row[7]).label), ends_on=row[8],
        opens_on=row[9], pay_by=renewing.last_day(row[8]), grace_ends_on=row[10], premium=row[11],
        premium_now=row[12], version=row[13], guaranteed=row[14], agreed=row[15], by_debit=row[16],
        held=row[17], why=row[18], changes=tuple(tuple(each) for each in orjson.loads(row[19])),
        alternatives=tuple(names.get(code, code) for code in codes), due_id=row[21], order_id=row[22],
        collection_id=row[23], debit_on=row[24], failures=row[25], next_id=row[26], next_number=row[27],
        listed_on=row[28], reason=row[29], decided_by=row[30], decided_at=row[31], day=day,
    )  # fmt: skip
