"""Which version of a course counts, and for whom."""

from __future__ import annotations

from yilu.quality.models import CourseVersion, Enrolment
from yilu.quality.rules import courses
from yilu.quality.rules.courses import Course


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
