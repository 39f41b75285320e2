"""还息增借: pay the interest, raise the loan, begin a new term."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import ACCOUNT, MONEY, Case, Effect, Field, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import covering, has_a_loan
from yilu.servicing.kinds.paying import require_own_account, told


def check(case: Case, form: Form) -> None:
    """:raises NoLoan, LoanAboveLimit, PolicyRestrained …: with the way on."""
    policies.require_raisable(policy_id=case.policy.id, by=_by(form), on=case.on)
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """The interest is taken from the raise; what is missing is collected."""
    by = _by(form)
    offer = queries.raise_offer(case.policy.id, by, on)
    return Quote(
        effective_on=on,
        lines=(
            QuoteLine(_("原借款本金"), offer.principal_before),
            QuoteLine(_("应还利息"), offer.interest, -1),
            QuoteLine(_("增借"), by, 1),
            QuoteLine(_("办理后本金"), offer.principal_before + by),
        ),
        pays_customer=max(by - offer.interest, ZERO),
        collects=max(offer.interest - by, ZERO),
        account_id=form["account_id"],
        purpose="LOAN",
        amount=by,
        warnings=(_("办理后按新的期限和当日利率重新计息。"),),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """A new term begins."""
    assert case.request is not None
    lent = policies.raise_loan(
        policy_id=case.policy.id, by=_by(form), received=quote.collects, expected=quote.pays_customer,
        about=case.request, actor=actor, at=at, as_of=quote.effective_on,
    )  # fmt: skip
    return Effect(
        rows=(
            (_("借款本金"), told(lent.principal)),
            (_("年利率"), f"{lent.rate * 100:.2f}%"),
            (_("新的到期日"), lent.due_on.isoformat()),
        )
    )


def _by(form: Form) -> Decimal:
    return Decimal(form["by"] or 0)


KIND = Kind(
    code="loan_raise",
    name=_("还息增借"),
    group="MONEY",
    in_words=_("借款快到期时，先还利息、再多借一些，重新开始一个借款期；只还利息不增借也可以。"),
    fields=(
        Field(
            name="by", label=_("再多借多少（元）"), kind=MONEY, required=False,
            help=_("不填就是只还利息、延长借款。"),
        ),
        Field(
            name="account_id", label=_("用哪张卡收款或扣款"), kind=ACCOUNT,
            help=_("只能用您本人名下的银行卡。"),
        ),
    ),
    open_if=(covering, has_a_loan),
    check=check,
    quote=quote,
    apply=apply,
    moves_money=True,
)  # fmt: skip
