"""Plans, forms and phrases as screens see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from yilu.quality.books import inspections as shipped
from yilu.quality.books import versions
from yilu.quality.inspection_refusals import BookNotFound
from yilu.quality.models import BookVersion
from yilu.quality.queries.standards import standard_for
from yilu.quality.rules import standards
from yilu.quality.rules.books import BOOKS

__all__ = ["BOOKS"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookView:
    """One version of a plan, a form or the list of phrases."""

    id: int
    book: str
    label: str
    number: int
    state: str
    state_label: str
    text: str
    revision: int
    author: str
    written_at: datetime
    approver: str
    since: date | None


def books_now(on: date) -> Mapping[str, BookView | None]:
    """What counts of each book on a day."""
    return {
        book: _view(found) if (found := versions.in_force(book, on)) else None for book in BOOKS
    }


def list_books(book: str) -> list[BookView]:
    """Every version of one book, the newest first. :raises BookNotFound: no such book."""
    if book not in BOOKS:
        raise BookNotFound
    return [_view(row) for row in BookVersion.objects.filter(book=book).order_by("-number")]


def form_from_standard(book: str, on: date) -> str:
    """The text of a form made from the standard that counts for everybody; "" where there is none."""
    touchpoint = book.removeprefix("form.")
    if touchpoint not in standards.TOUCHPOINTS:
        return ""
    found = standard_for(touchpoint, office_id=None, on=on)
    return shipped.made_from(book, found.text) if found else ""


def _view(row: BookVersion) -> BookView:
    return BookView(
        id=row.pk, book=row.book, label=BOOKS[row.book], number=row.number, state=row.state,
        state_label=row.get_state_display(), text=row.text, revision=row.revision,
        author=row.author, written_at=row.written_at, approver=row.approver, since=row.since,
    )  # fmt: skip
