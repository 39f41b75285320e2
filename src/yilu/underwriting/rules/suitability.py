"""
Whether the contract suits whoever is to pay for it (适当性; 金融机构产品适当性管理办法 17, 18, 39, from 2026-02-01).

Where a limit is passed the sale is not forbidden: the customer says in a signed statement that they
know it and want the contract all the same. Somebody of 65 or more is looked after with special care.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

IN_FORCE_FROM = date(2026, 2, 1)
KEEP_YEARS = 5
"""Records are kept at least so long (适当性办法 39)."""

INSTALMENTS: Mapping[str, int] = MappingProxyType(
    {"SINGLE": 1, "YEARLY": 1, "HALF_YEARLY": 2, "QUARTERLY": 4, "MONTHLY": 12}
)


class Limit(StrEnum):
    """What was passed."""

    SINGLE_PREMIUM = "SINGLE_PREMIUM"  # one premium above so many times the year's income
    YEARLY_PREMIUM = "YEARLY_PREMIUM"  # premiums above a share of the year's income
    AGE_AND_YEARS = "AGE_AND_YEARS"  # age and paying years reach a sum
    BUDGET = "BUDGET"  # above a share of what they meant to spend


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits as the insurer has set them for the day: never looser than the law's (shares of one)."""

    income_times: Decimal
    income_share: Decimal
    age_and_years: int
    budget_share: Decimal
    care_age: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finances:
    """What the customer says of their means: yearly amounts in yuan, ``other_premiums`` already paid."""

    income: Decimal
    budget: Decimal
    other_premiums: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Found:
    """A limit that was passed, in the customer's words."""

    limit: Limit
    in_words: Sentence


@dataclass(frozen=True, slots=True)
class Assessment:
    """The outcome: which limits were passed, and whether special care is due."""

    found: tuple[Found, ...]
    special_care: bool
    yearly: Decimal

    @property
    def needs_statement(self) -> bool:
        """Whether the customer must declare and sign that they know."""
        return bool(self.found)


@dataclass(frozen=True, slots=True)
class Paid:
    """What one contract costs: an instalment in yuan, how often and for how many years it is paid."""

    premium: Decimal
    pay_mode: str
    pay_years: int

    @property
    def single(self) -> bool:
        """Whether it is paid once and for all."""
        return self.pay_mode == "SINGLE"

    @property
    def yearly(self) -> Decimal:
        """What is paid in the first year."""
        return self.premium * INSTALMENTS[self.pay_mode]


def assess(
    *, finances: Finances, premium: Decimal, pay_mode: str, pay_years: int, age: int, limits: Limits
) -> Assessment:
    """
    Hold a premium against the means of whoever pays it; ``age`` is the holder's.

    "More than" the shares and times of income and budget passes a limit; age and paying years pass it
    as soon as they reach it.
    """
    return assess_together(finances, [Paid(premium, pay_mode, pay_years)], age, limits)


def assess_together(
    finances: Finances, contracts: Sequence[Paid], age: int, limits: Limits
) -> Assessment:
    """Hold what several contracts cost together against the means of whoever pays for them all."""
    single = sum((each.premium for each in contracts if each.single), start=Decimal(0))
    lasting = [each for each in contracts if not each.single]
    yearly = sum((each.yearly for each in lasting), start=Decimal(0))
    until = age + max((each.pay_years for each in lasting), default=0)
    found = []
    if single > finances.income * limits.income_times:
        words = _("一次交清的保险费 {premium} 元超过家庭年收入的 {times} 倍")
        told = Sentence(words, premium=f"{single:,}", times=_plain(limits.income_times))
        found.append(Found(Limit.SINGLE_PREMIUM, told))
    if lasting and yearly + finances.other_premiums > finances.income * limits.income_share:
        words = _("全年保险费合计 {yearly} 元超过家庭年收入的 {share}%")
        told = Sentence(
            words, yearly=f"{yearly + finances.other_premiums:,}",
            share=_plain(limits.income_share * 100),
        )  # fmt: skip
        found.append(Found(Limit.YEARLY_PREMIUM, told))
    if lasting and until >= limits.age_and_years:
        words = _("交费将交到 {age} 岁，投保年龄与交费年数之和达到 {most}")
        told = Sentence(words, age=until, most=limits.age_and_years)
        found.append(Found(Limit.AGE_AND_YEARS, told))
    if yearly + single > finances.budget * limits.budget_share:
        words = _("每年保险费 {yearly} 元超过您的预算的 {share}%")
        told = Sentence(
            words, yearly=f"{yearly + single:,}", share=_plain(limits.budget_share * 100)
        )
        found.append(Found(Limit.BUDGET, told))
    return Assessment(tuple(found), age >= limits.care_age, yearly + single)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
