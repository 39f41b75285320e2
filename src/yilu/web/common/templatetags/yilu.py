"""Small parts of every page: ``{% load yilu %}``. The gallery shows each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from yilu.kernel.days import with_days_written, written
from yilu.kernel.errors import said as said_in
from yilu.web.common import tones

register = template.Library()
_OUR_NUMBER = re.compile(r"\s*[（(][A-Z]\d+[^（()）]*[）)]")

MINUTES_A_DAY = 8 * 60
"""How working time is said: a working day is eight hours."""


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """An icon of ``icons.txt``. Decoration unless it has a ``label``."""
    sheet = static("vendor/icons.svg")
    if label:
        return format_html(
            '<svg class="y-icon {}" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            css,
            label,
            sheet,
            name,
        )
    return format_html(
        '<svg class="y-icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', css, sheet, name
    )


@register.filter
def money(amount: Decimal | None) -> SafeString | str:
    """``¥1,234.50``; a dash where there is no amount yet."""
    if amount is None or amount == "":
        return "—"
    amount = Decimal(amount)
    sign = "−" if round(amount, 2) < 0 else ""
    return format_html(
        '<span class="y-money">{}<span class="y-money-sign">¥</span>{}</span>',
        sign,
        f"{abs(amount):,.2f}",
    )


@register.filter
def share(part: Decimal) -> str:
    """A share of one as a percentage: ``33.33%``, ``50%``."""
    return f"{(Decimal(part) * 100).normalize():f}%"


@register.filter
def percent(part: float) -> str:
    """A measured share or a difference of two, of one: ``33.3%``, ``−2.0%``."""
    return f"{100 * part:.1f}%".replace("-", "−")


@register.filter
def plain_money(amount: Decimal | None) -> str:
    """The same as text alone, for labels and titles."""
    return "—" if amount is None else f"¥{Decimal(amount):,.2f}"


@register.filter
def moment(at: datetime | None) -> str:
    """``今天 15:30``, ``11月22日 15:30``, with the year where it is another one."""
    if at is None:
        return "—"
    local, today = timezone.localtime(at), timezone.localdate()
    if local.date() == today:
        return f"{gettext('今天')} {local:%H:%M}"
    if local.date() == today - timedelta(days=1):
        return f"{gettext('昨天')} {local:%H:%M}"
    if local.date() == today + timedelta(days=1):
        return f"{gettext('明天')} {local:%H:%M}"
    return f"{day(local.date())} {local:%H:%M}"


@register.filter
def day(on: date | datetime | None) -> str:
    """``11月22日``, or ``2025年11月22日`` where the year is another one."""
    if on is None:
        return "—"
    if isinstance(on, datetime):
        on = timezone.localtime(on).date()
    other_year = on.year != timezone.localdate().year
    if _chinese():
        return written(on) if other_year else f"{on.month}月{on.day}日"
    return f"{on.day} {on:%b %Y}" if other_year else f"{on.day} {on:%b}"


@register.filter
def full_day(on: date | None) -> str:
    """Always with the year: ``2026年11月22日``."""
    if on is None:
        return "—"
    return written(on) if _chinese() else f"{on.day} {on:%b %Y}"


@register.filter
def month(on: date | None) -> str:
    """``2026年11月``, ``Nov 2026``."""
    if on is None:
        return "—"
    return f"{on.year}年{on.month}月" if _chinese() else f"{on:%b %Y}"


@register.filter
def working_time(minutes: int | str | None) -> str:
    """Working minutes as people say them: ``45 分钟``, ``3 小时 20 分钟``, ``4 个工作日``."""
    if minutes is None:
        return "—"
    if isinstance(minutes, str):
        return gettext(minutes)
    minutes = abs(int(minutes))
    days, rest = divmod(minutes, MINUTES_A_DAY)
    said_days = ngettext("%(n)s 个工作日", "%(n)s 个工作日", days) % {"n": days} if days else ""
    return _stretch(said_days, rest)


@register.filter
def ticking(seconds: float | None) -> str:
    """A wait as a clock shows it: ``0:07``, ``12:30``, ``3:48:59``."""
    if seconds is None:
        return "—"
    whole = max(0, int(seconds))
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"


@register.filter
def lasting(seconds: float | timedelta | str | None) -> str:
    """A stretch of ordinary time: ``3 分钟``, ``2 小时 5 分钟``, ``4 天 3 小时``."""
    if seconds is None:
        return "—"
    if isinstance(seconds, str):
        return gettext(seconds)
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    minutes = int(abs(seconds)) // 60
    days, rest = divmod(minutes, 24 * 60)
    said_days = ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days} if days else ""
    return _stretch(said_days, rest)


def _stretch(days: str, minutes: int) -> str:
    """Days as said already, then hours; minutes only where there are no days."""
    hours, left = divmod(minutes, 60)
    words = [days] if days else []
    if hours:
        words.append(ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours})
    if left and not days:
        words.append(ngettext("%(n)s 分钟", "%(n)s 分钟", left) % {"n": left})
    return " ".join(words) or gettext("不到 1 分钟")


@register.filter
def counted(count: int | None) -> str:
    """How many of something: ``20,000``."""
    return "—" if count is None else f"{count:,}"


@register.filter
def in_days(days: Decimal | float | None) -> str:
    """A measured number of days: ``1.25``; what took minutes is not shown as nothing: ``不到 0.01``."""
    if days is None:
        return "—"
    return gettext("不到 0.01") if 0 < days < 0.005 else f"{days:.2f}"


@register.filter
def grouped(number: str) -> str:
    """A number kept as text, its thousands set apart: ``1,000,000``, ``0.5``; other text as it is."""
    try:
        return f"{Decimal(number):,f}"
    except (InvalidOperation, TypeError):
        return number


@register.filter
def size(count: int | None) -> str:
    """A file's size: ``312 KB``, ``4.2 MB``."""
    if count is None:
        return "—"
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{max(1, count // 1024)} KB"


@register.filter
def said(text: str | None) -> str:
    """A label or sentence that comes from data or from a room, in the reader's language, days as people write them."""
    return with_days_written(said_in(text, gettext), full_day) if text else ""


_HAN = re.compile(r"[\u4e00-\u9fff]")


@register.filter
def tongued(text: str | None) -> str:
    """
    ``said``, for words that the insurer writes itself (clauses, questions, reasons): where there is no
    English for them yet they stay Chinese and say so (``lang="zh"``), so that a reader's device pronounces
    and translates them rightly.
    """
    whole = said(text)
    if _chinese() or not _HAN.search(whole):
        return whole
    return format_html('<span lang="zh">{}</span>', whole)


_PIECES = re.compile(r"(：| · |、| (?=\d))")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YUAN = re.compile(r"^(-?[\d,]+\.\d{2}) 元$")
_RULED = re.compile(r"^([a-z_.]+) v(\d+) 第 (\d+) 行：(.*)$")


@register.filter
def pieced(text: str | None) -> str:
    """
    A text that was put together of labels and figures when it was kept, piece by piece; one that is a
    day alone reads as days are written.
    """
    if not text:
        return ""
    if _chinese() or _DAY.fullmatch(text):
        return with_days_written(text, full_day)
    if hit := _YUAN.match(text):
        return f"¥{hit[1]}"
    whole = said(text)
    if whole != text:
        return whole
    pieces = [gettext(piece) if piece.strip() else piece for piece in _PIECES.split(text)]
    return "".join({"：": ": ", "、": ", "}.get(piece, piece) for piece in pieces)


@register.filter
def ruled(rule: str | None) -> str:
    """The row of a decision table by which something was decided, in the reader's language."""
    hit = _RULED.match(rule or "")
    if hit is None or _chinese():
        return rule or ""
    told = {"table": hit[1], "version": hit[2], "row": hit[3], "reason": gettext(hit[4])}
    return gettext("%(table)s 第 %(version)s 版第 %(row)s 行：%(reason)s") % told


@register.filter
def cited(citation: str) -> str:
    """
    A citation in the reader's language, without the numbers under which we keep our own.

    In another language the Chinese original stands beside it: it is the text that binds.
    """
    told = _OUR_NUMBER.sub("", said(citation))
    original = _OUR_NUMBER.sub("", citation or "")
    if told == original or _chinese():
        return told
    return format_html('{} <span class="y-original" lang="zh-CN">{}</span>', told, original)


@register.filter
def titled(view: Any) -> str:
    """The title of a promise in the reader's language; its rows carry both."""
    english = getattr(view, "title_en", "")
    return english if english and not _chinese() else gettext(view.title)


@register.filter
def promised(view: Any) -> str:
    """What the customer is told will happen: our own words in Chinese, the title in English."""
    says = getattr(view, "says", "")
    return gettext(says) if says and _chinese() else titled(view)


@register.filter
def item(mapping: dict[Any, Any], key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key) if mapping else None


@register.inclusion_tag("common/parts/badge.html")
def badge(state: str, label: str = "", tone: str = "") -> dict[str, Any]:
    """A state as a word with a colour: the tone comes from ``tones.py`` unless given."""
    return {
        "label": said(label) if label else tones.label(state),
        "tone": tones.known(tone) if tone else tones.of(state),
    }


@register.inclusion_tag("common/parts/clock.html")
def clock(view: Any, css: str = "") -> dict[str, Any]:
    """
    A promise with a deadline: the working time left, the hour it ends, and the rule behind it.

    ``view`` is a ``ClockView`` of obligations.
    """
    return {"clock": view, "face": tones.clock_face(view), "css": css, "key": f"cite-{id(view)}"}


@register.inclusion_tag("common/parts/clock_face.html")
def clock_face(view: Any) -> dict[str, Any]:
    """The same in short, for a heading: what is left, without the rule behind it."""
    return {"clock": view, "face": tones.clock_face(view)}


@register.inclusion_tag("common/parts/timeline.html")
def timeline(rows: Any, empty: str = "") -> dict[str, Any]:
    """
    What happened: rows with ``label``, ``at`` and, where known, ``who`` and ``detail``.

    What one person did several times over in the same minute (nine clauses ticked) is one row, counted.
    """
    shown: list[dict[str, Any]] = []
    for row in rows:
        told = {name: _told(row, name) for name in ("label", "at", "who", "detail")}
        said = (told["label"], moment(told["at"]), told["who"], told["detail"])
        if shown and shown[-1]["said"] == said:
            shown[-1]["times"] += 1
        else:
            shown.append({**told, "said": said, "times": 1})
    return {"rows": shown, "empty": empty}


def _told(row: Any, name: str) -> Any:
    return row.get(name, "") if isinstance(row, Mapping) else getattr(row, name, "")


@register.inclusion_tag("common/parts/progress.html")
def progress(done: Any, total: Any, label: str = "") -> dict[str, Any]:
    """How far: ``2/5``, or ``¥0.00 / ¥1,000.00`` where it is money, with a bar."""
    most = max(total, 1)
    said = (
        f"{plain_money(done)} / {plain_money(total)}"
        if isinstance(total, Decimal)
        else f"{done}/{most}"
    )
    return {"done": done, "total": most, "label": label, "said": said}


@register.inclusion_tag("common/parts/field.html")
def field(bound: Any, help: str = "", css: str = "", mode: str = "") -> dict[str, Any]:
    """One field of a form: label, control, help and what is wrong with it."""
    widget = bound.field.widget
    described = [f"{bound.auto_id}_help"] if help or bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    if described:
        widget.attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        widget.attrs["aria-invalid"] = "true"
    if mode:
        widget.attrs["inputmode"] = mode
    return {"field": bound, "help": help or bound.help_text, "css": css}


@register.inclusion_tag("common/parts/empty.html")
def empty(
    title: str, hint: str = "", icon: str = "inbox", url: str = "", action: str = ""
) -> dict[str, Any]:
    """Nothing here: says so, and what one may do."""
    return {"title": title, "hint": hint, "icon_name": icon, "url": url, "action": action}


@register.inclusion_tag("common/parts/file.html")
def file_tile(view: Any, url: str = "") -> dict[str, Any]:
    """A file that was handed in: its kind, its name, how far it has been read."""
    return {"file": view, "url": url, "face": tones.file_face(view)}


@register.inclusion_tag("common/parts/pager.html", takes_context=True)
def pager(context: dict[str, Any], following: Any, shown: int | None = None) -> dict[str, Any]:
    """The way on through a long list by key: ``following`` is the next key or nothing."""
    request = context["request"]
    query = request.GET.copy()
    query.pop("after", None)
    first = query.urlencode()
    query["after"] = str(following or "")
    return {
        "next_url": f"?{query.urlencode()}" if following else "",
        "first_url": f"?{first}" if request.GET.get("after") else "",
        "shown": shown,
    }


@register.inclusion_tag("common/parts/note.html")
def note(text: str, title: str = "", tone: str = "info") -> dict[str, Any]:
    """A word to the reader: tone is info, good, warn or bad."""
    return {"text": text, "title": title, "tone": tone, "icon_name": tones.NOTE_ICONS[tone]}


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
