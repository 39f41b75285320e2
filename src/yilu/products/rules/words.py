"""A benefit in plain words, for the customer's policy card."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yilu.products.terms import (
    BASES,
    LEVELS,
    VISITS,
    Allowance,
    Benefit,
    Death,
    Disability,
    Illness,
    Reimbursement,
    Survival,
    Waiver,
)

TRIGGER_LABELS = {
    **LEVELS,
    "DISABILITY_1": "一级伤残",
    "DISABILITY_2": "二级伤残",
    "DISABILITY_3": "三级伤残",
    "HOLDER_DEATH": "投保人身故",
    "HOLDER_DISABILITY": "投保人全残",
}


def amount_of(benefit: Benefit, sum_insured: Decimal) -> Decimal | None:
    """The one figure a benefit has for this sum insured; None where it has none."""
    if isinstance(benefit, Allowance):
        return benefit.daily or sum_insured
    if isinstance(benefit, Reimbursement):
        if benefit.cap_year_share is not None:
            return benefit.cap_year_share * sum_insured
        return benefit.cap_year or benefit.cap_lifetime
    if isinstance(benefit, Disability):
        return benefit.share * sum_insured
    if isinstance(benefit, Illness):
        return sum_insured
    if isinstance(benefit, Survival) and benefit.option.base == "SUM_INSURED":
        return benefit.option.share * sum_insured
    return None


def words_of(benefit: Benefit, sum_insured: Decimal) -> str:
    """What the benefit pays, in one or two short phrases of Chinese."""
    return "；".join(phrase for phrase in _WORDS[type(benefit)](benefit, sum_insured) if phrase)


def _reimbursement(b: Reimbursement, sum_insured: Decimal) -> list[str]:
    visits = "、".join(VISITS[v] for v in b.visits)
    cap = amount_of(b, sum_insured)
    return [
        visits,
        f"每次免赔 {_yuan(b.deductible_visit)}" if b.deductible_visit else "",
        f"年度免赔 {_yuan(b.deductible_year)}" if b.deductible_year else "",
        f"经医保结算赔 {_share(b.ratio_social)}，未经医保结算赔 {_share(b.ratio_unused)}"
        if b.ratio_social != b.ratio_unused
        else f"赔付 {_share(b.ratio_none)}",
        f"每次最多 {_yuan(b.cap_visit)}" if b.cap_visit is not None else "",
        f"每年最多 {_yuan(cap)}" if cap is not None else "",
    ]


def _allowance(b: Allowance, sum_insured: Decimal) -> list[str]:
    return [
        f"每天 {_yuan(b.daily or sum_insured)}",
        f"重症监护 {b.icu_multiple.normalize():f} 倍" if b.icu_multiple > 1 else "",
        f"每次住院前 {b.deductible_days} 天不计" if b.deductible_days else "",
        f"每次最多 {b.max_days_stay} 天" if b.max_days_stay else "",
        f"每年最多 {b.max_days_year} 天" if b.max_days_year else "",
    ]


def _illness(b: Illness, sum_insured: Decimal) -> list[str]:
    said = []
    for level in b.levels:
        kinds = sum(1 for c in b.conditions if c.level == level.level)
        said.append(
            f"{LEVELS[level.level]} {kinds} 种，每次 {_yuan(sum_insured * level.shares[0])}，"
            f"最多 {len(level.shares)} 次"
        )
    return said


def _disability(b: Disability, sum_insured: Decimal) -> list[str]:
    full = b.share * sum_insured
    return [f"一级 {_yuan(full * b.scale[0])} 至十级 {_yuan(full * b.scale[9])}"]


def _death(b: Death, sum_insured: Decimal) -> list[str]:
    said = []
    for band in b.bands:
        options = [o for o in band.greatest_of if o.share]
        if not options:
            continue
        what = "、".join(
            BASES[o.base] + ("" if o.share == 1 else f"的 {_share(o.share)}") for o in options
        )
        ages = "" if len(b.bands) == 1 else f"{band.from_age} 周岁起："
        said.append(f"{ages}{what}{'的较大者' if len(options) > 1 else ''}")
    if b.transports:
        said.append("、".join(f"{t.name}另加 {t.share.normalize():f} 倍" for t in b.transports))
    return said


def _survival(b: Survival, sum_insured: Decimal) -> list[str]:
    when = f"第 {b.from_year} 个保单周年日" if b.from_year else f"{b.from_age} 周岁起"
    every = "给付一次" if b.once else "每年给付"
    share = "" if b.option.share == 1 else f"的 {_share(b.option.share)}"
    return [f"{when}{every}{BASES[b.option.base]}{share}"]


def _waiver(b: Waiver, sum_insured: Decimal) -> list[str]:
    return ["、".join(TRIGGER_LABELS[t] for t in b.triggers) + "后，续期保险费不用再交"]


def _yuan(amount: Decimal) -> str:
    whole = amount == amount.to_integral_value()
    return f"{amount:,.0f} 元" if whole else f"{amount:,.2f} 元"


def _share(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


_WORDS: dict[type[Benefit], Callable[[Any, Decimal], list[str]]] = {
    Reimbursement: _reimbursement,
    Allowance: _allowance,
    Illness: _illness,
    Disability: _disability,
    Death: _death,
    Survival: _survival,
    Waiver: _waiver,
}
