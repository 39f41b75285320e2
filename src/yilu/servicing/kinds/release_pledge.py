"""解除质押登记: the lender has agreed."""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.servicing.frame import Case, Effect, Form, Kind, Quote
from yilu.servicing.kinds.fitting import pledged


def quote(case: Case, form: Form, on: date) -> Quote:
    """A person reads the lender's consent."""
    return Quote(effective_on=on, refer=_("需要核对质权人同意解除的证明"))


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Free again."""
    assert case.request is not None
    policies.release(policy_id=case.policy.id, about=case.request, actor=actor, at=at)
    return Effect(rows=((_("保单状态"), _("质押已解除")),))


KIND = Kind(
    code="release_pledge",
    name=_("解除质押登记"),
    group="PAPER",
    in_words=_("债务还清后解除质押，凭质权人同意解除的证明办理。"),
    papers=True,
    open_if=(pledged,),
    quote=quote,
    apply=apply,
)
