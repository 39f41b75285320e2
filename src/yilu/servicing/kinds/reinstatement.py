"""复效: owed premiums with interest, what has changed in health, and our answer within thirty days."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.errors import Sentence
from yilu.kernel.money import said_yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import (
    CHOICE,
    LONG,
    YES_NO,
    Case,
    Effect,
    Field,
    Form,
    Kind,
    Quote,
    QuoteLine,
)
from yilu.servicing.kinds.fitting import free, suspended
from yilu.servicing.kinds.paying import PAY_FROM, require_own_account, told, unless_nil

HEALTH = (("SAME", _("没有新的疾病、检查异常、住院或手术")), ("CHANGED", _("有变化，下面说明")))


def check(case: Case, form: Form) -> None:
    """:raises TooLateToReinstate, PolicyStateStale, PolicyRestrained, PremiumHeld: with the way on."""
    policies.require_reinstatable(policy_id=case.policy.id, on=case.on)
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """Premium by premium with its interest; a change in health is looked at by a person."""
    owed = queries.arrears_on(case.policy.id, on)
    loan = policies.loan_to_settle(case.policy.id, on)
    lines = [
        QuoteLine(
            _("补交保险费"), line.premium, -1,
            Sentence(
                _("{due} 应交，利息 {interest} 元"), due=line.due_on, interest=said_yuan(line.interest)
            ),
        )
        for line in owed.lines
    ]  # fmt: skip
    return Quote(
        effective_on=on,
        lines=(
            *lines,
            *unless_nil(_("补交利息"), owed.interest, -1),
            *unless_nil(_("偿还借款本息"), loan, -1, _("借款本息已超过现金价值")),
        ),
        collects=owed.total + loan,
        account_id=form["account_id"],
        refer=_("健康情况有变化，需要核保人员确认") if form["health"] == "CHANGED" else "",
        warnings=(
            _("中止期间没有保障；复效后等待期、自杀条款的期间重新计算。"),
            _("我们在三十日内答复；逾期没有答复的，视为同意复效。"),
        ),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """The money is here: cover goes on from today."""
    assert case.request is not None
    policies.reinstate(
        policy_id=case.policy.id, received=quote.collects, about=case.request, actor=actor, at=at,
        as_of=quote.effective_on,
    )  # fmt: skip
    rows = [
        (_("保单状态"), _("已复效，自办结当日起恢复保障")),
        (_("补交金额"), told(quote.collects)),
    ]
    if any(benefit.waiting_days for benefit in case.policy.benefits):
        rows.append((_("等待期"), _("自办结当日起重新计算")))
    return Effect(rows=tuple(rows))


KIND = Kind(
    code="reinstatement",
    name=_("复效"),
    group="COVER",
    in_words=_("保单中止后二年内可以恢复：补交欠交的保险费和利息，说明健康情况，到账后恢复保障。"),
    fields=(
        Field(
            name="health", label=_("保单中止以来，被保险人的健康情况"), kind=CHOICE, choices=HEALTH
        ),
        Field(
            name="changes",
            label=_("有哪些变化"),
            kind=LONG,
            most=500,
            only_if=("health", "CHANGED"),
        ),
        Field(name="true", label=_("以上说明属实"), kind=YES_NO, must=True),
        PAY_FROM,
    ),
    open_if=(free, suspended),
    check=check,
    quote=quote,
    apply=apply,
    proves=True,
)
