"""Telephones call the switch: a hand-made one that may misbehave, and real ones where they can be had."""

import asyncio
import shutil

import pytest

from tests.gateways.switch.scene import Baresip, FakeHouse, SeatLeg, Telephone, switch, until
from yilu.gateways.calls import Bridge, HangUp, Record
from yilu.gateways.calls.builtin import audio
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
        assert house.events[0].caller == phone.number
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
