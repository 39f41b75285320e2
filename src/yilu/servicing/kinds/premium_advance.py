"""保险费自动垫交: agree to it, or no longer."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import CHOICE, Case, Effect, Field, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import falls_due, free, may_advance

CHOICES = (("ON", _("开通：忘交费时用现金价值垫交")), ("OFF", _("关闭：不垫交")))


class NothingToAdvanceFrom(Refusal):
    """A contract without value cannot lend its premium."""

    code = "nothing_to_advance_from"
    message = _("该保单没有现金价值，不能自动垫交")
    hint = _("可以改用银行代扣，避免忘记交费。")


def check(case: Case, form: Form) -> None:
    """:raises NothingToAdvanceFrom: there is no value. :raises PolicyRestrained …: as every change."""
    policies.require_changeable(case.policy.id)
    if form["choice"] == "ON" and queries.values_on(case.policy.id, case.on).cash_value <= ZERO:
        raise NothingToAdvanceFrom


def quote(case: Case, form: Form, on: date) -> Quote:
    """Nothing now; what a premium lent would cost."""
    if form["choice"] == "OFF":
        return Quote(
            effective_on=on, warnings=(_("关闭后，宽限期满仍未交费的，保单中止，期间没有保障。"),)
        )
    return Quote(
        effective_on=on,
        lines=(QuoteLine(_("现金价值"), queries.values_on(case.policy.id, on).cash_value),),
        warnings=(_("垫交的保险费按借款计息，会减少理赔款和退保金；随时可以还清。"),),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Chosen."""
    policies.set_premium_advance(
        policy_id=case.policy.id, wanted=form["choice"] == "ON", actor=actor, at=at
    )
    return Effect(rows=((_("保险费自动垫交"), dict(CHOICES)[form["choice"]]),))


KIND = Kind(
    code="premium_advance",
    name=_("保险费自动垫交"),
    group="PREMIUM",
    in_words=_("忘记交费时，用保单的现金价值先垫上，保障不断。可以随时开通或关闭。"),
    fields=(Field(name="choice", label=_("是否垫交"), kind=CHOICE, choices=CHOICES),),
    open_if=(free, falls_due, may_advance),
    check=check,
    quote=quote,
    apply=apply,
)
