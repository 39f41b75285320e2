"""What obligations does when lower rooms say something."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.standards import events as standards

from . import operations


@journal.on(standards.CalendarDayChanged)
def set_clocks_anew_after_a_day_changed(event: Happened) -> None:
    """A new holiday or make-up workday moves the deadlines that span it."""
    operations.set_clocks_anew(office_id=int(event.facts["office_id"]))


@journal.on(standards.CalendarHoursChanged)
def set_clocks_anew_after_hours_changed(event: Happened) -> None:
    """Other hours move every deadline of that office."""
    operations.set_clocks_anew(office_id=int(event.facts["office_id"]))


@journal.on(standards.CalendarYearConfirmed)
def set_clocks_anew_after_a_notice(event: Happened) -> None:
    """The official notice of a year replaces what was provisional."""
    operations.set_clocks_anew(office_id=0)
