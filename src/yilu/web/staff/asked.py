"""What the workbench's forms ask for, read and checked: who acts, numbers, times."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.web.common.moments import moment_of
from yilu.web.common.numbers import whole
from yilu.web.staff.page import access_of


def actor_of(request: HttpRequest) -> Ref:
    """The signed-in person as operations take them."""
    return Ref("staff", access_of(request).staff_id)


def acting(request: HttpRequest) -> dict[str, Any]:
    """Who acts, what they may and when: what every operation of staff is told."""
    access = access_of(request)
    return {"access": access, "actor": Ref("staff", access.staff_id), "at": timezone.now()}


def number_in(request: HttpRequest, name: str, otherwise: int | None = None) -> int:
    """A whole number of a form. :raises Invalid: if it is none and nothing else is given."""
    number = whole(request.POST.get(name))
    if number is not None:
        return number
    if otherwise is None:
        raise Invalid(_("页面内容不完整"), hint=_("请刷新页面后再提交。"))
    return otherwise


def moment_in(request: HttpRequest, name: str) -> datetime | None:
    """A day and hour in the zone screens show; None if left empty. :raises Invalid: if it is none."""
    return moment_of(request.POST.get(name, ""))


def day_of(text: str) -> date:
    """A date as forms and addresses write it. :raises Invalid: if it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(_("日期填写有误"), hint=_("请写成 2026-01-31，或从日历中选择。")) from None


def money_of(text: str) -> Decimal:
    """An amount as forms write it, with or without commas. :raises Invalid: if it is none, or beyond reason."""
    wrong = Invalid(_("金额填写有误"), hint=_("请写成 1234.50 的样子。"))
    try:
        amount = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        raise wrong from None
    if not amount.is_finite() or abs(amount) > Decimal(99_999_999):
        raise wrong
    return amount


def id_after(request: HttpRequest) -> int | None:
    """The last id seen, for pages by key; anything else means from the beginning."""
    return whole(request.GET.get("after"))


def names(*refs: Ref | None) -> dict[Ref, str]:
    """What to call those who did something, in one statement; the platform in the reader's words."""
    found = people.names_of([ref for ref in refs if ref is not None])
    return {ref: _(name) if ref.kind == "system" else name for ref, name in found.items()}


def names_said(*said: str) -> dict[str, str]:
    """The same by the written form of each (``staff:7``); what is empty is nobody."""
    return {str(ref): name for ref, name in names(*{Ref.parse(s) for s in said if s}).items()}
