"""Recompute the money of every claim and the books of every policy, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson

from yilu.audit import books, events, records, rules
from yilu.audit.models import MoneyDifference, MoneyRun
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.work import operations as work

QUEUE = "audit.money"
CLAIMS, POLICIES = "CLAIMS", "POLICIES"
SCOPES = (CLAIMS, POLICIES)
WORDS = {**rules.KINDS, **rules.POLICY_KINDS}
BATCH: Mapping[str, int] = {CLAIMS: 200, POLICIES: 5_000}
"""How many are looked at in one transaction."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """A figure that is not confirmed, of a claim or of a policy."""

    subject: Ref
    kind: str
    expected: str
    actual: str
    place: str = ""
    about: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same difference on another night."""
        return str(self.subject), self.about, self.kind, self.place, self.expected, self.actual


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; ``differences`` found in this batch."""

    looked_at: int
    amount: Decimal
    differences: int
    reached: int
    done: bool
    found: tuple[Noticed, ...] = ()


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one batch looked at: which claims or policies, up to which id, how much money, what it noticed."""

    which: dict[str, object]
    count: int
    amount: Decimal
    reached: int
    noticed: list[Noticed]


@tx.use_case
def start_money_audit(*, actor: Ref, at: datetime, scope: str = CLAIMS) -> int:
    """
    Begin a run of a scope from its first claim or policy and return its id; while one is under way,
    that one's.
    """
    made = tx.rows(
        """
        insert into audit_moneyrun (scope, state, reached, looked_at, amount, differences, room, total, files,
                                    unplaced, started_by, started_at)
        values (%s, 'RUNNING', 0, 0, 0, 0, '', 0, 0, '[]', %s, %s::timestamptz)
        on conflict do nothing returning id
        """,
        [MoneyRun.Scope(scope).value, str(actor), at],
    )
    if made:
        return int(made[0][0])
    running = MoneyRun.objects.filter(scope=scope, state=MoneyRun.State.RUNNING)
    return int(running.values_list("id", flat=True).get())


@tx.use_case
def audit_batch(*, run_id: int, at: datetime, limit: int | None = None) -> Progress:
    """
    Look at the next claims or policies of a run and keep what differs.

    Every new difference is a row, a work item and an event, once, however many nights it is found;
    one that is no longer there is marked so. Several processes may take on one run: they take turns.
    A process that is killed leaves the batch as it was.
    """
    run = MoneyRun.objects.select_for_update().get(pk=run_id)
    if run.state == MoneyRun.State.FINISHED:
        return Progress(run.looked_at, run.amount, run.differences, run.reached, True)
    read = _claims if run.scope == CLAIMS else _policies
    batch = read(run.reached, limit or BATCH[run.scope], at)
    if batch is None:
        return _finish(run, at)
    forget_what_is_gone(batch.which, batch.noticed, at)
    keep(run, batch.noticed, at)
    run.reached = batch.reached
    run.looked_at += batch.count
    run.amount += batch.amount
    run.differences += len(batch.noticed)
    run.save()
    return Progress(
        run.looked_at, run.amount, len(batch.noticed), run.reached, False, tuple(batch.noticed)
    )


def _claims(after: int, limit: int, at: datetime) -> _Batch | None:
    """A difference of a claim counts only if a second reading, with the claim held still, shows it too."""
    batch = records.read_next(after, limit)
    if not batch.dossiers:
        return None
    ids = [d.claim_id for d in batch.dossiers]
    return _Batch(
        {"claim_id__in": ids}, len(ids), _decided(batch.dossiers), batch.reached,
        [
            Noticed(Ref("claim", d.claim_id), d.kind, d.expected, d.actual, d.place)
            for d in _confirmed(batch)
        ],
    )  # fmt: skip


def _policies(after: int, limit: int, at: datetime) -> _Batch | None:
    """Each check of a policy's books is one statement: what is being changed is seen before or after."""
    span = books.next_span(after, limit, at)
    if span is None:
        return None
    noticed = [
        Noticed(Ref("policy", f.policy_id), f.kind, f.expected, f.actual, f.place, f.about)
        for f in books.find(span)
    ]
    which: dict[str, object] = {"policy_id__gt": after, "policy_id__lte": span.last}
    return _Batch(which, span.count, books.money_moved(span), span.last, noticed)


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
    said = {"amount": str(run.amount), "differences": run.differences}
    fact: object = (
        events.MoneyAudited(claims=run.looked_at, **said)  # type: ignore[arg-type]
        if run.scope == CLAIMS
        else events.PoliciesAudited(policies=run.looked_at, **said)  # type: ignore[arg-type]
    )
    journal.record(fact, about=run.ref, actor=SYSTEM, at=at)
    return Progress(run.looked_at, run.amount, run.differences, run.reached, True)


_KEEP = """
    insert into audit_moneydifference (claim_id, policy_id, about, kind, place, expected, actual, state, run_id,
                                       found_at, ended_by, explanation)
    select claim_id, policy_id, about, kind, place, expected, actual, 'OPEN', %s::bigint, %s::timestamptz, '', ''
      from json_to_recordset(%s::json)
           as row(claim_id bigint, policy_id bigint, about text, kind text, place text, expected text,
                  actual text)
    on conflict do nothing
    returning id, claim_id, policy_id, kind, expected, actual
"""


@tx.step
def keep(run: MoneyRun, noticed: Sequence[Noticed], at: datetime) -> None:
    """What a run noticed and is not known yet becomes a row, an event and work."""
    if not noticed:
        return
    made = tx.rows(_KEEP, [run.pk, at, orjson.dumps([_row(each) for each in noticed]).decode()])
    office_of = _offices(made)
    for id, claim_id, policy_id, kind, expected, actual in made:
        about = Ref("money_difference", id)
        subject = Ref("claim", claim_id) if claim_id else Ref("policy", policy_id)
        journal.record(
            events.MoneyDifferenceFound(
                subject=str(subject), difference=kind, expected=expected, actual=actual
            ),
            about=about, actor=SYSTEM, at=at,
        )  # fmt: skip
        work.open_item(
            QUEUE, about=about, office_id=office_of[subject], at=at, priority=20,
            title=f"金额差异：{WORDS[kind]}",
        )  # fmt: skip


def _row(each: Noticed) -> dict[str, object]:
    _subject, about, kind, place, expected, actual = _as_kept(each)
    claim, policy = each.subject.kind == "claim", each.subject.kind == "policy"
    return {
        "claim_id": each.subject.id if claim else None, "about": about, "kind": kind, "place": place,
        "policy_id": each.subject.id if policy else None, "expected": expected, "actual": actual,
    }  # fmt: skip


def _as_kept(each: Noticed) -> tuple[str, ...]:
    """Its key, as long as the columns are."""
    subject, about, kind, place, expected, actual = each.key
    return subject, about[:64], kind, place[:80], expected[:40], actual[:40]


def _offices(made: Sequence[tuple[Any, ...]]) -> dict[Ref, int]:
    """Whose office each claim or policy is of."""
    claims, policies = {row[1] for row in made} - {None}, {row[2] for row in made} - {None}
    return {
        Ref(kind, id): office
        for kind, id, office in tx.rows(
            """
            select 'claim', id, office_id from claims_claim where id = any(%s::bigint[])
             union all
            select 'policy', id, office_id from policies_policy where id = any(%s::bigint[])
            """,
            [sorted(claims), sorted(policies)],
        )
    }


@tx.step
def forget_what_is_gone(
    which: Mapping[str, object], noticed: Sequence[Noticed], at: datetime
) -> None:
    """Differences found earlier among ``which`` that are no more: they were put right, and the run says so."""
    still = {_as_kept(each) for each in noticed}
    known = MoneyDifference.objects.filter(**which).exclude(state=MoneyDifference.State.GONE)
    for row in known.select_for_update():
        key = (str(row.subject), row.about, row.kind, row.place, row.expected, row.actual)
        if key not in still:
            row.state, row.ended_at = MoneyDifference.State.GONE, at
            row.save(update_fields=["state", "ended_at"])
            work.close_items(about=row.ref, queue=QUEUE, at=at, outcome="GONE")
