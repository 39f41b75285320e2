"""会话关联业务: the cases a talk is about, linked by one click; a complaint or a request begun from a talk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from yilu.complaints import queries as complaints
from yilu.contact import operations, queries
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries as applications
from yilu.underwriting.queries import talks as underwriters
from yilu.web.common import complaining
from yilu.web.common.complaining import Subject
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of

CHANNELS: Final[Mapping[str, str]] = {
    "PHONE": "PHONE", "VOICEMAIL": "PHONE", "SMS": "PHONE", "VIDEO": "APP", "CHAT": "CHAT",
    "WECHAT": "WECHAT", "EMAIL": "EMAIL", "FAX": "LETTER", "COUNTER": "COUNTER",
}  # fmt: skip
"""By which channel a complaint came that was made in a talk."""
WORDS_MAX: Final = 4_000
QUESTION_MAX: Final = 300
KEYED: Final = re.compile(r"\[.*\]\Z")
"""What was pressed on a telephone is no word."""
CARRIED: Final = "conversation"


def beside(talk: queries.ConversationView, access: Access) -> dict[str, Any]:
    """What the page of a talk shows: what it is about, and the customer's other cases it might be."""
    concerns = queries.concerns_of(talk.id)
    links, cases = links_to(concerns, access), _cases(talk, access)
    named = {each.value: each.label for each in cases}
    return {
        "concerns": [
            replace(links[str(each)], label=named.get(str(each), links[str(each)].label))
            for each in concerns
        ],
        "linkable": [each for each in cases if Ref.parse(each.value) not in concerns],
        "talkable": _talkable(talk, access), "wishes": underwriters.WISHES,
        "words": _words(talk.id)[:QUESTION_MAX],
    }  # fmt: skip


def link(request: HttpRequest, conversation_id: int) -> None:
    """Say that a talk is about one of its customer's cases. :raises Invalid: it is none of theirs."""
    talk = queries.get_conversation(conversation_id)
    asked = request.POST.get("about", "")
    if asked not in {each.value for each in _cases(talk, access_of(request))}:
        raise Invalid(_("没有选中这位客户的业务"), hint=_("请从列表中选择，再点关联。"))
    operations.link(
        conversation_id=talk.id, about=Ref.parse(asked), actor=actor_of(request), at=timezone.now()
    )


def _words(conversation_id: int) -> str:
    """What the customer said in a talk, a line each."""
    said = (turn.text for turn in queries.turns_of(conversation_id) if turn.who == "CUSTOMER")
    return "\n".join(text for text in said if not KEYED.match(text))


def ask_underwriter(request: HttpRequest, conversation_id: int) -> None:
    """
    Have an underwriter call the customer about an application; it and the talk lead to each other.

    :raises Invalid: none of theirs that can be talked about. :raises BadTalk: nothing asked.
    """
    talk, access = queries.get_conversation(conversation_id), access_of(request)
    asked = whole(request.POST.get("application"))
    if asked not in {row.id for row in _talkable(talk, access)}:
        raise Invalid(_("没有选中这位客户的投保单"), hint=_("请从列表中选择要谈的投保单。"))
    told: dict[str, Any] = {"actor": actor_of(request), "at": timezone.now()}
    underwriting.ask_for_talk(
        application_id=asked, question=request.POST.get("question", ""),
        wish=request.POST.get("wish", ""), access=access, **told,
    )  # fmt: skip
    operations.link(conversation_id=talk.id, about=Ref("application", asked), **told)


def _talkable(talk: queries.ConversationView, access: Access) -> list[applications.Row]:
    """The customer's applications an underwriter can be asked to call about."""
    if talk.party_id is None or not access.may("contact.handle"):
        return []
    try:
        people.see_party(access, talk.party_id)
    except (NotAllowed, NotFound):
        return []
    return [
        row for row in applications.list_for_party(talk.party_id)
        if row.holder_id == talk.party_id and underwriters.may_ask(row.state)
    ]  # fmt: skip


def _cases(talk: queries.ConversationView, access: Access) -> list[Subject]:
    """The cases of the customer of a talk; none where the asker may not see customers of that branch."""
    if talk.party_id is None:
        return []
    try:
        people.see_party(access, talk.party_id)
    except (NotAllowed, NotFound):
        return []
    found = [*complaining.subjects(talk.party_id)]
    if access.may("complaints.view"):
        found += [
            Subject(str(row.ref), f"{_('投诉')} {row.number}", row.number)
            for row in complaints.list_for_party(talk.party_id)
        ]
    return found


@dataclass(frozen=True, slots=True)
class Begun:
    """What a talk gives a form: whose it is, what is known, and how the address goes on naming it."""

    conversation_id: int = 0
    known: tuple[queries.KnownView, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def carried(self) -> str:
        """For addresses that lead on; empty where no talk began this."""
        return f"{CARRIED}={self.conversation_id}" if self.conversation_id else ""


def begun_from(request: HttpRequest, party_id: int) -> Begun:
    """
    The talk that ``?conversation=`` names; nothing without one, or where it is another customer's.

    :raises ConversationNotFound: none, or not theirs to see.
    """
    number = whole(request.GET.get(CARRIED))
    if number is None:
        return Begun()
    talk = queries.get_for_staff(number, access_of(request))
    if talk.party_id != party_id:
        return Begun()
    known = tuple(queries.known_in(talk.id, at=timezone.now()))
    told = {each.name: each.value for each in known}
    words = [told.get("what", ""), _words(talk.id)]
    about = next(
        (str(ref) for ref in reversed(queries.concerns_of(talk.id)) if ref.kind != "complaint"), ""
    )
    given = {
        "channel": CHANNELS.get(talk.channel, ""), "about": about, "demand": told.get("wish", ""),
        "words": "\n".join(text for text in words if text)[:WORDS_MAX],
    }  # fmt: skip
    return Begun(talk.id, known, given)


def end_in(request: HttpRequest, begun: Begun, about: Ref) -> None:
    """What came of the talk stands at it, and it there; the case is there, whoever holds the talk now."""
    if begun.conversation_id:
        with suppress(Refusal):
            operations.link(
                conversation_id=begun.conversation_id, about=about, actor=actor_of(request),
                at=timezone.now(),
            )  # fmt: skip
