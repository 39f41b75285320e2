"""补发保单: the electronic policy anew, as the contract stands, with a hash of its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.letters import operations as letters
from yilu.policies import queries as policies
from yilu.servicing.frame import CHOICE, Case, Effect, Field, Form, Kind, Quote

REASONS = (("LOST", _("找不到了")), ("CHANGED", _("内容有变更，想要最新的")), ("OTHER", _("其他")))
FOR_LIFE = date(9999, 12, 31)


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """A new PDF/A with hash, code and place in the evidence log; the older one stays provable."""
    letters.issue(
        kind="POLICY", about=case.policy_ref, party_id=case.policy.holder_id,
        facts=_facts(case.policy), actor=actor, at=at,
    )  # fmt: skip
    return Effect(
        rows=((_("电子保单"), _("已重新出具")),),
        words=_("新的电子保单带有新的文书编号和验证码，可在“我的办理”和保单页下载、核验。"),
    )


def _facts(card: policies.PolicyCard) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "policy": card.number, "product": card.product_name, "holder_id": card.holder_id,
        "insured_id": card.insured_id, "effective_on": card.effective_on.isoformat(),
        "ends_on": (card.ends_on or FOR_LIFE).isoformat(), "sum_insured": f"{card.sum_insured:.2f}",
        "premium": f"{card.premium:.2f}", "channel": card.channel_label,
        "benefits": [{"title": b.name, "note": b.words} for b in card.benefits],
        "clauses": [{"number": b.clause, "text": b.clause_text} for b in card.benefits if b.clause],
        "note": _("本保单为补发，与原保单具有同等效力。"),
    }  # fmt: skip
    named = [b for b in policies.all_beneficiaries(card.id) if b.party_id is not None]
    if named:
        facts["beneficiaries"] = [
            {"party_id": b.party_id, "share": f"{(b.share * 100).normalize():f}%"} for b in named
        ]
    return facts


KIND = Kind(
    code="reissue",
    name=_("补发电子保单"),
    group="PAPER",
    in_words=_("按保单现在的内容重新出具一份电子保单，带新的验证码，几分钟内可下载。不收工本费。"),
    fields=(Field(name="reason", label=_("为什么补发"), kind=CHOICE, choices=REASONS),),
    apply=apply,
)
