"""A customer asks to talk with an underwriter; the underwriter calls and notes what was said (核保沟通)."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.underwriting import events
from yilu.underwriting.models import Application, Talk
from yilu.underwriting.models.talk import NOTE_MAX, QUESTION_MAX
from yilu.underwriting.rules.lifecycle import Action
from yilu.work import operations as work

from .holding import RIGHT as APPLY
from .holding import hold, read_locked
from .refusals import ApplicationNotFound, BadTalk, BadTalkNote

QUEUE = "underwriting.talk"
RIGHT = "underwriting.decide"
ON_THE_LINE = "contact.handle"
"""Whoever has the customer on the line may ask for them."""
QUESTION_MIN, NOTE_MIN = 2, 5


@tx.use_case
def ask_for_talk(
    *, application_id: int, question: str, wish: str, actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> int:  # fmt: skip
    """
    Ask an underwriter to call about an application (请核保员回电); the talk's id.

    Where one waits already it stays the one: question and time are those said last. A colleague who
    serves the office's customers, at the counter or on the line, may ask for them.

    :raises BadTalk: nothing asked, too much, or another time. :raises NotPossibleNow: not handed in
        yet, or over. :raises ForTheCustomer: an agent asks.
    """
    question = " ".join(question.split())
    if not QUESTION_MIN <= len(question) <= QUESTION_MAX or wish not in Talk.Wish.values:
        raise BadTalk
    right = ON_THE_LINE if access is not None and access.may(ON_THE_LINE) else APPLY
    application = hold(
        application_id, actor=actor, access=access, action=Action.TALK, own=True, right=right
    )
    talk = Talk.objects.filter(application=application, state=Talk.State.WAITING).first()
    if talk is not None:
        talk.question, talk.wish = question, wish
        talk.save(update_fields=["question", "wish"])
        return talk.pk
    talk = Talk.objects.create(application=application, question=question, wish=wish, asked_at=at)
    fact = events.TalkAsked(talk_id=talk.pk, wish=wish)
    journal.record(fact, about=application.ref, actor=actor, at=at, party=application.holder_id)
    work.open_item(
        QUEUE, about=application.ref, office_id=application.office_id,
        title=f"{application.number}：客户请核保员回电", at=at, party_id=application.holder_id,
    )  # fmt: skip
    return talk.pk


@tx.use_case
def note_talk(
    *,
    application_id: int,
    reached: bool,
    note: str,
    access: people.Access,
    actor: Ref,
    at: datetime,
) -> None:
    """
    Keep on the application what was said with the customer, or that nobody answered.

    Reached, the talk that waits is done; where none waited the underwriter called of their own accord.
    Not reached, it goes on waiting.

    :raises BadTalkNote: reached, and nothing or too much noted. :raises NotAllowed: without
        underwriting.decide over the office. :raises ApplicationNotFound: none, or a draft.
    """
    application = read_locked(application_id)
    if application is None or application.decision_id is None:
        raise ApplicationNotFound
    access.require(RIGHT, office_id=application.office_id)
    note = note.strip()
    if len(note) > NOTE_MAX or (reached and len(note) < NOTE_MIN):
        raise BadTalkNote
    talk = Talk.objects.filter(application=application, state=Talk.State.WAITING).first()
    talk = talk or Talk(application=application)
    if reached:
        talk.state, talk.talked_by, talk.talked_at, talk.note = "DONE", str(actor), at, note
        work.close_items(about=application.ref, at=at, queue=QUEUE)
    elif talk.pk is None:
        raise BadTalkNote
    else:
        talk.tries, talk.tried_at = talk.tries + 1, at
    talk.save()
    fact = events.TalkNoted(talk_id=talk.pk, reached=reached)
    journal.record(fact, about=application.ref, actor=actor, at=at, party=application.holder_id)


@tx.step
def drop_talk(application: Application) -> None:
    """The application is over: nobody needs to call any more."""
    Talk.objects.filter(application=application, state=Talk.State.WAITING).update(
        state=Talk.State.DROPPED
    )
