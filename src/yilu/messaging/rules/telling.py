"""When a message may go, by which channel, and how its facts are told: pure decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from yilu.kernel.days import written
from yilu.kernel.money import yuan

LANGUAGES = ("zh-hans", "en")
AUDIENCES = ("CUSTOMER", "AGENT", "STAFF")
CHANNELS = ("WECHAT", "SMS", "WECOM", "PUSH", "SMTP", "FAX", "OUTBOX")
FACT_KINDS = ("text", "words", "money", "time", "date")
ALWAYS = ("name", "insurer", "hotline")
"""Facts every template may use; they are known when it is sent."""

TIMINGS: Mapping[str, tuple[time, time] | None] = {
    "AT_ONCE": None,  # codes, payments, notices that start or stop a legal clock
    "DAYTIME": (time(8), time(21)),
    "MARKETING": (time(9), time(20)),
}
"""Between which hours of the recipient's day a message may go; None is at any hour."""

ATTEMPTS_MAX = 8
FACT_LENGTH_MAX = 500
WORDS_LENGTH_MAX = 2_000
"""For ``words``: what a person wrote, such as the answer to a letter."""


class BadFact(ValueError):
    """A fact is missing, surplus, too long, or not of its kind."""


def check_facts(kinds: Mapping[str, str], given: Mapping[str, str]) -> None:
    """
    Whether the given facts are exactly those a template names, each readable as its kind.

    :raises BadFact: naming the first that is not.
    """
    if kinds.keys() != given.keys():
        missing, surplus = kinds.keys() - given.keys(), given.keys() - kinds.keys()
        raise BadFact(f"missing {sorted(missing)}, surplus {sorted(surplus)}")
    for name, value in given.items():
        kind = kinds[name]
        most = WORDS_LENGTH_MAX if kind == "words" else FACT_LENGTH_MAX
        if not isinstance(value, str) or not value.strip() or len(value) > most:
            raise BadFact(f"{name} must be a text of 1 to {most} characters")
        try:
            if kind == "money":
                yuan(value)
            elif kind == "time" and datetime.fromisoformat(value).tzinfo is None:
                raise ValueError
            elif kind == "date":
                date.fromisoformat(value)
        except ValueError:
            raise BadFact(f"{name} is not {_WANTED[kind]}: {value!r}") from None


_WANTED = {"money": "an amount such as 1234.50", "time": "an aware ISO time", "date": "an ISO date"}


def tell(kind: str, value: str, language: str, zone: str) -> str:
    """A fact as the reader sees it: 1,234.50 元, 11月22日 18:00, 22 Nov 2026 18:00."""
    if kind == "money":
        amount = f"{Decimal(value):,.2f}"
        return f"{amount}元" if language != "en" else f"RMB {amount}"
    if kind == "time":
        local = datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
        if language == "en":
            return f"{local:%H:%M} on {local.day} {local:%b %Y}"
        return f"{local.month}月{local.day}日{local:%H:%M}"
    if kind == "date":
        day = date.fromisoformat(value)
        return f"{day.day} {day:%b %Y}" if language == "en" else written(day)
    return value


def earliest(timing: str, at: datetime, zone: str) -> datetime:
    """The first moment, ``at`` or later, at which a message may be sent to somebody in ``zone``."""
    window = TIMINGS[timing]
    if window is None:
        return at
    opens, closes = window
    local = at.astimezone(ZoneInfo(zone))
    if local.timetz().replace(tzinfo=None) < opens:
        day = local.date()
    elif local.timetz().replace(tzinfo=None) >= closes:
        day = local.date() + timedelta(days=1)
    else:
        return at
    return datetime.combine(day, opens, tzinfo=ZoneInfo(zone)).astimezone(at.tzinfo)


def channel_order(
    wanted: tuple[str, ...], preferred: str | None, available: frozenset[str]
) -> tuple[str, ...]:
    """The template's channels that exist here, the recipient's preferred one first if it is among them."""
    usable = [channel for channel in wanted if channel in available]
    if preferred in usable:
        usable.remove(preferred)
        usable.insert(0, preferred)
    return tuple(usable)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 10 seconds, doubling, an hour at most."""
    return timedelta(seconds=min(10 * 2 ** max(attempts - 1, 0), 3600))


def address_as(name: str, sex: str | None, language: str) -> str:
    """How a customer is addressed: 张先生, 王女士, the full name where we do not know."""
    if language == "en":
        return name
    title = {"MALE": "先生", "FEMALE": "女士"}.get(sex or "")
    if title and 2 <= len(name) <= 4 and all("\u4e00" <= c <= "\u9fff" for c in name):
        surname = name[:2] if name[:2] in _DOUBLE_SURNAMES and len(name) > 2 else name[0]
        return surname + title
    return name


_DOUBLE_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "夏侯",
        "司徒",
        "长孙",
        "宇文",
        "端木",
        "轩辕",
        "南宫",
        "百里",
        "独孤",
        "呼延",
    ]
)
