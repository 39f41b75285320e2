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
from .mine import (
    DueView,
    OrderView,
    benefits_waiting,
    list_dues,
    list_dues_for_agent,
    list_orders,
    next_by_policy,
)

__all__ = [
    "CalendarGone",
    "CalendarView",
    "CaseView",
    "Choice",
    "DeskRow",
    "DueView",
    "HandoverView",
    "MonthView",
    "OrderView",
    "Outlook",
    "benefits_waiting",
    "calendar_of",
    "cases",
    "due_rows",
    "find_calendar",
    "get_case",
    "handovers",
    "list_dues",
    "list_dues_for_agent",
    "list_orders",
    "next_by_policy",
    "outlook",
    "persistency",
    "reminder_funnel",
    "totals",
]
