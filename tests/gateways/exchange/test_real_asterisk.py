"""A real Asterisk with real calls: what the transcripts of the other tests say, it does."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import wave

import pytest

from tests.gateways.exchange.real_asterisk import IS_HERE, SEAT_PASSWORD, RealAsterisk
from tests.gateways.exchange.scene import FakeHouse, exchange, until
from tests.gateways.switch.scene import Baresip, SeatLeg, Telephone, switch
from yilu.gateways.calls import Bridge, Enqueue, Gather, HangUp, Record, Say, Transfer
from yilu.gateways.calls.builtin import audio
from yilu.gateways.calls.exchange.exchange import Exchange
from yilu.gateways.calls.exchange.pbx import BadCredentials
from yilu.gateways.calls.exchange.sounds import Sounds

pytestmark = pytest.mark.skipif(
    not IS_HERE, reason="no Asterisk on this machine: see docs/exchanges.md"
)
needs_seat = pytest.mark.skipif(not shutil.which("baresip"), reason="no baresip on this machine")


def on_asterisk(play, house=None):
    """Play it with an Asterisk, an exchange connected to it and a telephone that may call."""
    house = house or FakeHouse()

    async def run():
        async with (
            RealAsterisk() as asterisk,
            exchange(asterisk.pbx(), house, asterisk.sounds) as made,
        ):
            phone = Telephone(asterisk.sip)
            try:
                await play(asterisk, made, phone)
            except (AssertionError, TimeoutError) as wrong:
                raise AssertionError(f"{wrong}\n{asterisk.said()}") from wrong
            finally:
                phone.close()

    asyncio.run(run())
    return house


async def the_call(made):
    await until(lambda: made.calls)
    [call] = made.calls.values()
    return call


async def hears_something(phone):
    """Until the telephone hears more than silence."""
    loop, heard = asyncio.get_running_loop(), bytearray()
    async with asyncio.timeout(25):
        while audio.loudness(bytes(heard[-800:])) < 0.01:
            packet = await loop.sock_recv(phone.rtp, 4096)
            if packet[1] & 0x7F == 0:
                heard += packet[12:]


async def says_something(phone, seconds=1.0):
    for _n in range(int(seconds * 50)):
        phone.speak(audio.tone(440, seconds=0.02, level=0.5))
        await asyncio.sleep(0.02)


def recorded(asterisk, name):
    """How loud a recording is that Asterisk kept; it must be one of telephone quality."""
    path = asterisk.recordings / f"{name}.wav"
    with wave.open(str(path)) as found:
        assert (found.getframerate(), found.getnchannels()) == (8000, 1)
    return audio.loudness(audio.from_wav(path.read_bytes()))


@contextlib.asynccontextmanager
async def seat(asterisk):
    """Seat 7's real telephone, registered, that picks up by itself and says a tone."""
    account = f"<sip:7@127.0.0.1:{asterisk.sip}>;auth_user=7;auth_pass={SEAT_PASSWORD};regint=60;answermode=auto"
    async with Baresip(asterisk.sip, account) as phone:
        await until(lambda: "Added contact" in asterisk.said())
        yield phone


@needs_seat
def test_a_call_is_led_queued_joined_recorded_and_released():
    house = FakeHouse()
    kept = []

    async def play(asterisk, made, phone):
        await phone.answered()
        call = await the_call(made)
        await hears_something(phone)  # the beep in place of words that nobody spoke
        phone.press("1")
        await until(lambda: "digits" in house.kinds())
        await until(lambda: call.music)
        async with seat(asterisk):
            made.do(call.key, [Bridge("seat:7"), Record()], "k1")
            await until(lambda: call.recording)
            await says_something(phone)
            await hears_something(phone)  # the seat
            name = call.recording
            phone.bye()
            await phone.hears(200)
            await until(lambda: not made.calls and "released" in house.kinds())
            kept.append(recorded(asterisk, name))

    on_asterisk(play, house)
    assert house.events[0].caller == "13800138077"
    assert [e.digits for e in house.events if e.kind == "digits"] == ["1"], "one key, told thrice"
    assert house.kinds()[0] == "offered"
    assert house.kinds()[-3:] == ["connected", "recording_ready", "released"]
    assert kept[0] > 0.02, "the talk is in it"


@needs_seat
def test_when_the_seat_hangs_up_the_call_is_over():
    async def play(asterisk, made, phone):
        await phone.answered()
        call = await the_call(made)
        async with seat(asterisk) as telephone:
            made.do(call.key, [Enqueue("claims"), Bridge("seat:7")], "k1")
            await until(lambda: call.joined)
            telephone.tell("hangup")
            await phone.hears("BYE")
            await until(lambda: not made.calls)

    assert on_asterisk(play).kinds()[-1] == "released"


def test_a_seat_that_is_not_registered_leaves_the_caller_waiting_with_music():
    async def play(asterisk, made, phone):
        await phone.answered()
        call = await the_call(made)
        made.do(call.key, [Enqueue("claims"), Bridge("seat:7"), Gather(1)], "k1")
        await until(lambda: call.music and not call.leg)
        await hears_something(phone)  # music
        assert made.calls
        phone.bye()
        await until(lambda: not made.calls)

    assert "connected" not in on_asterisk(play).kinds()


def test_who_leaves_words_and_hangs_up_is_recorded():
    house, kept = FakeHouse(), []

    async def play(asterisk, made, phone):
        await phone.answered()
        phone.press("6")
        call = await the_call(made)
        await until(lambda: call.recording)
        await says_something(phone)
        name = call.recording
        phone.bye()
        await until(lambda: "released" in house.kinds())
        kept.append(recorded(asterisk, name))

    on_asterisk(play, house)
    assert house.kinds()[-2:] == ["recording_ready", "released"]
    assert kept[0] > 0.02, "what was said is in it"


def test_a_voicemail_ends_by_itself_after_its_seconds():
    async def play(asterisk, made, phone):
        await phone.answered()
        phone.press("6")  # three seconds, then thanks and the end
        await phone.hears("BYE")
        await until(lambda: not made.calls)

    assert "recording_ready" in on_asterisk(play).kinds()


def test_a_key_stops_what_plays_and_what_we_end_is_ended():
    async def play(asterisk, made, phone):
        long = audio.as_wav(audio.tone(300, seconds=30, level=0.4), channels=1)
        (asterisk.sounds / "long.wav").write_bytes(long)
        await phone.answered()
        call = await the_call(made)
        await until(lambda: call.playing)
        made._sounds.find = lambda _say: _ready("long")
        made.do(call.key, [Say("很长的一句", "long"), Gather(1, seconds=6)], "k1")
        await until(lambda: call.playing.endswith("long"))
        await hears_something(phone)
        phone.press("1")
        await until(lambda: not call.playing)
        made.do(call.key, [HangUp()], "k2")
        await phone.hears("BYE")
        await until(lambda: not made.calls)

    on_asterisk(play)


async def _ready(name):
    return name


@pytest.mark.parametrize(("number", "goes"), [("13800138000", True), ("95519", False)])
def test_a_call_is_passed_on_where_the_dialplan_allows_and_nowhere_else(number, goes):
    async def play(asterisk, made, phone):
        there = Telephone(asterisk.sip, port_of_its_own=asterisk.elsewhere)
        await phone.answered()
        call = await the_call(made)
        made.do(call.key, [Transfer(number)], "k1")
        if goes:
            assert (await there.hears("INVITE")).startswith(f"INVITE sip:{number}@")
        else:
            await phone.hears("BYE")
            with pytest.raises(BlockingIOError):
                there.sip.recv(1)
        there.close()

    on_asterisk(play)


def test_a_wrong_password_is_said_at_once():
    async def run():
        async with RealAsterisk() as asterisk:
            held = Exchange(asterisk.pbx("wrong"), FakeHouse(), Sounds(asterisk.sounds))
            with pytest.raises(BadCredentials):
                await held.run()

    asyncio.run(run())


def test_a_call_of_a_process_before_is_ended_in_order_and_the_next_is_taken():
    first, second = FakeHouse(), FakeHouse()

    async def run():
        async with RealAsterisk() as asterisk:
            phone, later = Telephone(asterisk.sip), Telephone(asterisk.sip, "13900139000")
            async with exchange(asterisk.pbx(), first, asterisk.sounds) as made:
                await phone.answered()
                await the_call(made)
                made.calls.clear()  # killed: it ends nothing
            async with exchange(asterisk.pbx(), second, asterisk.sounds) as made:
                await phone.hears("BYE")
                await later.answered()
                call = await the_call(made)
                made.do(call.key, [HangUp()], "k1")
                await later.hears("BYE")
            phone.close()
            later.close()

    asyncio.run(run())
    assert [e.caller for e in second.events if e.kind == "offered"] == ["13900139000"]


def test_an_asterisk_that_dies_and_comes_back_is_found_again_and_the_call_is_released():
    house = FakeHouse()

    async def play(asterisk, made, phone):
        await phone.answered()
        await the_call(made)
        await asterisk.die()
        await until(lambda: not made.up.is_set())
        await asyncio.sleep(1)  # channels are named after the second they began in, and counted
        await asterisk.start()
        await until(lambda: made.up.is_set() and not made.calls)
        await until(lambda: "released" in house.kinds())
        later = Telephone(asterisk.sip, "13900139000")
        await later.answered()
        await until(lambda: made.calls)
        later.bye()
        await until(lambda: not made.calls)
        later.close()

    on_asterisk(play, house)
    assert [e.caller for e in house.events if e.kind == "offered"] == ["13800138077", "13900139000"]


def test_by_a_trunk_to_our_own_switch_keys_and_sound_come_through_and_a_call_is_passed_on():
    house, its_seat = FakeHouse(), SeatLeg()

    async def run():
        async with switch(house) as made, RealAsterisk(trunk=made.sip.port) as asterisk:
            phone = Telephone(asterisk.sip)
            there = Telephone(asterisk.sip, port_of_its_own=asterisk.elsewhere)
            await phone.answered()
            await until(lambda: made.lines and next(iter(made.lines.values())).leg.alive)
            phone.press("1")
            await until(lambda: "1" in [e.digits for e in house.events])
            [line] = made.lines.values()
            made.seats["7"] = its_seat
            made.do(line.key, [Bridge("seat:7"), Record()], "k1")
            await until(lambda: line.recording)
            await says_something(phone)
            await until(lambda: audio.loudness(bytes(its_seat.heard[-4000:])) > 0.02)
            await hears_something(phone)
            made.do(line.key, [Transfer("13800138000")], "k2")
            assert (await there.hears("INVITE")).startswith("INVITE sip:13800138000@")
            phone.close()
            there.close()

    asyncio.run(run())
    assert house.events[0].caller == "13800138077"
    content = b"".join(piece[3] for piece in house.pieces)
    assert audio.loudness(audio.channel(content, 0)) > 0.02
