"""
The hotline takes a call (热线来电): the exchange says what happened, we say what it does next.

``hear`` is not one transaction: comparing an identity counts its tries in its own, and what is told of
somebody's claims and policies the door reads. Every part is safe against being done twice.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from yilu.contact import events
from yilu.contact.models import Call, CallNotice, Conversation
from yilu.contact.places import ADDRESS
from yilu.contact.queries.flows import flow_of_call, flow_on
from yilu.contact.queries.hotlines import hotline_of, is_new_number
from yilu.contact.refusals import CallNotFound, ConversationOver, EventReused
from yilu.contact.rules import ivr
from yilu.contact.rules.chatting import clean
from yilu.contact.rules.hotlines import number_called
from yilu.gateways.calls import Bridge, CallEvent, Enqueue, Record, Verb
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.phones import read_phone
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people_operations
from yilu.people import queries as people

from . import call_steps, conversing, ending, queueing
from .call_steps import Kept

log = logging.getLogger(__name__)

GONE_AFTER = {
    "web": timedelta(seconds=75), "builtin": timedelta(minutes=3),
    "asterisk_ari": timedelta(minutes=3), "freeswitch_esl": timedelta(minutes=3),
}  # fmt: skip
GONE_AFTER_ELSE = timedelta(hours=4)
"""A page that no longer looks, a switch of our own, or the connection we hold to an exchange, that says nothing more, an exchange that never said how a call ended."""
PAGE_LIMITS = (people_operations.Limit(20, 3600),)
BY_PAGE = "网页拨入：只传按键和文字，没有声音，请打字回复"
WITH_SOUND = "网页拨入：客户已打开麦克风，可以在软电话里通话，也可以打字"
SEEN_EVERY = timedelta(seconds=15)

Tell = Callable[[str, int, str], str]
"""(what, customer, language) → the words: from the asker's own claims and policies, made by the door."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the exchange is to do now. ``repeated``: this event was known."""

    conversation_id: int
    verbs: tuple[Verb, ...]
    repeated: bool = False


def hear(*, driver: str, event: CallEvent, tell: Tell, at: datetime, words: str = "") -> Heard:
    """
    Take one event of an exchange, and say what it does next. The same event again changes nothing.

    ``words``: what a caller left, where the driver carries words instead of sound.

    :raises CallNotFound: no such call, or it is over. :raises EventReused: its number with other content.
    """
    conversation_id, known = _take(driver=driver, event=event, words=words, at=at)
    for _n in range(4):  # a check or an answer may follow one another, never without an end
        wanted = _wanted(conversation_id)
        if wanted is None:
            break
        outcome, text = _find_out(conversation_id, wanted, tell, at)
        _go_on(conversation_id=conversation_id, wanted=wanted, outcome=outcome, text=text, at=at)
    kept = call_steps.read(Call.objects.get(conversation_id=conversation_id))
    latest = (
        not known
        or Call.objects.filter(conversation_id=conversation_id, last_event=event.id).exists()
    )
    return Heard(conversation_id, kept.verbs if latest else (), repeated=known)


@tx.use_case
def allow_page_call(*, address: str, at: datetime) -> None:
    """One more call from a page at this network address. :raises TooOften: twenty in an hour."""
    people_operations.spend([(f"call:{address}", PAGE_LIMITS)], at=at)


@tx.use_case
def say_on_call(*, driver: str, key: str, text: str, request_key: str | None, at: datetime) -> None:
    """
    The caller's words in writing, where the driver carries words.

    :raises CallNotFound: none, or over. :raises ConversationOver: nobody listens. :raises BadTurn: empty.
    """
    row, _call = _living(driver, key)
    if row.state not in ("QUEUED", "CONNECTED"):
        raise ConversationOver
    conversing.say(
        row, who="CUSTOMER", text=clean(text), actor=SYSTEM, at=at, request_key=request_key
    )


@tx.use_case
def see_call(*, driver: str, key: str, at: datetime) -> None:
    """The caller's page still looks; written down every some seconds. Unknown calls are passed over."""
    Call.objects.filter(
        driver=driver, key=key, released_at=None, seen_at__lt=at - SEEN_EVERY
    ).update(seen_at=at)


@tx.use_case
def open_sound(*, driver: str, key: str, at: datetime) -> tuple[Verb, ...]:
    """
    The caller of a page brings sound: what the switch is to do with it, as the call stands.

    :raises CallNotFound: no such call, or it is over.
    """
    row, _call = _living(driver, key)
    conversing.keep_fact(row, name="way", value=WITH_SOUND, actor=SYSTEM, at=at)
    if row.state == "CONNECTED":
        return (Bridge(f"seat:{row.seat_id}"), Record())
    return (Enqueue(row.skill),) if row.state == "QUEUED" else ()


def release_vanished(*, at: datetime, limit: int = 100) -> int:
    """
    Calls whose caller is not there any more, though nobody said so, end; how many.

    Each in its own transaction: a seat that is freed by one is not held while the next is locked.
    """
    living = Call.objects.filter(released_at=None, seen_at__lte=at - min(GONE_AFTER.values()))
    return sum(
        _release_vanished(conversation_id=pk, seen_at=seen_at, at=at)
        for pk, driver, seen_at in living.order_by("pk").values_list(
            "conversation_id", "driver", "seen_at"
        )[:limit]
        if seen_at <= at - GONE_AFTER.get(driver, GONE_AFTER_ELSE)
    )


def release_lost(*, driver: str, at: datetime) -> int:
    """The exchange begins anew: whatever calls it had are over. How many."""
    living = Call.objects.filter(driver=driver, released_at=None).order_by("pk")
    return sum(
        _release_vanished(conversation_id=pk, seen_at=seen_at, at=at)
        for pk, seen_at in living.values_list("conversation_id", "seen_at")
    )


@tx.use_case
def _release_vanished(*, conversation_id: int, seen_at: datetime, at: datetime) -> bool:
    row = conversing.held(conversation_id)
    call = Call.objects.select_for_update(of=("self",)).get(conversation_id=conversation_id)
    if call.released_at is not None or call.seen_at != seen_at:
        return False
    _release(row, call, at)
    return True


@tx.use_case
def _take(*, driver: str, event: CallEvent, words: str, at: datetime) -> tuple[int, bool]:
    """Write the event down and do what it asks; the conversation, and whether the event was known."""
    tx.rows(
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))::text",
        [f"call:{driver}:{event.call}"],
    )
    call = Call.objects.filter(driver=driver, key=event.call).first()
    if call is None:
        if event.kind != "offered":
            raise CallNotFound
        row, call = _begin(driver, event, at)
        new = True
    else:
        row = conversing.held(call.conversation_id)
        call = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
        new = False
    digests = _digests(event, words)
    earlier = CallNotice.objects.filter(call=call, key=event.id).first()
    if earlier is not None:
        if earlier.digest not in digests:
            raise EventReused
        return row.pk, True
    if call.released_at is not None and event.kind != "recording_ready":
        raise CallNotFound
    CallNotice.objects.create(
        call=call, key=event.id, kind=event.kind, digest=digests[0], heard_at=at
    )
    call.last_event, call.seen_at = event.id, at
    _do(row, call, event, words, new=new, at=at)
    return row.pk, False


def _begin(driver: str, event: CallEvent, at: datetime) -> tuple[Conversation, Call]:
    try:
        caller = read_phone(event.caller) if event.caller else ""
    except ValueError:  # a hidden number, or no number
        caller = ""
    row = conversing.begin(
        channel="PHONE", direction="IN", party_id=None, address=caller, about=None,
        request_key=f"call:{hashlib.sha256(f'{driver}:{event.call}'.encode()).hexdigest()}",
        actor=SYSTEM, at=at,
    )  # fmt: skip
    if driver == "web":
        conversing.keep_fact(row, name="way", value=BY_PAGE, actor=SYSTEM, at=at)
    number = number_called(event.called)
    flow, hotline = flow_on(day_of(at)), hotline_of(number, at=at)
    if number and hotline.name:
        conversing.keep_fact(row, name="hotline", value=hotline.name, actor=SYSTEM, at=at)
    if not hotline.listed:
        _report_number(row, number, at)
    call = Call.objects.create(
        conversation=row, driver=driver, key=event.call, edition=flow.edition, last_event=event.id,
        state=call_steps.sealed(Kept(ivr.State(flow.start), (), hotline=hotline)), seen_at=at,
        called=number, hotline=hotline.name, listed=hotline.listed,
    )  # fmt: skip
    return row, call


def _report_number(row: Conversation, number: str, at: datetime) -> None:
    """A number nobody has written down is told of once, at its first call."""
    tx.rows("select pg_advisory_xact_lock(hashtextextended(%s, 0))::text", [f"called:{number}"])
    if is_new_number(number):
        log.warning("a number is called that the table of hotlines does not name: %s", number)
        fact = events.UnknownNumberCalled(number=number)
        journal.record(fact, about=row.ref, actor=SYSTEM, at=at)


def _do(
    row: Conversation, call: Call, event: CallEvent, words: str, *, new: bool, at: datetime
) -> None:
    kept, flow = call_steps.read(call), flow_of_call(call.edition)
    match event.kind:
        case "offered" if new:
            around = call_steps.around(row, kept.hotline, at)
            call_steps.follow(row, call, ivr.begin(flow, around, kept.hotline), at)
        case "digits" if row.state in ("OPEN", "QUEUED"):
            if event.digits:
                conversing.say(
                    row, who="CUSTOMER", text=call_steps.as_kept(event.digits, kept, flow),
                    actor=SYSTEM, at=at, request_key=f"keys:{event.id}",
                )  # fmt: skip
            around = call_steps.around(row, kept.hotline, at)
            call_steps.follow(row, call, ivr.hear(flow, kept.state, event.digits, around), at)
        case "recording_ready":
            _keep_recording(row, call, event, words, kept, at)
        case "released" | "abandoned":
            _release(row, call, at)
        case _:  # answered, queued, connected, held: the queue and the talk are ours to know
            call.state = call_steps.sealed(replace(kept, verbs=()))
            call.save()


def _keep_recording(
    row: Conversation, call: Call, event: CallEvent, words: str, kept: Kept, at: datetime
) -> None:
    """Words left for us become a voicemail; the recording of a talk is named beside it."""
    flow = flow_of_call(call.edition)
    leaves = flow.nodes[kept.state.node].kind == "record" and not kept.state.done
    if leaves and (words.strip() or event.recording):
        left = {"words": clean(words), "recording": event.recording}
        call_steps.keep_voicemail(row, kept.hotline, **left, at=at)
        step = ivr.recorded(flow, kept.state, call_steps.around(row, kept.hotline, at))
        if call.released_at is None:
            call_steps.follow(row, call, step, at)
            return
        call.state = call_steps.sealed(
            replace(kept, state=replace(step.state, done="ENDED"), verbs=())
        )
    elif event.recording:
        conversing.keep_fact(row, name="recording", value=event.recording, actor=SYSTEM, at=at)
    call.save()


def _release(row: Conversation, call: Call, at: datetime) -> None:
    call.released_at = at
    call.save()
    if row.state == "QUEUED":
        queueing.give_up(row, cause="CUSTOMER", actor=SYSTEM, at=at)
    else:
        ending.end_talk(row, by="CUSTOMER", actor=SYSTEM, at=at)


def _wanted(conversation_id: int) -> ivr.Ask | None:
    """What the flow waits for before it can go on: a check or an answer."""
    return call_steps.read(Call.objects.get(conversation_id=conversation_id)).wants


def _find_out(
    conversation_id: int, wanted: ivr.Ask, tell: Tell, at: datetime
) -> tuple[str, str | int]:
    row = Conversation.objects.get(pk=conversation_id)
    if wanted.kind == "tell":
        language = call_steps.read(Call.objects.get(conversation_id=conversation_id)).state.language
        return "said", tell(wanted.first, row.party_id, language) if row.party_id else ""
    number = sealing.unseal(row.address, ADDRESS) if row.address else ""
    born = datetime.fromisoformat(wanted.second).date() if wanted.second else None
    for party_id in people.parties_calling_from(number) if number else ():
        try:
            knows = people_operations.check_caller(
                party_id=party_id, identity_tail=wanted.first, birth_date=born, at=at
            )
        except people_operations.TooOften:
            knows = False
        if knows:
            return "ok", party_id
    return "wrong", ""


@tx.use_case
def _go_on(
    *, conversation_id: int, wanted: ivr.Ask, outcome: str, text: str | int, at: datetime
) -> None:
    """What was found out goes into the conversation, and the flow walks on; twice is once."""
    row = conversing.held(conversation_id)
    call = Call.objects.select_for_update(of=("self",)).get(conversation_id=conversation_id)
    kept, flow = call_steps.read(call), flow_of_call(call.edition)
    if kept.wants != wanted or call.released_at is not None or row.state != "OPEN":
        call.state = call_steps.sealed(replace(kept, wants=None))
        call.save()
        return
    if isinstance(text, int):
        call_steps.know(row, text, at)
    around = call_steps.around(row, kept.hotline, at)
    step = ivr.told(flow, kept.state, outcome, around)
    said = ((wanted.first, text),) if isinstance(text, str) and text else ()
    call_steps.follow(row, call, replace(step, says=(*said, *step.says)), at, before=kept.verbs)


def _living(driver: str, key: str) -> tuple[Conversation, Call]:
    call = Call.objects.filter(driver=driver, key=key, released_at=None).first()
    if call is None:
        raise CallNotFound
    return conversing.held(call.conversation_id), call


def _digests(event: CallEvent, words: str) -> list[str]:
    parts = [event.call, event.kind, event.caller, event.digits, event.recording, words]
    parts += [event.called] if event.called else []  # as it was before exchanges told it
    return sealing.keyed_digests("\x1f".join(parts), "call event")


@tx.step
def tell_exchange(conversation_id: int, verb: str, value: str, *, key: str) -> None:
    """Have the exchange told something outside of an answer; a page without sound needs no telling."""
    call = Call.objects.filter(conversation_id=conversation_id).first()
    silent = call is None or (call.driver == "web" and not settings.SWITCH_URL)
    over = call is None or (call.released_at is not None and call.driver != "web")
    if call is not None and not silent and not over:
        journal.defer(
            "contact.tell_exchange", lock=f"call:{call.pk}", driver=call.driver, call=call.key,
            verb=verb, value=value, key=key,
        )  # fmt: skip
