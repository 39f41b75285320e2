"""邮箱变更."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import masks
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import operations as people
from yilu.servicing.frame import EMAIL, Case, Effect, Field, Form, Kind, Quote


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """E-mail goes there from now on."""
    people.change_particulars(
        party_id=case.asker_id, changes={"email": form["email"]}, actor=actor, at=at
    )
    return Effect(rows=((_("电子邮箱"), masks.mask_email(form["email"])),))


KIND = Kind(
    code="contact_email",
    name=_("变更电子邮箱"),
    group="CONTACT",
    in_words=_("更新接收电子保单和通知的邮箱，立即生效。"),
    fields=(Field(name="email", label=_("新邮箱"), kind=EMAIL),),
    apply=apply,
    about_policy=False,
)
