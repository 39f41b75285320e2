"""What screens may know of renewals."""

from .calendars import CalendarGone, CalendarView, calendar_of, find_calendar
from .choices import Choice, Outlook, outlook
from .desk import (
    CaseView,
    DeskRow,
    HandoverView,
    MonthView,
    cases,
    due_rows,
    get_case,
    handovers,
    persistency,
    reminder_funnel,
    totals,
)
from .foretelling import SLOW_DAYS, DueAhead, dues_ahead, paid_or_late, still_unpaid, were_late
from .mine import (
    DueView,
    OrderView,
    benefits_waiting,
    list_dues,
    list_dues_for_agent,
    list_orders,
    next_by_policy,
)
from .years import NewYearView, get_new_year, new_year_begun_by, new_year_of, new_years

__all__ = [
    "SLOW_DAYS",
    "CalendarGone",
    "CalendarView",
    "CaseView",
    "Choice",
    "DeskRow",
    "DueAhead",
    "DueView",
    "HandoverView",
    "MonthView",
    "NewYearView",
    "OrderView",
    "Outlook",
    "benefits_waiting",
    "calendar_of",
    "cases",
    "due_rows",
    "dues_ahead",
    "find_calendar",
    "get_case",
    "get_new_year",
    "handovers",
    "list_dues",
    "list_dues_for_agent",
    "list_orders",
    "new_year_begun_by",
    "new_year_of",
    "new_years",
    "next_by_policy",
    "outlook",
    "paid_or_late",
    "persistency",
    "reminder_funnel",
    "still_unpaid",
    "totals",
    "were_late",
]
