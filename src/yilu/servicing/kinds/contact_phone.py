"""
手机号变更: the new phone answers before it is taken, at every door.

Who lost the old phone cannot prove themselves by it: a colleague does so at the counter, by video or on the
telephone, and nobody but a colleague.
"""

from __future__ import annotations

from datetime import date, datetime

from yilu.kernel import masks
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.servicing.frame import PHONE, Case, Effect, Field, Form, Kind, Quote


def quote(case: Case, form: Form, on: date) -> Quote:
    """Costs nothing; whoever holds the old phone is signed out."""
    return Quote(
        effective_on=on, warnings=(_("确认后，原手机号不能再登录，请用新手机号重新登录。"),)
    )


def apply(case: Case, form: Form, quote: Quote, actor: Ref, at: datetime) -> Effect:
    """The new phone stands, and signs in whoever may; the old one and the new one hear of it."""
    me, new = Ref("party", case.asker_id), form["phone"]
    old = people_queries.get_contact(me).phone
    try:
        people.give_sign_in(party_id=me.id, phone=new, actor=actor, at=at)
    except people.CannotSignIn:  # a child, an organisation: they are reached by it
        people.change_particulars(party_id=me.id, changes={"phone": new}, actor=actor, at=at)
    else:
        messaging.queue("servicing.phone_given", to=me, about=case.request or me, at=at)
    gone = people.still_reach(phone=old, at=at) if old != new else None
    if gone is not None:
        messaging.queue("servicing.phone_gone", to=gone, about=case.request or me, at=at)
    return Effect(rows=((_("手机号"), masks.mask_phone(form["phone"])),))


KIND = Kind(
    code="contact_phone",
    name=_("变更手机号"),
    group="CONTACT",
    in_words=_("把登录和收通知的手机号换成新的。新手机号会收到验证码，验证后立即生效。"),
    fields=(Field(name="phone", label=_("新手机号"), kind=PHONE),),
    quote=quote,
    apply=apply,
    about_policy=False,
    proves=True,
)
