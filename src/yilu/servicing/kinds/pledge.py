"""保单质押登记."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.servicing.frame import INSURED, Case, Effect, Field, Form, Kind, Quote
from yilu.servicing.kinds.fitting import free


def quote(case: Case, form: Form, on: date) -> Quote:
    """A person compares the pledge contract."""
    return Quote(
        effective_on=on,
        warnings=(_("质押期间，未经质权人同意不能借款、退保、变更；理赔不受影响。"),),
        refer=_("需要核对质押合同"),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Pledged."""
    assert case.request is not None
    policies.pledge(
        policy_id=case.policy.id, in_favour_of=None, about=case.request, actor=actor, at=at
    )
    return Effect(rows=((_("保单状态"), _("已质押")), (_("质权人"), form["lender"])))


KIND = Kind(
    code="pledge",
    name=_("保单质押登记"),
    group="PAPER",
    in_words=_("用保单为借款作担保时办理登记。被保险人同意、质押合同核对后生效。"),
    fields=(Field(name="lender", label=_("质权人（出借的机构）名称"), most=80),),
    papers=True,
    open_if=(free,),
    quote=quote,
    apply=apply,
    second_party=INSURED,
    proves=True,
)
