"""Numbers as forms and addresses write them."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

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


UNITS = {
    "PERCENT": "%", "SECONDS": _("秒"), "MINUTES": _("分钟"), "HOURS": _("小时"),
    "DAYS": _("天"), "YUAN": _("元"), "SCORE": "", "NUMBER": "",
}  # fmt: skip
"""The units of figures of service."""


def figure_said(value: Decimal | None, unit: str) -> str:
    """A figure as people read it: ``98.5%``, ``1.46 天``, ``¥1,200.00``; a dash where there is none."""
    if value is None:
        return "—"
    if unit == "YUAN":
        return f"¥{value:,.2f}"
    if unit == "SECONDS" and value >= 7200:
        value, unit = value / 3600, "HOURS"
    if unit == "SECONDS" and value >= 120:
        value, unit = value / 60, "MINUTES"
    if unit == "HOURS" and value >= 48:
        value, unit = value / 24, "DAYS"
    if unit == "DAYS" and 0 < value < Decimal("0.05"):
        value, unit = value * 1440, "MINUTES"
    number = f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    word = UNITS[unit]
    return number + word if word in ("", "%") else f"{number} {gettext(word)}"
