"""Asterisk by replayed events: what it tells becomes our events, our verbs become its commands."""

import asyncio
import json

import pytest

from tests.gateways.exchange.scene import FakeAsterisk, FakeHouse, exchange, until
from yilu.gateways.calls import Bridge, HangUp, Record
from yilu.gateways.calls.asterisk_ari import events
from yilu.gateways.calls.asterisk_ari.client import Asterisk
from yilu.gateways.calls.asterisk_ari.websocket import PONG, WebSocket, accept_for, frame
from yilu.gateways.calls.control import NoSuchCall
from yilu.gateways.calls.exchange.pbx import BadCredentials, Broken
from yilu.gateways.calls.seam import NotDone

CALL = "1700000000.1"


def at(second):
    return f"2026-11-22T16:00:{second:02}.000+0800"


def run(story, house=None, **more):
    async def play():
        async with FakeAsterisk() as pbx:
            for name, value in more.items():
                setattr(pbx, name, value)
            heard = house or FakeHouse()
            async with exchange(pbx.pbx(), heard) as made:
                await story(pbx, made, heard)

    asyncio.run(play())


async def in_the_menu(pbx):
    pbx.tell("StasisStart", args=[])
    await until(lambda: pbx.was_asked(f"POST /channels/{CALL}/play/"))


def test_a_call_walks_from_the_menu_through_the_queue_to_a_seat_and_is_recorded():
    async def story(pbx, made, house):
        pbx.answers = {"DELETE /playbacks/": (404, {"message": "Playback not found"})}
        await in_the_menu(pbx)
        for _twice in range(2):
            pbx.tell("ChannelDtmfReceived", digit="1", duration_ms=90, at=at(5))
        await until(lambda: pbx.was_asked(f"POST /channels/{CALL}/moh"))
        stopped = next(
            n for n, each in enumerate(pbx.asked) if each.startswith("DELETE /playbacks/")
        )
        assert stopped < pbx.asked.index(f"POST /channels/{CALL}/moh")

        made.do(CALL, (Bridge("seat:7"), Record()), "k1")
        made.do(CALL, (Bridge("seat:7"), Record()), "k1")
        await until(lambda: pbx.was_asked("endpoint=PJSIP/7"))
        leg = made.calls[CALL].leg
        pbx.tell("StasisStart", leg, args=["seat"], at=at(6))
        await until(lambda: pbx.was_asked(f"POST /bridges/yilu-{CALL}/record"))
        rung = [each for each in pbx.asked if "endpoint=PJSIP/7" in each]
        assert len(rung) == 1
        ringing = pbx.asked.index(rung[0])
        assert (
            pbx.asked.index(f"DELETE /channels/{CALL}/moh") > ringing
        )  # music until it is picked up
        assert pbx.was_asked(f"addChannel?channel={CALL},{leg}")

        for kind in ("StasisEnd", "ChannelDestroyed"):
            pbx.tell(kind, at=at(9))
        await until(lambda: "released" in house.kinds())
        assert house.kinds() == ["offered", "digits", "connected", "recording_ready", "released"]
        assert [house.events[0].id, house.events[0].caller] == ["offered", "13800138077"]
        assert house.events[1].digits == "1"
        assert len({event.id for event in house.events}) == 5
        assert pbx.was_asked(f"DELETE /channels/{leg}")
        assert pbx.was_asked(f"DELETE /bridges/yilu-{CALL}")
        with pytest.raises(NoSuchCall):
            made.do(CALL, (HangUp(),), "k2")

    run(story)


def test_a_seat_that_hangs_up_ends_the_call_and_one_that_cannot_ring_leaves_the_caller_with_music():
    async def story(pbx, made, house):
        await in_the_menu(pbx)
        pbx.answers = {"endpoint=PJSIP/8": (500, {"message": "Allocation failed"})}
        made.do(CALL, (Bridge("seat:8"), Record()), "k1")
        await until(lambda: pbx.was_asked("endpoint=PJSIP/8"))
        made.do(CALL, (Bridge("seat:7"),), "k2")
        await until(lambda: pbx.was_asked("endpoint=PJSIP/7"))
        assert not pbx.was_asked("/record")
        assert not pbx.was_asked(f"DELETE /channels/{CALL}")
        leg = made.calls[CALL].leg
        pbx.tell("StasisStart", leg, at=at(6))
        await until(lambda: "connected" in house.kinds())
        pbx.tell("ChannelDestroyed", leg, at=at(8))
        await until(lambda: "released" in house.kinds())
        assert pbx.asked.count(f"DELETE /channels/{CALL}") == 1

    run(story)


def test_a_voicemail_ends_by_a_key_and_a_missing_recording_folder_ends_the_call():
    async def story(pbx, made, house):
        await in_the_menu(pbx)
        pbx.tell("ChannelDtmfReceived", digit="6", at=at(5))
        await until(lambda: sum("/play/" in each for each in pbx.asked) == 2)
        playing = made.calls[CALL].playing
        pbx.tell(
            "PlaybackFinished",
            "",
            playback={"id": playing, "target_uri": f"channel:{CALL}"},
            at=at(6),
        )
        await until(lambda: pbx.was_asked(f"POST /channels/{CALL}/record"))
        name = made.calls[CALL].recording
        pbx.tell(
            "RecordingFinished",
            "",
            recording={"name": name, "target_uri": f"channel:{CALL}"},
            at=at(7),
        )
        await until(lambda: pbx.was_asked(f"DELETE /channels/{CALL}"))
        assert [e.recording for e in house.events if e.kind == "recording_ready"] == [name]

        pbx.answers = {"/record?": (500, {"message": "Internal Server Error"})}
        pbx.tell("StasisStart", "c2")
        await until(lambda: pbx.was_asked("POST /channels/c2/play/"))
        pbx.tell("ChannelDtmfReceived", "c2", digit="6", at=at(15))
        await until(lambda: sum("/channels/c2/play/" in each for each in pbx.asked) == 2)
        pbx.tell("ChannelDtmfReceived", "c2", digit="#", at=at(16))
        await until(lambda: pbx.was_asked("DELETE /channels/c2"))
        assert house.kinds().count("recording_ready") == 1

    run(story)


def test_who_hangs_up_while_leaving_words_is_told_as_a_recording_before_the_call_is_over():
    """A real Asterisk tells both within a millisecond, the recording's end first."""

    async def story(pbx, made, house):
        await in_the_menu(pbx)
        pbx.tell("ChannelDtmfReceived", digit="6", at=at(1))
        await until(lambda: sum("/play/" in each for each in pbx.asked) == 2)
        beep = {"id": made.calls[CALL].playing, "target_uri": f"channel:{CALL}"}
        pbx.tell("PlaybackFinished", "", playback=beep, at=at(2))
        await until(lambda: pbx.was_asked(f"POST /channels/{CALL}/record"))
        name = made.calls[CALL].recording
        ended = {"name": name, "target_uri": f"channel:{CALL}"}
        pbx.tell("RecordingFinished", "", recording=ended, at=at(9))
        pbx.tell("StasisEnd", at=at(9))
        await until(lambda: "released" in house.kinds())
        assert house.kinds()[-2:] == ["recording_ready", "released"]
        assert house.events[-2].recording == name

    run(story)


def test_after_a_lost_connection_ended_calls_are_released_and_the_others_go_on():
    async def story(pbx, made, house):
        await in_the_menu(pbx)
        pbx.tell("StasisStart", "stays")
        await until(lambda: pbx.was_asked("POST /channels/stays/play/"))
        pbx.channels = [("stays", "Up"), ("new", "Ring"), ("of-before", "Up"), ("seat-x", "Up")]
        await pbx.drop()
        await until(lambda: pbx.connections == 2 and "released" in house.kinds())
        await until(lambda: pbx.was_asked("POST /channels/new/answer"))
        assert [e.call for e in house.events if e.kind == "released"] == [CALL]
        assert pbx.was_asked("DELETE /channels/of-before")
        assert not pbx.was_asked("DELETE /channels/seat-x")
        assert set(made.calls) == {"stays", "new"}
        assert (made.losses, made.pauses[0]) == (1, 0.5)
        assert {e.called for e in house.events if e.kind == "offered"} == {"95500"}  # also of "new"
        pbx.tell("ChannelDtmfReceived", "stays", digit="1", at=at(30))
        await until(lambda: pbx.was_asked("POST /channels/stays/moh"))

    run(story)


def test_unknown_late_and_early_events_change_nothing_and_a_broken_one_only_costs_the_connection():
    async def story(pbx, made, house):
        pbx.tell("ChannelDestroyed", "early")
        pbx.tell("StasisStart", "early", at=at(1))
        pbx.tell("ChannelDtmfReceived", "nobody", digit="1")
        pbx.tell("ContactStatusChange", "")
        pbx.tell("StasisStart", "c/../x")
        pbx.send(json.dumps({"type": "ChannelDtmfReceived", "channel": {"id": CALL}}))
        await in_the_menu(pbx)
        assert set(made.calls) == {CALL}
        pbx.channels = [(CALL, "Up")]
        pbx.send("[1")
        await until(lambda: pbx.connections == 2 and made.up.is_set())
        assert set(made.calls) == {CALL}
        assert house.kinds() == ["offered"]

    run(story)


def test_a_call_for_which_nobody_decides_is_hung_up():
    async def story(pbx, made, house):
        pbx.tell("StasisStart")
        await until(lambda: pbx.was_asked(f"DELETE /channels/{CALL}") and not made.calls)
        assert made.pauses
        assert not pbx.was_asked("/answer")

    run(story, FakeHouse(fails=99))


def test_a_wrong_password_is_said_and_not_tried_again():
    async def play():
        async with FakeAsterisk() as pbx, exchange(pbx.pbx("wrong"), FakeHouse()) as made:
            assert not made.up.is_set()
            assert made.losses == 0

    with pytest.raises(BadCredentials):
        asyncio.run(play())


def test_what_is_not_set_up_whole_is_refused():
    for url, user, password, seats in (
        ("ftp://pbx/ari", "u", "p", "PJSIP/{seat}"), ("http://pbx/ari", "", "p", "PJSIP/{seat}"),
        ("http://pbx/ari", "u", "p", "PJSIP/1"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="YILU_"):
            Asterisk(url, user, password, endpoint=seats)


class _Writer:
    def __init__(self):
        self.sent = b""

    def write(self, content):
        self.sent += content


def receive(content):
    async def play():
        reader, writer = asyncio.StreamReader(), _Writer()
        reader.feed_data(content)
        reader.feed_eof()
        return await WebSocket(reader, writer).receive(), writer.sent

    return asyncio.run(play())


def test_frames_are_those_of_the_standards_examples():
    assert accept_for("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert frame(1, b"Hello", bytes.fromhex("37fa213d")) == bytes.fromhex("818537fa213d7f9f4d5158")
    assert receive(bytes.fromhex("810548656c6c6f"))[0] == "Hello"
    text, sent = receive(bytes.fromhex("010348656c" + "890548656c6c6f" + "80026c6f"))
    assert (text, sent[0], sent[1]) == ("Hello", 0x80 | PONG, 0x85)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("c10548656c6c6f", Broken), ("818537fa213d7f9f4d5158", Broken), ("0900", Broken), ("897e0100", Broken),
        ("8200", Broken), ("800141", Broken), ("8101ff", Broken), ("817f0000000100000000", Broken),
        ("0101418101 41", Broken), ("8800", NotDone), ("81", NotDone), ("810548", NotDone), ("", NotDone),
    ],
)  # fmt: skip
def test_a_broken_frame_ends_the_connection(content, fault):
    with pytest.raises(fault):
        receive(bytes.fromhex(content))


def test_the_same_event_has_the_same_number_and_another_another():
    def key(digit, second):
        told = {
            "type": "ChannelDtmfReceived",
            "digit": digit,
            "timestamp": at(second),
            "channel": {"id": "c"},
        }
        return events.read(json.dumps(told)).id

    assert key("1", 1) == key("1", 1)
    assert len({key("1", 1), key("1", 2), key("2", 1)}) == 3
    for text in ("[]", "null", "x", "[" * 9000):
        with pytest.raises(Broken):
            events.read(text)
