"""犹豫期退保: every premium back, less the cost of the papers; the cover never was."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.errors import Sentence
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import Case, Effect, Form, Kind, Quote
from yilu.servicing.kinds.fitting import free, in_cooling_off
from yilu.servicing.kinds.paying import PAY_TO, require_own_account, told, unless_nil


def check(case: Case, form: Form) -> None:
    """:raises CoolingOffOver: and the other ways. :raises PolicyRestrained …: as every change."""
    policies.require_changeable(case.policy.id)
    parts = queries.returnable(case.policy.id, case.on)
    if not parts:
        raise policies.CoolingOffOver(_("该产品没有犹豫期"))
    if case.on > parts[0].until:
        raise policies.CoolingOffOver(
            Sentence(_("犹豫期已于 {until} 结束，不能全额退还保险费"), until=parts[0].until)
        )
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """Everything that was paid in."""
    parts = queries.returnable(case.policy.id, on)
    many = len(parts) > 1
    lines = [
        line
        for part in parts
        for name in (part.product_name if many else "",)
        for line in (
            *unless_nil(_("已交保险费"), part.premiums + part.late_interest, 1, name),
            *unless_nil(_("溢交保险费"), part.suspense, 1, name),
            *unless_nil(_("扣还借款本息"), part.principal + part.interest, -1, name),
            *unless_nil(_("工本费"), part.cost, -1, name),
        )
    ]
    return Quote(
        effective_on=on, lines=tuple(lines),
        pays_customer=sum((part.pays for part in parts), ZERO), account_id=form["account_id"],
        purpose="REFUND", warnings=(_("合同自始不提供保障：退保前发生的事故也不能理赔。"),),
    )  # fmt: skip


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Undone; the frame pays everything back."""
    assert case.request is not None
    back = policies.return_in_cooling_off(
        policy_id=case.policy.id, expected=quote.pays_customer, about=case.request, actor=actor,
        at=at, as_of=quote.effective_on,
    )  # fmt: skip
    return Effect(
        rows=(
            (_("保单状态"), _("犹豫期退保，合同自始不提供保障")),
            (_("退还金额"), told(back.paid)),
        )
    )


KIND = Kind(
    code="cooling_off",
    name=_("犹豫期退保"),
    group="END",
    in_words=_("签收保单后的犹豫期内改变主意，退还全部保险费，只扣除不超过规定的工本费。"),
    fields=(PAY_TO,),
    open_if=(free, in_cooling_off),
    check=check,
    quote=quote,
    apply=apply,
    moves_money=True,
    clock="SURRENDER",
)
