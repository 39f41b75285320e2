"""What is done about a topic, and whether it helped: NPS before and after, tested."""

from __future__ import annotations

from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.voice import events
from yilu.voice.models import Improvement, Topic
from yilu.voice.refusals import AlreadyAnswered, BadImprovement, FeedbackNotFound
from yilu.voice.rules.labels import JOURNEYS

_MOVES = {"PLANNED": {"RUNNING", "DROPPED"}, "RUNNING": {"CLOSED", "DROPPED"}}


@tx.use_case
def plan_improvement(
    *, topic_id: int | None, title: str, journey: str, owner_id: int, due_on: date | None,
    access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Give a topic somebody who does something about it, and by when. The improvement's id.

    :raises BadImprovement: what, who or when is missing. :raises NotAllowed: without ``voice.manage``.
    """
    access.require("voice.manage")
    title = title.strip()
    if not 4 <= len(title) <= 120 or journey not in JOURNEYS or due_on is None:
        raise BadImprovement
    if due_on < day_of(at):
        raise BadImprovement(_("计划上线日期不能早于今天"))
    offices = access.offices_for("voice.manage")
    owner = people.get_staff(owner_id)
    if not owner.active or owner.office_id not in offices:
        raise BadImprovement(_("请选择在职的负责人"))
    topic = Topic.objects.filter(pk=topic_id or 0, analysis__office_id__in=offices).first()
    made = Improvement.objects.create(
        topic=topic, about=topic.name if topic else "", title=title, journey=journey,
        office_id=owner.office_id, owner_id=owner_id, due_on=due_on, planned_at=at,
    )  # fmt: skip
    journal.record(
        events.ImprovementPlanned(topic=made.about, owner_id=owner_id), about=made.ref, actor=actor,
        at=at,
    )  # fmt: skip
    return made.pk


@tx.use_case
def move_improvement(
    *, improvement_id: int, state: str, on: date | None, note: str, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Say that it went live on a day, ended, or was given up with the reason.

    :raises FeedbackNotFound: none of one's offices. :raises AlreadyAnswered: not from where it is.
    :raises BadImprovement: no day for going live, or a day to come; no reason for giving up.
    """
    held = (
        Improvement.objects.select_for_update(of=("self",))
        .filter(pk=improvement_id, office_id__in=access.offices_for("voice.manage")).first()
    )  # fmt: skip
    if held is None:
        raise FeedbackNotFound(_("没有找到这个改进事项"))
    if state not in _MOVES.get(held.state, set()):
        raise AlreadyAnswered(_("这个改进事项已经走到别的步骤"))
    if state == "RUNNING":
        if on is None or on > day_of(at):
            raise BadImprovement(_("请填写实际上线日期，不能晚于今天"))
        held.live_on = on
    elif len(note.strip()) < 5:
        raise BadImprovement(_("请写明结果或原因"))
    held.state = state
    held.note = f"{held.note}\n{note.strip()}".strip()[:2000]
    held.closed_at = None if state == "RUNNING" else at
    held.save()
    journal.record(events.ImprovementMoved(state=state), about=held.ref, actor=actor, at=at)
