"""
A customer's chat: the first line answers from approved knowledge, or hands over to a person.

There is no operation here that decides, pays or changes anything of the customer's: text is kept, an
answer is looked up, a person is asked to come. Numbers are masked before anything is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError

from yilu.contact import intents
from yilu.contact.models import ChatReply, Conversation, Turn
from yilu.contact.queries import chats
from yilu.contact.refusals import BadTurn, ConversationNotFound, ConversationOver
from yilu.contact.rules import chatting as words
from yilu.contact.rules.chatting import Intent
from yilu.kernel import tx
from yilu.kernel.errors import Sentence
from yilu.kernel.refs import SYSTEM, Ref
from yilu.knowledge import operations as knowledge
from yilu.knowledge import queries as answers
from yilu.knowledge.queries import Answer, says_the_same

from . import conversing, dispatching, queueing

GOES_ON = timedelta(hours=12)
"""A chat left alone so long is a new one."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer from the customer's own data, made by the door; ``source`` says where it is from."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Phrased:
    """One version of an approved answer in other words; it is used for that version only."""

    question_id: int
    version: int
    text: str

    def is_of(self, answer: Answer) -> bool:
        """Whether it may stand for this answer: the same version, and it says the same."""
        return (self.question_id, self.version) == (
            answer.question_id, answer.version,
        ) and says_the_same(answer.answer, self.text)  # fmt: skip


@tx.use_case
def open_chat(*, party_id: int, about: Ref | None = None, actor: Ref, at: datetime) -> int:
    """The customer's chat of now: the one that is open, or a new one with a greeting. Twice is one."""
    return chat_of_now(party_id=party_id, about=about, actor=actor, at=at)


@tx.step
def chat_of_now(*, party_id: int, about: Ref | None, actor: Ref, at: datetime) -> int:
    """What ``open_chat`` does."""
    current = (
        Conversation.objects.filter(party_id=party_id, channel="CHAT", direction="IN")
        .exclude(state__in=["CLOSED", "WRAPPING"])
        .order_by("-pk")
        .first()
    )
    if current is not None and (current.state != "OPEN" or current.opened_at > at - GOES_ON):
        return current.pk
    serial = Conversation.objects.filter(party_id=party_id, channel="CHAT").count()
    key = f"chat:{party_id}:{serial}"
    try:
        with tx.savepoint():
            row = conversing.begin(
                channel="CHAT", direction="IN", party_id=party_id, address="", about=about,
                request_key=key, actor=actor, at=at,
            )  # fmt: skip
            if not row.turns.exists():
                reply(row, words.HELLO, kind="HELLO", at=at)
    except IntegrityError:  # another tab was a moment sooner
        return Conversation.objects.values_list("pk", flat=True).get(request_key=key)
    return row.pk


@tx.use_case
def ask(
    *, conversation_id: int, text: str, actor: Ref, at: datetime, prepared: Prepared | None = None,
    phrased: Phrased | None = None, request_key: str | None = None,
) -> None:  # fmt: skip
    """
    Something the customer typed: kept masked, and answered while no person has been asked for.

    :param prepared: what the door read from the customer's own data, for an intent of that kind.
    :param phrased: the approved answer in other words, checked to say the same.

    :raises ConversationNotFound: not this customer's. :raises ConversationOver: it has ended.
    :raises BadTurn: nothing is left of it.
    """
    row = _held(conversation_id, actor)
    kept = words.clean(text)
    if not kept:
        raise BadTurn
    if request_key is not None and row.turns.filter(request_key=request_key).exists():
        return
    conversing.say(row, who="CUSTOMER", text=kept, actor=actor, at=at, request_key=request_key)
    intent = intents.recognise(kept)
    if row.state != "OPEN":  # a person has it, or will have it soon
        if row.state == "QUEUED" and intent is not None and intent.kind == "person":
            reply(row, words.WAITING_STILL, kind="NOTE", at=at)
        return
    if intent is not None and intent.reason:
        row.reason, row.sub_reason = intent.reason, intent.sub_reason
        row.save(update_fields=["reason", "sub_reason"])
    if intent is not None and intent.kind in ("person", "complex", "complaint"):
        _hand_over(row, intent, actor=actor, at=at)
    elif intent is not None and intent.kind == "own" and prepared is not None:
        reply(row, prepared.text, kind="OWN", source=prepared.source, at=at)
    else:
        _answer(row, kept, phrased=phrased, actor=actor, at=at)


@tx.use_case
def choose(*, conversation_id: int, question_id: int, actor: Ref, at: datetime) -> None:
    """
    One of the questions that were offered is meant: its answer.

    :raises ConversationNotFound: not this customer's, or it was not offered here.
    :raises ConversationOver: it has ended.
    """
    row = _held(conversation_id, actor)
    offered = ChatReply.objects.filter(
        turn__conversation=row, kind="CHOICE", choices__contains=[question_id]
    ).order_by("-pk").first()  # fmt: skip
    found = answers.get_answer(question_id, at=at)
    if offered is None or found is None:
        raise ConversationNotFound
    conversing.say(
        row, who="CUSTOMER", text=found.question, actor=actor, at=at,
        request_key=f"choice:{offered.pk}:{question_id}",
    )  # fmt: skip
    if not ChatReply.objects.filter(
        turn__conversation=row, question_id=question_id, pk__gt=offered.pk
    ).exists():
        _give(row, found, words_asked=found.question, at=at)


@tx.use_case
def call_a_person(*, conversation_id: int, actor: Ref, at: datetime) -> None:
    """
    A person, please: always works. While nobody is on duty, says so and until when.

    :raises ConversationNotFound: not this customer's. :raises ConversationOver: it has ended.
    """
    row = _held(conversation_id, actor)
    if row.state == "OPEN":
        _hand_over(row, None, actor=actor, at=at)


@tx.use_case
def leave_word(*, conversation_id: int, text: str, actor: Ref, at: datetime) -> datetime:
    """
    Keep a message for whoever calls back; returns from when on somebody is there to call.

    The door then asks for the callback (``request_callback``), which ends the chat.

    :raises ConversationNotFound: not this customer's. :raises ConversationOver: ended, or with a seat.
    :raises BadTurn: nothing was said.
    """
    row = _held(conversation_id, actor)
    if row.state not in ("OPEN", "QUEUED"):
        raise ConversationOver
    kept = words.clean(text)
    if not kept:
        raise BadTurn
    hours = chats.opening(at)
    begins = at if hours.open else (hours.next_at or at)
    conversing.say(row, who="CUSTOMER", text=kept, actor=actor, at=at, request_key=None)
    reply(row, Sentence(words.MESSAGE_KEPT, at=chats.said_moment(begins)), kind="NOTE", at=at)
    return begins


@tx.use_case
def rate(*, conversation_id: int, turn_id: int, helpful: bool, actor: Ref, at: datetime) -> int:
    """
    Say whether an answer was it; what the knowledge room keeps of it (0: nothing). The first word counts.

    :raises ConversationNotFound: not this customer's, or no answer.
    """
    row = conversing.held(conversation_id, actor=actor)
    found = ChatReply.objects.filter(turn_id=turn_id, turn__conversation=row, kind="ANSWER")
    answered = found.first()
    if answered is None:
        raise ConversationNotFound
    found.filter(helpful__isnull=True).update(helpful=helpful)
    return answered.asked_id or 0


def _answer(
    row: Conversation, text: str, *, phrased: Phrased | None, actor: Ref, at: datetime
) -> None:
    found = answers.find_answers(text, at=at)
    if found and found[0].sure:
        _give(row, found[0], words_asked=text, phrased=phrased, at=at)
        return
    if found:
        asked_id = _note(row, text, "CHOICE", found[0], at)
        ids = [each.question_id for each in found]
        reply(row, words.CHOOSE, kind="CHOICE", choices=ids, asked_id=asked_id, at=at)
        return
    _note(row, text, "NONE", None, at)
    if _in_a_row(row) + 1 >= words.NOT_FOUND_MAX and chats.opening(at).open:
        _hand_over(row, None, actor=actor, at=at)
    else:
        reply(row, words.NOTHING, kind="NONE", at=at)


def _give(
    row: Conversation, answer: Answer, *, words_asked: str, at: datetime,
    phrased: Phrased | None = None,
) -> None:  # fmt: skip
    asked_id = _note(row, words_asked, "SURE", answer, at)
    other = phrased is not None and phrased.is_of(answer)
    reply(
        row, phrased.text if phrased is not None and other else answer.answer, kind="ANSWER",
        source=answer.clause, question_id=answer.question_id, version=answer.version,
        asked_id=asked_id, phrased=other, at=at,
    )  # fmt: skip


def _hand_over(row: Conversation, intent: Intent | None, *, actor: Ref, at: datetime) -> None:
    if not chats.opening(at).open:
        say_closed(row, at=at)
        return
    adviser = None
    if intent is not None and intent.kind == "complex":
        adviser = chats.adviser_of(row.party_id, row.office_id)
        said = Sentence(words.NAMED_ADVISER, name=adviser.name) if adviser else words.HANDED_ADVISER
        conversing.keep_fact(row, name="need", value=intent.code, actor=SYSTEM, at=at)
    else:
        said = words.HANDED
    reply(row, said, kind="HANDED", at=at)
    queueing.wait(
        row, skill="", urgency=0, preferred_seat=adviser.staff_id if adviser else None,
        actor=actor, at=at,
    )  # fmt: skip
    dispatching.dispatch(at=at, skills=[row.skill])


@tx.step
def say_closed(row: Conversation, *, at: datetime) -> None:
    """Nobody is on duty: say so, and from when on somebody is."""
    begins = chats.opening(at).next_at
    said = Sentence(words.CLOSED_UNTIL, at=chats.said_moment(begins)) if begins else words.CLOSED
    reply(row, said, kind="CLOSED", at=at)


@tx.step
def reply(
    row: Conversation, text: str, *, kind: str, at: datetime, source: str = "",
    question_id: int | None = None, version: int | None = None, asked_id: int | None = None,
    choices: list[int] | None = None, phrased: bool = False,
) -> None:  # fmt: skip
    """What the first line says, with where it is from."""
    turn_id = conversing.say(
        row, who="MACHINE", text=str(text), actor=SYSTEM, at=at, request_key=None
    )
    ChatReply.objects.create(
        turn_id=turn_id, kind=kind, source=source, question_id=question_id, version=version,
        asked_id=asked_id, choices=choices or [], phrased=phrased,
    )  # fmt: skip


def _note(row: Conversation, text: str, verdict: str, answer: Answer | None, at: datetime) -> int:
    return knowledge.note_asked(
        about=row.ref, text=text, verdict=verdict,
        question_id=answer.question_id if answer else None,
        version=answer.version if answer else None, score=answer.score if answer else 0.0, at=at,
    )  # fmt: skip


def _in_a_row(row: Conversation) -> int:
    """How many of the machine's last replies had no answer, one after the other."""
    count = 0
    last = Turn.objects.filter(conversation=row, who="MACHINE").order_by("-pk")
    for kind in last.values_list("reply__kind", flat=True)[: words.NOT_FOUND_MAX]:
        if kind != "NONE":
            break
        count += 1
    return count


def _held(conversation_id: int, actor: Ref) -> Conversation:
    row = conversing.held(conversation_id, actor=actor)
    if row.channel != "CHAT":
        raise ConversationNotFound
    if row.state in ("CLOSED", "WRAPPING"):
        raise ConversationOver
    return row
