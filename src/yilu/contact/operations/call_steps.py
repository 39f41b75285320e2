"""The steps of a call in the hotline's flow: what the flow asks for becomes turns, facts, a queue, a callback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Final

import orjson

from yilu.contact import events
from yilu.contact.models import Call, Conversation
from yilu.contact.places import ADDRESS, CALL
from yilu.contact.queries import chats
from yilu.contact.queries.flows import flow_of_call
from yilu.contact.queries.green_routes import branch_of, green_route_for
from yilu.contact.queries.hotlines import opening_of
from yilu.contact.queries.prompts import plain_words
from yilu.contact.rules import ivr
from yilu.contact.rules.hotlines import Hotline
from yilu.contact.rules.prompts import NO_NUMBER
from yilu.gateways.calls import (
    Answer,
    Enqueue,
    Gather,
    HangUp,
    Record,
    Say,
    Verb,
    read_verbs,
    write_verbs,
)
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM
from yilu.people import queries as people

from . import conversing, dispatching, ending, queueing

VOICEMAIL_SECONDS: Final = 120
LANGUAGES: Final = {"zh": "zh-CN", "en": "en-US"}
CHECKED: Final = "身份证号后六位和出生日期（热线按键）"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of a call between two events; ``wants``: what the flow waits to be told."""

    state: ivr.State
    verbs: tuple[Verb, ...]
    wants: ivr.Ask | None = None
    hotline: Hotline = field(default_factory=Hotline)


def read(call: Call) -> Kept:
    """What was remembered."""
    told = orjson.loads(sealing.unseal(call.state, CALL))
    state = told["state"]
    state["kept"] = tuple((name, value) for name, value in state["kept"])
    wants = ivr.Ask(**told["wants"]) if told["wants"] else None
    hotline = Hotline(**told["hotline"]) if "hotline" in told else Hotline()
    return Kept(ivr.State(**state), read_verbs(told["verbs"]), wants, hotline)


def sealed(kept: Kept) -> bytes:
    """What is to be remembered."""
    told = {
        "state": asdict(kept.state), "verbs": write_verbs(kept.verbs),
        "wants": asdict(kept.wants) if kept.wants else None, "hotline": asdict(kept.hotline),
    }  # fmt: skip
    return sealing.seal(orjson.dumps(told).decode(), CALL)


def around(row: Conversation, hotline: Hotline, at: datetime) -> ivr.Around:
    """How things stand: who is on duty for this hotline, from when, and the disaster's word where one is."""
    hours = opening_of(hotline, at)
    green = green_route_for(branch_of(row.office_id) if row.party_id else None)
    when = chats.said_moment(hours.next_at) if hours.next_at else ""
    return ivr.Around(
        hours.open, day_of(at), green=green.notice if green else "",
        from_when=f"，{when} 开始有人" if when else "",
        from_when_en=f"; people are back from {when}" if when else "",
    )  # fmt: skip


def as_kept(digits: str, kept: Kept, of: ivr.Flow) -> str:
    """How keys are written down: a choice as it was, a number never."""
    typed = of.nodes[kept.state.node].kind == "gather" and digits not in ("0", "0#")
    return "[••••••]" if typed or len(digits) > 2 else f"[{digits}]"


@tx.step
def follow(
    row: Conversation, call: Call, step: ivr.Step, at: datetime, before: Sequence[Verb] = ()
) -> None:
    """Say and do what a step asks for, and remember where the caller is."""
    hotline = read(call).hotline
    if any(ask.kind == "callback" for ask in step.asks) and not row.address:
        step = _without_number(row, flow_of_call(call.edition), step, around(row, hotline, at))
    verbs: list[Verb] = list(before)
    if not row.turns.exists():
        verbs.append(Answer())
    language = step.state.language
    for n, (prompt, text) in enumerate(step.says):
        conversing.say(
            row, who="MACHINE", text=text, actor=SYSTEM, at=at,
            request_key=f"say:{call.last_event}:{len(verbs)}:{n}"[:80],
        )  # fmt: skip
        verbs.append(
            Say(
                text,
                prompt,
                LANGUAGES[language],
                plain_words(flow_of_call(call.edition), prompt, text),
            )
        )
    wants = None
    for ask in step.asks:
        if ask.kind in ("check", "tell"):
            wants = ask
        else:
            verbs += _do(row, call, ask, hotline, at)
    if step.listen is not None:
        one = Record("voicemail", VOICEMAIL_SECONDS)
        verbs.append(one if step.listen.record else Gather(step.listen.digits))
    call.state = sealed(Kept(step.state, tuple(verbs), wants, hotline))
    call.save()


@tx.step
def know(row: Conversation, party_id: int, at: datetime) -> None:
    """The caller is who they say: the conversation is theirs from now on."""
    if row.party_id is None:
        row.party_id, row.office_id = party_id, people.get_party(party_id).office_id
        row.save(update_fields=["party", "office"])
        fact = events.ConversationLinked(about=row.about, party_id=party_id)
        journal.record(fact, about=row.ref, actor=SYSTEM, at=at, party=party_id)
    conversing.keep_fact(row, name="identity_checked", value=CHECKED, actor=SYSTEM, at=at)


@tx.step
def keep_voicemail(
    row: Conversation, hotline: Hotline, *, words: str, recording: str, at: datetime
) -> None:
    """What was left for us waits for a seat as a voicemail that goes on with the call; one a call."""
    letter = conversing.begin(
        channel="VOICEMAIL", direction="IN", party_id=row.party_id,
        address=sealing.unseal(row.address, ADDRESS) if row.address else "", about=None,
        office_id=row.office_id, follows=row, request_key=f"voicemail:{row.pk}", actor=SYSTEM, at=at,
    )  # fmt: skip
    conversing.say(
        letter,
        who="CUSTOMER",
        text=words or f"🎙 {recording}",
        actor=SYSTEM,
        at=at,
        request_key=None,
    )
    if recording:
        conversing.keep_fact(letter, name="recording", value=recording, actor=SYSTEM, at=at)
    if letter.state == "OPEN":
        letter.reason, letter.sub_reason = row.reason, row.sub_reason
        letter.save(update_fields=["reason", "sub_reason"])
        _wait(letter, hotline, at)


def _do(row: Conversation, call: Call, ask: ivr.Ask, hotline: Hotline, at: datetime) -> list[Verb]:
    match ask.kind:
        case "note":
            conversing.keep_fact(row, name=ask.first, value=ask.second, actor=SYSTEM, at=at)
        case "reason":
            row.reason, row.sub_reason = ask.first, ask.second
            row.save(update_fields=["reason", "sub_reason"])
        case "person":
            _wait(row, hotline, at)
            return [Enqueue(row.skill)]
        case "callback":
            hours = opening_of(hotline, at)
            begins = at if hours.open else hours.next_at or at
            queueing.call_back(row, address="", not_before=begins, actor=SYSTEM, at=at)
        case "end":
            ending.end_talk(row, by="MACHINE", actor=SYSTEM, at=at)
            call.released_at = at
            return [HangUp()]
    return []


def _wait(row: Conversation, hotline: Hotline, at: datetime) -> None:
    """Who said what it is about goes to who answers that; who did not, to who answers the hotline."""
    skill = "" if row.reason else hotline.skill
    queueing.wait(row, skill=skill, urgency=0, preferred_seat=None, actor=SYSTEM, at=at)
    dispatching.dispatch(at=at, skills=[row.skill])


def _without_number(row: Conversation, flow: ivr.Flow, step: ivr.Step, now: ivr.Around) -> ivr.Step:
    """Nobody can be called back who shows no number: they wait on, or are led to a person."""
    state = replace(step.state, done="")
    said = (("no_number", NO_NUMBER[state.language]),)
    if row.state == "QUEUED":
        return ivr.Step(replace(state, done="QUEUED"), said, listen=ivr.Listen(1))
    onward = ivr.to_person(flow, state, now)
    return replace(onward, says=(*said, *onward.says))
