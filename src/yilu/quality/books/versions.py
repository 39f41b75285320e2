"""The version of a book that counts on a day, read and ready to use."""

from __future__ import annotations

from datetime import date

from yilu.quality.books import clients as shipped_clients
from yilu.quality.books import phrases
from yilu.quality.models import BookVersion
from yilu.quality.rules import books, clients


def in_force(book: str, on: date) -> BookVersion | None:
    """The approved version begun last; None where none counts yet."""
    rows = BookVersion.objects.filter(book=book, state="APPROVED", since__lte=on)
    return rows.order_by("-since", "-number").first()


def phrases_on(day: date) -> phrases.Book:
    """What is never said and what always is, as it counts on a day; compiled once a process."""
    found = in_force(books.PHRASES, day)
    return phrases.compiled(found.text) if found else phrases.shipped_book()


def clients_on(day: date) -> clients.Guide:
    """How sorts of clients are told on a day."""
    found = in_force(books.CLIENTS, day)
    return clients.read(found.text if found else shipped_clients.shipped_text())
