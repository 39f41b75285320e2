"""Drills as they are spoken, and as they are looked at afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from yilu.people.queries import Access
from yilu.quality.books import drills
from yilu.quality.models import Drill, DrillLine
from yilu.quality.rules.drill_scoring import PARTS
from yilu.quality.rules.drilling import MOODS, OUTCOMES, SIGNS, Scenario
from yilu.quality.training_refusals import DrillNotFound

SHOWN = 50
_GOOD = frozenset({"empathy", "next", "fact", "company", "self", "purpose", "closing"})


@dataclass(frozen=True, slots=True)
class LineView:
    """One line; what was read in it and how the customer was after it, once it is over."""

    number: int
    mine: bool
    text: str
    said_at: datetime
    good: tuple[str, ...]
    bad: tuple[str, ...]
    mood: str
    patience: int


@dataclass(frozen=True, slots=True)
class PartView:
    """One thing scored, with what was said and what lacked."""

    code: str
    label: str
    points: int
    of: int
    quotes: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillView:
    """A drill; moods, marks and score are there only once it is over."""

    id: int
    scenario: Scenario
    staff_id: int
    office_id: int
    started_at: datetime
    due_at: datetime
    over: bool
    lines: tuple[LineView, ...]
    turns_left: int
    outcome: str
    score: int | None
    machine_score: int | None
    passed: bool | None
    parts: tuple[PartView, ...]
    corrected_by: str
    correction: str

    @property
    def version(self) -> str:
        """Changes whenever the page would."""
        return f"{len(self.lines)}.{int(self.over)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioView:
    """A situation, with one's own drills in it."""

    scenario: Scenario
    open_id: int | None
    best: int | None
    times: int
    passed: bool


def scenarios_for(staff_id: int, *, at: datetime) -> list[ScenarioView]:
    """Every situation, with how one did."""
    rows = Drill.objects.filter(staff_id=staff_id)
    mine: dict[str, list[Drill]] = {}
    for row in rows:
        mine.setdefault(row.scenario, []).append(row)
    views = []
    for code, scenario in drills.scenarios().items():
        own = mine.get(code, [])
        scores = [_final(row) for row in own if row.score is not None]
        going = next((row.pk for row in own if row.ended_at is None and row.due_at >= at), None)
        views.append(
            ScenarioView(
                scenario=scenario, open_id=going, times=len(own), passed=any(row.passed for row in own),
                best=max((s for s in scores if s is not None), default=None),
            )
        )  # fmt: skip
    return views


def drill_of(access: Access, drill_id: int, *, at: datetime) -> DrillView:
    """
    One's own drill, or, once it is over, one of an office whose training one looks at.

    :raises DrillNotFound: another's reads like none.
    """
    row = Drill.objects.filter(pk=drill_id, scenario__in=list(drills.scenarios())).first()
    if row is None or (
        row.staff_id != access.staff_id
        and not (row.ended_at is not None and access.may("quality.view", row.office_id))
    ):
        raise DrillNotFound
    return _view(row)


def list_drills(access: Access) -> list[DrillView]:
    """The latest that are over in the offices one may look at."""
    access.require("quality.view")
    rows = Drill.objects.filter(
        ended_at__isnull=False, office_id__in=access.offices_for("quality.view"),
        scenario__in=list(drills.scenarios()),
    ).order_by("-ended_at", "-pk")[:SHOWN]  # fmt: skip
    return [_view(row, lines=False) for row in rows]


def scenario_titles() -> Mapping[str, tuple[str, str]]:
    """What each is called, in Chinese and in English."""
    return {code: (s.title, s.title_en) for code, s in drills.scenarios().items()}


def _view(row: Drill, *, lines: bool = True) -> DrillView:
    scenario, over = drills.scenarios()[row.scenario], row.ended_at is not None
    said = DrillLine.objects.filter(drill=row).order_by("number") if lines else ()
    return DrillView(
        id=row.pk, scenario=scenario, staff_id=row.staff_id, office_id=row.office_id,
        started_at=row.started_at, due_at=row.due_at, over=over,
        lines=tuple(_line(each, over) for each in said),
        turns_left=scenario.turns - int(row.state["turns"]),
        outcome=OUTCOMES.get(row.outcome, ""), score=_final(row), machine_score=row.score,
        passed=row.passed, parts=tuple(_part(each) for each in row.parts),
        corrected_by=row.corrected_by, correction=row.correction,
    )  # fmt: skip


def _line(row: DrillLine, over: bool) -> LineView:
    marks = [code for code, _words in row.signs] if over else []
    return LineView(
        row.number, row.mine, row.text, row.said_at,
        tuple(dict.fromkeys(SIGNS[code] for code in marks if code in _GOOD)),
        tuple(dict.fromkeys(SIGNS[code] for code in marks if code not in _GOOD)),
        MOODS[row.mood] if over else "", row.patience if over else 0,
    )  # fmt: skip


def _part(told: Mapping[str, object]) -> PartView:
    code = str(told["code"])
    quotes, missing = told["quotes"], told["missing"]
    assert isinstance(quotes, list)
    assert isinstance(missing, list)
    said: dict[str, list[str]] = {}
    for quote in quotes:
        said.setdefault(quote["text"], []).append(SIGNS.get(quote["sign"], quote["sign"]))
    return PartView(
        code, PARTS[code][1], int(str(told["points"])), int(str(told["of"])),
        tuple((text, tuple(dict.fromkeys(filter(None, signs)))) for text, signs in said.items()),
        tuple(SIGNS.get(m, m) for m in missing),
    )  # fmt: skip


def _final(row: Drill) -> int | None:
    return row.score if row.corrected is None else row.corrected
