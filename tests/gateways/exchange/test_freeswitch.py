"""FreeSWITCH by replayed events: what it tells becomes our events, our verbs become its commands."""

import asyncio

import pytest

from tests.gateways.exchange.scene import FakeFreeSwitch, FakeHouse, exchange, until
from yilu.gateways.calls import Bridge, Enqueue, Gather, Record, Transfer
from yilu.gateways.calls.exchange.pbx import BadCredentials, Broken
from yilu.gateways.calls.freeswitch_esl import wire
from yilu.gateways.calls.freeswitch_esl.client import FreeSwitch
from yilu.gateways.calls.seam import NotDone


def run(story):
    async def play():
        async with FakeFreeSwitch() as pbx:
            house = FakeHouse()
            async with exchange(pbx.pbx(), house) as made:
                await story(pbx, made, house)

    asyncio.run(play())


async def in_the_menu(pbx, made, call="call-1"):
    pbx.came(call)
    await until(lambda: pbx.was_asked(f"sendmsg {call}\n"))


def test_a_call_walks_from_the_menu_through_the_queue_to_a_seat_back_and_out():
    async def story(pbx, made, house):
        await in_the_menu(pbx, made)
        assert pbx.asked.index("api uuid_answer call-1") < len(pbx.asked) - 1
        for _twice in range(2):
            pbx.tell("DTMF", number=70001, DTMF__Digit="1")
        await until(lambda: pbx.was_asked("execute-app-arg: local_stream://moh"))
        first_break = pbx.asked.index("api uuid_break call-1 all")
        assert "local_stream" not in "".join(pbx.asked[:first_break])

        made.do("call-1", (Bridge("seat:7"), Record()), "k1")
        await until(lambda: pbx.was_asked("user/7 &park()"))
        leg = made.calls["call-1"].leg
        assert pbx.was_asked(f"origination_uuid={leg},")
        pbx.tell("CHANNEL_PARK", leg)
        await until(lambda: pbx.was_asked("api uuid_record call-1 start"))
        assert pbx.was_asked(f"api uuid_bridge call-1 {leg}")
        assert pbx.was_asked("RECORD_STEREO true")

        made.do("call-1", (Enqueue("claims"), Gather(1)), "k2")  # handed on: the caller stays
        await until(lambda: pbx.asked.count(f"api uuid_kill {leg} NORMAL_CLEARING") == 1)
        pbx.tell("CHANNEL_HANGUP_COMPLETE", leg)
        pbx.came("call-1")  # parked again, no new call
        await until(lambda: "recording_ready" in house.kinds())
        assert "call-1" in made.calls
        made.do("call-1", (Transfer("955 19; rm"),), "k3")
        await until(lambda: pbx.was_asked("api uuid_transfer call-1 95519 XML yilu-transfer"))
        pbx.tell("CHANNEL_HANGUP_COMPLETE")
        await until(lambda: "released" in house.kinds())
        assert house.kinds() == ["offered", "digits", "connected", "recording_ready", "released"]
        assert (house.events[0].caller, house.events[1].digits) == ("13800138077", "1")
        assert house.events[0].called == "95500"

    run(story)


def test_a_telephone_that_cannot_be_rung_and_a_call_that_is_gone_are_no_faults():
    async def story(pbx, made, house):
        await in_the_menu(pbx, made)
        pbx.answers = {"uuid_break": "-ERR no such channel!"}
        made.do("call-1", (Bridge("seat:7"), Record()), "k1")
        await until(lambda: pbx.was_asked("user/7 &park()"))
        leg = made.calls["call-1"].leg
        pbx.tell("BACKGROUND_JOB", "", Job__UUID=leg, _body="-ERR USER_NOT_REGISTERED\n")
        await until(lambda: made.calls["call-1"].leg == "")
        made.do("call-1", (Bridge("seat:x"),), "k2")
        made.do("call-1", (Gather(1),), "k3")
        pbx.tell("DTMF", DTMF__Digit="1")
        await until(lambda: "digits" in house.kinds())
        assert not pbx.was_asked("uuid_record")
        assert not pbx.was_asked("seat:x")
        pbx.tell("CHANNEL_HANGUP_COMPLETE")
        await until(lambda: "released" in house.kinds())

    run(story)


def test_after_a_lost_connection_ended_calls_are_released_and_the_others_go_on():
    async def story(pbx, made, house):
        await in_the_menu(pbx, made)
        await in_the_menu(pbx, made, "stays")
        pbx.channels = [
            {"uuid": "stays", "direction": "inbound", "callstate": "ACTIVE", "cid_num": "1"},
            {
                "uuid": "new",
                "direction": "inbound",
                "callstate": "RINGING",
                "cid_num": "13800138078",
            },
            {"uuid": "before", "direction": "inbound", "callstate": "ACTIVE", "cid_num": "2"},
            {"uuid": "other", "direction": "inbound", "callstate": "ACTIVE", "cid_num": "3"},
        ]
        pbx.answers = {"uuid_getvar other": "_undef_", "uuid_getvar": "true"}
        await pbx.drop()
        await until(lambda: pbx.connections == 2 and "released" in house.kinds())
        await until(lambda: pbx.was_asked("api uuid_answer new"))
        assert [e.call for e in house.events if e.kind == "released"] == ["call-1"]
        assert pbx.was_asked("api uuid_kill before")
        assert not pbx.was_asked("uuid_kill other")
        assert (set(made.calls), made.losses, made.pauses[0]) == ({"stays", "new"}, 1, 0.5)

    run(story)


@pytest.mark.parametrize(
    "greeting",
    [
        b"Content-Type: auth/request\n\n",
        b"Content-Type: text/rude-rejection\nContent-Length: 0\n\n",
    ],
)
def test_who_is_not_let_in_says_so_and_does_not_try_again(greeting):
    async def play():
        async with FakeFreeSwitch() as pbx:
            pbx.greeting = greeting
            async with exchange(pbx.pbx("wrong"), FakeHouse()) as made:
                assert made.losses == 0

    with pytest.raises(BadCredentials):
        asyncio.run(play())


def test_what_is_not_set_up_whole_is_refused():
    for address, password, seats in (
        ("pbx", "p", "user/{seat}"), ("pbx:8021", "", "user/{seat}"), ("pbx:8021", "p", "user/1"),
        ("pbx:8021", "p\nexit", "user/{seat}"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="YILU_"):
            FreeSwitch(address, password, endpoint=seats)


def receive(content):
    async def play():
        reader = asyncio.StreamReader(limit=1000)
        reader.feed_data(content)
        reader.feed_eof()
        return await wire.receive(reader)

    return asyncio.run(play())


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"no header\n\n", Broken), (b"Content-Length: -1\n\n", Broken), (b"Content-Length: x\n\n", Broken),
        (b"Content-Length: 99999999999\n\n", Broken), (b"x" * 2000 + b"\n\n", Broken),
        (b"Content-Length: 5\n\nab", NotDone), (b"Content-Type: x\n", NotDone), (b"", NotDone),
    ],
)  # fmt: skip
def test_a_broken_packet_ends_the_connection(content, fault):
    with pytest.raises(fault):
        receive(content)


def test_plain_events_are_read_as_json_ones_are():
    head = "Event-Name: DTMF\nUnique-ID: c1\nCore-UUID: x\nEvent-Sequence: 7\nDTMF-Digit: %23\n\n"
    plain = wire.event_of(wire.Packet({"Content-Type": "text/event-plain"}, head.encode()))
    told = b'{"Event-Name":"DTMF","Unique-ID":"c1","Core-UUID":"x","Event-Sequence":"7","DTMF-Digit":"#"}'
    as_json = wire.event_of(wire.Packet({"Content-Type": "text/event-json"}, told))
    assert wire.read(plain) == wire.read(as_json)
    assert (wire.read(plain).kind, wire.read(plain).value) == ("key", "#")
    job = b"Event-Name: BACKGROUND_JOB\nEvent-Sequence: 8\nJob-UUID: seat-1\nContent-Length: 5\n\n-ERR x"
    gone = wire.read(wire.event_of(wire.Packet({"Content-Type": "text/event-plain"}, job)))
    assert (gone.kind, gone.channel) == ("gone", "seat-1")


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"Event-Name": 1}', b"[" * 9000])
def test_an_event_that_is_none_ends_the_connection(body):
    with pytest.raises(Broken):
        wire.event_of(wire.Packet({"Content-Type": "text/event-json"}, body))


def test_unknown_events_and_events_without_a_number_are_passed_over():
    for event in (
        {"Event-Name": "HEARTBEAT", "Event-Sequence": "1"}, {"Event-Name": "DTMF", "DTMF-Digit": "1"},
        {"Event-Name": "CHANNEL_PARK", "Unique-ID": "another's", "Event-Sequence": "2"},
        {"Event-Name": "DTMF", "DTMF-Digit": "A", "Event-Sequence": "3"}, {},
    ):  # fmt: skip
        assert wire.read(event) is None
