"""变更交费频次: other instalments from the next due day on."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.errors import Sentence
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import CHOICE, Case, Effect, Field, Form, Kind, Quote, QuoteLine
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
    """The instalment before and after; nothing now."""
    premium = policies.pay_mode_offer(policy_id=case.policy.id, pay_mode=form["pay_mode"])
    note = Sentence(_("自 {on} 起"), on=case.policy.paid_to) if case.policy.paid_to else ""
    return Quote(
        effective_on=on,
        lines=(
            QuoteLine(_("现在每期保险费"), case.policy.premium, 0, case.policy.pay_mode_label),
            QuoteLine(_("变更后每期保险费"), premium, 0, note),
        ),
        warnings=(_("交得越频繁，一年合计会略高一些。"),),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """From the next due day."""
    premium = policies.change_pay_mode(
        policy_id=case.policy.id, pay_mode=form["pay_mode"], actor=actor, at=at
    )
    return Effect(
        rows=((_("交费频次"), dict(MODES)[form["pay_mode"]]), (_("每期保险费"), told(premium)))
    )


KIND = Kind(
    code="pay_mode",
    name=_("变更交费频次"),
    group="PREMIUM",
    in_words=_("在年交、半年交、季交、月交之间换一种，先看每期交多少，自下一交费日起生效。"),
    fields=(Field(name="pay_mode", label=_("换成"), kind=CHOICE, choices=choices),),
    check=check,
    quote=quote,
    apply=apply,
)
