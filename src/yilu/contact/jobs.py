"""What the contact centre does by the clock: route, take back what nobody answered, record, follow up."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import partial
from typing import Final

from django.conf import settings

from yilu.contact import operations, queries
from yilu.gateways import speech
from yilu.gateways.calls import Bridge, Enqueue, HangUp, Record, Verb
from yilu.gateways.calls.drivers import driver as driver_of
from yilu.gateways.calls.drivers import switch
from yilu.journal import operations as journal

log = logging.getLogger(__name__)

QUIET: Final = 0.0005
"""Below it a side has said nothing; a machine would make words of it."""


def keep_routing(at: datetime) -> int:
    """Offers not answered go on to the next; then whoever waits meets whoever is free."""
    returned = operations.take_back_unanswered(at=at)
    return returned + operations.route(at=at)


def release_vanished(at: datetime) -> int:
    """Calls whose caller's page is gone."""
    return operations.release_vanished(at=at)


@journal.job(queue="calls", attempts=4)
def tell_exchange(driver: str, call: str, verb: str, value: str, key: str) -> None:
    """Tell an exchange to join, queue or end a call; the key makes a second time no second deed."""
    exchange = driver_of(driver)
    if exchange is None:  # it was taken out of the settings: there is nobody to tell
        return
    verbs: list[Verb] = [HangUp()]
    if verb == "bridge":
        verbs = [Bridge(value), Record()]
    elif verb == "enqueue":
        verbs = [Enqueue(value)]
    exchange.tell(call, verbs, key=key)


@journal.job(queue="calls", attempts=2)
def ring_desk_phone(staff_id: int, conversation_id: int, until: str) -> None:
    """Ring a seat's telephone while the call is its own to take, or taken; without a switch nobody can."""
    if not settings.SWITCH_URL or not queries.seat_to_ring(conversation_id, staff_id):
        return
    seconds = operations.RING_SECONDS
    if until:
        left = datetime.fromisoformat(until) - datetime.now(UTC)
        seconds = max(1, int(left.total_seconds()))
    if not switch().ring(staff_id, conversation_id, seconds):
        log.warning("the telephone of seat %s is not registered", staff_id)


@journal.job(queue="calls", attempts=2)
def quiet_desk_phone(staff_id: int, conversation_id: int) -> None:
    """The offer is over: the telephone rings no more."""
    if settings.SWITCH_URL:
        switch().quiet(staff_id, conversation_id)


@journal.job(queue="calls", attempts=4)
def forget_desk_phone(staff_id: int) -> None:
    """Its password is another now, or it has none any more: it must register anew."""
    if settings.SWITCH_URL:
        switch().forget(staff_id)


def close_recordings(at: datetime) -> int:
    """Recordings of calls that are over get their end in the evidence."""
    return len(operations.close_recordings(at=at, transcribe=bool(speech.transcriber())))


@journal.job(queue="speech", attempts=4)
def transcribe(recording_id: int) -> None:
    """Write down what was said on a call, each side by itself; again is harmless."""
    from yilu.gateways.calls.builtin import audio  # what doors need not load

    machine = speech.transcriber()
    if machine is None:
        return
    said: list[tuple[str, float, str]] = []
    for begins, both in queries.takes_of(recording_id):
        for number, who in enumerate(("CUSTOMER", "SEAT")):
            side = audio.channel(both, number)
            if audio.loudness(side) >= QUIET:
                wav = audio.as_wav(side, channels=1)
                said += [(who, begins + each.begins, each.text) for each in machine.transcribe(wav)]
    said.sort(key=lambda row: row[1])
    operations.keep_transcript(recording_id=recording_id, said=said, at=datetime.now(UTC))


def forget_recordings(at: datetime) -> int:
    """Delete recordings that no law keeps any longer."""
    return journal.through(partial(operations.forget_recordings, at=at))


def follow_up(at: datetime) -> int:
    """New policies nobody put on the list; visits, letters and ends whose time has come."""
    begun = journal.through(partial(operations.sweep, at=at))
    return begun + operations.climb_all(at=at)


journal.each_tick(keep_routing)
journal.each_tick(release_vanished, seconds=20)
journal.each_tick(close_recordings, seconds=5)
journal.each_tick(forget_recordings, seconds=3600)
journal.each_tick(follow_up, seconds=900)
