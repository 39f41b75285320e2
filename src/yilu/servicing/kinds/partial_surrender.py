"""部分领取: an amount out of the value; the sum shrinks with it."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import MONEY, Case, Effect, Field, Form, Kind, Quote
from yilu.servicing.kinds.fitting import covering, has_value, may_shrink, not_waived
from yilu.servicing.kinds.paying import PAY_TO, require_own_account
from yilu.servicing.kinds.sum_reduction import effect_of, lines_of


def check(case: Case, form: Form) -> None:
    """:raises NothingToReduce, CannotReduce, LoanInTheWay …: with the way on."""
    policies.require_changeable(case.policy.id, states=policies.COVERING)
    queries.withdrawal_of(case.policy.id, form["amount"], case.on)
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """What is left of the cover."""
    reduction = queries.withdrawal_of(case.policy.id, form["amount"], on)
    return Quote(
        effective_on=on, lines=lines_of(reduction), pays_customer=reduction.pays,
        account_id=form["account_id"], purpose="SURRENDER",
        warnings=(_("领取后保额同比例减少，不能恢复；只是临时用钱的话，可以考虑保单借款。"),),
    )  # fmt: skip


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Taken out; the frame pays it."""
    assert case.request is not None
    return effect_of(
        policies.partial_surrender(
            policy_id=case.policy.id, amount=form["amount"], about=case.request, actor=actor, at=at,
            as_of=quote.effective_on,
        )
    )  # fmt: skip


KIND = Kind(
    code="partial_surrender",
    name=_("部分领取"),
    group="MONEY",
    in_words=_("从现金价值里取出一部分，保额按比例减少，其余保障继续有效。"),
    fields=(Field(name="amount", label=_("领取多少（元）"), kind=MONEY), PAY_TO),
    open_if=(covering, not_waived, has_value, may_shrink),
    check=check,
    quote=quote,
    apply=apply,
    moves_money=True,
    clock="SURRENDER",
)
