"""The journeys a process remembers: every version that cases follow, and the events they hear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from yilu.journeys.models import JourneyVersion
from yilu.journeys.rules.definition import Journey
from yilu.journeys.rules.progress import Guide
from yilu.journeys.rules.reading import Known, read_journey
from yilu.kernel.facts import REGISTRY
from yilu.kernel.recall import Recall
from yilu.people import queries as people
from yilu.work import operations as work

EDITION = "journeys.versions"


@dataclass(frozen=True, slots=True)
class Kept:
    """A version with the time it counts for."""

    guide: Guide
    effective_from: datetime
    effective_to: datetime | None

    @property
    def journey(self) -> Journey:
        """What it declares."""
        return self.guide.journey

    def covers(self, at: datetime) -> bool:
        """Whether cases that begin ``at`` follow it."""
        return self.effective_from <= at and (self.effective_to is None or at < self.effective_to)


@dataclass(slots=True)
class Book:
    """Versions by journey, newest first; families by the kind of thing; what breaks a journey."""

    versions: dict[str, list[Kept]] = field(default_factory=dict)
    by_subject: dict[str, list[str]] = field(default_factory=dict)
    breaking: dict[str, list[str]] = field(default_factory=dict)

    def for_new(self, family: str, at: datetime) -> Kept | None:
        """The version new cases of a journey follow at that time."""
        return next((kept for kept in self.versions.get(family, ()) if kept.covers(at)), None)

    def numbered(self, family: str, number: int) -> Guide | None:
        """One version's guide; None where it is gone."""
        for kept in self.versions.get(family, ()):
            if kept.guide.number == number:
                return kept.guide
        return None

    def newest(self, family: str) -> Journey | None:
        """What a journey looks like now: names and steps for screens."""
        found = self.versions.get(family)
        return found[0].journey if found else None

    def named(self, code: str) -> str:
        """The name of a journey or of one of its kinds: "servicing.policy_loan" is 保单借款."""
        family, _, kind = code.partition(".")
        journey = self.newest(family)
        if journey is None:
            return code
        return next((each.name for each in journey.kinds if each.code == kind), journey.name)

    def journeys(self) -> list[Journey]:
        """Every journey as it is now."""
        return [found[0].journey for found in self.versions.values() if found]


def known() -> Known:
    """What a definition may name today."""
    return Known(REGISTRY, {row["code"] for row in work.CATALOGUE}, people.ROLE_RIGHTS)


def index(rows: Iterable[JourneyVersion]) -> Book:
    """Make the book of stored versions, which come newest first."""
    book, names = Book(), known()
    for row in rows:
        journey = read_journey(row.text, f"{row.code}.toml", names)
        assert row.effective_from is not None
        kept = Kept(Guide(journey, row.number), row.effective_from, row.effective_to)
        book.versions.setdefault(row.code, []).append(kept)
        families = book.by_subject.setdefault(journey.subject, [])
        if row.code not in families:
            families.append(row.code)
        for kind in kept.guide.breaks:
            if row.code not in book.breaking.setdefault(kind, []):
                book.breaking[kind].append(row.code)
    return book


def _load(_: int) -> Book:
    rows = JourneyVersion.objects.exclude(state="DRAFT").order_by("code", "-number")
    return index(row for row in rows if row.effective_from is not None)


_books: Recall[int, Book] = Recall(EDITION, _load)


def the_book() -> Book:
    """The book as it stands, at most a few seconds old."""
    return _books(0)
