"""减保: a smaller sum, its value back, a smaller premium from now on."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.policies.queries import Reduction
from yilu.servicing.frame import MONEY, Case, Effect, Field, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import covering, may_shrink, not_waived
from yilu.servicing.kinds.paying import PAY_TO, require_own_account, told


def check(case: Case, form: Form) -> None:
    """:raises CannotReduce, LoanInTheWay, PolicyRestrained, PolicyLapsed …: with the way on."""
    policies.require_changeable(case.policy.id, states=policies.COVERING)
    queries.reduction_to(case.policy.id, form["sum_after"], case.on)
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """What goes back and what the premium will be."""
    reduction = queries.reduction_to(case.policy.id, form["sum_after"], on)
    return Quote(
        effective_on=on, lines=lines_of(reduction), pays_customer=reduction.pays,
        account_id=form["account_id"], purpose="SURRENDER",
        warnings=(_("减少的保障不能恢复；以后想增加要重新投保。"),),
    )  # fmt: skip


def lines_of(reduction: Reduction) -> tuple[QuoteLine, ...]:
    """The sum before and after, the premium, what goes back."""
    return (
        QuoteLine(_("现在的保额"), reduction.sum_before),
        QuoteLine(_("办理后的保额"), reduction.sum_after),
        QuoteLine(_("办理后每期保险费"), reduction.premium_after, 0, _("自下一交费日起")),
        QuoteLine(_("退还现金价值"), reduction.pays, 1),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Reduced; the frame pays the part's value."""
    assert case.request is not None
    done = policies.reduce_sum(
        policy_id=case.policy.id, sum_after=form["sum_after"], expected=quote.pays_customer,
        about=case.request, actor=actor, at=at, as_of=quote.effective_on,
    )  # fmt: skip
    return effect_of(done)


def effect_of(done: Reduction) -> Effect:
    """The endorsement of a smaller sum."""
    return Effect(
        rows=(
            (_("保额"), told(done.sum_after)),
            (_("每期保险费"), told(done.premium_after)),
            (_("退还金额"), told(done.pays)),
        )
    )


KIND = Kind(
    code="sum_reduction",
    name=_("减少保额（减保）"),
    group="COVER",
    in_words=_("降低保额、少交保险费，减少部分的现金价值退给您，剩下的保障继续有效。"),
    fields=(Field(name="sum_after", label=_("保额减到多少（元）"), kind=MONEY), PAY_TO),
    open_if=(covering, not_waived, may_shrink),
    check=check,
    quote=quote,
    apply=apply,
    moves_money=True,
    clock="SURRENDER",
)
