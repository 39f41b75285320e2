"""借款还款: part of it or all; interest first."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.money import ZERO, said_yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import CHOICE, MONEY, Case, Effect, Field, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import owes_a_loan
from yilu.servicing.kinds.paying import PAY_FROM, require_own_account, told

HOW = (("ALL", _("全部还清")), ("PART", _("先还一部分")))


class MoreThanOwed(Invalid):
    """Nobody should pay more than they owe."""

    code = "more_than_owed"
    message = _("还款金额超过应还本息")
    hint = _("请改为不超过应还本息的金额，或选择“全部还清”。")


def check(case: Case, form: Form) -> None:
    """:raises NoLoan: nothing is owed. :raises MoreThanOwed: saying how much is."""
    owed = queries.values_on(case.policy.id, case.on).loan_owed
    if owed <= ZERO:
        raise policies.NoLoan
    if form["how"] == "PART" and form["amount"] > owed:
        raise MoreThanOwed(Sentence(_("应还本息共 {owed} 元"), owed=said_yuan(owed)))
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """How the money is used and what is left."""
    values = queries.values_on(case.policy.id, on)
    amount = _amount(form, values.loan_owed)
    interest = min(amount, values.loan_interest)
    return Quote(
        effective_on=on,
        lines=(
            QuoteLine(_("其中利息"), interest, 0, _("先还利息，再还本金")),
            QuoteLine(_("其中本金"), amount - interest),
            QuoteLine(_("本次还款"), amount, -1),
            QuoteLine(_("还款后剩余"), values.loan_owed - amount),
        ),
        collects=amount,
        account_id=form["account_id"],
        warnings=(_("利息算到今天；款项迟到账的，迟到几天的利息留在借款里。"),),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """The money is here: interest first; more than is owed stays the customer's."""
    assert case.request is not None
    repaid = policies.repay(
        policy_id=case.policy.id, amount=quote.collects, about=case.request, actor=actor, at=at
    )
    return Effect(
        rows=(
            (_("偿还利息"), told(repaid.interest)),
            (_("偿还本金"), told(repaid.principal)),
            (_("剩余借款"), told(repaid.left)),
        )
    )


def _amount(form: Form, owed: Decimal) -> Decimal:
    return owed if form["how"] == "ALL" else Decimal(form["amount"])


KIND = Kind(
    code="loan_repayment",
    name=_("借款还款"),
    group="MONEY",
    in_words=_("归还保单借款，可以还一部分，也可以全部还清；到账后立即生效。"),
    fields=(
        Field(name="how", label=_("还多少"), kind=CHOICE, choices=HOW),
        Field(name="amount", label=_("还款金额（元）"), kind=MONEY, only_if=("how", "PART")),
        PAY_FROM,
    ),
    open_if=(owes_a_loan,),
    check=check,
    quote=quote,
    apply=apply,
)
