"""Declare an emergency and end it (宣布与结束重大突发事件)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError

from yilu.catastrophe import events
from yilu.catastrophe.models import Event, MeasureTask
from yilu.catastrophe.rules.labels import (
    CARRIED_OUT_WITHIN,
    KINDS,
    LEVELS,
    MEASURES,
    USUAL_MEASURES,
)
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.work import operations as work

from .refusals import BadEvent, EventNotFound, EventOver

NAME_MAX, PLACE_MAX = 80, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """What is told when an emergency is declared."""

    name: str
    kind: str
    level: str
    place: str
    occurred_at: datetime
    office_id: int
    request_key: str
    measures: Sequence[str] = USUAL_MEASURES
    drill: bool = False


@tx.use_case
def declare_event(*, new: NewEvent, access: Access, actor: Ref, at: datetime) -> int:
    """
    Declare a disaster or grave accident, with the measures that count from now on; the event's id.

    The same ``request_key`` again returns the first event and changes nothing.

    :raises NotAllowed: without ``catastrophe.declare`` over the lead office.
    :raises BadEvent: with what is wrong.
    """
    access.require("catastrophe.declare", office_id=new.office_id)
    _check(new, at)
    day = day_of(at)
    [(serial,)] = tx.rows("select nextval(pg_get_serial_sequence('catastrophe_event', 'id'))")
    try:
        with tx.savepoint():
            event = Event.objects.create(
                id=serial, number=f"{'YL' if new.drill else 'ZD'}{day:%Y%m%d}{serial:04d}",
                name=new.name.strip(), kind=new.kind, level=new.level, place=new.place.strip(),
                occurred_at=new.occurred_at, office_id=new.office_id, drill=new.drill,
                measures=list(new.measures), request_key=new.request_key,
                declared_by=str(actor), declared_at=at,
            )  # fmt: skip
    except IntegrityError:
        return Event.objects.values_list("pk", flat=True).get(request_key=new.request_key)
    MeasureTask.objects.bulk_create(
        MeasureTask(
            event=event, measure=code, owner_id=actor.id if actor.kind == "staff" else None,
            due_at=at + timedelta(minutes=CARRIED_OUT_WITHIN[code]),
        )
        for code in MEASURES if code in new.measures
    )  # fmt: skip
    journal.record(
        events.EventDeclared(
            kind=new.kind, level=new.level, office_id=new.office_id, drill=new.drill,
            measures=tuple(new.measures),
        ),
        about=event.ref, actor=actor, at=at,
    )  # fmt: skip
    return event.pk


@tx.use_case
def close_event(*, event_id: int, words: str, access: Access, actor: Ref, at: datetime) -> int:
    """
    End the emergency: open work goes, and the particulars of everybody on the lists who is no
    customer are erased; how many were.

    :raises EventNotFound: none such. :raises EventOver: ended already.
    :raises BadEvent: without closing words. :raises NotAllowed: without the right.
    """
    event = hold(event_id)
    access.require("catastrophe.declare", office_id=event.office_id)
    if event.state == Event.State.CLOSED:
        raise EventOver
    if not words.strip():
        raise BadEvent(_("请写明应急工作的小结"))
    erased = tx.changed(
        """
        update catastrophe_casualtyrow r
           set name = '已清除', sex = null, birth_date = null, age = null, identity = '', phone = '',
               place = '', hospital = '', remark = ''
          from catastrophe_casualtylist l
         where l.id = r.sheet_id and l.event_id = %s::bigint and r.state <> 'CONFIRMED'
        """,
        [event.pk],
    )
    tx.changed(
        """
        delete from catastrophe_candidate c using catastrophe_casualtyrow r, catastrophe_casualtylist l
         where c.row_id = r.id and l.id = r.sheet_id and l.event_id = %s::bigint
           and r.state <> 'CONFIRMED'
        """,
        [event.pk],
    )
    event.state, event.closed_at, event.closing_words = Event.State.CLOSED, at, words.strip()
    event.save(update_fields=["state", "closed_at", "closing_words"])
    work.close_items(about=event.ref, at=at, outcome="EVENT_OVER")
    for affected_id in event.affected.filter(contacted_at=None).values_list("pk", flat=True):
        work.close_items(about=Ref("affected", affected_id), at=at, outcome="EVENT_OVER")
    journal.record(
        events.EventClosed(drill=event.drill, erased=erased), about=event.ref, actor=actor, at=at
    )
    return erased


@tx.step
def hold(event_id: int) -> Event:
    """Lock an event. :raises EventNotFound: if there is none."""
    event = Event.objects.select_for_update(of=("self",)).filter(pk=event_id).first()
    if event is None:
        raise EventNotFound
    return event


@tx.step
def hold_open(event_id: int, access: Access) -> Event:
    """
    Lock an event that goes on, for somebody who handles it.

    :raises EventNotFound: none, or not theirs. :raises EventOver: ended.
    """
    event = hold(event_id)
    may_handle(event.office_id, access)
    if event.state == Event.State.CLOSED:
        raise EventOver
    return event


def may_handle(office_id: int, access: Access) -> None:
    """:raises NotAllowed: without the right. :raises EventNotFound: for other offices' events."""
    access.require("catastrophe.handle")
    if not access.may("catastrophe.handle", office_id=office_id):
        raise EventNotFound


def _check(new: NewEvent, at: datetime) -> None:
    if not 0 < len(new.name.strip()) <= NAME_MAX:
        raise BadEvent(_("请填写事件名称，不超过80字"))
    if not 0 < len(new.place.strip()) <= PLACE_MAX:
        raise BadEvent(_("请填写地点，不超过120字"))
    if new.kind not in KINDS or new.level not in LEVELS:
        raise BadEvent(_("请选择事件类别和级别"))
    if new.occurred_at > at:
        raise BadEvent(_("发生时间不能晚于现在"))
    if not new.measures or not set(new.measures) <= set(MEASURES):
        raise BadEvent(_("请至少选择一项应急措施"))
    if not 0 < len(new.request_key) <= 64:
        raise BadEvent(_("提交编号有误，请刷新页面"))
