"""通讯地址变更."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.servicing.frame import Case, Effect, Field, Form, Kind, Quote


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """Letters go there from now on."""
    people.give_address(
        party_id=case.asker_id, address=f"{form['region']} {form['street']}", actor=actor, at=at
    )
    return Effect(rows=((_("通讯地址"), form["region"]),))


KIND = Kind(
    code="contact_address",
    name=_("变更通讯地址"),
    group="CONTACT",
    in_words=_("更新寄送纸质函件的地址，立即生效。您名下所有保单一起更新。"),
    fields=(
        Field(name="region", label=_("省、市、区县"), most=60),
        Field(name="street", label=_("街道、小区、楼栋和门牌号"), most=130),
    ),
    apply=apply,
    about_policy=False,
)
