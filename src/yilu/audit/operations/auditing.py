"""Recompute the money of every claim, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import orjson

from yilu.audit import events, records, rules
from yilu.audit.models import MoneyDifference, MoneyRun
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.work import operations as work

QUEUE = "audit.money"
BATCH = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; ``differences`` found in this batch."""

    claims: int
    amount: Decimal
    differences: int
    reached: int
    done: bool
    found: tuple[rules.Difference, ...] = ()


@tx.use_case
def start_money_audit(*, actor: Ref, at: datetime) -> int:
    """Begin a run from the first claim and return its id; while one is under way, that one's."""
    made = tx.rows(
        """
        insert into audit_moneyrun (state, reached, claims, amount, differences, started_by, started_at)
        values ('RUNNING', 0, 0, 0, 0, %s, %s::timestamptz) on conflict do nothing returning id
        """,
        [str(actor), at],
    )
    if made:
        return int(made[0][0])
    return int(MoneyRun.objects.values_list("id", flat=True).get(state=MoneyRun.State.RUNNING))


@tx.use_case
def audit_batch(*, run_id: int, at: datetime, limit: int = BATCH) -> Progress:
    """
    Recompute the next claims of a run and keep what differs.

    Every new difference is a row, a work item and an event, once, however many nights it is found;
    one that is no longer there is marked so. A difference counts only if a second reading, with the
    claim held still, shows it too. Several processes may take on one run: they take turns.
    """
    run = MoneyRun.objects.select_for_update().get(pk=run_id)
    if run.state == MoneyRun.State.FINISHED:
        return Progress(run.claims, run.amount, run.differences, run.reached, True)
    batch = records.read_next(run.reached, limit)
    if not batch.dossiers:
        return _finish(run, at)
    found = _confirmed(batch)
    looked_at = [d.claim_id for d in batch.dossiers]
    _forget_what_is_gone(looked_at, found, at)
    _keep(run, found, batch.office_of, at)
    run.reached = batch.reached
    run.claims += len(batch.dossiers)
    run.amount += _decided(batch.dossiers)
    run.differences += len(found)
    run.save()
    return Progress(run.claims, run.amount, len(found), run.reached, False, tuple(found))


def _confirmed(batch: records.Batch) -> list[rules.Difference]:
    suspects = [d.claim_id for d in batch.dossiers if rules.differences(d)]
    if not suspects:
        return []
    again = records.read_again(suspects)
    return [found for dossier in again.dossiers for found in rules.differences(dossier)]


def _decided(dossiers: Sequence[rules.Dossier]) -> Decimal:
    total = sum((d.benefit_amount for d in dossiers), Fraction(0))
    return Decimal(rules.yuan_text(total))


def _finish(run: MoneyRun, at: datetime) -> Progress:
    run.state, run.finished_at = MoneyRun.State.FINISHED, at
    run.save()
    journal.record(
        events.MoneyAudited(
            claims=run.claims, amount=str(run.amount), differences=run.differences
        ),
        about=run.ref, actor=SYSTEM, at=at,
    )  # fmt: skip
    return Progress(run.claims, run.amount, run.differences, run.reached, True)


_KEEP = """
    insert into audit_moneydifference
           (claim_id, kind, place, expected, actual, state, run_id, found_at, ended_by, explanation)
    select claim_id, kind, place, expected, actual, 'OPEN', %s::bigint, %s::timestamptz, '', ''
      from json_to_recordset(%s::json)
           as row(claim_id bigint, kind text, place text, expected text, actual text)
    on conflict do nothing
    returning id, claim_id, kind, expected, actual
"""


def _keep(
    run: MoneyRun, found: Sequence[rules.Difference], office_of: dict[int, int], at: datetime
) -> None:
    if not found:
        return
    rows = [
        {
            "claim_id": d.claim_id, "kind": d.kind, "place": d.place[:80],
            "expected": d.expected[:40], "actual": d.actual[:40],
        }
        for d in found
    ]  # fmt: skip
    for made, claim_id, kind, expected, actual in tx.rows(
        _KEEP, [run.pk, at, orjson.dumps(rows).decode()]
    ):
        about = Ref("money_difference", made)
        journal.record(
            events.MoneyDifferenceFound(
                subject=f"claim:{claim_id}", difference=kind, expected=expected, actual=actual
            ),
            about=about, actor=SYSTEM, at=at,
        )  # fmt: skip
        work.open_item(
            QUEUE, about=about, office_id=office_of[claim_id], at=at, priority=20,
            title=f"金额差异：{rules.KINDS[kind]}",
        )  # fmt: skip


def _forget_what_is_gone(
    claim_ids: Sequence[int], found: Sequence[rules.Difference], at: datetime
) -> None:
    """Differences found earlier that are no more: the money was put right, and the night says so."""
    still = {(d.claim_id, d.kind, d.place[:80], d.expected[:40], d.actual[:40]) for d in found}
    known = MoneyDifference.objects.filter(claim_id__in=claim_ids).exclude(
        state=MoneyDifference.State.GONE
    )
    for row in known.select_for_update():
        if (row.claim_id, row.kind, row.place, row.expected, row.actual) not in still:
            row.state, row.ended_at = MoneyDifference.State.GONE, at
            row.save(update_fields=["state", "ended_at"])
            work.close_items(about=row.ref, queue=QUEUE, at=at, outcome="GONE")
