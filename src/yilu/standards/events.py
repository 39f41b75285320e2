"""What standards says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("standards.calendar_day_changed", "工作日历已调整")
class CalendarDayChanged:
    """A day of a calendar was set or put back (office 0 is the whole country)."""

    office_id: int
    day: str
    is_working: bool


@fact("standards.calendar_hours_changed", "工作时段已调整")
class CalendarHoursChanged:
    """An office works other hours from now on."""

    office_id: int


@fact("standards.calendar_year_confirmed", "年度放假安排已确认")
class CalendarYearConfirmed:
    """The official notice of a year was entered: it is provisional no longer."""

    year: int


@fact("standards.table_drafted", "决策表草稿已建立")
class TableDrafted:
    """Somebody began to change a decision table."""

    code: str
    version: int


@fact("standards.table_draft_discarded", "决策表草稿已放弃")
class TableDraftDiscarded:
    """A draft was given up."""

    code: str
    version: int


@fact("standards.table_published", "决策表已发布")
class TablePublished:
    """A second person put a version in force."""

    code: str
    version: int
    effective_from: str
    author: str


@fact("standards.programme_drafted", "服务项目草稿已建立")
class ProgrammeDrafted:
    """Somebody began to change a programme."""

    code: str
    version: int


@fact("standards.programme_published", "服务项目已发布")
class ProgrammePublished:
    """A second person put a programme in force."""

    code: str
    version: int
    author: str


@fact("standards.programme_checked", "服务项目上线检查已答复")
class ProgrammeChecked:
    """One of the seven pre-launch checks of a programme's draft was answered with evidence (七必查)."""

    code: str
    version: int
    check: str
    passed: bool


@fact("standards.programme_rolled_back", "服务项目已回退")
class ProgrammeRolledBack:
    """The version before is in force again, as a new version."""

    code: str
    version: int


@fact("standards.figure_drafted", "数值标准草稿已建立")
class FigureDrafted:
    """Somebody proposes another value for a figure."""

    code: str
    version: int
    value: str
    effective_from: str


@fact("standards.figure_draft_discarded", "数值标准草稿已放弃")
class FigureDraftDiscarded:
    """A proposal was given up."""

    code: str
    version: int


@fact("standards.figure_published", "数值标准已发布")
class FigurePublished:
    """A second person let a value count from a day on."""

    code: str
    version: int
    value: str
    before: str
    effective_from: str
    author: str


@fact("standards.book_drafted", "规则手册草稿已建立")
class BookDrafted:
    """Somebody began to change a book of rules."""

    code: str
    version: int


@fact("standards.book_draft_discarded", "规则手册草稿已放弃")
class BookDraftDiscarded:
    """A draft of a book was given up."""

    code: str
    version: int


@fact("standards.book_published", "规则手册已发布")
class BookPublished:
    """A second person let a book count from a day on."""

    code: str
    version: int
    effective_from: str
    author: str


@fact("standards.checklist_drafted", "资料清单草稿已建立")
class ChecklistDrafted:
    """Somebody began to change a checklist."""

    subject: str
    version: int


@fact("standards.checklist_published", "资料清单已发布")
class ChecklistPublished:
    """A second person put a checklist in force."""

    subject: str
    version: int
    effective_from: str
    author: str
