"""变更交费方式或账户."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.servicing.frame import ACCOUNT, CHOICE, YES_NO, Case, Effect, Field, Form, Kind, Quote
from yilu.servicing.kinds.fitting import falls_due

METHODS = (
    ("SELF", _("自己交：到期收到提醒后支付")),
    ("BANK_DEBIT", _("银行代扣：到期从本人银行卡扣款")),
)


class DebitNotAgreed(Refusal):
    """Nothing is debited without consent (互联网办法 21)."""

    code = "debit_not_agreed"
    message = _("请先同意代扣授权")
    hint = _("不同意代扣的，可以选择自己交费。")
    status = 422


def check(case: Case, form: Form) -> None:
    """:raises DebitNotAgreed: a debit without consent."""
    if form["pay_method"] == "BANK_DEBIT" and not form["agreed"]:
        raise DebitNotAgreed


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """The next premium is paid that way."""
    policies.change_account(
        policy_id=case.policy.id, pay_method=form["pay_method"], account_id=form["account_id"],
        actor=actor, at=at,
    )  # fmt: skip
    rows = [(_("交费方式"), dict(METHODS)[form["pay_method"]])]
    if form["account_id"] is not None:
        account = people.get_payable_account(case.policy.holder_id, form["account_id"])
        rows.append((_("扣款账户"), f"{account.bank_name} {account.masked_number}"))
    return Effect(rows=tuple(rows))


KIND = Kind(
    code="premium_account",
    name=_("变更交费方式或账户"),
    group="PREMIUM",
    in_words=_("选择自己交费还是银行代扣，换一张扣款卡。只能用投保人本人的银行卡，下一期起生效。"),
    fields=(
        Field(name="pay_method", label=_("怎么交费"), kind=CHOICE, choices=METHODS),
        Field(
            name="account_id", label=_("从哪张卡扣款"), kind=ACCOUNT,
            only_if=("pay_method", "BANK_DEBIT"),
        ),
        Field(
            name="agreed", label=_("同意到期从这张卡扣取保险费，可随时取消"), kind=YES_NO,
            only_if=("pay_method", "BANK_DEBIT"),
        ),
    ),
    open_if=(falls_due,),
    check=check,
    apply=apply,
    proves=True,
)  # fmt: skip
