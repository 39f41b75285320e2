"""Courses: given to who needs them, finished chapter by chapter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.people.queries import Access, StaffView
from yilu.quality import events
from yilu.quality.models import CourseVersion, Enrolment
from yilu.quality.queries.in_force import courses_in_force, reading_version
from yilu.quality.rules import courses
from yilu.quality.rules.courses import Course
from yilu.quality.training_refusals import CheckNotPassed, CourseDone, CourseNotFound
from yilu.work import operations as work

QUEUE = "quality.training"
AT_ONCE = 500
REMIND = timedelta(days=3)
_Why = Enrolment.Why
_LATEST = """
    select distinct on (staff_id, course) staff_id, course, number, completed_at, dropped_at
      from quality_enrolment where %(staff)s::bigint is null or staff_id = %(staff)s::bigint
     order by staff_id, course, number desc
"""


@tx.step
def settle(staff_id: int | None, *, at: datetime) -> int:
    """
    Give everybody (or one person) what their roles ask for, and drop what nobody asks of them any more.

    A course comes again when its months are over. Called twice nothing happens the second time.
    """
    in_force = courses_in_force()
    if not in_force:
        return 0
    key = f"quality.settle.{staff_id or ''}"
    tx.rows("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    held = {person.id: person for person in people.roles_held(staff_id)}
    changed = _drop_needless(held, in_force, staff_id, at)
    latest = {(r[0], r[1]): r[2:] for r in tx.rows(_LATEST, {"staff": staff_id})}
    wanted = [
        _row(row, person, latest[(person.id, code)][0] + 1, _Why.AGAIN, at)
        if (person.id, code) in latest else _row(row, person, 1, _Why.ROLE, at)
        for person in held.values() for code, (row, course) in in_force.items()
        if course.for_roles(person.roles) and _is_due(latest.get((person.id, code)), course, at)
    ]  # fmt: skip
    return changed + _give(wanted[: AT_ONCE - min(changed, AT_ONCE)], at, SYSTEM)


@tx.use_case
def settle_now(*, at: datetime, staff_id: int | None = None) -> int:
    """The same as a use case of its own: for the clock and the demo."""
    return settle(staff_id, at=at)


@tx.use_case
def assign(
    *, course: str, staff_ids: Collection[int], access: Access, actor: Ref, at: datetime
) -> int:
    """
    Give colleagues of one's offices a course; how many did not have it open already.

    :raises CourseNotFound: no such course, or nobody there.
    """
    access.require("quality.train")
    found = courses_in_force().get(course)
    there = {p.id: p for p in people.roles_held() if p.id in staff_ids}
    if found is None or not there or set(staff_ids) - set(there):
        raise CourseNotFound
    for person in there.values():
        access.require("quality.train", office_id=person.office_id)
    return _take(found[0], list(there.values()), _Why.LEAD, actor, at)


@tx.use_case
def enrol(*, course: str, staff_id: int, actor: Ref, at: datetime) -> None:
    """Take a course of one's own accord. Open already: nothing happens."""
    found = courses_in_force().get(course)
    me = people.roles_held(staff_id)
    if found is None or not me:
        raise CourseNotFound
    _take(found[0], me, _Why.OWN, actor, at)


@tx.use_case
def finish_chapter(
    *, enrolment_id: int, chapter: str, answers: Sequence[int], staff_id: int, actor: Ref, at: datetime
) -> bool:  # fmt: skip
    """
    Answer a chapter's check; whether the course is complete with it. Twice counts once.

    :raises CheckNotPassed: not every answer is right. :raises CourseDone: finished or dropped before.
    """
    row = Enrolment.objects.select_for_update().filter(pk=enrolment_id, staff_id=staff_id).first()
    if row is None:
        raise CourseNotFound
    if chapter in row.done:
        return row.completed_at is not None
    if row.completed_at or row.dropped_at:
        raise CourseDone
    version = reading_version(row)
    course = courses.read(version.text)
    found = course.chapter(chapter)
    if found is None:
        raise CourseNotFound
    if not courses.is_right(found, answers):
        raise CheckNotPassed
    row.version, row.begun_at = version, row.begun_at or at
    row.done = [*row.done, chapter]
    about = Ref("enrolment", row.pk)
    told = events.ChapterFinished(course=row.course, chapter=chapter, staff_id=staff_id)
    journal.record(told, about=about, actor=actor, at=at)
    if {each.code for each in course.chapters} <= set(row.done):
        row.completed_at = at
        fact = events.CourseCompleted(
            course=row.course, version=version.number, staff_id=staff_id, office_id=row.office_id,
            in_time=day_of(at) <= row.due_on,
        )  # fmt: skip
        journal.record(fact, about=about, actor=actor, at=at)
        work.close_items(about=about, at=at, queue=QUEUE)
    row.save()
    return row.completed_at is not None


@tx.use_case
def remind(*, at: datetime) -> int:
    """Put what is due within three days into the learner's own work, once; how many."""
    rows = list(
        Enrolment.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("version")
        .filter(completed_at=None, dropped_at=None, reminded_at=None, due_on__lte=day_of(at + REMIND))
        .order_by("pk")[:100]
    )  # fmt: skip
    for row in rows:
        title = courses.read(reading_version(row).text).title
        work.open_item(
            QUEUE, about=Ref("enrolment", row.pk), office_id=row.office_id, title=f"培训课程待学完：{title}",
            at=at, staff_id=row.staff_id, due_at=datetime.combine(row.due_on + timedelta(days=1), time(), CHINA),
        )  # fmt: skip
    Enrolment.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=at)
    return len(rows)


def _is_due(latest: Sequence[datetime | None] | None, course: Course, at: datetime) -> bool:
    """Whether somebody who had a course so far (number, completed, dropped) gets it now."""
    if latest is None:
        return True
    _number, completed, dropped = latest
    if dropped is not None:
        return True
    if completed is None:
        return False
    again = courses.again_from(day_of(completed), course.repeat_months)
    return again is not None and again <= day_of(at)


def _row(
    version: CourseVersion, person: StaffView, number: int, why: Enrolment.Why, at: datetime
) -> Enrolment:
    days = courses.read(version.text).days
    return Enrolment(
        course=version.course, version=version, staff_id=person.id, office_id=person.office_id,
        number=number, why=why, assigned_at=at, due_on=day_of(at) + timedelta(days=days),
    )  # fmt: skip


def _give(rows: Sequence[Enrolment], at: datetime, actor: Ref) -> int:
    made = Enrolment.objects.bulk_create(rows)
    for row in made:
        fact = events.CourseAssigned(
            course=row.course, staff_id=row.staff_id, office_id=row.office_id,
            days=(row.due_on - day_of(at)).days, why=str(row.why),
        )  # fmt: skip
        journal.record(fact, about=Ref("enrolment", row.pk), actor=actor, at=at)
    return len(made)


def _take(
    version: CourseVersion, persons: Sequence[StaffView], why: Enrolment.Why, actor: Ref, at: datetime
) -> int:  # fmt: skip
    """Enrol whoever has it not open; under a lock a person, in order."""
    for person in sorted(persons, key=lambda each: each.id):
        key = f"quality.settle.{person.id}"
        tx.rows("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    past = Enrolment.objects.filter(course=version.course, staff_id__in=[p.id for p in persons])
    last: dict[int, Enrolment] = {row.staff_id: row for row in past.order_by("number")}
    rows = [
        _row(version, person, last[person.id].number + 1 if person.id in last else 1, why, at)
        for person in persons
        if person.id not in last or last[person.id].completed_at or last[person.id].dropped_at
    ]
    return _give(rows, at, actor)


def _drop_needless(
    held: Mapping[int, StaffView], in_force: Mapping[str, tuple[CourseVersion, Course]],
    staff_id: int | None, at: datetime,
) -> int:  # fmt: skip
    """End open tasks of who left, and of roles that ended; what was taken freely stays."""
    rows = Enrolment.objects.select_for_update().filter(completed_at=None, dropped_at=None)
    if staff_id is not None:
        rows = rows.filter(staff_id=staff_id)
    needless = [
        row for row in rows.order_by("pk")
        if row.staff_id not in held or (
            row.why in {_Why.ROLE, _Why.AGAIN} and row.course in in_force
            and not in_force[row.course][1].for_roles(held[row.staff_id].roles)
        )
    ][:AT_ONCE]  # fmt: skip
    Enrolment.objects.filter(pk__in=[row.pk for row in needless]).update(dropped_at=at)
    for row in needless:
        about = Ref("enrolment", row.pk)
        fact = events.CourseDropped(course=row.course, staff_id=row.staff_id)
        journal.record(fact, about=about, actor=SYSTEM, at=at)
        work.close_items(about=about, at=at, queue=QUEUE, outcome="NOT_NEEDED")
    return len(needless)
