"""Books of rules that rooms above read (规则手册): every version, as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilu.kernel.errors import NotFound
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.standards import rules, shipped
from yilu.standards.models import BookVersion, State
from yilu.standards.shipped import BEGINNING

BOOKS = rules.BOOKS
"""The edition under which a room above remembers what it made of a book."""


class UnknownBook(NotFound):
    """No book has that code."""

    code = "unknown_book"
    message = _("没有这本规则手册")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookVersionView:
    """A version: what it holds, from when to when it counts, who wrote it and who let it into force."""

    number: int
    state: str
    state_label: str
    content: dict[str, Any]
    effective_from: datetime | None
    effective_to: datetime | None
    note: str
    revision: int
    author: Ref
    publisher: Ref | None

    def counts(self, at: datetime) -> bool:
        """Whether it is in force at a moment."""
        return (
            self.effective_from is not None
            and self.effective_from <= at
            and (self.effective_to is None or at < self.effective_to)
        )

    @property
    def never_counted(self) -> bool:
        """Whether another one took its place before its day came."""
        return self.effective_to is not None and self.effective_from == self.effective_to


def book_versions(code: str) -> tuple[BookVersionView, ...]:
    """
    Every version of a book, the newest first; while the database holds none, the shipped one.

    :raises UnknownBook: for a code nobody knows.
    """
    rows = BookVersion.objects.filter(code=code).order_by("-number")
    found = tuple(_view(row) for row in rows)
    if not found and code not in shipped.books():
        raise UnknownBook
    return found or (_shipped(code),)


def _view(row: BookVersion) -> BookVersionView:
    return BookVersionView(
        number=row.number, state=row.state, state_label=str(State(row.state).label),
        content=row.content, effective_from=row.effective_from, effective_to=row.effective_to,
        note=row.note, revision=row.revision, author=Ref.parse(row.author),
        publisher=Ref.parse(row.publisher) if row.publisher else None,
    )  # fmt: skip


def _shipped(code: str) -> BookVersionView:
    return BookVersionView(
        number=1, state=State.PUBLISHED, state_label=str(State.PUBLISHED.label),
        content=shipped.books()[code]["content"], effective_from=BEGINNING, effective_to=None,
        note=_("随系统发布"), revision=0, author=SYSTEM, publisher=SYSTEM,
    )  # fmt: skip
