"""
What a claim is recomputed from: bare facts, amounts as fractions of a yuan.

Written anew on purpose: nothing here comes from the rules that are being checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

NOTHING = Fraction(0)
Wording = dict[str, Any]
"""Terms or a part of them, as they were published: plain JSON, figures as text."""


def figure(written: Any) -> Fraction:
    """A figure of the terms or of a table, exactly; nothing written is zero."""
    return NOTHING if written is None else Fraction(str(written))


def to_the_fen(amount: Fraction) -> Fraction:
    """Rounded to the fen, halves up and away from nothing (四舍五入)."""
    fen = abs(amount) * 100
    whole = fen.numerator // fen.denominator
    if fen - whole >= Fraction(1, 2):
        whole += 1
    return Fraction(whole if amount >= 0 else -whole, 100)


def anniversaries(since: date, on: date) -> int:
    """How many anniversaries have come; one of 29 February comes on the 28th in common years."""
    years = on.year - since.year
    return years if (on.month, on.day) >= _kept_in(since, on.year) else years - 1


def anniversary(since: date, years: int) -> date:
    """The anniversary after so many years."""
    month, day = _kept_in(since, since.year + years)
    return date(since.year + years, month, day)


def _kept_in(since: date, year: int) -> tuple[int, int]:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if (since.month, since.day) == (2, 29) and not leap:
        return 2, 28
    return since.month, since.day


@dataclass(frozen=True)
class BillLine:
    """An item of a bill: A, B, C, OWN, or anything else for unknown."""

    category: str
    amount: Fraction
    comparable: Fraction | None = None


@dataclass(frozen=True)
class Bill:
    """A bill with its items; ``settled`` None: by social insurance if its fund paid."""

    visit: str
    kind: str
    on: date
    total: Fraction
    lines: tuple[BillLine, ...] = ()
    fund: Fraction = NOTHING
    other: Fraction = NOTHING
    self_cost: Fraction | None = None
    settled: bool | None = None
    listed: bool | None = None


@dataclass(frozen=True)
class Stay:
    """Days in hospital."""

    visit: str
    from_on: date
    to_on: date
    icu_days: int = 0


@dataclass(frozen=True)
class Contract:
    """The contract as it stood when the claim was calculated."""

    sum_insured: Fraction
    effective_on: date
    formed_on: date
    continuous_since: date
    born_on: date | None = None
    ends_on: date | None = None
    with_social: bool = False
    pay_mode: str = "YEARLY"
    paid_to: date | None = None
    premiums_paid: Fraction = NOTHING
    cash_value: Fraction = NOTHING
    loan: Fraction = NOTHING
    reinstated_on: date | None = None
    added: Fraction = NOTHING
    added_value: Fraction = NOTHING

    def year_of(self, on: date) -> int:
        """The policy year of a day: the first is 1, a day before the start is of it too."""
        return max(anniversaries(self.effective_on, on), 0) + 1

    def base(self, name: str) -> Fraction:
        """What a share is taken of."""
        if name == "SUM_INSURED":
            return self.sum_insured
        if name == "PREMIUMS_PAID":
            return self.premiums_paid
        if name == "CASH_VALUE":
            return self.cash_value
        return NOTHING


@dataclass(frozen=True)
class Entry:
    """A row of the ledger: what a claim used up of a benefit, negative where it gave it back."""

    benefit: str
    year: int
    visit: str
    on: date
    paid: Fraction = NOTHING
    deductible: Fraction = NOTHING
    days: int = 0
    times: int = 1
    condition: str = ""
    group: str = ""
    level: str = ""
    elsewhere: bool = False


@dataclass(frozen=True)
class Past:
    """
    What the ledger held of one benefit before this claim, added up on demand.

    What was used under another contract of the same row of renewals counts only for what holds for life.
    """

    entries: tuple[Entry, ...] = ()

    def paid(self, *, year: int | None = None, visit: str | None = None) -> Fraction:
        """Paid altogether, in a policy year, or for a visit."""
        return sum((e.paid for e in self._of(year, visit)), NOTHING)

    def paid_ever(self) -> Fraction:
        """Paid under every contract of the row."""
        return sum((e.paid for e in self.entries), NOTHING)

    def days_ever(self) -> int:
        """Days paid under every contract of the row."""
        return sum(e.days for e in self.entries)

    def deductible(self, *, year: int | None = None, visit: str | None = None) -> Fraction:
        """How much of the deductible was met."""
        return sum((e.deductible for e in self._of(year, visit)), NOTHING)

    def days(self, *, year: int | None = None, visit: str | None = None) -> int:
        """Days paid."""
        return sum(e.days for e in self._of(year, visit))

    def illnesses(self) -> list[tuple[str, str, str, date]]:
        """Illnesses paid and not taken back: condition, group, level, day."""
        net: dict[tuple[str, str, str, int, str], list[Entry]] = {}
        for e in self.entries:
            if e.level and not e.elsewhere:
                net.setdefault((e.condition, e.group, e.level, e.year, e.visit), []).append(e)
        return [
            (condition, group, level, min(e.on for e in rows))
            for (condition, group, level, _, _), rows in net.items()
            if sum(e.times for e in rows) > 0
        ]

    def _of(self, year: int | None, visit: str | None) -> Sequence[Entry]:
        return [
            e
            for e in self.entries
            if not e.elsewhere
            and (year is None or e.year == year)
            and (visit is None or e.visit == visit)
        ]


@dataclass(frozen=True)
class Case:
    """Everything a sum depends on besides the terms and the ledger."""

    claim_type: str
    event_on: date
    contract: Contract
    cause: str = "ILLNESS"
    bills: tuple[Bill, ...] = ()
    stays: tuple[Stay, ...] = ()
    diagnoses: tuple[tuple[str, date], ...] = ()
    injuries: tuple[tuple[str, int], ...] = ()
    died_on: date | None = None
    transport: str = ""
    circumstances: tuple[str, ...] = ()
    upheld: tuple[str, ...] = ()
    owed_premium: Fraction = NOTHING
    paid_elsewhere: Fraction = NOTHING
    other_death_cover: Fraction = NOTHING
    reported_on: date | None = None
    premiums: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True)
class Answer:
    """What a claim comes to: the benefit to the fen, and the ledger rows that go with it."""

    benefit: Fraction
    entries: tuple[Entry, ...] = ()
    waived_from: date | None = None


@dataclass
class Part:
    """What one benefit comes to, before anything about the whole claim."""

    amount: Fraction = NOTHING
    entries: list[Entry] = field(default_factory=list)
    waived_from: date | None = None
