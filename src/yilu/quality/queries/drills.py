"""Drills as they are spoken, and as they are looked at afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilu.people.queries import Access
from yilu.quality.models import Drill, DrillLine, ScenarioVersion
from yilu.quality.queries.in_force import scenario_of, scenarios_in_force
from yilu.quality.rules import scenarios
from yilu.quality.rules.drilling import OUTCOMES, SIGNS
from yilu.quality.rules.scenarios import MOODS, PARTS, Scenario
from yilu.quality.training_refusals import DrillNotFound

__all__ = [
    "MOODS", "PARTS", "DrillView", "LineView", "Mark", "Missing", "PartView", "ScenarioText", "ScenarioView",
    "drill_of", "list_drills", "scenario_drafts", "scenario_titles", "scenario_versions", "scenarios_for",
]  # fmt: skip
SHOWN = 50
_BAD = frozenset({"forbidden", "jargon", "repeated", "same", "no_empathy"})
_ONLY_MINDED = frozenset({"short", "no_next"})


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing read in a sentence by some words, the points it gave or took, and whether it did good."""

    sentence: str
    label: str
    points: int
    good: bool
    words: str = ""

    @property
    def size(self) -> int:
        """The points without their sign."""
        return abs(self.points)


@dataclass(frozen=True, slots=True)
class LineView:
    """One line; what was read in it and how the customer was after it, once it is over."""

    number: int
    mine: bool
    text: str
    said_at: datetime
    marks: tuple[Mark, ...]
    mood: str
    patience: int
    change: int

    @property
    def lost(self) -> int:
        """How much patience it cost."""
        return max(0, -self.change)


@dataclass(frozen=True, slots=True)
class PartView:
    """One thing scored: what it began with, what each sentence gave or took, and what lacked."""

    code: str
    label: str
    points: int
    of: int
    begun_with: int
    marks: tuple[Mark, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that was not said, and words that would have been understood as saying it."""

    label: str
    words: tuple[str, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioText:
    """One version of a situation as it is written."""

    id: int
    code: str
    number: int
    state: str
    state_label: str
    text: str
    revision: int
    author: str
    written_at: datetime
    approver: str
    scenario: Scenario

    @property
    def title(self) -> str:
        return self.scenario.title

    @property
    def title_en(self) -> str:
        return self.scenario.title_en


def scenarios_for(staff_id: int, *, at: datetime) -> list[ScenarioView]:
    """Every situation, with how one did."""
    rows = Drill.objects.filter(staff_id=staff_id)
    mine: dict[str, list[Drill]] = {}
    for row in rows:
        mine.setdefault(row.scenario, []).append(row)
    views = []
    for code, scenario in scenarios_in_force().items():
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
    row = Drill.objects.select_related("version").filter(pk=drill_id).first()
    if row is None or (
        row.staff_id != access.staff_id
        and not (row.ended_at is not None and access.may("quality.view", row.office_id))
    ):
        raise DrillNotFound
    return _view(row)


def list_drills(access: Access) -> list[DrillView]:
    """The latest that are over in the offices one may look at."""
    access.require("quality.view")
    rows = Drill.objects.select_related("version").filter(
        ended_at__isnull=False, office_id__in=access.offices_for("quality.view")
    ).order_by("-ended_at", "-pk")[:SHOWN]  # fmt: skip
    return [_view(row, lines=False) for row in rows]


def scenario_titles() -> Mapping[str, tuple[str, str]]:
    """What each is called, in Chinese and in English."""
    return {code: (s.title, s.title_en) for code, s in scenarios_in_force().items()}


def scenario_versions(access: Access, code: str) -> list[ScenarioText]:
    """Every version of a situation, the newest first. :raises DrillNotFound: there is none of that code."""
    access.require("quality.manage")
    rows = ScenarioVersion.objects.filter(scenario=code).order_by("-number")
    found = [_text(row) for row in rows]
    if not found:
        raise DrillNotFound
    return found


def scenario_drafts(access: Access) -> list[ScenarioText]:
    """Situations of which there is only a draft so far."""
    access.require("quality.manage")
    approved = ScenarioVersion.objects.filter(state="APPROVED").values("scenario")
    rows = ScenarioVersion.objects.exclude(scenario__in=approved).order_by("scenario")
    return [_text(row) for row in rows]


def _text(row: ScenarioVersion) -> ScenarioText:
    return ScenarioText(
        id=row.pk, code=row.scenario, number=row.number, state=row.state,
        state_label=row.get_state_display(), text=row.text, revision=row.revision,
        author=row.author, written_at=row.written_at, approver=row.approver,
        scenario=scenarios.read(row.text, row.scenario),
    )  # fmt: skip


def _view(row: Drill, *, lines: bool = True) -> DrillView:
    scenario, over = scenario_of(row), row.ended_at is not None
    parts = tuple(_part(each, scenario) for each in row.parts)
    return DrillView(
        id=row.pk, scenario=scenario, staff_id=row.staff_id, office_id=row.office_id,
        started_at=row.started_at, due_at=row.due_at, over=over,
        lines=_lines(row, scenario, over) if lines else (),
        turns_left=scenario.turns - int(row.state["turns"]),
        outcome=OUTCOMES.get(row.outcome, ""), score=_final(row), machine_score=row.score,
        passed=row.passed, parts=parts, corrected_by=row.corrected_by, correction=row.correction,
    )  # fmt: skip


def _lines(row: Drill, scenario: Scenario, over: bool) -> tuple[LineView, ...]:
    """What was said; once it is over, what each line was worth and how the customer took it."""
    points: dict[int, list[Mark]] = {}
    for part in row.parts if over else ():
        for quote in part["quotes"]:
            points.setdefault(quote["number"], []).append(_mark(quote))
    views, own, before = [], 0, scenario.patience
    for line in DrillLine.objects.filter(drill=row).order_by("number"):
        own += line.mine
        marks = (*points.get(own, ()), *_unscored(line)) if over and line.mine else ()
        views.append(
            LineView(
                line.number, line.mine, line.text, line.said_at, marks, MOODS[line.mood] if over else "",
                line.patience if over else 0, line.patience - before if over and not line.mine else 0,
            )
        )  # fmt: skip
        before = before if line.mine else line.patience
    return tuple(views)


def _unscored(line: DrillLine) -> tuple[Mark, ...]:
    """What the customer minds and no part of the score counts."""
    codes = dict.fromkeys(code for code, *_rest in line.signs if code in _ONLY_MINDED)
    return tuple(Mark("", SIGNS[code], 0, False) for code in codes)


def _mark(quote: Mapping[str, Any]) -> Mark:
    sign, points = quote["sign"], quote.get("points", 0)
    words = quote.get("words", "")
    return Mark(quote["text"], SIGNS.get(sign, sign), points, sign not in _BAD, words)


def _part(told: Mapping[str, Any], scenario: Scenario) -> PartView:
    marks = tuple(_mark(quote) for quote in told["quotes"])
    words = {fact.label: fact.any for fact in scenario.facts}
    return PartView(
        code=told["code"], label=PARTS[told["code"]][1], points=told["points"], of=told["of"],
        begun_with=told["points"] - sum(mark.points for mark in marks), marks=marks,
        missing=tuple(Missing(SIGNS.get(each, each), words.get(each, ())) for each in told["missing"]),
    )  # fmt: skip


def _final(row: Drill) -> int | None:
    return row.score if row.corrected is None else row.corrected
