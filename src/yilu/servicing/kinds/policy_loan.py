"""保单借款: up to the share of the value, into the holder's own account."""

from __future__ import annotations

from datetime import date, datetime, time

from yilu.kernel.days import CHINA
from yilu.kernel.errors import Sentence
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import MONEY, Case, Effect, Field, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import covering, lendable
from yilu.servicing.kinds.paying import PAY_TO, require_own_account, told
from yilu.servicing.rules.alone import TABLE, UNCHANGED
from yilu.standards import queries as standards


def check(case: Case, form: Form) -> None:
    """:raises LoanOpen, LoanAboveLimit, LoanTooSmall, PolicyRestrained …: with the way on."""
    policies.require_lendable(policy_id=case.policy.id, amount=form["amount"], on=case.on)
    require_own_account(case, form)


def most(case: Case) -> str:
    """What may be lent today, said before anybody types a sum."""
    lendable = queries.values_on(case.policy.id, case.on).lendable
    alone = standards.decide(TABLE, UNCHANGED, datetime.combine(case.on, time.max, CHINA)).outputs[
        "most"
    ]
    if lendable > alone:
        return Sentence(
            _("今天最多可借 {most} 元；超过 {alone} 元的，由工作人员与您视频或当面办理"),
            most=f"{lendable:,.2f}", alone=f"{alone:,}",
        )  # fmt: skip
    return Sentence(_("今天最多可借 {most} 元"), most=f"{lendable:,.2f}")


def quote(case: Case, form: Form, on: date) -> Quote:
    """What is paid out now and what will be owed when the term ends."""
    values, terms = queries.values_on(case.policy.id, on), queries.loan_offer(form["amount"], on)
    return Quote(
        effective_on=on,
        lines=(
            QuoteLine(_("现金价值"), values.cash_value),
            QuoteLine(_("最多可借"), values.lendable, 0, _("现金价值的规定比例减去未还借款本息")),
            QuoteLine(_("本次借款"), form["amount"], 1),
            QuoteLine(
                _("到期应还本息"), terms.owed_at_end, 0,
                Sentence(
                    _("年利率 {rate}%，{due_on} 到期；提前还款按实际天数计息"),
                    rate=f"{terms.yearly_rate * 100:.2f}", due_on=terms.due_on,
                ),
            ),
        ),
        pays_customer=form["amount"], account_id=form["account_id"], purpose="LOAN",
        warnings=(
            _("到期未还的，利息转入本金继续计息；借款本息超过现金价值时保单中止。"),
            _("借款未还清时，理赔款和退保金先扣还借款本息。"),
        ),
    )  # fmt: skip


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Lent; the frame pays it out."""
    assert case.request is not None
    lent = policies.lend(
        policy_id=case.policy.id, amount=quote.pays_customer, about=case.request, actor=actor, at=at
    )
    return Effect(
        rows=(
            (_("借款金额"), told(lent.principal)),
            (_("年利率"), f"{lent.rate * 100:.2f}%"),
            (_("到期日"), lent.due_on.isoformat()),
        )
    )


KIND = Kind(
    code="policy_loan",
    name=_("保单借款"),
    group="MONEY",
    in_words=_(
        "用保单的现金价值借一笔钱，保障不变。先看能借多少、到期还多少，确认后打到您的卡上。"
    ),
    fields=(Field(name="amount", label=_("借多少（元）"), kind=MONEY, tells=most), PAY_TO),
    open_if=(covering, lendable),
    check=check,
    quote=quote,
    apply=apply,
    moves_money=True,
    applies_checks=True,
)
