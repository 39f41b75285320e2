"""Write what claims use up of a policy's benefits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from yilu.kernel import tx
from yilu.kernel.errors import Stale
from yilu.kernel.refs import Ref
from yilu.policies.terms import Use


class UseChanged(Stale):
    """Another claim used the same policy since this one was calculated."""

    code = "benefit_use_changed"
    message = "该保单的累计赔付刚刚有变化，本次理算结果已过时"
    hint = "请重新理算后再核定。"


_APPEND = """
    insert into policies_benefituse (
        policy_id, lineage_id, ordinal, benefit_code, claim_ref, visit, year, used_on, billed, deductible_used,
        paid, days, times, condition, "group", level, recorded_at)
    select %(policy)s::bigint,
           (select lineage_id from policies_policy where id = %(policy)s::bigint),
           %(seen)s::int + n, benefit_code, %(claim)s::text, visit, year, used_on,
           billed, deductible_used, paid, days, times, condition, "group", level, %(at)s::timestamptz
      from json_to_recordset(%(uses)s::json) as row(
           n int, benefit_code text, visit text, year int, used_on date, billed numeric,
           deductible_used numeric, paid numeric, days int, times int, condition text, "group" text,
           level text)
    on conflict do nothing
"""


@tx.step
def record_benefit_use(
    *, policy_id: int, claim_ref: Ref, uses: Sequence[Use], seen: int, at: datetime
) -> None:
    """
    Write what a claim uses up, calculated from the ledger as far as row ``seen``; one statement.

    Two claims on one policy at the same moment cannot both spend what is left: the second is
    refused and must be calculated anew.

    :raises UseChanged: if the ledger has grown since.
    """
    if not uses:
        return
    written = tx.changed(
        _APPEND,
        {
            "policy": policy_id,
            "seen": seen,
            "claim": str(claim_ref),
            "at": at,
            "uses": orjson.dumps(_rows(uses)).decode(),
        },
    )
    if written != len(uses):
        raise UseChanged


def _rows(uses: Sequence[Use]) -> list[dict[str, Any]]:
    return [
        {
            "n": n, "benefit_code": u.benefit_code, "visit": u.visit, "year": u.year, "used_on": u.used_on,
            "billed": str(u.billed), "deductible_used": str(u.deductible_used), "paid": str(u.paid),
            "days": u.days, "times": u.times, "condition": u.condition, "group": u.group, "level": u.level,
        }
        for n, u in enumerate(uses, 1)
    ]  # fmt: skip


_APPEND_MANY = """
    insert into policies_benefituse (
        policy_id, lineage_id, ordinal, benefit_code, claim_ref, visit, year, used_on, billed, deductible_used,
        paid, days, times, condition, "group", level, recorded_at)
    select policy, p.lineage_id, seen + n, benefit_code, claim, visit, year, used_on,
           billed, deductible_used, paid, days, times, condition, "group", level, %s::timestamptz
      from json_to_recordset(%s::json) as row(
           policy bigint, claim text, seen int,
           n int, benefit_code text, visit text, year int, used_on date, billed numeric,
           deductible_used numeric, paid numeric, days int, times int, condition text, "group" text,
           level text)
      join policies_policy p on p.id = row.policy
    on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class BenefitUse:
    """What one claim of many uses up: as the arguments of ``record_benefit_use``."""

    policy_id: int
    claim_ref: Ref
    uses: Sequence[Use]
    seen: int


@tx.step
def record_benefit_uses(*, used: Sequence[BenefitUse], at: datetime) -> None:
    """
    ``record_benefit_use`` for many claims on as many policies, in one statement: all or none.

    :raises UseChanged: if the ledger of any of them has grown since.
    """
    payload = [
        {"policy": each.policy_id, "claim": str(each.claim_ref), "seen": each.seen} | row
        for each in used
        for row in _rows(each.uses)
    ]
    if not payload:
        return
    if tx.changed(_APPEND_MANY, [at, orjson.dumps(payload).decode()]) != len(payload):
        raise UseChanged


_TAKE_BACK = """
    with mine as (
        select benefit_code, visit, year, level, condition, "group", min(used_on) as used_on,
               sum(billed) as billed, sum(deductible_used) as deductible_used, sum(paid) as paid,
               sum(days) as days, sum(times) as times, row_number() over (order by min(ordinal)) as n
          from policies_benefituse
         where policy_id = %(policy)s::bigint and claim_ref = %(claim)s::text
         group by benefit_code, visit, year, level, condition, "group"
        having sum(times) <> 0
    )
    insert into policies_benefituse (
        policy_id, lineage_id, ordinal, benefit_code, claim_ref, visit, year, used_on, billed, deductible_used,
        paid, days, times, condition, "group", level, recorded_at)
    select %(policy)s::bigint,
           (select lineage_id from policies_policy where id = %(policy)s::bigint),
           (select max(ordinal) from policies_benefituse
             where coalesce(lineage_id, policy_id) = %(first)s::bigint) + n,
           benefit_code, %(claim)s::text, visit, year, used_on, -billed, -deductible_used, -paid, -days,
           -times, condition, "group", level, %(at)s::timestamptz
      from mine
"""


@tx.step
def take_back_benefit_use(*, policy_id: int, claim_ref: Ref, at: datetime) -> int:
    """
    Give back all that a claim still holds (拒赔改判、撤案、重新理算): rows written; twice is once.

    Nothing is deleted: the ledger gets the same rows with the opposite sign.
    """
    given = {"policy": policy_id, "claim": str(claim_ref), "at": at}
    # One at a time per policy and the years before it, so that the next ordinals are ours.
    held = tx.rows(
        """
        select id from policies_policy
         where id = (select coalesce(lineage_id, id) from policies_policy where id = %(policy)s::bigint)
           for no key update
        """,
        given,
    )
    return tx.changed(_TAKE_BACK, given | {"first": held[0][0] if held else policy_id})
