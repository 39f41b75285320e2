"""解除挂失冻结."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.servicing.frame import Case, Effect, Form, Kind, Quote
from yilu.servicing.kinds.fitting import frozen_by_holder


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Free again; a court's freeze is not the holder's to lift."""
    assert case.request is not None
    policies.unfreeze(
        policy_id=case.policy.id, about=case.request, actor=actor, at=at, by_holder=True
    )
    return Effect(rows=((_("保单状态"), _("冻结已解除")),))


KIND = Kind(
    code="unfreeze",
    name=_("解除挂失冻结"),
    group="PAPER",
    in_words=_("解除自己申请的冻结，核对身份后立即生效。司法冻结和公司核查中的保单不在此办理。"),
    open_if=(frozen_by_holder,),
    apply=apply,
    proves=True,
)
