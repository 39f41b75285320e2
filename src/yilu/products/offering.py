"""
How a product is sold (投保资料), as frozen values: its price, what is asked, what is pointed out.

Read from the files beside ``terms.toml`` (see docs/products.md) and published with the wording.
Money and shares are Decimal; nothing here knows a database or a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from yilu.kernel.words import marked as _

ONE = Decimal(1)
SEXES = ("MALE", "FEMALE")
MODES = {
    "SINGLE": _("一次交清"),
    "YEARLY": _("年交"),
    "HALF_YEARLY": _("半年交"),
    "QUARTERLY": _("季交"),
    "MONTHLY": _("月交"),
}
"""How often a premium is paid."""
INSTALMENTS = {"SINGLE": 1, "YEARLY": 1, "HALF_YEARLY": 2, "QUARTERLY": 4, "MONTHLY": 12}


class Basis(StrEnum):
    """What the price rests on (费率基础): a life table and interest, or a grid of rates."""

    LIFE = "LIFE"
    GRID = "GRID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A way to pay in instalments (交费方式): ``factor`` of the yearly premium each."""

    mode: str
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """
    The part of each year's premium that pays for expenses (附加费用率), the last share goes on.

    For terms of payment of ``pay_from`` years and longer, up to the next row.
    """

    pay_from: int
    shares: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayLimit:
    """The oldest who may choose to pay for so many years (交费期间的年龄上限)."""

    pay_years: int
    to_age: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RateBand:
    """The yearly rate of an age band (年龄段费率), both ages included, for one unit of the sum."""

    from_age: int
    to_age: int
    male: Decimal
    female: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A factor on the rate from a sum insured on (保额系数)."""

    sum_from: Decimal
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """
    What premiums and cash values are worked out from (定价).

    LIFE: ``mortality`` names the tables for men and women, ``illness`` the table of incidence,
    ``repeat`` how likely a further severe illness is beside a first one; ``value_first`` is the
    share of the reserve paid back at the start, rising to all of it by the end of payment (at most
    20 years), and nil from ``values_to_age`` on (a pension that has begun). ``extra_per_thousand`` pays what no table covers, ``holder_waiver`` is a share of the
    premium for the holder's waiver. GRID: ``bands`` for ``unit`` yuan of the sum insured, times
    ``steps`` (instead of in proportion), ``social_factor`` with social insurance, and the factor of
    the occupation class. ``occupations[n]`` is for class n+1; zero is not offered.
    ``rider_to``: product kinds it may be added to; empty: sold by itself. ``source`` says where the
    figures come from, ``demo`` that they are no real ones.
    """

    basis: str
    source: str
    pay_years: tuple[int, ...]
    modes: tuple[Mode, ...]
    demo: bool = False
    years: tuple[int, ...] = ()
    pay_to_age: int = 200
    limits: tuple[PayLimit, ...] = ()
    sum_step: Decimal = ONE
    mortality: tuple[str, ...] = ()
    illness: str = ""
    repeat: Decimal = ONE
    interest: Decimal = Decimal(0)
    value_first: Decimal = ONE
    values_to_age: int = 200
    loadings: tuple[Loading, ...] = ()
    extra_per_thousand: Decimal = Decimal(0)
    holder_waiver: Decimal = Decimal(0)
    unit: Decimal = Decimal(1000)
    bands: tuple[RateBand, ...] = ()
    steps: tuple[Step, ...] = ()
    social_factor: Decimal = ONE
    occupations: tuple[Decimal, ...] = (ONE,) * 6
    rider_to: tuple[str, ...] = ()
    renewal_needs_consent: bool = False

    def factor_of(self, mode: str) -> Decimal | None:
        """The factor of a way to pay; None where it is not offered."""
        return next((each.factor for each in self.modes if each.mode == mode), None)

    def shares_for(self, pay_years: int) -> tuple[Decimal, ...]:
        """The expense shares of a term of payment."""
        rows = [each for each in self.loadings if each.pay_from <= pay_years]
        return max(rows, key=lambda each: each.pay_from).shares if rows else (Decimal(0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer among several (选项)."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownIf:
    """A question is asked where an earlier one was answered so: YES, NO or the code of a choice."""

    question: str
    equals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    One concrete question of an application (健康告知问题).

    ``kind`` is YES_NO, NUMBER, CHOICE, DATE or TEXT. A NUMBER lies within ``low`` and ``high``.
    ``group`` is the heading it stands under; ``sex`` whom alone it is put to. A question about a declared condition is called
    ``<condition>``, and what follows from it ``<condition>.<detail>``.
    """

    code: str
    text: str
    kind: str = "YES_NO"
    choices: tuple[Choice, ...] = ()
    shown_if: ShownIf | None = None
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    required: bool = True
    group: str = ""
    sex: str = ""
    help: str = ""


QUESTION_KINDS = {
    "YES_NO": _("是否"),
    "NUMBER": _("数值"),
    "CHOICE": _("单选"),
    "DATE": _("日期"),
    "TEXT": _("文字"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """What is asked before an application is decided (健康告知书); ``version`` is a digest of its text."""

    version: str
    questions: tuple[Question, ...]

    def find(self, code: str) -> Question | None:
        """The question of a code; None where it is not asked."""
        return next((each for each in self.questions if each.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A clause that must be shown prominently and confirmed by itself (明确说明事项, 保险法 17)."""

    code: str
    clause: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """Everything that is published beside a wording (投保资料)."""

    pricing: Pricing
    questions: tuple[Question, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """
    What a policy costs (保险费): ``premium`` an instalment, ``yearly`` a year's worth.

    Both include ``extra`` (加费, of one instalment). ``rate_per_thousand`` is the standard yearly
    rate for 1,000 yuan of the sum insured. ``table`` names the rate table it was read from.
    """

    premium: Decimal
    yearly: Decimal
    rate_per_thousand: Decimal
    extra: Decimal
    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """
    A product as somebody may buy it (在售方案).

    ``waives_for``: a rider that waives premiums hangs on the main contract's HOLDER or INSURED; else empty.
    """

    version_id: int
    code: str
    name: str
    kind: str
    kind_label: str
    summary: str
    long_term: bool
    from_age: int
    to_age: int
    sum_from: Decimal
    sum_to: Decimal
    sum_step: Decimal
    pay_years: tuple[int, ...]
    pay_modes: tuple[str, ...]
    years: tuple[int, ...]
    pay_to_age: int
    occupation_classes: tuple[int, ...]
    social_insurance: str
    cooling_off_days: int
    grace_days: int
    has_values: bool
    rider_to: tuple[str, ...]
    double_recording: bool
    renewal_needs_consent: bool
    source: str
    demo: bool
    waives_for: str = ""

    @property
    def ages(self) -> tuple[int, int]:
        """The youngest and the oldest who may be insured."""
        return self.from_age, self.to_age

    @property
    def sums(self) -> tuple[Decimal, Decimal]:
        """The least and the greatest sum insured."""
        return self.sum_from, self.sum_to

    @property
    def is_rider(self) -> bool:
        """Whether it is only sold beside another policy (附加险)."""
        return bool(self.rider_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A survival, maturity or annuity benefit and the day it falls due (生存类给付)."""

    code: str
    name: str
    due_on: date
    amount: Decimal
