"""Declared journeys, their versions and their seven checks; the texts of our standards."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from yilu.journeys.book import known
from yilu.journeys.models import JourneyVersion, StandardWording
from yilu.journeys.operations.refusals import JourneyNotFound, VersionNotFound
from yilu.journeys.rules.definition import DefinitionError, Journey
from yilu.journeys.rules.reading import read_journey
from yilu.journeys.wordings import Worded, worded
from yilu.kernel.refs import Ref
from yilu.standards import queries as standards
from yilu.standards.terms import CHECKS


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the list of a journey."""

    id: int
    code: str
    number: int
    state: str
    state_label: str
    note: str
    author: Ref
    publisher: Ref | None
    drafted_at: datetime
    effective_from: datetime | None
    effective_to: datetime | None
    shipped: bool


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One of the seven checks, and its answer."""

    code: str
    title: str
    text: str
    ours: bool
    automatic: bool
    answered: bool
    passed: bool
    evidence: str
    by: Ref | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version with its text and its checks."""

    row: VersionRow
    text: str
    journey: Journey | None
    checks: tuple[CheckRow, ...]

    @property
    def ready(self) -> bool:
        """Whether all seven passed."""
        return all(check.passed for check in self.checks)


@dataclass(frozen=True, slots=True)
class JourneyCard:
    """A journey in the list of journeys."""

    code: str
    name: str
    steps: int
    kinds: int
    on: VersionRow | None
    draft: VersionRow | None


@dataclass(frozen=True, slots=True)
class StandardRow:
    """A text of one of the editable catalogues."""

    id: int
    catalogue: str
    code: str
    title: str
    text: str
    ours: bool
    number: int
    since: date | None
    draft: WordingRow | None
    wordings: tuple[WordingRow, ...]


@dataclass(frozen=True, slots=True)
class WordingRow:
    """A wording of a standard: who wrote it, who approved it, from when it counts."""

    id: int
    number: int
    state: str
    state_label: str
    title: str
    text: str
    since: date
    author: Ref
    approver: Ref | None


def list_journeys() -> list[JourneyCard]:
    """Every declared journey with the version in force and the draft there is."""
    found: dict[str, dict[str, JourneyVersion]] = {}
    for row in JourneyVersion.objects.filter(state__in=("ON", "DRAFT")).order_by("code"):
        found.setdefault(row.code, {})[row.state] = row
    cards = []
    for code, rows in found.items():
        journey = _read(rows.get("ON") or rows["DRAFT"])
        cards.append(
            JourneyCard(
                code, journey.name if journey else code, len(journey.steps) if journey else 0,
                len(journey.kinds) if journey else 0,
                _row(rows["ON"]) if "ON" in rows else None,
                _row(rows["DRAFT"]) if "DRAFT" in rows else None,
            )
        )  # fmt: skip
    return cards


def list_versions(code: str) -> list[VersionRow]:
    """:raises JourneyNotFound: there is none of that code."""
    rows = JourneyVersion.objects.filter(code=code).order_by("-number")
    if not rows:
        raise JourneyNotFound
    return [_row(row) for row in rows]


def get_version(version_id: int, on: date) -> VersionView:
    """A version with its checks as they are worded on a day. :raises VersionNotFound: there is none."""
    row = JourneyVersion.objects.filter(pk=version_id).first()
    if row is None:
        raise VersionNotFound
    return VersionView(
        row=_row(row), text=row.text, journey=_read(row),
        checks=checks_of(Ref("journey_version", row.pk), on),
    )  # fmt: skip


def checks_of(subject: Ref, on: date) -> tuple[CheckRow, ...]:
    """The seven checks of any version that has them, as they are worded on a day, with their answers."""
    texts = {each.standard.code: each for each in worded("seven", on)}
    return tuple(_check(each, texts.get(each.code)) for each in standards.checks_of(subject))


def _check(answer: standards.CheckAnswer, text: Worded | None) -> CheckRow:
    return CheckRow(
        code=answer.code, title=text.title if text else CHECKS[answer.code],
        text=text.text if text else "", ours=text.ours if text else True,
        automatic=answer.automatic, answered=answer.answered, passed=answer.passed,
        evidence=answer.evidence, by=answer.by, at=answer.at,
    )  # fmt: skip


def _read(row: JourneyVersion) -> Journey | None:
    try:
        return read_journey(row.text, f"{row.code}.toml", known())
    except DefinitionError:  # an event it names is gone since
        return None


def _row(row: JourneyVersion) -> VersionRow:
    return VersionRow(
        id=row.pk, code=row.code, number=row.number, state=row.state,
        state_label=JourneyVersion.State(row.state).label, note=row.note,
        author=Ref.parse(row.author),
        publisher=Ref.parse(row.publisher) if row.publisher else None, drafted_at=row.drafted_at,
        effective_from=row.effective_from, effective_to=row.effective_to, shipped=bool(row.shipped),
    )  # fmt: skip


def list_standards(catalogue: str, on: date) -> list[StandardRow]:
    """
    The texts of a catalogue as they are on a day: three (三防三管), seven (七必查) or nine (九应接).

    Each with its wordings, the newest first, and the one that waits for approval.
    """
    kept: dict[int, list[WordingRow]] = defaultdict(list)
    rows = StandardWording.objects.filter(standard__catalogue=catalogue)
    for row in rows.order_by("-number"):
        kept[row.standard_id].append(_wording(row))
    return [
        StandardRow(
            id=each.standard.pk, catalogue=catalogue, code=each.standard.code, title=each.title,
            text=each.text, ours=each.ours, number=each.wording.number if each.wording else 0,
            since=each.wording.since if each.wording else None,
            draft=next((w for w in kept[each.standard.pk] if w.state == "DRAFT"), None),
            wordings=tuple(kept[each.standard.pk]),
        )
        for each in worded(catalogue, on)
    ]  # fmt: skip


def _wording(row: StandardWording) -> WordingRow:
    return WordingRow(
        row.pk, row.number, row.state, row.get_state_display(), row.title, row.text, row.since,
        Ref.parse(row.author), Ref.parse(row.approver) if row.approver else None,
    )  # fmt: skip
