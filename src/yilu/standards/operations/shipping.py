"""Bring the shipped standards into the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.kernel.tables import TableError, check_table, compile_table
from yilu.standards import rules, shipped
from yilu.standards.models import (
    NATIONAL,
    Calendar,
    CalendarDay,
    CalendarYear,
    ChecklistVersion,
    DecisionTable,
    State,
    TableVersion,
)

from .editions import touch

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
"""First shipped versions are in force from here, so that older losses find their rules."""


@tx.use_case
def load_catalogue(at: datetime) -> int:
    """
    Bring in the shipped calendar, tables and checklists; return how many things were new.

    Safe to run at every start: what is there stays. A shipped table or checklist whose content
    changed becomes a new version from ``at``, unless the insurer has edited that one since.
    """
    loaded = _load_calendar()
    loaded += sum(_load_table(given, at) for given in shipped.tables())
    loaded += sum(_load_checklist(given, at) for given in shipped.checklists())
    if loaded:
        for name in (rules.CALENDARS, rules.TABLES, rules.CHECKLISTS):
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


def _load_table(given: dict[str, Any], at: datetime) -> int:
    table, _ = DecisionTable.objects.get_or_create(
        code=given["code"],
        defaults={
            "name": given["name"],
            "description": given.get("description", ""),
            "hit": given["hit"],
            "complete": given["complete"],
        },
    )
    versions = TableVersion.objects.filter(table=table)
    latest = versions.exclude(state=State.DRAFT).order_by("-number").first()
    if latest and (latest.shipped in ("", given["digest"])):
        return 0
    number = (versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    _insist(given, number)
    starts = at if latest else BEGINNING
    if latest:
        _retire(latest, starts)
    TableVersion.objects.create(
        table=table,
        number=number,
        state=State.PUBLISHED,
        effective_from=starts,
        inputs=given["input"],
        outputs=given["output"],
        rows=given["rows"],
        cases=given.get("case", []),
        note="随系统发布",
        author=str(SYSTEM),
        publisher=str(SYSTEM),
        shipped=given["digest"],
    )
    return 1


def _insist(given: dict[str, Any], number: int) -> None:
    """A shipped table must pass what a person's table must pass."""
    table = rules.read_table(
        given["code"], number, given["hit"], given["complete"], given["input"], given["output"],
        given["rows"],
    )  # fmt: skip
    problems = check_table(table) or rules.failing_cases(compile_table(table), given["case"])
    if problems:
        raise TableError(problems)


def _load_checklist(given: dict[str, Any], at: datetime) -> int:
    versions = ChecklistVersion.objects.filter(claim_type=given["claim_type"])
    latest = versions.exclude(state=State.DRAFT).order_by("-number").first()
    if latest and (latest.shipped in ("", given["digest"])):
        return 0
    number = (versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    starts = at if latest else BEGINNING
    if latest:
        _retire(latest, starts)
    ChecklistVersion.objects.create(
        claim_type=given["claim_type"],
        number=number,
        state=State.PUBLISHED,
        effective_from=starts,
        title=given["title"],
        guidance=given["guidance"],
        items=given["items"],
        note="随系统发布",
        author=str(SYSTEM),
        publisher=str(SYSTEM),
        shipped=given["digest"],
    )
    return 1


def _retire(version: TableVersion | ChecklistVersion, at: datetime) -> None:
    version.state = State.RETIRED
    version.effective_to = at
    version.save(update_fields=["state", "effective_to"])
