"""The version of a book that counts on a day; what counts of the phrases, ready to scan."""

from __future__ import annotations

from datetime import date

from yilu.quality.books import phrases
from yilu.quality.models import BookVersion
from yilu.quality.rules import books


def in_force(book: str, on: date) -> BookVersion | None:
    """The approved version begun last; None where none counts yet."""
    rows = BookVersion.objects.filter(book=book, state="APPROVED", since__lte=on)
    return rows.order_by("-since", "-number").first()


def phrases_on(day: date) -> phrases.Book:
    """What is never said and what always is, as it counts on a day; compiled once a process."""
    found = in_force(books.PHRASES, day)
    return phrases.compiled(found.text) if found else phrases.shipped_book()
