"""Who was inspected reads the result, accepts it or objects once; a second inspector answers; then it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Access
from yilu.quality import inspection_events as events
from yilu.quality.inspection_refusals import (
    AppealTooLate,
    NotYourResult,
    SameInspector,
    ScoredAlready,
)
from yilu.quality.models import Inspection
from yilu.quality.operations.inspecting import lock, need_reason, put_scores
from yilu.quality.places import APPEAL, DECISION
from yilu.quality.rules import sampling
from yilu.quality.rules.scoring import Answer
from yilu.work import operations as work

QUEUE, RESULT = "quality.appeal", "quality.result"
AT_ONCE = 200


@tx.use_case
def accept_result(*, inspection_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    The person has read it and agrees: it is final at once. Twice is once.

    :raises NotYourResult: another's. :raises ScoredAlready: an objection is being answered.
    """
    row = _own(inspection_id, access)
    if row.state == "FINAL":
        return
    if row.state != "SCORED":
        raise ScoredAlready
    _end(row, actor, at)


@tx.use_case
def appeal(*, inspection_id: int, reason: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Object to a score, once, within the days the plan gives.

    :raises NotYourResult: another's. :raises AppealTooLate: too late, or a second time.
    :raises NoReason: no words.
    """
    row = _own(inspection_id, access)
    if row.state != "SCORED" or row.appeal_until is None or at > row.appeal_until:
        raise AppealTooLate
    row.appeal = sealing.seal(need_reason(reason), APPEAL)
    row.state, row.appealed_at = "APPEALED", at
    row.save()
    fact = events.InspectionAppealed(staff_id=row.staff_id, office_id=row.office_id)
    journal.record(fact, about=row.ref, actor=actor, at=at)
    work.close_items(about=row.ref, at=at, queue=RESULT)
    work.open_item(
        QUEUE, about=row.ref, office_id=row.office_id, at=at, priority=30,
        title=f"质检申诉复核（{sampling.WHAT[row.what]}）",
    )  # fmt: skip


@tx.use_case
def decide_appeal(
    *, inspection_id: int, answers: Mapping[str, Answer] | None, reason: str, access: Access,
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Uphold a score (no answers), or change it by a form filled in anew; with reasons; then it is final.

    :raises SameInspector: whoever scored it. :raises OwnWork: :raises TooNear: see there.
    :raises ScoredAlready: nobody objects, or it is answered. :raises NoReason: :raises BadScores.
    """
    row = lock(inspection_id, access)
    if row.state != "APPEALED":
        raise ScoredAlready
    if row.inspector == str(actor):
        raise SameInspector
    row.decision = sealing.seal(need_reason(reason), DECISION)
    row.first_score, row.second = row.score, str(actor)
    if answers is not None:
        put_scores(row, answers)
    assert row.score is not None
    assert row.first_score is not None
    row.changed = answers is not None
    fact = events.AppealDecided(
        staff_id=row.staff_id, office_id=row.office_id, changed=row.changed,
        before=row.first_score, score=row.score,
    )  # fmt: skip
    journal.record(fact, about=row.ref, actor=actor, at=at)
    _end(row, actor, at)


@tx.use_case
def end_unappealed(*, at: datetime) -> int:
    """Scores nobody objected to in time stand; how many."""
    rows = list(
        Inspection.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state="SCORED", appeal_until__lt=at).order_by("pk")[:AT_ONCE]
    )  # fmt: skip
    for row in rows:
        _end(row, SYSTEM, at)
    return len(rows)


def _own(inspection_id: int, access: Access) -> Inspection:
    """One's own result under a lock; another's reads like none."""
    row = (
        Inspection.objects.select_for_update(of=("self",))
        .filter(pk=inspection_id, staff_id=access.staff_id)
        .exclude(state__in=["WAITING", "VOIDED"]).first()
    )  # fmt: skip
    if row is None:
        raise NotYourResult
    return row


def _end(row: Inspection, actor: Ref, at: datetime) -> None:
    assert row.score is not None
    assert row.passed is not None
    row.state, row.ended_at = "FINAL", at
    row.save()
    fact = events.InspectionFinal(
        what=row.what, staff_id=row.staff_id, office_id=row.office_id, score=row.score,
        fatal=row.fatal, passed=row.passed, appealed=row.appealed_at is not None,
    )  # fmt: skip
    journal.record(fact, about=row.ref, actor=actor, at=at)
    work.close_items(about=row.ref, at=at)
