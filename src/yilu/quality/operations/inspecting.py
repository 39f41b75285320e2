"""Somebody who had no part in it scores a drawn service, or says why it cannot be scored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson

from yilu.contact import queries as contact
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.quality import inspection_events as events
from yilu.quality.apart import refuse_near
from yilu.quality.books import versions
from yilu.quality.inspection_refusals import BadScores, InspectionNotFound, NoReason, ScoredAlready
from yilu.quality.models import Inspection
from yilu.quality.places import ANSWERS
from yilu.quality.rules import books, sampling, scoring
from yilu.quality.rules.scoring import Answer, Scored
from yilu.standards import queries as standards
from yilu.work import operations as work

QUEUE, RESULT = "quality.inspect", "quality.result"
APPEAL_DAYS = 5


@tx.use_case
def score(
    *, inspection_id: int, answers: Mapping[str, Answer], access: Access, actor: Ref, at: datetime
) -> int:
    """
    Score a drawn service by its form; the score. The person is told and may object for some days.

    :raises BadScores: the form is not filled in. :raises ScoredAlready: somebody was quicker.
    :raises OwnWork: :raises TooNear: one's own, or one's lead's or team's.
    """
    row = lock(inspection_id, access)
    if row.state != "WAITING":
        raise ScoredAlready
    result = put_scores(row, answers)
    row.state, row.inspector, row.scored_at = "SCORED", str(actor), at
    row.appeal_until = standards.working_time(row.office_id).add_working_days(at, _days(at))
    row.save()
    fact = events.InspectionScored(
        what=row.what, staff_id=row.staff_id, office_id=row.office_id, score=result.score,
        fatal=bool(result.fatal), passed=result.passed,
    )  # fmt: skip
    journal.record(fact, about=row.ref, actor=actor, at=at)
    work.close_items(about=row.ref, at=at, queue=QUEUE)
    work.open_item(
        RESULT, about=row.ref, office_id=row.office_id, at=at, staff_id=row.staff_id,
        title=f"质检结果：{result.score} 分（{sampling.WHAT[row.what]}）", due_at=row.appeal_until,
    )  # fmt: skip
    return result.score


@tx.use_case
def void(*, inspection_id: int, reason: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Say that what was drawn cannot be scored (a wrong number, a test), and why.

    :raises NoReason: :raises ScoredAlready: :raises OwnWork: :raises TooNear: see there.
    """
    row = lock(inspection_id, access)
    if row.state != "WAITING":
        raise ScoredAlready
    row.decision = sealing.seal(need_reason(reason), "quality_inspection.decision")
    row.state, row.inspector, row.ended_at = "VOIDED", str(actor), at
    row.save()
    fact = events.InspectionVoided(what=row.what, staff_id=row.staff_id, office_id=row.office_id)
    journal.record(fact, about=row.ref, actor=actor, at=at)
    work.close_items(about=row.ref, at=at, queue=QUEUE, outcome="VOIDED")


def lock(inspection_id: int, access: Access) -> Inspection:
    """
    One that this inspector may work on, under a lock.

    :raises InspectionNotFound: none, or another office's. :raises OwnWork: :raises TooNear: see there.
    """
    row = Inspection.objects.select_for_update(of=("self",)).filter(pk=inspection_id).first()
    if row is None:
        raise InspectionNotFound
    access.require("quality.inspect", office_id=row.office_id)
    refuse_near(access, row.staff_id)
    return row


def put_scores(row: Inspection, answers: Mapping[str, Answer]) -> Scored:
    """Check a filled-in form and keep it on the row. :raises BadScores: it is not filled in."""
    form = scoring.read(row.form.text)
    scoring.check(form, answers)
    _check_turns(row, answers)
    result = scoring.score(form, answers)
    kept = {code: [a.given, a.comment.strip(), a.evidence] for code, a in answers.items()}
    row.answers = sealing.seal(orjson.dumps(kept).decode(), ANSWERS)
    row.score, row.fatal = result.score, bool(result.fatal)
    row.passed, row.missed = result.passed, list(result.missed)
    return result


def need_reason(reason: str) -> str:
    """:raises NoReason: too short, or longer than anybody reads."""
    if not 4 <= len(reason.strip()) <= 2000:
        raise NoReason
    return reason.strip()


def _check_turns(row: Inspection, answers: Mapping[str, Answer]) -> None:
    """A turn named as evidence is one of the conversation's."""
    named = [int(a.evidence[1:]) for a in answers.values() if a.evidence.startswith("#")]
    if not named:
        return
    subject = Ref.parse(row.subject)
    count = 0
    if subject.kind == "conversation":
        count = len(contact.turns_of(subject.id, limit=max(named)))
    if not all(1 <= n <= count for n in named):
        raise BadScores(hint=_("证据里的第几句在会话中找不到，请核对。"))


def _days(at: datetime) -> int:
    found = versions.in_force(books.PLAN, day_of(at))
    return sampling.read(found.text).appeal_days if found else APPEAL_DAYS
