"""Which version of a course or a situation counts, and for whom."""

from __future__ import annotations

from collections.abc import Mapping

from yilu.quality.books import drills
from yilu.quality.models import CourseVersion, Drill, Enrolment, ScenarioVersion
from yilu.quality.rules import courses, manners, scenarios
from yilu.quality.rules.courses import Course
from yilu.quality.rules.drilling import Manner
from yilu.quality.rules.scenarios import Scenario
from yilu.quality.rules.shapes import Shape


def courses_in_force() -> dict[str, tuple[CourseVersion, Course]]:
    """The newest approved version of each course, read."""
    rows = CourseVersion.objects.filter(state="APPROVED").order_by("course", "-number")
    return {row.course: (row, courses.read(row.text)) for row in rows.distinct("course")}


def reading_version(row: Enrolment) -> CourseVersion:
    """What somebody reads: what they began with, or what is in force before they begin."""
    if row.begun_at or row.completed_at or row.dropped_at:
        return row.version
    found = courses_in_force().get(row.course)
    return found[0] if found else row.version


def scenarios_in_force() -> dict[str, Scenario]:
    """The newest approved version of each situation by its code, those that come with Yilu before they are loaded."""
    rows = ScenarioVersion.objects.filter(state="APPROVED").order_by("scenario", "-number")
    found = {row.scenario: row.text for row in rows.distinct("scenario")}
    texts = {**drills.shipped(), **found}
    return {code: scenarios.read(texts[code], code) for code in sorted(texts)}


def scenario_version(code: str) -> ScenarioVersion | None:
    """The newest approved version of one situation; None: there is none, or none is loaded yet."""
    rows = ScenarioVersion.objects.filter(scenario=code, state="APPROVED")
    return rows.order_by("-number").first()


def scenario_of(row: Drill) -> Scenario:
    """What a drill is played and scored by; drills older than versions go by what came with Yilu."""
    if row.version is not None:
        return scenarios.read(row.version.text, row.scenario)
    return scenarios.read(drills.shipped()[row.scenario], row.scenario)


def manner_of(row: Drill) -> Manner:
    """How the customer of a drill is; drills older than versions go by what came with Yilu."""
    return manners.read(row.manner.text if row.manner is not None else drills.manner_text())


def course_shape(roles: Mapping[str, str]) -> Shape:
    """What a course is made of, with the roles and situations there are to choose from."""
    known = {code: each.title for code, each in scenarios_in_force().items()}
    return courses.shape(roles=roles, drills=known)
