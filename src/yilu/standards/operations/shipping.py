"""Bring the shipped standards into the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM
from yilu.kernel.tables import TableError, check_table, compile_table
from yilu.kernel.words import marked as _
from yilu.standards import checklists, figures, rules, shipped
from yilu.standards.models import (
    NATIONAL,
    BookVersion,
    Calendar,
    CalendarDay,
    CalendarYear,
    ChecklistVersion,
    DecisionTable,
    FigureVersion,
    ProgrammeVersion,
    State,
    TableVersion,
)
from yilu.standards.shipped import BEGINNING

from .editions import touch


@tx.use_case
def load_catalogue(at: datetime) -> int:
    """
    Bring in the shipped calendar, tables, checklists, figures and books; return how many things were new.

    Safe to run at every start: what is there stays. A shipped table or checklist whose content
    changed becomes a new version from ``at``, unless the insurer has edited that one since.
    """
    loaded = _load_calendar() + _load_tables(at) + _load_checklists(at) + _load_programmes(at)
    loaded += load_figures(at) + load_books(at)
    if loaded:
        for name in (
            rules.CALENDARS,
            rules.TABLES,
            rules.BOOKS,
            checklists.EDITION,
            figures.EDITION,
        ):
            touch(name)
    return loaded


def _load_calendar() -> int:
    given = shipped.calendar()
    calendar, is_new = Calendar.objects.get_or_create(
        office_id=NATIONAL,
        defaults={name: given[name] for name in ("name", "zone", "week", "follows_holidays")},
    )
    known = set(CalendarYear.objects.filter(calendar=calendar).values_list("year", flat=True))
    stale = set(
        CalendarYear.objects.filter(calendar=calendar, provisional=True).values_list(
            "year", flat=True
        )
    )
    wanted = [
        y
        for y in given["year"]
        if y["year"] not in known or (y["year"] in stale and not y["provisional"])
    ]
    years = {y["year"] for y in wanted}
    if not years:
        return int(is_new)
    CalendarDay.objects.filter(calendar=calendar, day__year__in=years & stale).delete()
    CalendarYear.objects.filter(calendar=calendar, year__in=years & stale).delete()
    CalendarYear.objects.bulk_create(CalendarYear(calendar=calendar, **y) for y in wanted)
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                calendar=calendar,
                day=special.day,
                kind=CalendarDay.Kind.WORK if special.is_working else CalendarDay.Kind.REST,
                name=special.name,
                edited_by=str(SYSTEM),
            )
            for special in shipped.calendar_days()
            if special.day.year in years
        ],
        ignore_conflicts=True,
    )
    return len(years)


def _load_tables(at: datetime) -> int:
    known = {table.code: table for table in DecisionTable.objects.all()}
    missing = [given for given in shipped.tables() if given["code"] not in known]
    told = ("code", "name", "description", "hit", "complete")
    for table in DecisionTable.objects.bulk_create(
        DecisionTable(**{name: given[name] for name in told}) for given in missing
    ):
        known[table.code] = table
    before: dict[str, list[TableVersion]] = defaultdict(list)
    for version in TableVersion.objects.select_related("table").order_by("number"):
        before[version.table.code].append(version)
    made = []
    for given in shipped.tables():
        if (number := _next_number(before[given["code"]], given["digest"])) == 0:
            continue
        _insist(given, number)
        made.append(
            TableVersion(
                table=known[given["code"]],
                inputs=given["input"],
                outputs=given["output"],
                rows=given["rows"],
                cases=given["case"],
                **_published(number, given["digest"], _replace(before[given["code"]], at)),
            )
        )
    TableVersion.objects.bulk_create(made)
    return len(made)


def _load_checklists(at: datetime) -> int:
    before: dict[str, list[ChecklistVersion]] = defaultdict(list)
    for version in ChecklistVersion.objects.order_by("number"):
        before[version.subject].append(version)
    made = []
    for given in shipped.checklists():
        versions = before[given["subject"]]
        if (number := _next_number(versions, given["digest"])) == 0:
            continue
        told = {name: given[name] for name in ("subject", "title", "guidance", "items")}
        made.append(
            ChecklistVersion(**told, **_published(number, given["digest"], _replace(versions, at)))
        )
    ChecklistVersion.objects.bulk_create(made)
    return len(made)


def _load_programmes(at: datetime) -> int:
    before: dict[str, list[ProgrammeVersion]] = defaultdict(list)
    for version in ProgrammeVersion.objects.order_by("number"):
        before[version.code].append(version)
    told = (
        "code", "position", "title", "title_en", "words", "changes", "obligations", "page",
        "citation",
    )  # fmt: skip
    made = []
    for given in shipped.programmes():
        versions = before[given["code"]]
        if (number := _next_number(versions, given["digest"])) == 0:
            continue
        kept = {name: given[name] for name in told}
        made.append(
            ProgrammeVersion(**kept, **_published(number, given["digest"], _replace(versions, at)))
        )
    ProgrammeVersion.objects.bulk_create(made)
    return len(made)


@tx.step
def load_figures(at: datetime, *, only: str = "") -> int:
    """
    Put each figure's first value into force from long ago (or ``only`` one's); return how many are new.

    A shipped value that changed counts from the day after ``at``, as an edit would, unless the insurer
    has set that figure since: a day that has begun keeps its value.
    """
    before: dict[str, list[FigureVersion]] = defaultdict(list)
    for version in FigureVersion.objects.order_by("number"):
        before[version.code].append(version)
    made = []
    for code, figure in shipped.figures().items():
        if only and code != only:
            continue
        versions = before[code]
        published = [v for v in versions if v.state != State.DRAFT]
        if published and published[-1].shipped in ("", str(figure.value)):
            continue
        starts = figures.BEGINNING
        if published:
            starts = max(day_of(at) + timedelta(days=1), published[-1].effective_from)
            published[-1].state, published[-1].effective_to = State.RETIRED, starts
            published[-1].save(update_fields=["state", "effective_to"])
        told = _published(versions[-1].number + 1 if versions else 1, str(figure.value), at)
        made.append(
            FigureVersion(
                **(told | {"code": code, "value": figure.value, "effective_from": starts})
            )
        )
    FigureVersion.objects.bulk_create(made)
    return len(made)


@tx.step
def load_books(at: datetime, *, only: str = "") -> int:
    """
    Put each book's first version into force from long ago (or ``only`` one's); return how many are new.

    A shipped book that changed counts from ``at``, unless the insurer has published one of its own.
    """
    before: dict[str, list[BookVersion]] = defaultdict(list)
    for version in BookVersion.objects.order_by("number"):
        before[version.code].append(version)
    made = []
    for code, given in shipped.books().items():
        if only and code != only:
            continue
        if (number := _next_number(before[code], given["digest"])) == 0:
            continue
        told = _published(number, given["digest"], _replace(before[code], at))
        made.append(BookVersion(code=code, content=given["content"], **told))
    BookVersion.objects.bulk_create(made)
    return len(made)


Versions = (
    Sequence[TableVersion]
    | Sequence[ChecklistVersion]
    | Sequence[ProgrammeVersion]
    | Sequence[BookVersion]
)


def _next_number(versions: Versions, digest: str) -> int:
    """The number of the version to make; 0 where the shipped content is no news."""
    published = [v for v in versions if v.state != State.DRAFT]
    if published and published[-1].shipped in ("", digest):
        return 0
    return versions[-1].number + 1 if versions else 1


def _replace(versions: Versions, at: datetime) -> datetime:
    """Retire the version in force, if there is one; return from when the next one counts."""
    published = [v for v in versions if v.state != State.DRAFT]
    if not published:
        return BEGINNING
    latest = published[-1]
    latest.state = State.RETIRED
    latest.effective_to = at
    latest.save(update_fields=["state", "effective_to"])
    return at


def _published(number: int, digest: str, starts: datetime) -> dict[str, Any]:
    return {
        "number": number,
        "state": State.PUBLISHED,
        "effective_from": starts,
        "note": _("随系统发布"),
        "author": str(SYSTEM),
        "publisher": str(SYSTEM),
        "shipped": digest,
    }


def _insist(given: dict[str, Any], number: int) -> None:
    """A shipped table must pass what a person's table must pass."""
    table = rules.read_table(
        given["code"], number, given["hit"], given["complete"], given["input"], given["output"],
        given["rows"],
    )  # fmt: skip
    problems = check_table(table) or rules.failing_cases(compile_table(table), given["case"])
    if problems:
        raise TableError(problems)
