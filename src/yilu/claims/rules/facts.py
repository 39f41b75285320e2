"""
What a calculation starts from: the facts of the case, as frozen values.

Amounts are yuan with two places (``kernel.money.yuan``), never negative; days are dates in the
insurer's local time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.claims.rules.texts import _
from yilu.kernel.money import ZERO
from yilu.policies.terms import Contract

A, B, C, OWN, UNKNOWN = "A", "B", "C", "OWN", "UNKNOWN"
CATEGORY_LABELS = {
    A: _("甲类"),
    B: _("乙类"),
    C: _("丙类"),
    OWN: _("自费"),
    UNKNOWN: _("类别未注明"),
}

_WRITTEN = {
    "甲": A, "甲类": A, "甲类药": A, "无自付": A, "A": A, "1": A, "01": A,
    "乙": B, "乙类": B, "乙类药": B, "有自付": B, "部分自付": B, "B": B, "2": B, "02": B,
    "丙": C, "丙类": C, "丙类药": C, "目录外": C, "C": C, "3": C, "03": C,
    "自费": OWN, "全自费": OWN, "全自付": OWN, "自费药": OWN, "OWN": OWN,
}  # fmt: skip

CIRCUMSTANCES = {
    "SUICIDE": _("自杀"),
    "SELF_INJURY": _("故意自伤"),
    "CRIME": _("故意犯罪或抗拒依法采取的强制措施"),
    "DRUGS": _("主动吸食或注射毒品"),
    "DRUNK_DRIVING": _("酒后驾驶"),
    "NO_LICENCE": _("无合法有效驾驶证驾驶"),
    "NO_VEHICLE_PERMIT": _("驾驶无有效行驶证的机动车"),
    "HOLDER_HARM": _("投保人故意造成"),
    "BENEFICIARY_HARM": _("受益人故意造成"),
    "WAR": _("战争、军事冲突、暴乱"),
    "NUCLEAR": _("核爆炸、核辐射、核污染"),
    "HIGH_RISK_SPORT": _("高风险运动"),
    "PREGNANCY": _("妊娠、分娩"),
    "COSMETIC": _("整容、美容"),
    "DENTAL": _("牙科治疗"),
    "CHECK_UP": _("体检、疗养、康复"),
    "CONGENITAL": _("遗传性疾病或先天性畸形"),
    "PRE_EXISTING": _("投保前已患且未告知的疾病"),
    "HIV": _("感染艾滋病病毒"),
    "EXPERIMENTAL": _("试验性治疗"),
    "MENTAL": _("精神和行为障碍"),
    "MEDICAL_MISHAP": _("医疗事故"),
    "NON_DISCLOSURE": _("投保时未如实告知"),
    "HOLDER_DEATH": _("投保人身故"),
    "HOLDER_DISABILITY": _("投保人全残"),
}
"""What may have surrounded a loss, by code: exclusions and the two-year rules look at these."""


def category_of(written: str | None) -> str:
    """
    The category of the medical-insurance list (医保目录类别) from what a fee list says.

    甲类 (fully within the list; Beijing lists say 无自付) is A; 乙类 (within it, a first share is
    the patient's; 有自付, 部分自付) is B; 丙类 and 目录外 are C; 自费, 全自费, 全自付 are OWN.
    Anything else is UNKNOWN and never guessed.
    """
    return _WRITTEN.get("".join((written or "").split()).strip("（）()[]【】*"), UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """
    One item of a bill (费用明细). ``category``: A, B, C, OWN or UNKNOWN (``category_of``).

    ``comparable`` is what a comparable item of the list costs, where staff established it: a
    clause by social-insurance standard then covers this item up to that (解释三 19).
    """

    amount: Decimal
    category: str = UNKNOWN
    name: str = ""
    comparable: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """
    One invoice (医疗票据). Bills with the same ``visit`` key are one visit or one stay in hospital.

    ``fund_paid`` by the social fund, ``account_paid`` from the personal account (the insured's own
    money, never deducted), ``other_paid`` by anybody else. ``self_cost`` is the invoice's own sum
    of 自费 and settles lines of unknown category. ``settled_by_social`` None: it was if the fund paid.
    ``listed`` False: the hospital is not one the policy names.
    """

    visit: str
    kind: str
    on: date
    total: Decimal
    lines: tuple[BillLine, ...] = ()
    fund_paid: Decimal = ZERO
    account_paid: Decimal = ZERO
    other_paid: Decimal = ZERO
    self_cost: Decimal | None = None
    settled_by_social: bool | None = None
    listed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stay in hospital (住院); ``visit`` as on its bills."""

    visit: str
    from_on: date
    to_on: date
    icu_days: int = 0
    listed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A listed illness, by its code in the terms, and the day it was confirmed (确诊)."""

    condition: str
    confirmed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Injury:
    """A lasting disability: which part and nature, and its grade 1 (gravest) to 10 (伤残)."""

    part: str
    grade: int
    assessed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A death (身故). ``transport``: code of the public transport in whose accident it happened."""

    died_on: date
    transport: str = ""
    declared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """
    Everything a sum depends on besides the terms and what was used before (案件事实).

    ``event_on``: day of the accident or of falling ill. ``owed_premium``: from the cover of that
    day. ``paid_elsewhere``: what policies chosen earlier already pay for the same bills (E17).
    ``other_death_cover``: death benefits of all other policies of a minor. ``upheld``: keys of the
    grounds that a person has decided to apply (``Ground.key`` or its code): the sum then follows
    the clause. ``reported_on`` only feeds the warning about limitation. ``premium_share``: the premium
    paid and the one due by the insured's true age, where too little was paid (保险法 32).
    """

    claim_type: str
    event_on: date
    contract: Contract
    cause: str = "ILLNESS"
    bills: tuple[Bill, ...] = ()
    stays: tuple[Stay, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    injuries: tuple[Injury, ...] = ()
    passing: Passing | None = None
    circumstances: tuple[str, ...] = ()
    owed_premium: Decimal = ZERO
    paid_elsewhere: Decimal = ZERO
    other_death_cover: Decimal = ZERO
    upheld: tuple[str, ...] = ()
    reported_on: date | None = None
    premium_share: tuple[Decimal, Decimal] | None = None
