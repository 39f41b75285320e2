"""The words a terms.toml may use, by code, with what people read for them."""

from __future__ import annotations

from enum import StrEnum


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
