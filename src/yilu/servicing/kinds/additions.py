"""领取交清增额: what dividends have bought goes back alone; the contract itself stays as it is."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from yilu.kernel.errors import Sentence
from yilu.kernel.money import said_yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import CHOICE, MONEY, Case, Effect, Field, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import free, has_additions
from yilu.servicing.kinds.paying import PAY_TO, require_own_account, told

HOW = (("ALL", _("全部领取")), ("PART", _("只领一部分")))


def worth(case: Case) -> str:
    """What may be taken today, said before anybody types a sum."""
    values = queries.values_on(case.policy.id, case.on)
    return Sentence(
        _("增额 {sum} 元，今天的现金价值 {most} 元"),
        sum=said_yuan(values.added_sum), most=said_yuan(values.added_value),
    )  # fmt: skip


def check(case: Case, form: Form) -> None:
    """:raises NothingAdded, AdditionsStay, MoreThanAdded, LoanInTheWay, PolicyRestrained …: with the way on."""
    policies.require_changeable(case.policy.id)
    queries.giving_back(case.policy.id, _amount(form), case.on)
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """What goes back and what cover is left beside the basic sum."""
    given = queries.giving_back(case.policy.id, _amount(form), on)
    return Quote(
        effective_on=on,
        lines=(
            QuoteLine(_("现在的交清增额"), given.sum_before),
            QuoteLine(_("领取后的交清增额"), given.sum_after),
            QuoteLine(_("基本保额"), case.policy.sum_insured, 0, _("不变")),
            QuoteLine(_("领取增额的现金价值"), given.pays, 1),
        ),
        pays_customer=given.pays, account_id=form["account_id"], purpose="SURRENDER",
        warnings=(_("领取的增额不能恢复，满期和身故时少给付这一部分；临时用钱也可以考虑保单借款。"),),
    )  # fmt: skip


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Given back; the frame pays its value."""
    assert case.request is not None
    given = policies.give_additions_back(
        policy_id=case.policy.id, amount=_amount(form), expected=quote.pays_customer,
        about=case.request, actor=actor, at=at, as_of=quote.effective_on,
    )  # fmt: skip
    return Effect(
        rows=(
            (_("减少的交清增额"), told(given.gives_up)),
            (_("剩余的交清增额"), told(given.sum_after)),
            (_("领取金额"), told(given.pays)),
        )
    )


def _amount(form: Form) -> Decimal | None:
    return None if form["how"] == "ALL" else Decimal(form["amount"])


KIND = Kind(
    code="additions",
    name=_("领取交清增额"),
    group="MONEY",
    in_words=_("红利买来的增额可以单独退，全部或一部分都行；基本保额、保险费和保险期间都不变。"),
    fields=(
        Field(name="how", label=_("领多少"), kind=CHOICE, choices=HOW, tells=worth),
        Field(name="amount", label=_("领取金额（元）"), kind=MONEY, only_if=("how", "PART")),
        PAY_TO,
    ),
    open_if=(free, has_additions),
    check=check,
    quote=quote,
    apply=apply,
    moves_money=True,
    clock="SURRENDER",
)
