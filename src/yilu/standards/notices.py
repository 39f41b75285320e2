"""
The official notice of a year's holidays (放假安排通知), read from its own words.

    二、春节：2月15日（周日）至23日（周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

from .rules import SpecialDay

MADE_UP = "调休上班"
STRETCH_MAX = 16
_HEADING = re.compile(
    r"(?:^|[\n。；;])\s*(?:[一二三四五六七八九十]+、|\d+[.、])?\s*([\u4e00-\u9fff、]{2,12})[：:]"
)
_DAY = r"(?:(?:(\d{4})年)?(\d{1,2})月)?(\d{1,2})日"
_STRETCH = re.compile(rf"{_DAY}(?:\s*(?:至|—|–|-|～|~|到)\s*{_DAY})?")
_ASIDE = re.compile(r"[（(][^（）()]*[）)]")
_LINE = re.compile(
    r"^(\d{4}-\d{1,2}-\d{1,2})[\s,，]+(休|班|放假|上班|off|work)\b[\s,，]*(.*)$", re.IGNORECASE
)


def read_notice(text: str, year: int) -> tuple[SpecialDay, ...]:
    """
    Every day off and make-up workday of a notice, in order.

    A clause that ends in 放假 gives days off, one that ends in 上班 make-up workdays. Days of the
    year before or after belong to their own notice and are left out.

    :raises ValueError: in Chinese, if it names no day, or one as both.
    """
    plain = _ASIDE.sub("", text)
    found: dict[date, SpecialDay] = {}
    headings = list(_HEADING.finditer(plain))
    ends = [heading.start() for heading in headings[1:]] + [len(plain)]
    for heading, end in zip(headings, ends, strict=False):
        part = plain[heading.end() : end]
        for special in _days_of(heading[1].strip("、"), part, year):
            before = found.setdefault(special.day, special)
            if before.is_working != special.is_working:
                raise ValueError(
                    Sentence(_("{day} 既是放假又是上班，请核对通知"), day=special.day.isoformat())
                )
    kept = tuple(found[day] for day in sorted(found) if day.year == year)
    if not kept:
        raise ValueError(Sentence(_("没有从文字中读到 {year} 年的放假日期"), year=year))
    return kept


def _days_of(name: str, part: str, year: int) -> list[SpecialDay]:
    """The days a festival's sentences name: each clause says at its end what they are."""
    days = []
    for sentence in re.split(r"[。；;\n]", part):
        working = sentence.rstrip().endswith("上班")
        if not working and "放假" not in sentence:
            continue
        month = 0
        for hit in _STRETCH.finditer(sentence):
            first = _date(hit[1], hit[2], hit[3], year, month)
            last = _date(hit[4], hit[5], hit[6], first.year, first.month) if hit[6] else first
            month = last.month
            if not first <= last <= first + timedelta(days=STRETCH_MAX):
                raise ValueError(Sentence(_("日期前后颠倒或相隔太远：{text}"), text=hit[0]))
            for offset in range((last - first).days + 1):
                on = first + timedelta(days=offset)
                days.append(SpecialDay(on, working, (), MADE_UP if working else name))
    return days


def _date(given: str | None, month: str | None, day: str, year: int, month_before: int) -> date:
    number = int(month) if month else month_before
    try:
        return date(int(given) if given else year, number, int(day))
    except ValueError:
        raise ValueError(
            Sentence(_("没有这一天：{text}"), text=f"{month or ''}月{day}日")
        ) from None


def write_day_lines(days: tuple[SpecialDay, ...]) -> str:
    """One day a line, for a person to look over and change: ``2027-02-06 休 春节``."""
    return "\n".join(f"{d.day.isoformat()} {'班' if d.is_working else '休'} {d.name}" for d in days)


def read_day_lines(text: str, year: int) -> tuple[SpecialDay, ...]:
    """
    Read what ``write_day_lines`` wrote and somebody changed.

    :raises ValueError: in Chinese, naming the line that is none.
    """
    found: dict[date, SpecialDay] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        hit = _LINE.match(line.strip())
        try:
            on = date(*(int(part) for part in hit[1].split("-"))) if hit else None
        except ValueError:
            on = None
        if hit is None or on is None or on.year != year or on in found:
            raise ValueError(Sentence(_("第 {n} 行有误：{line}"), n=number, line=line.strip()[:40]))
        working = hit[2].lower() in {"班", "上班", "work"}
        name = hit[3].strip()[:60] or (MADE_UP if working else "放假")
        found[on] = SpecialDay(on, working, (), name)
    if not found:
        raise ValueError(_("还没有填写日期"))
    return tuple(found[day] for day in sorted(found))
