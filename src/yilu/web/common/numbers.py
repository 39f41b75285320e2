"""Numbers as forms and addresses write them."""

from __future__ import annotations

DIGITS_MAX = 18
"""Every number of so many digits fits a column of the database."""


def whole(text: str | None) -> int | None:
    """
    A whole number from 0 up that the database can count to; None for anything else.

    Python's own reading takes digits of every script, breaks on some that only look like one (²), and
    refuses texts beyond some thousand digits with an error of its own.
    """
    text = (text or "").strip()
    plain = text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX
    return int(text) if plain else None
