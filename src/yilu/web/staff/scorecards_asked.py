"""What pages of figures are asked for: the days, the office, whose cases; and how figures are said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n

from yilu.complaints.queries import CHANNELS as COMPLAINT_CHANNELS
from yilu.contact.queries import CHANNELS as CONTACT_CHANNELS
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.messaging.queries import CHANNELS as MESSAGE_CHANNELS
from yilu.people import queries as people
from yilu.products.queries import names_of_codes as product_names
from yilu.scorecards import queries
from yilu.web.common.numbers import figure_said, whole
from yilu.web.staff.page import access_of
from yilu.web.staff.words import CODES

RIGHT = "scorecards.view"
NARROWED = {"PRODUCT": _n("产品"), "ROLE": _n("岗位"), "CHANNEL": _n("渠道")}
"""By what all figures can be narrowed, one at a time."""
CHOSEN_CHANNELS = ("APP", "PHONE", "AGENT", "PROVIDER", "WECHAT", "CHAT", "VIDEO", "COUNTER", "SMS")
PERIODS = {
    "week": _n("本周"), "month": _n("本月"), "quarter": _n("本季度"), "year": _n("本年"),
    "last30": _n("近 30 天"), "custom": _n("自选"),
}  # fmt: skip
DAYS_MAX = 366 * 5
CUSTOMERS = {"NEW": _n("新客户"), "OLD": _n("老客户")}
_CHANNELS = {
    **dict(MESSAGE_CHANNELS), **CODES, **COMPLAINT_CHANNELS, **CONTACT_CHANNELS, "CUSTOMER": _n("客户自助"),
    "COUNTER": _n("柜面"), "HOTLINE": _n("热线"), "WEB": _n("网页"), "APP": _n("手机自助"),
}  # fmt: skip


class BadPeriod(Invalid):
    """The days asked for are none."""

    code = "bad_period"
    message = _n("时间范围有误")
    hint = _n("请选择开始日期和结束日期，结束不早于开始，最长五年。")


@dataclass(frozen=True, slots=True)
class Asked:
    """The days from ``since`` up to but without ``until``; the offices one sees of those chosen."""

    period: str
    since: date
    until: date
    last: date
    offices: tuple[int, ...]
    office: int | None
    narrow: queries.Narrow | None
    choices: tuple[people.OfficeView, ...]

    @property
    def scope(self) -> dict[str, Any]:
        """As queries of figures take it."""
        return {
            "since": self.since, "until": self.until, "offices": self.offices, "narrow": self.narrow
        }  # fmt: skip

    @property
    def of(self) -> str:
        """The product, role or channel chosen, as forms and addresses carry it."""
        return ":".join(self.narrow) if self.narrow else ""

    @property
    def query(self) -> str:
        """As addresses carry it on."""
        told = {"period": self.period, "office": self.office or "", "of": self.of}
        if self.period == "custom":
            told |= {"since": self.since.isoformat(), "until": self.last.isoformat()}
        return urlencode({name: value for name, value in told.items() if value})


def asked(request: HttpRequest) -> Asked:
    """What a page is asked for. :raises BadPeriod: for days that are none."""
    given = request.POST if request.method == "POST" else request.GET
    period = given.get("period", "last30")
    since, last = _days(period, given.get("since", ""), given.get("until", ""))
    access = access_of(request)
    held = access.offices_for(RIGHT)
    every = people.list_offices()
    seen = tuple(sorted((o for o in every if o.id in held), key=lambda o: o.code))
    chosen = whole(given.get("office"))
    if chosen in held and chosen is not None:
        offices = _below(chosen, every) & held
    else:
        chosen, offices = None, held
        if len(held) == len(every):
            offices = held | {0}  # what belongs to no office is the whole company's
    until = last + timedelta(days=1)
    narrow = _narrow(given.get("of", ""))
    return Asked(period, since, until, last, tuple(sorted(offices)), chosen, narrow, seen)


def _narrow(text: str) -> queries.Narrow | None:
    """One product, role or channel; what is none of these narrows nothing."""
    split, _colon, key = text[:60].partition(":")
    return (split, key) if split in NARROWED and key else None


def parts_to_choose() -> list[tuple[str, list[tuple[str, str]]]]:
    """What all figures can be narrowed to: groups of products, roles and channels, each with its name."""
    products = {code: gettext(name) for code, name in product_names().items()}
    roles = {code: gettext(label) for code, label in people.ROLE_LABELS.items()}
    channels = {code: gettext(str(_CHANNELS[code])) for code in CHOSEN_CHANNELS}
    told = {"PRODUCT": products, "ROLE": roles, "CHANNEL": channels}
    return [
        (gettext(NARROWED[split]), [(f"{split}:{code}", name) for code, name in named.items()])
        for split, named in told.items()
    ]


def part_name(split: str, key: str) -> str:
    """What to call one part of a figure, such as ("CHANNEL", "APP")."""
    if split == "PRODUCT":
        return gettext(product_names().get(key, key)) if key else _("不属于某个产品")
    if split == "ROLE":
        return gettext(people.ROLE_LABELS.get(key, key)) if key else _("系统或未记名")
    return channel_name(key)


def _days(period: str, since: str, until: str) -> tuple[date, date]:
    """The first and the last day; a period under way ends today."""
    today = day_of(timezone.now())
    firsts = {
        "week": today - timedelta(days=today.weekday()), "month": today.replace(day=1),
        "quarter": queries.quarter_of(today), "year": today.replace(month=1, day=1),
        "last30": today - timedelta(days=29),
    }  # fmt: skip
    if period in firsts:
        return firsts[period], today
    if period != "custom":
        raise BadPeriod
    if not since and not until:  # just chosen: the page offers the days to change
        return firsts["last30"], today
    try:
        first, last = date.fromisoformat(since.strip()), date.fromisoformat(until.strip())
    except ValueError:
        raise BadPeriod from None
    if last < first or (last - first).days > DAYS_MAX or first.year < 2000 or last.year > 2100:
        raise BadPeriod
    return first, last


def _below(office_id: int, every: list[people.OfficeView]) -> frozenset[int]:
    """An office with all under it."""
    children: dict[int | None, list[int]] = {}
    for each in every:
        children.setdefault(each.parent_id, []).append(each.id)
    found, todo = set(), [office_id]
    while todo:
        here = todo.pop()
        found.add(here)
        todo += children.get(here, [])
    return frozenset(found)


def case_value(value: Decimal | None, unit: str) -> str:
    """The value of one case: how long, how much, +1 or -1."""
    if value is None or not unit:
        return ""
    if unit == "SCORE":
        return f"{value:+.0f}"
    exact = unit == "DAYS" and value < Decimal("0.05")
    if exact:
        value, unit = value * 1440, "MINUTES"
    return figure_said(value.quantize(Decimal("0.1" if exact else "0.01")), unit)


def judged(figure: queries.Figure) -> tuple[str, str]:
    """Whether the target is reached, in a word and a tone."""
    if figure.thin:
        return _("份数太少，不显示"), ""
    if figure.value is None:
        return _("暂无数据"), ""
    if figure.reached is None:
        return _("未设目标"), ""
    return (_("已达标"), "good") if figure.reached else (_("未达标"), "bad")


def channel_name(code: str) -> str:
    """What to call a channel."""
    return gettext(str(_CHANNELS.get(code, code))) if code else _("未区分")


def customers_name(code: str) -> str:
    """What to call a kind of customers."""
    return gettext(CUSTOMERS[code]) if code in CUSTOMERS else _("未识别客户")


def means_of(kpi: queries.KpiView) -> str:
    """What is counted, in the reader's language."""
    return kpi.means_en if get_language() == "en" else kpi.means


def title_of(kpi: queries.KpiView) -> str:
    """What a figure is called, in the reader's language."""
    return kpi.title_en if get_language() == "en" else kpi.title
