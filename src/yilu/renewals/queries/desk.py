"""The renewals desk of staff: what is due, failed, at risk, orphaned; and how well it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from yilu.kernel import tx
from yilu.people.queries import Access
from yilu.renewals.models import RenewalCase, Suspension
from yilu.renewals.operations.caring import CaseNotFound
from yilu.renewals.rules.doubting import RULES

GROUPS = ("due", "grace", "failed", "lapsed")


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A premium on the desk's list (续期清单)."""

    id: int
    policy_id: int
    number: str
    product: str
    holder_id: int
    holder_name: str
    due_on: date
    grace_ends_on: date
    amount: Decimal
    state: str
    failures: int
    reason: str
    held: bool
    for_new_year: bool


COUNTED_MAX = 10_000

_ROWS = """
    select d.id, d.policy_id, p.number, r.name, d.holder_id, h.name, d.due_on, d.grace_ends_on, d.amount,
           d.state, d.failures, d.last_reason,
           exists (select from policies_premiumhold x where x.policy_id = p.id and x.released_at is null),
           d.for_new_year
      from renewals_premiumdue d
      join policies_policy p on p.id = d.policy_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
      join people_party h on h.id = d.holder_id
     where d.office_id = any(%(offices)s::bigint[]) and {where}
     order by d.due_on, d.id limit %(limit)s::int
"""
_WHERE = {
    "due": "d.state = 'OPEN' and d.due_on >= %(day)s::date and d.due_on <= %(day)s::date + 30",
    "grace": "d.state = 'OPEN' and d.due_on < %(day)s::date",
    "failed": "d.state = 'OPEN' and d.failures > 0",
    "lapsed": "d.state = 'LAPSED' and d.window_ends_on >= %(day)s::date",
}


def due_rows(group: str, access: Access, day: date, limit: int = 100) -> tuple[DeskRow, ...]:
    """Premiums of the asker's offices: due (thirty days), grace, failed or lapsed, soonest first."""
    access.require("renewals.view")
    sql = _ROWS.replace("{where}", _WHERE[group])
    given = {"offices": _offices(access), "day": day, "limit": limit}
    return tuple(DeskRow(*row) for row in tx.rows(sql, given))


@dataclass(frozen=True, slots=True)
class Total:
    """How many premiums a group has and what they come to; ``more`` says that only so many were counted."""

    count: int
    amount: Decimal
    more: bool


def totals(access: Access, day: date) -> dict[str, Total]:
    """
    How many there are in each group and what they come to, counted up to ``COUNTED_MAX``.

    A house with millions of premiums due looks at its figures of renewals, not at a desk's numbers.
    """
    access.require("renewals.view")
    parts = " union all ".join(
        f"(select '{group}', count(*), coalesce(sum(amount), 0) from ("
        " select d.amount from renewals_premiumdue d"
        f" where d.office_id = any(%(offices)s::bigint[]) and {where} limit %(most)s::int) as counted)"
        for group, where in _WHERE.items()
    )
    given = {"offices": _offices(access), "day": day, "most": COUNTED_MAX}
    return {
        group: Total(int(count), amount, count == COUNTED_MAX)
        for group, count, amount in tx.rows(parts, given)
    }


@dataclass(frozen=True, slots=True)
class CaseView:
    """
    A case of helping with a renewal (续期关怀件).

    Of one about a contract's end (END) ``due_on`` is when it was suspended, ``grace_ends_on`` the end of
    the way back, and there is neither premium nor amount.
    """

    id: int
    kind: str
    kind_label: str
    score: int
    reasons: tuple[tuple[str, int], ...]
    failure: str
    due_id: int | None
    policy_id: int
    number: str
    product: str
    holder_id: int
    holder_name: str
    due_on: date
    grace_ends_on: date
    amount: Decimal | None
    contacts: int
    note: str
    outcome: str
    outcome_label: str
    opened_at: datetime
    office_id: int
    for_new_year: bool
    why_suspended: str


_CASES = """
    select c.id, c.kind, c.score, c.reasons, c.failure, d.id, p.id, p.number, r.name,
           coalesce(d.holder_id, p.holder_id), h.name, coalesce(d.due_on, s.suspended_on),
           coalesce(d.grace_ends_on, s.window_ends_on), d.amount, c.contacts, c.note, c.outcome,
           c.opened_at, coalesce(d.office_id, p.office_id), coalesce(d.for_new_year, false), s.reason
      from renewals_renewalcase c
      left join renewals_premiumdue d on d.id = c.due_id
      left join renewals_suspension s on s.id = c.suspension_id
      join policies_policy p on p.id = coalesce(d.policy_id, s.policy_id)
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
      join people_party h on h.id = coalesce(d.holder_id, p.holder_id)
"""


def cases(access: Access, kind: str = "", limit: int = 100) -> tuple[CaseView, ...]:
    """Open cases of the asker's offices, the most doubtful first."""
    access.require("renewals.view")
    rows = tx.rows(
        _CASES + " where c.closed_at is null"
        " and coalesce(d.office_id, p.office_id) = any(%(offices)s::bigint[])"
        " and (%(kind)s = '' or c.kind = %(kind)s) order by c.score desc, c.id limit %(limit)s::int",
        {"offices": _offices(access), "kind": kind, "limit": limit},
    )
    return tuple(_case(row) for row in rows)


def get_case(case_id: int, access: Access) -> CaseView:
    """One case. :raises CaseNotFound: none, or another office's: in the same words."""
    access.require("renewals.view")
    rows = tx.rows(_CASES + " where c.id = %s::bigint", [case_id])
    if not rows or not access.may("renewals.view", rows[0][18]):
        raise CaseNotFound
    return _case(rows[0])


def _case(row: tuple[Any, ...]) -> CaseView:
    return CaseView(
        id=row[0], kind=row[1], kind_label=str(RenewalCase.Kind(row[1]).label), score=row[2],
        reasons=tuple((RULES[code][1], points) for code, points in orjson.loads(row[3]) if code in RULES),
        failure=row[4], due_id=row[5], policy_id=row[6], number=row[7], product=row[8],
        holder_id=row[9], holder_name=row[10], due_on=row[11], grace_ends_on=row[12],
        amount=row[13], contacts=row[14], note=row[15], outcome=row[16],
        outcome_label=str(RenewalCase.Outcome(row[16]).label), opened_at=row[17],
        office_id=row[18], for_new_year=row[19],
        why_suspended=str(Suspension.Reason(row[20]).label) if row[20] else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HandoverView:
    """An orphaned customer (孤儿单)."""

    id: int
    party_id: int
    party_name: str
    office_id: int
    former: str
    successor: str
    policies: int
    left_on: date
    tell_by: date
    told_at: datetime | None


def handovers(access: Access, *, waiting: bool, limit: int = 100) -> tuple[HandoverView, ...]:
    """Customers whose agent left, of the asker's offices: those without a successor, or all."""
    access.require("renewals.view")
    rows = tx.rows(
        """
        select o.id, o.party_id, h.name, o.office_id, f.name, coalesce(s.name, ''), o.policies_count,
               o.left_on, o.tell_by, o.told_at
          from renewals_handover o
          join people_party h on h.id = o.party_id
          join people_agent f on f.id = o.former_id
          left join people_agent s on s.id = o.successor_id
         where o.office_id = any(%(offices)s::bigint[])
           and (not %(waiting)s::boolean or o.successor_id is null)
         order by o.successor_id is not null, o.tell_by, o.id limit %(limit)s::int
        """,
        {"offices": _offices(access), "waiting": waiting, "limit": limit},
    )
    return tuple(HandoverView(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class MonthView:
    """The premiums of one month and what became of them (继续率)."""

    month: date
    due: int
    paid: int
    advanced: int
    open: int
    lapsed: int

    @property
    def share(self) -> Decimal | None:
        """What was paid of what has an end; None where nothing has."""
        ended = self.paid + self.advanced + self.lapsed
        return Decimal(self.paid) / ended if ended else None


def persistency(access: Access, day: date, months: int = 12) -> tuple[MonthView, ...]:
    """By the month of the due day, the last twelve: paid, lent, open, lapsed."""
    access.require("renewals.view")
    rows = tx.rows(
        """
        select date_trunc('month', due_on)::date, count(*), count(*) filter (where state = 'PAID'),
               count(*) filter (where state = 'ADVANCED'), count(*) filter (where state = 'OPEN'),
               count(*) filter (where state = 'LAPSED' or (state = 'CLOSED' and lapsed_on is not null))
          from renewals_premiumdue
         where office_id = any(%(offices)s::bigint[]) and due_on <= %(day)s::date
           and due_on > date_trunc('month', %(day)s::date) - make_interval(months => %(months)s::int)
           and state <> 'WAIVED' and not for_new_year
         group by 1 order by 1
        """,
        {"offices": _offices(access), "day": day, "months": months},
    )
    return tuple(MonthView(*row) for row in rows)


def reminder_funnel(access: Access, day: date) -> tuple[tuple[str, int], ...]:
    """Of the premiums due in the last ninety days: listed, reminded, asked on the day, paid."""
    access.require("renewals.view")
    row = tx.rows(
        """
        select count(*), count(*) filter (where reminded >= 1), count(*) filter (where reminded >= 3),
               count(*) filter (where state = 'PAID'), count(*) filter (where state = 'LAPSED')
          from renewals_premiumdue
         where office_id = any(%(offices)s::bigint[]) and due_on <= %(day)s::date
           and due_on > %(day)s::date - 90 and not for_new_year
        """,
        {"offices": _offices(access), "day": day},
    )[0]
    return tuple(zip(("LISTED", "REMINDED", "ON_THE_DAY", "PAID", "LAPSED"), row, strict=True))


def _offices(access: Access) -> list[int]:
    return sorted(access.offices_for("renewals.view"))
