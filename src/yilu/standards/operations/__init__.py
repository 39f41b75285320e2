"""Every change to standards: calendars, decision tables, checklists, and what is shipped."""

from .calendars import (
    NoSuchCalendarDay,
    NotAWorkingWeek,
    clear_day,
    confirm_year,
    set_day,
    set_hours,
)
from .checklists import (
    NoChecklistDraft,
    WrongChecklist,
    discard_checklist_draft,
    make_checklist_draft,
    publish_checklist,
    put_checklist_items,
)
from .editions import touch
from .shipping import load_catalogue
from .tables import (
    CasesFail,
    DraftExists,
    MalformedTable,
    NoDraft,
    SameHands,
    StaleDraft,
    add_row,
    discard_draft,
    import_xlsx,
    make_draft,
    move_row,
    publish,
    put_cases,
    put_cells,
    remove_row,
)

__all__ = [
    "CasesFail",
    "DraftExists",
    "MalformedTable",
    "NoChecklistDraft",
    "NoDraft",
    "NoSuchCalendarDay",
    "NotAWorkingWeek",
    "SameHands",
    "StaleDraft",
    "WrongChecklist",
    "add_row",
    "clear_day",
    "confirm_year",
    "discard_checklist_draft",
    "discard_draft",
    "import_xlsx",
    "load_catalogue",
    "make_checklist_draft",
    "make_draft",
    "move_row",
    "publish",
    "publish_checklist",
    "put_cases",
    "put_cells",
    "put_checklist_items",
    "remove_row",
    "set_day",
    "set_hours",
    "touch",
]
