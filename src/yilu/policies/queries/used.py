"""What earlier claims used up of a policy's benefits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.policies.terms import BenefitUsed, IllnessPaid, Used

_USED_BY_MANY = """
    select asked.id, u.policy_id <> asked.id, benefit_code, year, visit, level, condition, "group", min(used_on),
           sum(u.paid), sum(deductible_used), sum(days)::int, sum(times)::int, max(ordinal)
      from policies_policy asked
      join policies_benefituse u
        on coalesce(u.lineage_id, u.policy_id) = coalesce(asked.lineage_id, asked.id)
     where asked.id = any(%s::bigint[])
     group by asked.id, u.policy_id, benefit_code, year, visit, level, condition, "group"
     order by 9
"""
# All years of an unbroken row of renewals: what was used under another one counts for life, not for the year.
_USED = """
    select policy_id <> %(policy)s::bigint, benefit_code, year, visit, level, condition, "group", min(used_on),
           sum(paid), sum(deductible_used), sum(days)::int, sum(times)::int, max(ordinal)
      from policies_benefituse
     where coalesce(lineage_id, policy_id) =
           (select coalesce(lineage_id, id) from policies_policy where id = %(policy)s::bigint)
     group by policy_id, benefit_code, year, visit, level, condition, "group"
     order by 8
"""


def benefit_use(policy_id: int, benefit_codes: Iterable[str] | None = None) -> Used:
    """
    What earlier claims used up, added up in one statement.

    All benefits are read (``seen`` must know every row); ``benefit_codes`` keeps only some.
    """
    wanted = None if benefit_codes is None else set(benefit_codes)
    return _added_up(tx.rows(_USED, {"policy": policy_id}), wanted)


def benefit_uses(policy_ids: Sequence[int]) -> dict[int, Used]:
    """``benefit_use`` of many policies in one statement; a policy never used is not in it."""
    by_policy: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for policy_id, *row in tx.rows(_USED_BY_MANY, [list(policy_ids)]):
        by_policy[policy_id].append(tuple(row))
    return {policy_id: _added_up(rows, None) for policy_id, rows in by_policy.items()}


@dataclass(frozen=True, slots=True)
class UseByClaim:
    """What one claim still holds of one benefit, year and visit: what was taken back is gone."""

    policy_id: int
    claim_ref: str
    benefit_code: str
    year: int
    visit: str
    recorded_at: datetime
    deductible_used: Decimal
    paid: Decimal
    days: int


_BY_CLAIM = """
    select policy_id, claim_ref, benefit_code, year, visit, min(recorded_at), sum(deductible_used), sum(paid),
           sum(days)::int
      from policies_benefituse
     where policy_id = any(%s::bigint[])
     group by policy_id, claim_ref, benefit_code, year, visit
    having sum(times) <> 0 or sum(paid) <> 0 or sum(deductible_used) <> 0 or sum(days) <> 0
     order by policy_id, min(ordinal)
"""


def uses_by_claim(policy_ids: Sequence[int]) -> list[UseByClaim]:
    """What each claim of these policies used up, in the order of the ledger; one statement."""
    return [UseByClaim(*row) for row in tx.rows(_BY_CLAIM, [list(policy_ids)])]


def policies_of_version(version_id: int, *, after: int, limit: int) -> list[int]:
    """The next policies sold under a version, by id: to go through all of them in portions."""
    return [
        row[0]
        for row in tx.rows(
            "select id from policies_policy where product_version_id = %s::bigint and id > %s::bigint"
            " order by id limit %s::int",
            [version_id, after, limit],
        )
    ]


def count_of_version(version_id: int) -> int:
    """How many policies were sold under a version."""
    found = tx.rows(
        "select count(*) from policies_policy where product_version_id = %s::bigint", [version_id]
    )
    return int(found[0][0])


def _added_up(rows: Iterable[tuple[Any, ...]], wanted: set[str] | None) -> Used:
    seen = 0
    tallies: dict[str, _Tally] = {}
    for row in rows:
        (
            elsewhere,
            code,
            year,
            visit,
            level,
            condition,
            group,
            on,
            paid,
            deductible,
            days,
            times,
            last,
        ) = row
        seen = max(seen, last)
        if wanted is not None and code not in wanted:
            continue
        tally = tallies.setdefault(code, _Tally())
        if elsewhere:
            tally.paid_elsewhere += paid
            tally.days_elsewhere += days
            continue
        tally.add(year, visit, paid, deductible, days)
        if level and times > 0:
            tally.illnesses.append(IllnessPaid(condition, group, level, on))
    return Used(seen, {code: tally.closed() for code, tally in tallies.items()})


class _Tally:
    def __init__(self) -> None:
        self.paid, self.days = ZERO, 0
        self.paid_elsewhere, self.days_elsewhere = ZERO, 0
        self.paid_by_year: dict[int, Decimal] = defaultdict(Decimal)
        self.deductible_by_year: dict[int, Decimal] = defaultdict(Decimal)
        self.days_by_year: dict[int, int] = defaultdict(int)
        self.paid_by_visit: dict[str, Decimal] = defaultdict(Decimal)
        self.deductible_by_visit: dict[str, Decimal] = defaultdict(Decimal)
        self.days_by_visit: dict[str, int] = defaultdict(int)
        self.illnesses: list[IllnessPaid] = []

    def add(self, year: int, visit: str, paid: Decimal, deductible: Decimal, days: int) -> None:
        self.paid += paid
        self.days += days
        self.paid_by_year[year] += paid
        self.deductible_by_year[year] += deductible
        self.days_by_year[year] += days
        self.paid_by_visit[visit] += paid
        self.deductible_by_visit[visit] += deductible
        self.days_by_visit[visit] += days

    def closed(self) -> BenefitUsed:
        return BenefitUsed(
            self.paid, self.days, self.paid_by_year, self.deductible_by_year, self.days_by_year,
            self.paid_by_visit, self.deductible_by_visit, self.days_by_visit, tuple(self.illnesses),
            self.paid_elsewhere, self.days_elsewhere,
        )  # fmt: skip
