"""生存金、年金领取: everything that fell due and lies with us, with its interest."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.servicing.frame import INSURED, Case, Effect, Form, Kind, Quote, QuoteLine
from yilu.servicing.kinds.fitting import free, owes_survival
from yilu.servicing.kinds.paying import PAY_TO, require_own_account, told, unless_nil


def check(case: Case, form: Form) -> None:
    """:raises NothingDue: nothing lies here; the hint says when. :raises PolicyRestrained: frozen."""
    policies.require_changeable(case.policy.id, states=policies.MAY_HAVE_BENEFITS)
    if queries.payable_benefits(case.policy.id, case.on).gross <= ZERO:
        raise policies.NothingDue
    require_own_account(case, form)


def quote(case: Case, form: Form, on: date) -> Quote:
    """Benefit by benefit, with the interest up to today."""
    owed = queries.payable_benefits(case.policy.id, on)
    return Quote(
        effective_on=on,
        lines=(
            *(
                QuoteLine(line.name, line.amount, 1, line.due_on.isoformat())
                for line in owed.lines
            ),
            *unless_nil(_("累积利息"), owed.interest, 1),
            *unless_nil(_("扣还借款本息"), owed.loan, -1),
        ),
        pays_customer=owed.pays, account_id=form["account_id"], purpose="BENEFIT",
    )  # fmt: skip


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Booked; the frame pays it out to the insured."""
    assert case.request is not None
    paid = policies.pay_benefits(
        policy_id=case.policy.id, expected=quote.pays_customer, about=case.request, actor=actor,
        at=at, as_of=quote.effective_on,
    )  # fmt: skip
    return Effect(rows=((_("给付金额"), told(paid.pays)), (_("其中利息"), told(paid.interest))))


KIND = Kind(
    code="survival_benefit",
    name=_("领取生存金、年金"),
    group="MONEY",
    in_words=_("到期的生存金、年金由被保险人领取，打到本人的卡上；没领的部分一直在累积利息。"),
    who=frozenset({INSURED}),
    fields=(PAY_TO,),
    open_if=(free, owes_survival),
    check=check,
    quote=quote,
    apply=apply,
    moves_money=True,
)
