"""The book of promises a process remembers: by event, what starts, stops, pauses and resumes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from yilu.kernel.recall import Recall

from .models import DefinitionVersion
from .rules.definitions import PauseCause, Rule, Trigger, Version, read_rule

EDITION = "obligations.definitions"


@dataclass(slots=True)
class Entry:
    """What one kind of event does to clocks."""

    starts: list[tuple[Version, Trigger]] = field(default_factory=list)
    stops: list[tuple[Version, Trigger]] = field(default_factory=list)
    cancels: list[tuple[Version, Trigger]] = field(default_factory=list)
    pauses: list[tuple[Version, PauseCause]] = field(default_factory=list)
    resumes: list[tuple[Version, PauseCause]] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """Every version of every definition, and the index the follower goes by."""

    versions: dict[int, Version]
    by_kind: dict[str, dict[str, Entry]]  # event kind → kind of subject → what it does
    by_code: dict[str, list[Version]]


def version_of(row: DefinitionVersion) -> Version:
    """A stored version, read."""
    return Version(
        id=row.pk,
        code=row.definition.code,
        subject_kind=row.definition.subject_kind,
        number=row.number,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        title=row.title,
        title_en=row.title_en,
        text=row.text,
        citation=row.citation,
        grade=row.grade,
        rule=_rule(json.dumps(row.rule)),
    )


@lru_cache(maxsize=2048)
def _rule(text: str) -> Rule:
    """A rule never changes once it is read: a book opened again reads only what is new in it."""
    return read_rule(json.loads(text))


def index(versions: Iterable[Version]) -> Book:
    """Make the book; every version counts, since clocks keep the one they began with."""
    book = Book({}, defaultdict(lambda: defaultdict(Entry)), defaultdict(list))
    for version in versions:
        book.versions[version.id] = version
        book.by_code[version.code].append(version)
        rule, kind = version.rule, version.subject_kind
        for trigger in rule.start:
            book.by_kind[trigger.on][kind].starts.append((version, trigger))
        for trigger in rule.stop:
            book.by_kind[trigger.on][kind].stops.append((version, trigger))
        for trigger in rule.cancel:
            book.by_kind[trigger.on][kind].cancels.append((version, trigger))
        for cause in rule.pauses:
            book.by_kind[cause.paused_by][kind].pauses.append((version, cause))
            book.by_kind[cause.resumed_by][kind].resumes.append((version, cause))
    book.by_kind, book.by_code = dict(book.by_kind), dict(book.by_code)
    return book


def _load(_: int) -> Book:
    rows = DefinitionVersion.objects.select_related("definition").order_by("definition", "number")
    return index(version_of(row) for row in rows)


_books: Recall[int, Book] = Recall(EDITION, _load)


def the_book() -> Book:
    """The book as it stands, at most a few seconds old."""
    return _books(0)
