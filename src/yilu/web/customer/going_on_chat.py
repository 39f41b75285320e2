"""
Talk to somebody now, in writing or face to face.

The seat gets to know what a page refused, as far as the form itself shows it to others. Who chose the video
waits in its waiting room; the chat, where a seat is called and what was filled in is told, goes beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from yilu.contact import operations as contact
from yilu.contact import queries as talks
from yilu.journeys import queries
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.servicing import queries as servicing
from yilu.video import operations as video
from yilu.web.common.reporting import SHOWN, Details
from yilu.web.common.templatetags.yilu import moment

TALKS = frozenset({"CHAT", "VIDEO"})
"""Ways on which somebody is spoken to at once."""
LATER = ("CALLBACK", "ADVISER")
"""What it becomes, where it was offered too, while nobody is on duty."""
SKILLS = {"claim": "claims", "servicing": "servicing", "renewal": "servicing"}
"""Who goes on with a journey; anybody with the rest."""
HARMLESS = frozenset(
    {servicing.MONEY, servicing.COUNT, servicing.DATE, servicing.YES_NO, servicing.CHOICE}
)
"""Kinds of fields of a servicing form that say nothing about who somebody is or how to reach them."""


def way_now(way: str, offer_id: int, me: Ref, at: datetime) -> str:
    """The way that can be gone now: a chat or a video only while somebody is there."""
    if way not in TALKS or talks.opening(at).open:
        return way
    if (taken := queries.taken_offer(offer_id, me.id)) is not None:
        return taken.way  # chosen already: a second click changes nothing
    offered = next((o.ways for o in queries.open_offers(me.id) if o.id == offer_id), ())
    codes = [code for code, _label in offered]
    return next((later for later in LATER if later in codes and way in codes), way)


def nobody_there(at: datetime) -> str:
    """The honest word while nobody is on duty: from when on somebody is, and who has it now."""
    begins = talks.opening(at).next_at
    if begins is None:
        return gettext("现在没有人值班。您填写的内容已经交给专人，一上班就联系您，不用重新填写。")
    return gettext(
        "现在没有人值班，%(at)s 起有人。您填写的内容已经交给专人，到时候联系您，不用重新填写。"
    ) % {"at": moment(begins)}


def waiting_room(offer_id: int, me: Ref, at: datetime) -> str:
    """The token of one's place in the video waiting room; empty where it is settled already."""
    taken = queries.taken_offer(offer_id, me.id)
    if taken is None:
        return ""
    about, number, request = _about(taken), "", taken.request
    if about.kind == "servicing_request":
        asked = servicing.get_for_customer(about.id, me.id, at)
        number, request = asked.number or "", asked.kind
    return video.wait(
        about=about, party_id=me.id, case_number=number, request=request, actor=me, at=at
    )


def _about(taken: queries.TakenOffer) -> Ref:
    """What is gone on with: the thing itself; of a form that never became one, the break."""
    return taken.breakpoint if taken.subject.kind == "kept_form" else taken.subject


def talk(offer_id: int, me: Ref, at: datetime) -> int | None:
    """Into the chat with what is known, and to the right seats; None where it is settled already."""
    taken = queries.taken_offer(offer_id, me.id)
    if taken is None:
        return None
    return contact.continue_in_chat(
        party_id=me.id, about=_about(taken),
        skill=SKILLS.get(taken.family, "general"), actor=me, at=at,
        known={"broken": f"{taken.name}：{taken.kind_label}", **_filled(taken, me, at)},
    )  # fmt: skip


def _filled(taken: queries.TakenOffer, me: Ref, at: datetime) -> Mapping[str, str]:
    if taken.subject.kind == "servicing_request":
        try:
            found = servicing.get_for_customer(taken.subject.id, me.id, at)
            plain = _plain(found.kind)
        except NotFound:
            return {}
        labels = {field.label for field in plain.values()}
        return {row.label: row.text for row in found.form if row.label in labels}
    if taken.family == "servicing" and taken.request:
        try:
            plain = _plain(taken.request)
        except NotFound:
            return {}
        return {
            plain[n].label: _worded(plain[n], v)
            for n, v in taken.form.items()
            if n in plain and _single(v)
        }
    if taken.family == "claim":
        return {n: _chosen(n, v) for n, v in taken.form.items() if n in _shown() and _single(v)}
    return {}


def _plain(kind: str) -> dict[str, servicing.Field]:
    return {f.name: f for f in servicing.kind_named(kind).fields if f.kind in HARMLESS}


def _worded(field: servicing.Field, value: Any) -> str:
    if field.kind == servicing.YES_NO:
        return "是"
    return str(value if callable(field.choices) else dict(field.choices).get(str(value), value))


def _shown() -> frozenset[str]:
    """The fields of a report that its form lets a seat see."""
    return frozenset(
        name
        for name, field in Details.base_fields.items()
        if SHOWN.items() <= field.widget.attrs.items()
    )


def _chosen(name: str, value: Any) -> str:
    """A value in words, where the form has a list of them."""
    choices = dict(getattr(Details.base_fields[name], "choices", ()) or ())
    return str(choices.get(value, value))


def _single(value: Any) -> bool:
    return isinstance(value, str | int | bool)
