"""What questions are about."""

from __future__ import annotations

from yilu.kernel.words import marked as _

TOPICS = {
    "CLAIM": _("理赔"),
    "POLICY": _("投保与保单"),
    "PAYMENT": _("缴费与收款"),
    "RENEWAL": _("续期与复效"),
    "SERVICING": _("保全变更"),
    "LOAN": _("保单借款"),
    "COMPLAINT": _("投诉与权益"),
    "SERVICE": _("联系我们"),
    "TERMS": _("名词解释"),
    "PRODUCT": _("产品条款"),
}
