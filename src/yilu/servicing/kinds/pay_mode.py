"""变更交费频次: other instalments from the next due day on."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.errors import Sentence
from yilu.kernel.money import ZERO, said_yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import CHOICE, Case, Effect, Field, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import covering, falls_due, other_pay_modes
from yilu.servicing.kinds.paying import told

MODES = (
    ("YEARLY", _("年交")),
    ("HALF_YEARLY", _("半年交")),
    ("QUARTERLY", _("季交")),
    ("MONTHLY", _("月交")),
)


def choices(case: Case) -> tuple[tuple[str, str], ...]:
    """Only those that fit the next due day."""
    open_ones = queries.pay_modes_open(case.policy.id)
    return tuple((code, label) for code, label in MODES if code in open_ones)


def check(case: Case, form: Form) -> None:
    """:raises NotOnADueDay, NothingFallsDue, PriceNotOffered, PolicyLapsed …: with the way on."""
    policies.require_changeable(case.policy.id, states=policies.COVERING)
    policies.pay_mode_offer(policy_id=case.policy.id, pay_mode=form["pay_mode"])


def quote(case: Case, form: Form, on: date) -> Quote:
    """The instalment before and after, of the contract and of each rider paid with it; nothing now."""
    main, *riders = policies.pay_mode_offer(policy_id=case.policy.id, pay_mode=form["pay_mode"])
    lines = [
        QuoteLine(_("现在每期保险费"), main.before, 0, case.policy.pay_mode_label),
        QuoteLine(_("变更后每期保险费"), main.after, 0, _since(main)),
    ]
    lines += [
        QuoteLine(Sentence(_("附加险“{name}”每期"), name=rider.product_name), rider.after, 0, _since(rider))
        for rider in riders
    ]  # fmt: skip
    follows = [rider for rider in riders if not rider.stays]
    if follows:
        total = main.after + sum((rider.after for rider in follows), ZERO)
        lines.append(QuoteLine(_("每期合计"), total, 0, _since(main)))
    return Quote(
        effective_on=on, lines=tuple(lines), warnings=(_("交得越频繁，一年合计会略高一些。"),)
    )


def _since(told: policies.Instalment) -> str:
    """From when a new instalment counts, or why the old one stays."""
    if told.stays:
        return policies.STAYS[told.stays]
    return Sentence(
        _("现在每期 {before} 元，自 {on} 起变更"), before=said_yuan(told.before), on=told.from_on
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """From the next due day, the riders paid with it too."""
    main, *riders = policies.change_pay_mode(
        policy_id=case.policy.id, pay_mode=form["pay_mode"], actor=actor, at=at
    )
    rows = [(_("交费频次"), dict(MODES)[form["pay_mode"]]), (_("每期保险费"), told(main.after))]
    rows += [
        (Sentence(_("附加险“{name}”每期"), name=rider.product_name), told(rider.after))
        for rider in riders
        if not rider.stays
    ]
    return Effect(rows=tuple(rows))


KIND = Kind(
    code="pay_mode",
    name=_("变更交费频次"),
    group="PREMIUM",
    in_words=_(
        "在年交、半年交、季交、月交之间换一种，先看每期交多少，自下一交费日起生效；一同交费的附加险一并变更。"
    ),
    fields=(Field(name="pay_mode", label=_("换成"), kind=CHOICE, choices=choices),),
    open_if=(covering, falls_due, other_pay_modes),
    check=check,
    quote=quote,
    apply=apply,
)
