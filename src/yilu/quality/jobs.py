"""What the quality room does by the clock."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.quality import operations
from yilu.quality.operations import course_versions, coursing, drilling, scenario_versions


@journal.each_tick(seconds=30, name="quality.late_sheets")
def end_late_sheets(at: datetime) -> int:
    """Sheets whose time is over are scored."""
    return operations.end_late_sheets(at=at)


@journal.each_tick(seconds=30, name="quality.late_drills")
def end_late_drills(at: datetime) -> int:
    """Drills whose time is over are scored."""
    return drilling.end_late_drills(at=at)


@journal.each_tick(seconds=3600, name="quality.courses")
def give_courses(at: datetime) -> int:
    """Courses and situations that ship are there; who needs a course has it, also when it comes round again."""
    loaded = course_versions.load_courses(at) + scenario_versions.load_scenarios(at)
    return loaded + coursing.settle_now(at=at)


@journal.each_tick(seconds=600, name="quality.reminders")
def remind(at: datetime) -> int:
    """What is due soon is put among the learner's own work."""
    return coursing.remind(at=at)


@journal.each_tick(seconds=3600, name="quality.draw")
def draw_lots(at: datetime) -> int:
    """Weeks that are over are drawn from, one office and kind a call until none is left."""
    return operations.draw_lots(at=at)


@journal.each_tick(seconds=300, name="quality.unappealed")
def end_unappealed(at: datetime) -> int:
    """Scores nobody objected to in time stand."""
    return operations.end_unappealed(at=at)


@journal.each_tick(seconds=3600, name="quality.forget")
def forget_old(at: datetime) -> int:
    """What was long drawn from is not kept."""
    return operations.forget_old(at=at)
