"""Classes that meet: planned in batches, joined, signed off by the trainer (A143)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality import events
from yilu.quality.models import ClassSeat, CourseVersion, TrainingClass
from yilu.quality.training_refusals import (
    BadClass,
    ClassFull,
    ClassNotFound,
    ClassNotYet,
    ClassOver,
    NotInClass,
    NotTheTrainer,
)

_State = TrainingClass.State
LONGEST, SEATS = timedelta(days=1), 200


@tx.use_case
def plan_class(
    *, title: str, course: str, place: str, starts_at: datetime, ends_at: datetime, seats: int,
    trainer_id: int, access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """A batch for one's office; its id. The same batch planned twice is one. :raises BadClass."""
    access.require("quality.train", office_id=access.office_id)
    title, place = title.strip(), place.strip()
    if not (
        0 < len(title) <= 60 and 0 < len(place) <= 60 and 1 <= seats <= SEATS
        and at < starts_at < ends_at <= starts_at + LONGEST and _trains(trainer_id)
        and (not course or CourseVersion.objects.filter(course=course, state="APPROVED").exists())
    ):  # fmt: skip
        raise BadClass
    tx.rows("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"quality.class.{title}"])
    same = TrainingClass.objects.filter(
        title=title, office_id=access.office_id, starts_at=starts_at, state=_State.PLANNED
    ).first()
    if same is not None:
        return same.pk
    row = TrainingClass.objects.create(
        title=title, course=course, office_id=access.office_id, trainer_id=trainer_id, place=place,
        starts_at=starts_at, ends_at=ends_at, seats=seats,
    )  # fmt: skip
    fact = events.ClassPlanned(
        course=course, office_id=access.office_id, trainer_id=trainer_id, seats=seats
    )
    journal.record(fact, about=Ref("class", row.pk), actor=actor, at=at)
    return row.pk


@tx.use_case
def join_class(*, class_id: int, staff_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Take a seat, or give one to a colleague of one's offices; twice is once.

    :raises ClassOver: held, cancelled or begun. :raises ClassFull.
    """
    row = _locked(class_id)
    if staff_id != access.staff_id:
        access.require("quality.train", office_id=people.get_staff(staff_id).office_id)
    if ClassSeat.objects.filter(training=row, staff_id=staff_id).exists():
        return
    if row.state != _State.PLANNED or at >= row.ends_at:
        raise ClassOver
    if ClassSeat.objects.filter(training=row).count() >= row.seats:
        raise ClassFull
    ClassSeat.objects.create(training=row, staff_id=staff_id, put_at=at)
    fact = events.ClassJoined(staff_id=staff_id)
    journal.record(fact, about=Ref("class", row.pk), actor=actor, at=at)


@tx.use_case
def sign_off(
    *, class_id: int, came: Collection[int], access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say who was there; whoever has a seat and is not named was not. The same twice is once.

    :raises NotTheTrainer. :raises ClassNotYet: before it begins. :raises ClassOver: signed off otherwise.
    :raises NotInClass: somebody without a seat.
    """
    row = _locked(class_id)
    if row.trainer_id != access.staff_id and not access.may("quality.train", row.office_id):
        raise NotTheTrainer
    places = list(ClassSeat.objects.filter(training=row).order_by("pk"))
    there = {place.staff_id for place in places}
    if row.state == _State.HELD and {p.staff_id for p in places if p.came} == set(came):
        return
    if row.state != _State.PLANNED:
        raise ClassOver
    if at < row.starts_at:
        raise ClassNotYet
    if set(came) - there:
        raise NotInClass
    for place in places:
        place.came = place.staff_id in came
    ClassSeat.objects.bulk_update(places, ["came"])
    row.state, row.signed_by, row.signed_at = _State.HELD, str(actor), at
    row.save()
    fact = events.ClassHeld(
        course=row.course, office_id=row.office_id, came=tuple(sorted(there & set(came))),
        missed=tuple(sorted(there - set(came))),
    )  # fmt: skip
    journal.record(fact, about=Ref("class", row.pk), actor=actor, at=at)


@tx.use_case
def cancel_class(*, class_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """It will not meet. :raises ClassOver: it was held, or cancelled."""
    row = _locked(class_id)
    access.require("quality.train", office_id=row.office_id)
    if row.state != _State.PLANNED:
        raise ClassOver
    row.state = _State.CANCELLED
    row.save()
    fact = events.ClassCancelled(office_id=row.office_id)
    journal.record(fact, about=Ref("class", row.pk), actor=actor, at=at)


def _locked(class_id: int) -> TrainingClass:
    row = TrainingClass.objects.select_for_update().filter(pk=class_id).first()
    if row is None:
        raise ClassNotFound
    return row


def _trains(staff_id: int) -> bool:
    try:
        return people.get_staff(staff_id).active
    except NotFound:
        return False
