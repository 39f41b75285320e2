"""Who carries which emergency measure out, by when, and whether it works (措施落实)."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.catastrophe import events
from yilu.catastrophe.models import Event, MeasureTask
from yilu.catastrophe.rules.labels import CARRIED_OUT_WITHIN, MEASURES
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access, Succession

from .declaring import hold_open
from .refusals import NotAMeasure

HANDLE = "catastrophe.handle"
DUE_MAX = timedelta(days=2)


@tx.use_case
def assign_measure(
    *, event_id: int, measure: str, owner_id: int, due_at: datetime, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Give a measure to somebody who handles emergencies, with a time by which it is to work.

    :raises NotAMeasure: not one of the event's, no such colleague, or a time that cannot be.
    :raises EventNotFound: none, or not theirs. :raises EventOver: ended. :raises NotAllowed: no right.
    """
    event = hold_open(event_id, access)
    access.require("catastrophe.declare", office_id=event.office_id)
    _one_of(event, measure)
    if owner_id not in dict(people.list_colleagues(event.office_id, HANDLE)):
        raise NotAMeasure(_("请选择在岗的应急人员"))
    if not event.declared_at <= due_at <= at + DUE_MAX:
        raise NotAMeasure(_("完成时间应在宣布应急之后、两天以内"))
    told = {"owner_id": owner_id, "due_at": due_at}
    task, is_new = MeasureTask.objects.select_for_update(of=("self",)).get_or_create(
        event=event, measure=measure, defaults=told
    )
    if not is_new and (task.owner_id, task.due_at) == (owner_id, due_at):
        return
    task.owner_id, task.due_at = owner_id, due_at
    task.save(update_fields=["owner_id", "due_at"])
    journal.record(
        events.MeasureAssigned(measure=measure, owner_id=owner_id),
        about=event.ref, actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def carry_out(
    *, event_id: int, measure: str, words: str, access: Access, actor: Ref, at: datetime
) -> bool:
    """
    Say that a measure works, and how; False where that was said before.

    :raises NotAMeasure: not one of the event's, or without words.
    :raises EventNotFound: none, or not theirs. :raises EventOver: ended.
    """
    event = hold_open(event_id, access)
    _one_of(event, measure)
    if not 0 < len(words.strip()) <= 200:
        raise NotAMeasure(_("请写明落实情况，不超过200字"))
    task, _is_new = MeasureTask.objects.select_for_update(of=("self",)).get_or_create(
        event=event, measure=measure, defaults={"due_at": _usual_time(event, measure)}
    )
    if task.done_at is not None:
        return False
    task.done_at, task.done_by, task.words = at, str(actor), words.strip()
    task.save(update_fields=["done_at", "done_by", "words"])
    journal.record(
        events.MeasureCarriedOut(measure=measure, in_time=at <= task.due_at),
        about=event.ref, actor=actor, at=at,
    )  # fmt: skip
    return True


@tx.use_case
def switch_measure(
    *, event_id: int, measure: str, on: bool, access: Access, actor: Ref, at: datetime
) -> bool:
    """
    Let a measure count from now on, or no longer; False where it was so already.

    Claims opened from now on follow it: without 理赔绿色通道 they go the usual way.

    :raises NotAMeasure: none of ours, or the last one. :raises EventOver: ended.
    :raises EventNotFound: none, or not theirs. :raises NotAllowed: without the right to declare.
    """
    event = hold_open(event_id, access)
    access.require("catastrophe.declare", office_id=event.office_id)
    if measure not in MEASURES:
        raise NotAMeasure
    if (measure in event.measures) == on:
        return False
    event.measures = [
        code for code in MEASURES if (on if code == measure else code in event.measures)
    ]
    if not event.measures:
        raise NotAMeasure(
            _("请至少保留一项应急措施"), hint=_("应急结束时，请在本页办理“结束应急”。")
        )
    event.save(update_fields=["measures"])
    if on:
        MeasureTask.objects.get_or_create(
            event=event, measure=measure,
            defaults={
                "due_at": at + timedelta(minutes=CARRIED_OUT_WITHIN[measure]),
                "owner_id": actor.id if actor.kind == "staff" else None,
            },
        )  # fmt: skip
    journal.record(
        events.MeasureSwitched(measure=measure, on=on), about=event.ref, actor=actor, at=at
    )
    return True


@tx.step
def pass_on(of: Succession, *, at: datetime) -> int:
    """
    Measures of running emergencies that whoever left had still to carry out go to the successor or the lead.

    How many. The time by which a measure is to work stays. Twice is once.
    """
    rows = (
        MeasureTask.objects.select_for_update(of=("self",))
        .select_related("event")
        .filter(owner_id=of.staff_id, done_at=None, event__closed_at=None)
    )
    passed = 0
    for row in rows.order_by("pk"):
        office_id = row.event.office_id
        if of.keeps(HANDLE, office_id) or (heir := of.heir(HANDLE, office_id)) is None:
            continue
        row.owner_id = heir
        row.save(update_fields=["owner_id"])
        journal.record(
            events.MeasureAssigned(measure=row.measure, owner_id=heir),
            about=row.event.ref, actor=SYSTEM, at=at,
        )  # fmt: skip
        passed += 1
    return passed


def _one_of(event: Event, measure: str) -> None:
    if measure not in event.measures:
        raise NotAMeasure


def _usual_time(event: Event, measure: str) -> datetime:
    return event.declared_at + timedelta(minutes=CARRIED_OUT_WITHIN[measure])
