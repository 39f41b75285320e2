"""Telephones call the switch: a hand-made one that may misbehave, and real ones where they can be had."""

import asyncio
import ipaddress
import shutil

import pytest

from tests.gateways.switch.scene import Baresip, FakeHouse, SeatLeg, Telephone, switch, until
from yilu.gateways.calls import Bridge, HangUp, Record, Transfer
from yilu.gateways.calls.builtin import audio, sip
from yilu.gateways.calls.builtin.line import PIECE_BYTES


async def _call(house, play):
    async with switch(house) as made:
        phone = Telephone(made.sip.port)
        try:
            return await play(made, phone)
        finally:
            phone.close()


def test_a_call_is_led_queued_joined_recorded_and_released():
    house, seat = FakeHouse(), SeatLeg()

    async def play(made, phone):
        await phone.answered()
        assert (house.events[0].caller, house.events[0].called) == (phone.number, "95500")
        phone.press("1")
        await until(lambda: "digits" in house.kinds())
        [line] = made.lines.values()
        await until(lambda: line.music)
        made.seats["7"] = seat
        made.do(line.key, [Bridge("seat:7"), Record()], "k1")
        await until(lambda: line.recording)
        for _n in range(25):
            phone.speak(audio.tone(440, seconds=0.04, level=0.5))
            await asyncio.sleep(0.04)
        assert audio.loudness(bytes(seat.heard[-4000:])) > 0.05, "the seat hears the caller"
        phone.bye()
        await phone.hears(200)
        await until(lambda: not made.lines)

    asyncio.run(_call(house, play))
    assert [e.digits for e in house.events if e.kind == "digits"] == ["1"], "one key, told thrice"
    assert house.kinds()[-1] == "released"
    content = b"".join(piece[3] for piece in house.pieces)
    assert [piece[1:3] for piece in house.pieces] == [(1, 1)]
    for side in (0, 1):
        assert audio.loudness(audio.channel(content, side)) > 0.05, (
            "both sides, each in its channel"
        )


def test_a_transferred_telephone_leaves_once_it_is_joined_and_stays_while_it_is_not():
    house = FakeHouse()

    def progress(phone, said, cseq):
        body = f"SIP/2.0 {said}\r\n"
        phone.send(
            phone.head("NOTIFY", cseq) + "Event: refer\r\nSubscription-State: active\r\n"
            f"Content-Type: message/sipfrag\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )  # fmt: skip

    async def play(made, phone):
        await phone.answered()
        await until(lambda: made.lines and next(iter(made.lines.values())).leg.alive)
        [line] = made.lines.values()
        made.do(line.key, [Transfer("400-800-1234")], "k1")
        asked = await phone.hears("REFER")
        there = phone.sip.getsockname()[1]
        assert f"<sip:4008001234@127.0.0.1:{there}>" in asked
        assert "\r\nContact: <sip:" in asked, "without it a real exchange answers 400"
        progress(phone, "503 Service Unavailable", 20)
        await phone.hears(200)
        assert made.lines, "nobody there: the caller stays with us"
        progress(phone, "200 OK", 21)
        await phone.hears("BYE")
        await until(lambda: not made.lines)

    asyncio.run(_call(house, play))
    assert house.kinds()[-1] == "released"


@pytest.mark.skipif(not shutil.which("baresip"), reason="no baresip on this machine: see .ci/run")
def test_a_real_telephone_hears_the_menu_presses_a_key_and_talks_to_the_seat():
    house, seat = FakeHouse(), SeatLeg()

    async def play(made):
        async with Baresip(made.sip.port) as phone:
            phone.dial()
            await until(lambda: made.lines and next(iter(made.lines.values())).leg.alive, 15)
            await asyncio.sleep(0.3)
            phone.tell("sndcode", "1")
            await until(lambda: "digits" in house.kinds())
            [line] = made.lines.values()
            made.seats["7"] = seat
            made.do(line.key, [Bridge("seat:7"), Record()], "k1")
            await until(lambda: audio.loudness(bytes(seat.heard[-8000:])) > 0.02)
            made.do(line.key, [HangUp()], "k2")
            await until(lambda: not made.lines)

    async def run():
        async with switch(house) as made:
            await play(made)

    asyncio.run(run())
    assert [e.digits for e in house.events if e.kind == "digits"] == ["1"]
    assert audio.loudness(audio.channel(b"".join(p[3] for p in house.pieces), 0)) > 0.02
    assert PIECE_BYTES == 80_000


def test_who_leaves_words_is_recorded_and_both_events_are_told():
    house = FakeHouse()

    async def play(made, phone):
        await phone.answered()
        phone.press("6")
        [line] = made.lines.values()
        await until(lambda: line.recording)
        phone.speak(audio.tone(440, seconds=0.2, level=0.5))
        await asyncio.sleep(0.1)
        phone.press("#")
        await phone.hears("BYE")  # the house thanks and hangs up
        await until(lambda: not made.lines)

    asyncio.run(_call(house, play))
    assert house.kinds() == ["offered", "digits", "recording_ready", "released"]
    assert house.events[2].recording.endswith(".1")
    assert audio.loudness(audio.channel(house.pieces[0][3], 0)) > 0.02


def test_a_house_that_is_away_for_a_moment_is_told_again_under_the_same_number():
    house = FakeHouse(fails=2)

    async def play(made, phone):
        await phone.answered()
        phone.bye()
        await until(lambda: not made.lines)

    asyncio.run(_call(house, play))
    assert house.kinds() == ["offered", "released"]


def test_a_caller_who_gives_up_before_the_answer_is_released():
    house = FakeHouse(answers={})
    house.hear = lambda event: house.events.append(event) or ()

    async def play(made, phone):
        phone.invite()
        await phone.hears(180)
        phone.send(phone.head("CANCEL", branch=1) + "Content-Length: 0\r\n\r\n")
        await phone.hears(487)
        await until(lambda: not made.lines)

    asyncio.run(_call(house, play))
    assert house.kinds() == ["offered", "released"]


def test_a_telephone_that_vanishes_is_released(monkeypatch):
    monkeypatch.setattr(sip, "QUIET_SECONDS", 0.2)
    house = FakeHouse()

    async def play(made, phone):
        await phone.answered()
        await until(lambda: not made.lines)
        await phone.hears("BYE")

    asyncio.run(_call(house, play))
    assert house.kinds() == ["offered", "released"]


@pytest.mark.parametrize(
    "said",
    [
        "nonsense", "INVITE sip:x SIP/2.0\r\n\r\n", "INVITE sip:x SIP/9.9\r\nVia: x\r\n\r\n",
        "SIP/2.0 200 OK\r\n\r\n", "\x00" * 400, "OPTIONS sip:x SIP/2.0\r\nContent-Length: 99999\r\n\r\n",
        "INVITE sip:a SIP/2.0\r\n" + "Via: " + "x" * 9000 + "\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_no_sip_harms_nobody(said):
    house = FakeHouse()

    async def play(made, phone):
        phone.send(said)
        await phone.answered()
        assert len(made.lines) == 1

    asyncio.run(_call(house, play))


def test_a_call_without_sound_we_speak_is_refused():
    async def play(made, phone):
        phone.invite(codecs="18", extra="a=rtpmap:18 G729/8000\r\n")
        await phone.hears(488)
        assert not made.lines

    asyncio.run(_call(FakeHouse(), play))


def test_a_stranger_of_another_network_is_not_answered_and_too_many_calls_are_refused():
    async def strange():
        async with switch(FakeHouse(), peers=[ipaddress.ip_network("10.0.0.0/8")]) as made:
            phone = Telephone(made.sip.port)
            phone.invite()
            await until(lambda: made.sip.transport.dropped == 1)
            assert not made.lines
            phone.close()

    async def full():
        async with switch(FakeHouse(), lines_max=1) as made:
            first, second = Telephone(made.sip.port), Telephone(made.sip.port)
            await first.answered()
            second.invite()
            await second.hears(503)
            first.close()
            second.close()

    asyncio.run(strange())
    asyncio.run(full())


@pytest.mark.skipif(not shutil.which("sipp"), reason="no sipp on this machine: see .ci/run")
def test_a_load_generator_makes_twenty_calls_and_none_fails(tmp_path):
    house = FakeHouse()

    async def run():
        async with switch(house) as made:
            process = await asyncio.create_subprocess_exec(
                "sipp", "-sn", "uac", f"127.0.0.1:{made.sip.port}", "-i", "127.0.0.1", "-m", "20",
                "-r", "20", "-l", "20", "-d", "500", "-nostdin", "-timeout", "20",
                cwd=tmp_path, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            assert await process.wait() == 0
            await until(lambda: not made.lines)

    asyncio.run(run())
    assert house.kinds().count("offered") == house.kinds().count("released") == 20
