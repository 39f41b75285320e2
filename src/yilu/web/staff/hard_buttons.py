"""How a page of a hard case tells its buttons apart, and what their forms are read as."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yilu.claims import operations as claims
from yilu.kernel.errors import Invalid
from yilu.kernel.money import yuan
from yilu.web.common.numbers import whole

Act = Callable[[HttpRequest, dict[str, Any]], str]


class Buttons(dict[str, tuple[str, Act]]):
    """By the name in the address: the page a button stands on, and what it does."""

    def on(self, place: str) -> Callable[[Act], Act]:
        """Declare what a button of a page does; its name is the function's."""

        def declare(function: Act) -> Act:
            self[function.__name__.replace("_", "-")] = (place, function)
            return function

        return declare


def paper_of(request: HttpRequest, kind: str = "OTHER") -> claims.Paper | None:
    """The file of the form, if any."""
    file = request.FILES.get("file")
    return claims.Paper(kind, file.name or "", file.read()) if file else None


def amount_of(text: str | None) -> Decimal:
    """Yuan. :raises BadAmount: it is none."""
    try:
        return yuan((text or "").replace(",", "").strip())
    except ValueError:
        raise claims.BadAmount from None


def number_of(text: str | None) -> int:
    """A whole number. :raises Invalid: it is none."""
    number = whole(text)
    if number is None:
        raise Invalid(_("请选择一项"))
    return number


def day_of(text: str | None) -> date:
    """A day. :raises Invalid: it is none."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        raise Invalid(_("请填写日期，例如 2026-03-01")) from None
