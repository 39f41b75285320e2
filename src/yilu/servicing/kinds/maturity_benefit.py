"""满期金领取: the contract has run its term; the loan, where one is left, is settled first."""

from __future__ import annotations

from yilu.kernel.errors import Refusal, Sentence
from yilu.kernel.words import marked as _
from yilu.policies import queries
from yilu.servicing.frame import INSURED, Case, Form, Kind
from yilu.servicing.kinds import survival_benefit
from yilu.servicing.kinds.fitting import matured
from yilu.servicing.kinds.paying import PAY_TO


class NotMatured(Refusal):
    """The term has not run out yet."""

    code = "not_matured"
    message = _("保单尚未满期")
    hint = _("满期前可领取已到期的生存金；需要用钱可办理保单借款。")


def check(case: Case, form: Form) -> None:
    """:raises NotMatured: saying when it will be. :raises NothingDue: it was paid already."""
    if not queries.payable_benefits(case.policy.id, case.on).matured:
        ends_on = case.policy.ends_on
        raise NotMatured(
            Sentence(_("保单 {on} 满期"), on=ends_on)
            if ends_on
            else _("该保单为终身保障，没有满期金")
        )
    survival_benefit.check(case, form)


KIND = Kind(
    code="maturity_benefit",
    name=_("领取满期金"),
    group="MONEY",
    in_words=_("保单到期了，由被保险人领取满期金；还有借款的，先扣还本息。"),
    who=frozenset({INSURED}),
    fields=(PAY_TO,),
    open_if=(matured,),
    check=check,
    quote=survival_benefit.quote,
    apply=survival_benefit.apply,
    moves_money=True,
    living_only=False,
)
