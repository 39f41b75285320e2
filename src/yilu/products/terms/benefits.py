"""What a product may promise: each sort of benefit with all that its amount depends on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

NONE = Decimal(0)
ONE = Decimal(1)


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


TYPES: dict[str, type[Benefit]] = {
    "REIMBURSEMENT": Reimbursement,
    "ALLOWANCE": Allowance,
    "ILLNESS": Illness,
    "DISABILITY": Disability,
    "DEATH": Death,
    "SURVIVAL": Survival,
    "WAIVER": Waiver,
    "MAIN_WAIVER": MainWaiver,
}
"""The sorts of benefit a terms.toml may name under ``type``."""
TYPE_NAMES = {cls: name for name, cls in TYPES.items()}
