"""
A second look at people's decisions (质量抽检): drawn, graded, given back to the handler.

Drawn by the table ``claims.quality`` (the graver, the larger the share; a hash of the decision says
which: nobody steers it), and at least so many of each handler a month.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import Decision, QualityCheck
from yilu.claims.operations.refusals import NotForOneself, need_reason
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound
from yilu.kernel.money import ZERO
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Access
from yilu.standards import queries as standards
from yilu.work import operations as work

WINDOW = timedelta(days=30)
BATCH = 200


class CheckNotFound(NotFound):
    """No such check here, or it is graded."""

    code = "check_not_found"
    message = "没有找到这项质量抽检"


@tx.use_case
def draw_quality_checks(*, since: datetime, at: datetime, after: int = 0) -> journal.Page:
    """
    Draw from the decisions that people made since a moment, a page of them by id (called by the clock).

    Twice draws nobody twice: a decision is looked at once.
    """
    made = list(
        Decision.objects.filter(
            pk__gt=after, decided_at__gte=since, decided_at__lt=at, decided_by__startswith="staff:",
            state__in=["STANDS", "SUPERSEDED"], quality_check__isnull=True,
        )
        .exclude(kind=Decision.Kind.ADVANCE)
        .select_related("claim").order_by("id")[:BATCH]
    )  # fmt: skip
    looked: dict[int, int] = {}
    per_handler = standards.whole_figure("claims.checked_per_handler", at)
    drawn = 0
    for decision in made:
        handler = Ref.parse(decision.decided_by).id
        if handler not in looked:
            looked[handler] = QualityCheck.objects.filter(
                handler_id=handler, drawn_at__gte=at - WINDOW
            ).count()
        said = standards.decide(
            "claims.quality",
            {
                "lane": decision.claim.lane or "YELLOW", "overrides": decision.overrides,
                "amount": max(decision.amount, decision.machine_amount or ZERO),
            },
            at,
        ).outputs  # fmt: skip
        share, because = Decimal(said["share"]), said["because"]
        if not _falls(decision.pk, share):
            if looked[handler] >= per_handler:
                continue
            because = QualityCheck.Drawn.HANDLER
        _draw(decision, handler, because, share, at)
        looked[handler] += 1
        drawn += 1
    return journal.Page(drawn, made[-1].pk if made else 0)


@tx.use_case
def grade_check(
    *, check_id: int, grade: str, faults: Sequence[str], finding: str, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Grade a drawn decision; a fault names its kinds and goes to its handler.

    :raises CheckNotFound: none, graded, or another office's. :raises NotForOneself: one's own decision.
    :raises Invalid: a grade or fault that is none, a fault without its kind. :raises ReasonMissing.
    """
    check = _find(check_id, access)
    decision = Decision.objects.get(pk=check.decision_id)
    if str(actor) in (decision.decided_by, decision.approved_by):
        raise NotForOneself
    if grade not in QualityCheck.Grade.values or set(faults) - set(QualityCheck.Fault.values):
        raise Invalid("请选择评级和差错类型")
    faulty = grade in (QualityCheck.Grade.FAULTS, QualityCheck.Grade.WRONG)
    if faulty and not faults:
        raise Invalid("有瑕疵或差错的，请选择差错类型")
    check.grade, check.faults = grade, sorted(set(faults)) if faulty else []
    check.finding = need_reason(finding) if faulty else finding.strip()
    check.graded_by, check.graded_at = str(actor), at
    check.save()
    journal.record(
        events.QualityGraded(decision_id=decision.pk, grade=grade),
        about=Ref("claim", check.claim_id), actor=actor, at=at,
    )  # fmt: skip
    work.close_items(about=Ref("quality_check", check.pk), at=at, queue="claims.quality")
    if faulty:
        work.open_item(
            "claims.quality_answer", about=Ref("quality_check", check.pk), at=at,
            office_id=check.office_id, title=f"抽检结果：{check.get_grade_display()}",
            staff_id=check.handler_id,
        )  # fmt: skip


@tx.use_case
def answer_check(*, check_id: int, answer: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    The handler reads the finding and says what they make of it. Twice is once.

    :raises CheckNotFound: not their decision, or not graded yet. :raises ReasonMissing: no words.
    """
    check = (
        QualityCheck.objects.select_for_update(of=("self",))
        .filter(pk=check_id, handler_id=access.staff_id)
        .exclude(grade="")
        .first()
    )
    if check is None:
        raise CheckNotFound
    if check.answered_at is not None:
        return
    check.answer, check.answered_at = need_reason(answer, least=2), at
    check.save(update_fields=["answer", "answered_at"])
    work.close_items(about=Ref("quality_check", check.pk), at=at, queue="claims.quality_answer")


def _falls(decision_id: int, share: Decimal) -> bool:
    drawn = int.from_bytes(hashlib.sha256(f"quality:{decision_id}".encode()).digest()[:4], "big")
    return drawn < share * (1 << 32)


def _draw(decision: Decision, handler: int, because: str, share: Decimal, at: datetime) -> None:
    check = QualityCheck.objects.create(
        claim_id=decision.claim_id, decision=decision, handler_id=handler,
        office_id=decision.claim.office_id, drawn_because=because, share=share, drawn_at=at,
    )  # fmt: skip
    journal.record(
        events.QualityDrawn(decision_id=decision.pk, drawn_because=because),
        about=Ref("claim", decision.claim_id), actor=SYSTEM, at=at,
    )  # fmt: skip
    work.open_item(
        "claims.quality", about=Ref("quality_check", check.pk), office_id=check.office_id, at=at,
        title=f"质量抽检：{decision.claim.number}", amount=decision.amount, priority=60,
    )  # fmt: skip


def _find(check_id: int, access: Access) -> QualityCheck:
    check = (
        QualityCheck.objects.select_for_update(of=("self",)).filter(pk=check_id, grade="").first()
    )
    if check is None or not access.may("claims.review", office_id=check.office_id):
        raise CheckNotFound
    return check
