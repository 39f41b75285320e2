"""
A sum for each day in hospital (住院津贴).

Days are counted once each, even where two stays touch; stays for the same cause close to one
another are one stay. Then the first days that are not paid, and the most days of stay, year and
lifetime. A stay belongs to the policy year of its first day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from yilu.claims.rules import grounds, texts
from yilu.claims.rules.facts import Stay
from yilu.claims.rules.sheet import Sheet
from yilu.kernel.money import ZERO, round_yuan
from yilu.policies.terms import Use
from yilu.products.terms import Allowance

STAY_DAYS_MAX = 2000


def work_out(sheet: Sheet, benefits: Sequence[Allowance]) -> None:
    """Every benefit pays for every stay: allowances are sums, they do not exclude each other."""
    if not sheet.case.stays:
        sheet.missing("NO_STAY")
        return
    stays = []
    for stay in sorted(sheet.case.stays, key=lambda s: (s.from_on, s.to_on, s.visit)):
        if 0 <= (stay.to_on - stay.from_on).days <= STAY_DAYS_MAX:
            stays.append(stay)
        else:
            sheet.missing("BAD_STAY", stay.from_on, stay.to_on)
    for benefit in benefits:
        sheet.open(benefit)
        _benefit(sheet, benefit, stays)
        grounds.weigh(sheet, benefit)


def _benefit(sheet: Sheet, b: Allowance, stays: Sequence[Stay]) -> None:
    used = sheet.used.of(b.code)
    days_by_year, days_ever = dict(used.days_by_year), used.days_ever
    daily = sheet.case.contract.sum_insured if b.daily is None else b.daily
    for stay in _merged(stays, b.same_stay_gap_days):
        key, year = stay[0].visit, sheet.case.contract.year_of(stay[0].from_on)
        counted = _counted(stay, b.count)
        sheet.add(
            "ALLOWANCE",
            counted * daily,
            stay[0].from_on, max(s.to_on for s in stay), texts.REASONS[b.count], counted, daily,
        )  # fmt: skip
        before = used.days_by_visit.get(key, 0)
        # A continued stay has served its unpaid days already.
        free = 0 if before else min(b.deductible_days, counted)
        sheet.take("DEDUCTIBLE_DAYS", free * daily, b.deductible_days, free, daily)
        days = counted - free
        for code, most, earlier, args in (
            ("CAP_DAYS_STAY", b.max_days_stay, before, ()),
            ("CAP_DAYS_YEAR", b.max_days_year, days_by_year.get(year, 0), (year,)),
            ("CAP_DAYS_LIFETIME", b.max_days_lifetime, days_ever, ()),
        ):
            if most is not None:
                over = max(days - max(most - earlier, 0), 0)
                sheet.take(code, over * daily, most, earlier, over, daily, *args)
                days -= over
        extra = _intensive_care(sheet, b, stay, days, daily)
        days_by_year[year] = days_by_year.get(year, 0) + days
        days_ever += days
        sheet.uses.append(
            Use(
                benefit_code=b.code, year=year, used_on=stay[0].from_on, visit=key, days=days,
                paid=round_yuan(days * daily + extra),
            )
        )  # fmt: skip


def _intensive_care(
    sheet: Sheet, b: Allowance, stay: Sequence[Stay], days: int, daily: Decimal
) -> Decimal:
    icu = min(sum(s.icu_days for s in stay), days)
    if b.max_icu_days_stay is not None:
        icu = min(icu, b.max_icu_days_stay)
    more = b.icu_multiple - 1
    extra = icu * daily * more
    if extra:
        sheet.add("ICU", extra, icu, b.icu_multiple, daily, more)
    return extra or ZERO


def _merged(stays: Sequence[Stay], gap_days: int) -> list[list[Stay]]:
    merged: list[list[Stay]] = []
    until = date.min
    for stay in stays:
        near = bool(merged) and (stay.from_on - until).days <= gap_days
        if near:
            merged[-1].append(stay)
        else:
            merged.append([stay])
        until = max(until, stay.to_on) if near else stay.to_on
    return merged


def _counted(stay: Sequence[Stay], count: str) -> int:
    days: set[int] = set()
    for part in stay:
        first, after = part.from_on.toordinal(), part.to_on.toordinal()
        if count == "BOTH_DAYS" or first == after:
            after += 1
        days.update(range(first, after))
    return len(days)
