"""补发保单: the electronic policy anew, as the contract stands, with a hash of its own."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies.operations import documenting
from yilu.servicing.frame import CHOICE, Case, Effect, Field, Form, Kind, Quote

REASONS = (("LOST", _("找不到了")), ("CHANGED", _("内容有变更，想要最新的")), ("OTHER", _("其他")))


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """A new PDF/A with hash, code and place in the evidence log; the older one stays provable."""
    documenting.issue_document(
        policy_id=case.policy.id, actor=actor, at=at, note=_("本保单为补发，与原保单具有同等效力。")
    )
    return Effect(
        rows=((_("电子保单"), _("已重新出具")),),
        words=_("新的电子保单带有新的文书编号和验证码，可在“我的办理”和保单页下载、核验。"),
    )


KIND = Kind(
    code="reissue",
    name=_("补发电子保单"),
    group="PAPER",
    in_words=_("按保单现在的内容重新出具一份电子保单，带新的验证码，几分钟内可下载。不收工本费。"),
    fields=(Field(name="reason", label=_("为什么补发"), kind=CHOICE, choices=REASONS),),
    apply=apply,
)
