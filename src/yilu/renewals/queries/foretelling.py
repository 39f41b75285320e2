"""Premiums as a forecast sees them: signs known when they were listed, and whether they were paid a week after their day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from yilu.kernel import tx
from yilu.renewals.models import PremiumDue

SLOW_DAYS: Final = 7
"""A premium unpaid so many days after its day is late; the days of grace still run."""
SIGNS: Final = ("missed_before", "first", "no_agent", "no_debit")
"""What is known of a premium before anything failed, in the order of the columns read here."""

_SIGNS = """
    exists (select from renewals_premiumdue e where e.policy_id = d.policy_id and e.due_on < d.due_on
               and (e.failures > 0 or e.lapsed_on is not null or e.state = 'ADVANCED'
                    or coalesce(e.ended_on, d.listed_on) > e.due_on)),
    d.due_on < (p.effective_on + interval '1 year 1 month')::date,
    d.agent_id is null,
    p.pay_method <> 'BANK_DEBIT'
"""
_KNOWN = "d.state in ('PAID', 'LAPSED', 'ADVANCED', 'OPEN') and d.due_on + %(slow)s::int <= %(day)s::date"
_BROKE = """(d.lapsed_on is not null or d.state in ('OPEN', 'LAPSED', 'ADVANCED')
             or d.ended_on > d.due_on + %(slow)s::int)"""


@dataclass(frozen=True, slots=True)
class DueAhead:
    """A premium that falls due soon: whose, when, and its signs."""

    id: int
    holder_id: int
    office_id: int
    due_on: date
    signs: frozenset[str]


def dues_ahead(
    day: date, *, listed_since: date, after: int = 0, limit: int = 500
) -> list[DueAhead]:
    """Open premiums due from a day on that were listed lately, in the order of their ids, ``after`` one."""
    rows = tx.rows(
        f"""
        select d.id, d.holder_id, d.office_id, d.due_on, {_SIGNS}
          from renewals_premiumdue d join policies_policy p on p.id = d.policy_id
         where d.state = 'OPEN' and not d.for_new_year and d.due_on >= %(day)s::date
           and d.listed_on between %(since)s::date and %(day)s::date and d.id > %(after)s::bigint
         order by d.id limit %(limit)s::int
        """,
        {"day": day, "since": listed_since, "after": after, "limit": limit},
    )
    return [
        DueAhead(id, holder, office, due_on, _signs(held))
        for id, holder, office, due_on, *held in rows
    ]


def paid_or_late(day: date, *, since: date) -> list[tuple[frozenset[str], int, int]]:
    """Of premiums due since a day and known by another: by their signs how many there were, how many were late."""
    rows = tx.rows(
        f"""
        select m, f, a, s, count(*), count(*) filter (where broke) from (
            select {_SIGNS}, {_BROKE} from renewals_premiumdue d
              join policies_policy p on p.id = d.policy_id
             where d.due_on >= %(since)s::date and not d.for_new_year and {_KNOWN}) as due (m, f, a, s, broke)
         group by m, f, a, s
        """,
        {"day": day, "since": since, "slow": SLOW_DAYS},
    )
    return [(_signs(row[:4]), row[4], row[5]) for row in rows]


def still_unpaid(ids: Sequence[int]) -> set[int]:
    """Those premiums that wait to be paid."""
    found = PremiumDue.objects.filter(pk__in=ids, state=PremiumDue.State.OPEN)
    return set(found.values_list("pk", flat=True))


def were_late(ids: Sequence[int], day: date) -> dict[int, bool]:
    """Whether premiums turned out late, of those known by a day; one paid in time is known at once."""
    rows = tx.rows(
        f"""
        select d.id, {_BROKE} from renewals_premiumdue d
         where d.id = any(%(ids)s::bigint[]) and ({_KNOWN} or d.state = 'PAID')
        """,
        {"ids": list(ids), "day": day, "slow": SLOW_DAYS},
    )
    return dict(rows)


def _signs(held: Sequence[Any]) -> frozenset[str]:
    return frozenset(sign for sign, is_so in zip(SIGNS, held, strict=True) if is_so)
