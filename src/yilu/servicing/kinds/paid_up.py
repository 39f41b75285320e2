"""减额交清: nothing more to pay, a smaller sum for the rest of the term."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import YES_NO, Case, Effect, Field, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import covering, falls_due, riders_paid_up, value_after_loan
from yilu.servicing.kinds.paying import told, unless_nil


def check(case: Case, form: Form) -> None:
    """:raises NothingToReduce, PolicyRestrained, PolicyLapsed …: with the way on."""
    policies.require_changeable(case.policy.id, states=policies.COVERING)
    queries.paid_up_offer(case.policy.id, case.on)


def quote(case: Case, form: Form, on: date) -> Quote:
    """The sum that the value buys; a loan is settled out of it first."""
    offer = queries.paid_up_offer(case.policy.id, on)
    return Quote(
        effective_on=on,
        lines=(
            QuoteLine(_("现金价值"), offer.value),
            *unless_nil(_("扣还借款本息"), offer.owed),
            QuoteLine(_("现在的保额"), offer.sum_before),
            QuoteLine(_("交清后的保额"), offer.sum_after),
        ),
        warnings=(_("以后不用再交保险费，也不能恢复原来的保额。"),),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Nothing falls due any more."""
    assert case.request is not None
    expected = queries.paid_up_offer(case.policy.id, quote.effective_on).sum_after
    policies.make_paid_up(
        policy_id=case.policy.id, expected_sum=expected, about=case.request, actor=actor, at=at,
        as_of=quote.effective_on,
    )  # fmt: skip
    return Effect(rows=((_("保额"), told(expected)), (_("续期保险费"), _("已交清，无需再交"))))


KIND = Kind(
    code="paid_up",
    name=_("减额交清"),
    group="COVER",
    in_words=_("不想再交保险费又想保留保障时，用现金价值一次交清，保额变小，保险期间不变。"),
    fields=(Field(name="agreed", label=_("我知道保额会减少，且不能恢复"), kind=YES_NO, must=True),),
    open_if=(covering, falls_due, riders_paid_up, value_after_loan),
    check=check,
    quote=quote,
    apply=apply,
    proves=True,
)
