"""保单挂失冻结: nothing leaves the policy and nobody changes it until it is lifted."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.servicing.frame import Case, Effect, Form, Kind, Quote
from yilu.servicing.kinds.fitting import not_frozen


def quote(case: Case, form: Form, on: date) -> Quote:
    """In effect at once."""
    return Quote(
        effective_on=on,
        warnings=(_("冻结期间不能借款、退保、变更；理赔和交费不受影响。解冻需要本人核对身份。"),),
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Frozen."""
    assert case.request is not None
    policies.freeze(policy_id=case.policy.id, reason="LOST", about=case.request, actor=actor, at=at)
    return Effect(rows=((_("保单状态"), _("已挂失冻结")),))


KIND = Kind(
    code="freeze",
    name=_("保单挂失冻结"),
    group="PAPER",
    in_words=_("保单丢失或担心被人冒用时，先冻结保单。立即生效，随时可以解冻。"),
    open_if=(not_frozen,),
    quote=quote,
    apply=apply,
)
