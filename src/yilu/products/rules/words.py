"""A benefit in plain words, for the customer's policy card."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    MainWaiver,
    Option,
    Reimbursement,
    Survival,
    Waiver,
)

Translate = Callable[[str], str]


def _(text: str) -> str:
    """Mark a text for the message catalogue."""
    return text


TRIGGER_LABELS = {
    **LEVELS,
    "DISABILITY_1": _("一级伤残"),
    "DISABILITY_2": _("二级伤残"),
    "DISABILITY_3": _("三级伤残"),
    "DEATH": _("身故"),
    "HOLDER_DEATH": _("投保人身故"),
    "HOLDER_DISABILITY": _("投保人全残"),
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


def words_of(benefit: Benefit, sum_insured: Decimal, translate: Translate) -> str:
    """What the benefit pays, in a few short phrases, each through the translation."""
    told = _Teller(translate)
    _WORDS[type(benefit)](told, benefit, sum_insured)
    return told.mark.join(told.phrases)


class _Teller:
    """Collects phrases; figures are filled in after the template was translated."""

    def __init__(self, translate: Translate) -> None:
        self.translate = translate
        self.phrases: list[str] = []
        self.mark, self.comma = translate(_("；")), translate(_("、"))

    def say(self, template: str, *figures: object) -> None:
        """One phrase."""
        self.phrases.append(self.translate(template).format(*figures))

    def yuan(self, amount: Decimal) -> str:
        """An amount, without cents where it has none."""
        whole = amount == amount.to_integral_value()
        said = f"{amount:,.0f}" if whole else f"{amount:,.2f}"
        return self.translate(_("{0} 元")).format(said)

    def listed(self, labels: Iterable[str]) -> str:
        """Several labels in a row."""
        return self.comma.join(self.translate(label) for label in labels)


def _reimbursement(told: _Teller, b: Reimbursement, sum_insured: Decimal) -> None:
    told.phrases.append(told.listed(VISITS[v] for v in b.visits))
    if b.deductible_visit:
        told.say(_("每次免赔 {0}"), told.yuan(b.deductible_visit))
    if b.deductible_year:
        told.say(_("年度免赔 {0}"), told.yuan(b.deductible_year))
    if b.ratio_social != b.ratio_unused:
        shares = _share(b.ratio_social), _share(b.ratio_unused)
        told.say(_("经医保结算赔 {0}，未经医保结算赔 {1}"), *shares)
    else:
        told.say(_("赔付 {0}"), _share(b.ratio_none))
    if b.cap_visit is not None:
        told.say(_("每次最多 {0}"), told.yuan(b.cap_visit))
    if (cap := amount_of(b, sum_insured)) is not None:
        told.say(_("每年最多 {0}"), told.yuan(cap))


def _allowance(told: _Teller, b: Allowance, sum_insured: Decimal) -> None:
    told.say(_("每天 {0}"), told.yuan(b.daily or sum_insured))
    if b.icu_multiple > 1:
        told.say(_("重症监护 {0} 倍"), _times(b.icu_multiple))
    if b.deductible_days:
        told.say(_("每次住院前 {0} 天不计"), b.deductible_days)
    if b.max_days_stay:
        told.say(_("每次最多 {0} 天"), b.max_days_stay)
    if b.max_days_year:
        told.say(_("每年最多 {0} 天"), b.max_days_year)


def _illness(told: _Teller, b: Illness, sum_insured: Decimal) -> None:
    for level in b.levels:
        kinds = sum(1 for c in b.conditions if c.level == level.level)
        told.say(
            _("{0} {1} 种，每次 {2}，最多 {3} 次"),
            told.translate(LEVELS[level.level]),
            kinds,
            told.yuan(sum_insured * level.shares[0]),
            len(level.shares),
        )


def _disability(told: _Teller, b: Disability, sum_insured: Decimal) -> None:
    full = b.share * sum_insured
    told.say(_("一级 {0} 至十级 {1}"), told.yuan(full * b.scale[0]), told.yuan(full * b.scale[9]))


def _death(told: _Teller, b: Death, sum_insured: Decimal) -> None:
    for band in b.bands:
        options = [_option(told, o) for o in band.greatest_of if o.share]
        if not options:
            continue
        what = told.comma.join(options)
        if len(options) > 1:
            what = told.translate(_("{0}的较大者")).format(what)
        if len(b.bands) > 1:
            told.say(_("{0} 周岁起：{1}"), band.from_age, what)
        else:
            told.phrases.append(what)
    for t in b.transports:
        told.say(_("{0}另加 {1} 倍"), t.name, _times(t.share))


def _option(told: _Teller, option: Option) -> str:
    base = told.translate(BASES[option.base])
    if option.share == 1:
        return base
    return told.translate(_("{0}的 {1}")).format(base, _share(option.share))


def _survival(told: _Teller, b: Survival, sum_insured: Decimal) -> None:
    if b.from_year:
        told.say(_("第 {0} 个保单周年日"), b.from_year)
    else:
        told.say(_("{0} 周岁起"), b.from_age)
    told.say(_("给付一次{0}") if b.once else _("每年给付{0}"), _option(told, b.option))


def _waiver(told: _Teller, b: Waiver, sum_insured: Decimal) -> None:
    told.say(_("{0}后，续期保险费不用再交"), told.listed(TRIGGER_LABELS[t] for t in b.triggers))


def _main_waiver(told: _Teller, b: MainWaiver, sum_insured: Decimal) -> None:
    life = _("投保人") if b.life == "HOLDER" else _("被保险人")
    triggers = told.listed(TRIGGER_LABELS[t] for t in b.triggers)
    told.say(_("{0}：{1}后，主险和附加险的续期保险费不用再交"), told.translate(life), triggers)


def _share(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def _times(multiple: Decimal) -> str:
    return f"{multiple.normalize():f}"


_WORDS: dict[type[Benefit], Callable[[_Teller, Any, Decimal], None]] = {
    Reimbursement: _reimbursement,
    Allowance: _allowance,
    Illness: _illness,
    Disability: _disability,
    Death: _death,
    Survival: _survival,
    Waiver: _waiver,
    MainWaiver: _main_waiver,
}
