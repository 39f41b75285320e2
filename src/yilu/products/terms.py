"""
What a product promises (条款), as frozen values: no database, no clock, safe to keep for ever.

Terms are read from a ``terms.toml`` (see docs/products.md), published as a version, and handed to
whoever calculates with them. Money is Decimal yuan, shares and ratios are Decimal 0..1 (a multiple
may exceed 1), days are natural days. ``None`` for a cap means that the clause sets none.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

B = TypeVar("B", bound="Benefit")
NONE = Decimal(0)
ONE = Decimal(1)


class Kind(StrEnum):
    """What sort of product it is (险种)."""

    TERM_LIFE = "TERM_LIFE"
    WHOLE_LIFE = "WHOLE_LIFE"
    ENDOWMENT = "ENDOWMENT"
    ANNUITY = "ANNUITY"
    CRITICAL_ILLNESS = "CRITICAL_ILLNESS"
    HOSPITAL_ALLOWANCE = "HOSPITAL_ALLOWANCE"
    MEDICAL = "MEDICAL"
    ACCIDENT = "ACCIDENT"
    GROUP_MEDICAL = "GROUP_MEDICAL"


def _(text: str) -> str:
    """Mark a label for the message catalogue; doors translate it."""
    return text


LIFE_KINDS = frozenset({Kind.TERM_LIFE, Kind.WHOLE_LIFE, Kind.ENDOWMENT, Kind.ANNUITY})
KIND_LABELS = {
    Kind.TERM_LIFE: _("定期寿险"),
    Kind.WHOLE_LIFE: _("终身寿险"),
    Kind.ENDOWMENT: _("两全保险"),
    Kind.ANNUITY: _("年金保险"),
    Kind.CRITICAL_ILLNESS: _("重大疾病保险"),
    Kind.HOSPITAL_ALLOWANCE: _("住院津贴保险"),
    Kind.MEDICAL: _("医疗费用保险"),
    Kind.ACCIDENT: _("意外伤害保险"),
    Kind.GROUP_MEDICAL: _("团体医疗保险"),
}

CLAIM_TYPES = {
    "MEDICAL": _("医疗费用"), "ALLOWANCE": _("住院津贴"), "CRITICAL_ILLNESS": _("重大疾病"),
    "DISABILITY": _("伤残"), "DEATH": _("身故"), "ACCIDENT": _("意外医疗"),
    "WAIVER": _("保费豁免"), "SURVIVAL": _("生存／满期"),
}  # fmt: skip
"""What can be claimed, by code. SURVIVAL falls due by itself and is no loss."""

CAUSES = {"ILLNESS": _("疾病"), "ACCIDENT": _("意外伤害")}
VISITS = {
    "OUTPATIENT": _("门诊"), "EMERGENCY": _("急诊"), "INPATIENT": _("住院"),
    "DAY_SURGERY": _("日间手术"), "SPECIAL_OUTPATIENT": _("特殊门诊"),
}  # fmt: skip
"""How care was given: the visit kind of a bill (就诊类型)."""
LEVELS = {"MILD": _("轻症"), "MODERATE": _("中症"), "SEVERE": _("重大疾病")}
BASES = {
    "SUM_INSURED": _("基本保险金额"),
    "PREMIUMS_PAID": _("已交保险费"),
    "CASH_VALUE": _("现金价值"),
}
"""What a share is taken of."""
INSTEAD = {
    "NOTHING": _("不给付"),
    "PREMIUMS_PAID": _("退还已交保险费"),
    "CASH_VALUE": _("退还现金价值"),
}
"""What the clause grants where a person finds that it takes the benefit away."""
PAYERS = {"FUND": _("医保统筹基金"), "OTHER": _("其他途径")}
"""Who else may have paid; a personal account (个人账户) is the insured's own money and never counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A numbered provision that a decision may cite (条款)."""

    number: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """
    Circumstances for which the insurer is not liable (责任免除).

    ``circumstances`` are the codes a case may carry (see docs/products.md); ``benefits`` limits it
    to some benefits, empty means all.
    """

    code: str
    clause: str
    circumstances: tuple[str, ...]
    benefits: tuple[str, ...] = ()
    instead: str = "NOTHING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """
    One promise of the product (保险责任).

    ``waiting_days`` from the start of cover, except after an accident; ``ends_policy`` when it has
    been paid in full; ``deducts_loan`` where a policy loan is taken off first.
    """

    code: str
    name: str
    claim_type: str
    clause: str
    waiting_days: int = 0
    waiting_clause: str = ""
    waiting_instead: str = "NOTHING"
    ends_policy: bool = False
    deducts_loan: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """
    The part of a cost that counts, by the category of the medical-insurance list (医保目录类别).

    A 甲类, B 乙类 (before its own first share), C 丙类, OWN 自费: each 0..1. ``by_social_standard``
    says that the clause measures cost by the social-insurance standard: then cost outside the list
    still counts up to a comparable listed item (解释三 19) and is never refused flatly.
    """

    A: Decimal = ONE
    B: Decimal = ONE
    C: Decimal = ONE
    OWN: Decimal = ONE
    by_social_standard: bool = False
    clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reimbursement(Benefit):
    """
    Medical cost paid back, never more than was spent (费用补偿).

    Ratios: ``ratio_social`` where social insurance settled the bill first, ``ratio_unused`` where
    the insured bought as a member of it but did not use it, ``ratio_none`` for a policy priced
    without it. ``deducts_social`` needs ``rate_basis``: the filing that proves the premium was
    reduced accordingly (解释三 18); without it what social insurance paid is not deducted.
    ``deductible_met_by`` names the payers whose money also uses up the yearly deductible.
    ``cap_year_share`` is a yearly cap as a share of the sum insured. ``visit_is_event``: all bills
    of one accident are one visit (每次事故免赔).
    """

    visits: tuple[str, ...]
    causes: tuple[str, ...] = ("ILLNESS", "ACCIDENT")
    scope: Scope = Scope()
    deductible_visit: Decimal = NONE
    deductible_year: Decimal = NONE
    deductible_met_by: tuple[str, ...] = ()
    deductible_clause: str = ""
    ratio_social: Decimal = ONE
    ratio_unused: Decimal = ONE
    ratio_none: Decimal = ONE
    ratio_clause: str = ""
    deducts_social: bool = False
    rate_basis: str = ""
    cap_visit: Decimal | None = None
    cap_year: Decimal | None = None
    cap_year_share: Decimal | None = None
    cap_lifetime: Decimal | None = None
    cap_clause: str = ""
    treated_within_days: int | None = None
    visit_is_event: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance(Benefit):
    """
    A fixed sum for each day in hospital (住院津贴).

    ``daily`` None: the policy's sum insured is the daily sum. ``count`` NIGHTS counts the day of
    admission and not the day of discharge, a stay within one day as one; BOTH_DAYS counts both.
    Stays for the same cause not more than ``same_stay_gap_days`` apart are one stay. The first
    ``deductible_days`` of a stay are not paid. A day in intensive care pays ``icu_multiple``.
    """

    causes: tuple[str, ...] = ("ILLNESS", "ACCIDENT")
    daily: Decimal | None = None
    icu_multiple: Decimal = ONE
    max_icu_days_stay: int | None = None
    deductible_days: int = 0
    max_days_stay: int | None = None
    max_days_year: int | None = None
    max_days_lifetime: int | None = None
    same_stay_gap_days: int = 0
    count: str = "NIGHTS"
    days_clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IllnessLevel:
    """
    How one level of illness is paid (重疾／中症／轻症).

    ``shares[n]`` of the sum insured for the n-th payment of this level: their number is the most
    payments there are. ``interval_days`` must lie between two diagnoses paid at this level.
    """

    level: str
    clause: str
    shares: tuple[Decimal, ...]
    interval_days: int = 0
    ends_after_severe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IllnessGroup:
    """Illnesses of which only one is paid for (疾病分组)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A listed illness (约定疾病); ``group`` empty where the product does not group its level."""

    code: str
    name: str
    level: str
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Illness(Benefit):
    """A sum on first diagnosis of a listed illness (重大疾病给付); no survival period is asked."""

    levels: tuple[IllnessLevel, ...]
    conditions: tuple[Condition, ...]
    groups: tuple[IllnessGroup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disability(Benefit):
    """
    A share of the sum insured by the grade of lasting disability (伤残).

    ``scale[0]`` is grade 1, ``scale[9]`` grade 10 (JR/T 0083: 100 % down to 10 %). The injury must
    show within ``within_days`` of the accident. All payments together never exceed the sum insured.
    """

    scale: tuple[Decimal, ...]
    share: Decimal = ONE
    within_days: int = 180
    scale_clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A share of a base, such as 1.6 of PREMIUMS_PAID."""

    base: str
    share: Decimal = ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeBand:
    """What is paid at an age in full years, ``from_age`` included, ``to_age`` not: the greatest option."""

    from_age: int = 0
    to_age: int = 200
    greatest_of: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """An accident as a passenger of public transport, paid on top (公共交通额外给付)."""

    code: str
    name: str
    share: Decimal
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Death(Benefit):
    """
    A sum on death (身故).

    ``less_paid_under``: benefits whose earlier payments for the same accident are taken off.
    ``ends_after_severe_of``: the illness benefit whose payment for a severe illness ended this one.
    ``for_minors``: whether the ceiling for minors' death benefits applies.
    """

    bands: tuple[AgeBand, ...]
    causes: tuple[str, ...] = ("ILLNESS", "ACCIDENT")
    within_days: int | None = None
    transports: tuple[Transport, ...] = ()
    less_paid_under: tuple[str, ...] = ()
    ends_after_severe_of: str = ""
    for_minors: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival(Benefit):
    """
    A sum for being alive on a date (生存金、满期金、年金).

    Paid on every policy anniversary from ``from_year`` on (years after the start), or from
    ``from_age``; ``once`` only the first time.
    """

    option: Option
    from_year: int = 0
    from_age: int = 0
    once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver(Benefit):
    """
    Future premiums are waived (保费豁免).

    ``triggers``: MILD, MODERATE, SEVERE (an illness paid at that level), DISABILITY_1 … _3 (grades),
    HOLDER_DEATH, HOLDER_DISABILITY.
    """

    triggers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MainWaiver(Benefit):
    """
    A rider under which the premiums of its main contract and all its riders are waived (附加豁免保险费).

    ``life``: on whom it hangs, and who is the rider's insured: the main contract's HOLDER or its
    INSURED. ``triggers``: DEATH, DISABILITY_1 … _3 (grades), and the levels of ``conditions``. The
    sum insured is a year's worth of the premiums that it would waive.
    """

    triggers: tuple[str, ...]
    life: str = "HOLDER"
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MinorLimit:
    """
    The most all death benefits for a child may come to (未成年人身故保险金限额).

    保险法 33 leaves the figure to the regulator: ``confirmed`` False means the insurer still has to
    confirm it.
    """

    below_age: int
    limit: Decimal
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """
    To whom and how the product is sold (投保规则). ``years`` 0: for life.

    ``renewal_open_days``: how early a renewal premium may be taken (意外险办法 17: at most 60).
    ``renewal_grace_days``: how long after the end the next year may still be paid without a gap.
    ``renewal_guaranteed_years``: for so many years from the first start on, the insurer must renew under
    the same wording and its table (保证续保), by ``renewal_clause``.
    """

    from_age: int
    to_age: int
    sum_from: Decimal
    sum_to: Decimal
    years: int
    renewable: bool = False
    renewal_open_days: int = 0
    social_insurance: str = "EITHER"
    # Absent ones are left out of the published text: wordings that say nothing of them keep their digest.
    renewal_grace_days: int | None = None
    renewal_guaranteed_years: int | None = None
    renewal_clause: str | None = None


@dataclass(frozen=True, kw_only=True)
class Terms:
    """
    A published version of a product, complete (产品条款版本).

    ``suicide_years`` and ``contest_years``: 保险法 44 and 16. ``grace_days``: 保险法 36.
    ``additions_clause``: where it lets dividends buy paid-up additions, which may be given back alone.
    ``pay_days``, ``pay_clause``: where the contract agrees another term to pay in than the law's ten days (保险法 23).
    ``cash_values[n]``: cash value after n full years as a share of the premiums paid; the last goes on.
    """

    code: str
    number: int
    name: str
    kind: str
    version: str
    valid_from: date
    summary: str
    long_term: bool
    cooling_off_days: int
    grace_days: int
    issue: Issue
    clauses: tuple[Clause, ...]
    benefits: tuple[Benefit, ...]
    exclusions: tuple[Exclusion, ...] = ()
    suicide_years: int = 2
    suicide_clause: str = ""
    contest_years: int = 2
    contest_clause: str = ""
    minor_limits: tuple[MinorLimit, ...] = ()
    cash_values: tuple[Decimal, ...] = ()
    additions_clause: str | None = None
    pay_days: int | None = None
    pay_clause: str | None = None
    digest: str = ""

    @property
    def is_life(self) -> bool:
        """Life insurance (人寿保险), as against health and accident insurance (保险法 95)."""
        return self.kind in LIFE_KINDS

    def pay_by(self, agreed_on: date) -> date | None:
        """The last day to pay what was agreed on a day, where the contract says it; else the law's term counts."""
        return agreed_on + timedelta(days=self.pay_days) if self.pay_days else None

    @cached_property
    def by_clause(self) -> dict[str, Clause]:
        """The clauses by number."""
        return {clause.number: clause for clause in self.clauses}

    @cached_property
    def by_benefit(self) -> dict[str, Benefit]:
        """The benefits by code."""
        return {benefit.code: benefit for benefit in self.benefits}

    @cached_property
    def main_waiver(self) -> MainWaiver | None:
        """What waives the main contract's premiums; None where the product is no such rider."""
        return next((b for b in self.benefits if isinstance(b, MainWaiver)), None)

    @cached_property
    def claim_types(self) -> tuple[str, ...]:
        """What can be claimed under the product, in the order of its clauses."""
        return tuple(
            dict.fromkeys(b.claim_type for b in self.benefits if b.claim_type != "SURVIVAL")
        )

    def for_claim(self, claim_type: str) -> tuple[Benefit, ...]:
        """The benefits a claim of this type is measured by, in the order of the clauses."""
        return self._by_claim_type.get(claim_type, ())

    def benefit_codes(self, claim_type: str) -> tuple[str, ...]:
        """
        The benefits whose earlier use a claim of this type depends on.

        More than those it is measured by: a death after the same accident is less what disability
        was paid, and a waiver hears of every illness.
        """
        codes = [b.code for b in self.for_claim(claim_type)]
        for benefit in self.for_claim(claim_type):
            codes += getattr(benefit, "less_paid_under", ())
            codes += [code] if (code := getattr(benefit, "ends_after_severe_of", "")) else []
        return tuple(dict.fromkeys(codes))

    def text_of(self, number: str) -> str:
        """The text of a clause, empty where the number is not of this product."""
        clause = self.by_clause.get(number)
        return clause.text if clause else ""

    @cached_property
    def _by_claim_type(self) -> dict[str, tuple[Benefit, ...]]:
        found: dict[str, list[Benefit]] = {}
        for benefit in self.benefits:
            found.setdefault(benefit.claim_type, []).append(benefit)
        return {claim_type: tuple(benefits) for claim_type, benefits in found.items()}


TYPES: dict[str, type[Benefit]] = {
    "REIMBURSEMENT": Reimbursement, "ALLOWANCE": Allowance, "ILLNESS": Illness, "DISABILITY": Disability,
    "DEATH": Death, "SURVIVAL": Survival, "WAIVER": Waiver, "MAIN_WAIVER": MainWaiver,
}  # fmt: skip
"""The sorts of benefit a terms.toml may name under ``type``."""
TYPE_NAMES = {cls: name for name, cls in TYPES.items()}


def field_names(cls: type[object]) -> tuple[str, ...]:
    """The fields of one of these dataclasses, in order."""
    return tuple(field.name for field in fields(cls))  # type: ignore[arg-type]
