"""Courses, tasks, classes and the training record, as learners, trainers and leads see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality.models import Attempt, ClassSeat, CourseVersion, Drill, Enrolment, TrainingClass
from yilu.quality.queries.in_force import courses_in_force, reading_version
from yilu.quality.rules import courses
from yilu.quality.rules.courses import Chapter, Course
from yilu.quality.training_refusals import ClassNotFound, CourseNotFound

SOON = timedelta(days=3)
SHOWN = 100
STATES: Mapping[str, str] = {
    "late": _("已逾期"), "soon": _("快到期"), "open": _("学习中"), "new": _("未开始"),
    "done": _("已完成"), "dropped": _("不再需要"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """Somebody's course: how far, until when."""

    id: int
    course: str
    title: str
    title_en: str
    staff_id: int
    office_id: int
    number: int
    why_label: str
    minutes: int
    chapters: int
    done: int
    due_on: date
    state: str
    completed_at: datetime | None

    @property
    def minutes_left(self) -> int:
        """About how long it still takes."""
        return max(1, round(self.minutes * (self.chapters - self.done) / self.chapters))


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseText:
    """One version of a course as it is written."""

    id: int
    code: str
    number: int
    state: str
    state_label: str
    text: str
    revision: int
    author: str
    written_at: datetime
    approver: str
    course: Course

    @property
    def title(self) -> str:
        return self.course.title

    @property
    def title_en(self) -> str:
        return self.course.title_en


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    """A course as it may be taken, with one's own task if there is one."""

    code: str
    version_id: int
    version: int
    course: Course
    task: TaskView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingView:
    """One chapter to read, within its course."""

    task: TaskView
    code: str
    version: int
    course: Course
    chapter: Chapter
    place: int
    done: frozenset[str]
    following: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return self.chapter.paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """A class with its places."""

    id: int
    title: str
    course: str
    office_id: int
    trainer_id: int
    place: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    state: str
    state_label: str
    people: tuple[tuple[int, bool | None], ...]
    signed_at: datetime | None

    @property
    def left(self) -> int:
        return self.seats - len(self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything one person has learnt here (培训档案)."""

    staff_id: int
    name: str
    office_id: int
    tasks: tuple[TaskView, ...]
    classes: tuple[ClassView, ...]
    exams: tuple[tuple[str, int, int, bool, datetime], ...]
    drills: tuple[tuple[int, str, int, bool, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFigures:
    """How far the people of one's offices are with one course."""

    code: str
    titles: tuple[str, str]
    done: int
    going: int
    late: int

    @property
    def share(self) -> Decimal:
        """Which part is done, in hundredths."""
        whole = self.done + self.going + self.late
        return Decimal(100 * self.done // whole) / 100 if whole else Decimal(0)


def my_tasks(staff_id: int, *, at: datetime) -> list[TaskView]:
    """One's own, what is late or due first; then what is done."""
    rows = Enrolment.objects.filter(staff_id=staff_id, dropped_at=None).select_related("version")
    views = [_task(row, at) for row in rows]
    order = {"late": 0, "soon": 1, "open": 2, "new": 3}
    return sorted(views, key=lambda v: (order.get(v.state, 9), v.due_on, v.id))


def list_courses(staff_id: int, *, at: datetime) -> list[CourseView]:
    """Every course in force, with one's own latest task."""
    rows = Enrolment.objects.filter(staff_id=staff_id, dropped_at=None).select_related("version")
    mine = {row.course: _task(row, at) for row in rows.order_by("number")}
    return [
        CourseView(code=code, version_id=row.pk, version=row.number, course=course, task=mine.get(code))
        for code, (row, course) in courses_in_force().items()
    ]  # fmt: skip


def read_chapter(enrolment_id: int, staff_id: int, chapter: str, *, at: datetime) -> ReadingView:
    """
    A chapter of one's own task; "" is the first that is not done yet.

    :raises CourseNotFound: no such chapter, or another's task.
    """
    row = (
        Enrolment.objects.filter(pk=enrolment_id, staff_id=staff_id)
        .select_related("version")
        .first()
    )
    if row is None:
        raise CourseNotFound
    version = reading_version(row)
    course = courses.read(version.text)
    codes = [each.code for each in course.chapters]
    chapter = chapter or next((code for code in codes if code not in row.done), codes[0])
    found = course.chapter(chapter)
    if found is None:
        raise CourseNotFound
    place = codes.index(chapter)
    return ReadingView(
        task=_task(row, at), code=row.course, version=version.number, course=course, chapter=found,
        place=place + 1, done=frozenset(row.done),
        following=codes[place + 1] if place + 1 < len(codes) else "",
    )  # fmt: skip


def versions_of(access: Access, course: str) -> list[CourseText]:
    """Every version of a course, the newest first. :raises CourseNotFound: no such course."""
    access.require("quality.manage")
    rows = list(CourseVersion.objects.filter(course=course).order_by("-number"))
    if not rows:
        raise CourseNotFound
    return [_text(row) for row in rows]


def course_drafts(access: Access) -> list[CourseText]:
    """Courses of which there is only a draft so far."""
    access.require("quality.manage")
    approved = CourseVersion.objects.filter(state="APPROVED").values("course")
    return [_text(row) for row in CourseVersion.objects.exclude(course__in=approved)]


def _text(row: CourseVersion) -> CourseText:
    return CourseText(
        id=row.pk, code=row.course, number=row.number, state=row.state,
        state_label=row.get_state_display(), text=row.text, revision=row.revision,
        author=row.author, written_at=row.written_at, approver=row.approver,
        course=courses.read(row.text),
    )  # fmt: skip


def list_classes(access: Access, *, at: datetime) -> list[ClassView]:
    """Classes of the offices one belongs to or leads, the coming ones first."""
    offices = access.office_ids | {access.office_id}
    above = _offices_above(access.office_id)
    rows = TrainingClass.objects.filter(office_id__in=offices | above).order_by("-starts_at")[
        :SHOWN
    ]
    views = _classes(list(rows))
    coming = [v for v in views if v.state == "PLANNED" and v.ends_at >= at]
    return coming[::-1] + [v for v in views if v not in coming]


def get_class(access: Access, class_id: int) -> ClassView:
    """One class. :raises ClassNotFound: none in the offices one sees."""
    seen = access.office_ids | {access.office_id} | _offices_above(access.office_id)
    row = TrainingClass.objects.filter(pk=class_id).first()
    if row is None or not (
        row.office_id in seen
        or ClassSeat.objects.filter(training=row, staff_id=access.staff_id).exists()
    ):
        raise ClassNotFound
    return _classes([row])[0]


def record_of(access: Access, staff_id: int, *, at: datetime) -> Record:
    """
    Somebody's training record: one's own, or a colleague's of an office one may look at.

    :raises CourseNotFound: another's reads like nobody's.
    """
    try:
        person = people.get_staff(staff_id)
    except NotFound:
        raise CourseNotFound from None
    if staff_id != access.staff_id and not access.may("quality.view", person.office_id):
        raise CourseNotFound
    tasks = Enrolment.objects.filter(staff_id=staff_id).select_related("version")
    held = ClassSeat.objects.filter(staff_id=staff_id).select_related("training")
    sheets = Attempt.objects.filter(staff_id=staff_id, ended_at__isnull=False).select_related(
        "exam"
    )
    played = Drill.objects.filter(staff_id=staff_id, ended_at__isnull=False)
    return Record(
        staff_id=staff_id, name=person.name, office_id=person.office_id,
        tasks=tuple(_task(row, at) for row in tasks.order_by("-assigned_at", "-pk")[:SHOWN]),
        classes=tuple(_classes([place.training for place in held.order_by("-put_at")[:SHOWN]])),
        exams=tuple(
            (s.exam.title, s.number, s.score or 0, bool(s.passed), s.ended_at)
            for s in sheets.order_by("-ended_at")[:SHOWN] if s.ended_at
        ),
        drills=tuple(
            (d.pk, d.scenario, d.score if d.corrected is None else d.corrected, bool(d.passed), d.ended_at)
            for d in played.order_by("-ended_at")[:SHOWN] if d.ended_at and d.score is not None
        ),
    )  # fmt: skip


def overdue(access: Access, *, at: datetime) -> list[TaskView]:
    """What is late in the offices one may look at, the longest first."""
    access.require("quality.view")
    rows = Enrolment.objects.filter(
        completed_at=None, dropped_at=None, due_on__lt=day_of(at),
        office_id__in=access.offices_for("quality.view"),
    )  # fmt: skip
    return [
        _task(row, at) for row in rows.select_related("version").order_by("due_on", "pk")[:SHOWN]
    ]


def figures(access: Access, *, at: datetime) -> list[CourseFigures]:
    """How far the people of one's offices are, by course: each one's latest round."""
    access.require("quality.view")
    rows = (
        Enrolment.objects.filter(
            dropped_at=None, office_id__in=access.offices_for("quality.view")
        ).order_by("staff_id", "course", "-number").distinct("staff_id", "course")
        .values_list("course", "completed_at", "due_on")
    )  # fmt: skip
    today = day_of(at)
    counted: dict[str, list[int]] = {code: [0, 0, 0] for code in courses_in_force()}
    for course, completed, due_on in rows:
        place = 0 if completed else 2 if due_on < today else 1
        counted.setdefault(course, [0, 0, 0])[place] += 1
    titles = {
        code: (course.title, course.title_en) for code, (_v, course) in courses_in_force().items()
    }
    return [
        CourseFigures(
            code=code, titles=titles.get(code, (code, code)), done=c[0], going=c[1], late=c[2]
        )
        for code, c in counted.items()
    ]


def _task(row: Enrolment, at: datetime) -> TaskView:
    course = courses.read(row.version.text)
    return TaskView(
        id=row.pk, course=row.course, title=course.title, title_en=course.title_en,
        staff_id=row.staff_id, office_id=row.office_id, number=row.number,
        why_label=row.get_why_display(), minutes=course.minutes, chapters=len(course.chapters),
        done=len(row.done), due_on=row.due_on, state=_state(row, day_of(at)),
        completed_at=row.completed_at,
    )  # fmt: skip


def _state(row: Enrolment, today: date) -> str:
    if row.completed_at:
        return "done"
    if row.dropped_at:
        return "dropped"
    if row.due_on < today:
        return "late"
    if row.due_on <= today + SOON:
        return "soon"
    return "open" if row.done else "new"


def _classes(rows: list[TrainingClass]) -> list[ClassView]:
    places: dict[int, list[tuple[int, bool | None]]] = {}
    for place in ClassSeat.objects.filter(training__in=rows).order_by("pk"):
        places.setdefault(place.training_id, []).append((place.staff_id, place.came))
    return [
        ClassView(
            id=row.pk, title=row.title, course=row.course, office_id=row.office_id,
            trainer_id=row.trainer_id, place=row.place, starts_at=row.starts_at, ends_at=row.ends_at,
            seats=row.seats, state=row.state, state_label=row.get_state_display(),
            people=tuple(places.get(row.pk, ())), signed_at=row.signed_at,
        )
        for row in rows
    ]  # fmt: skip


def _offices_above(office_id: int) -> frozenset[int]:
    """The offices one's own belongs to: what a branch or the head office holds is open below it."""
    parents = {office.id: office.parent_id for office in people.list_offices()}
    found, here = set(), parents.get(office_id)
    while here is not None and here not in found:
        found.add(here)
        here = parents.get(here)
    return frozenset(found)
