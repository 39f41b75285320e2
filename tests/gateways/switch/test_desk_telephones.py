"""Desk telephones register, ring, are picked up and put down: a hand-made one that may misbehave, and a real one."""

import asyncio
import ipaddress
import shutil

import pytest
from aiosipua.auth import SipDigestAuth, build_credentials
from aiosipua.header_codec import parse_auth, stringify_auth

from tests.gateways.switch.scene import GONE, Baresip, FakeHouse, Telephone, switch, until
from yilu.gateways.calls import Bridge, Enqueue, Record
from yilu.gateways.calls.builtin import audio
from yilu.gateways.calls.builtin.digest import secret_of

PASSWORD = "a-password-of-a-seat"


class DeskPhone(Telephone):
    """A telephone of seat 7 that registers, and says what a test wants said when it is rung."""

    def __init__(self, port, seat="7"):
        super().__init__(port, seat)
        self.to = f"<sip:{seat}@127.0.0.1>"

    async def register(self, password=PASSWORD, *, seconds=600, again=None, proof=True):
        """The final answer; ``again``: an Authorization used before."""
        uri, self.cseq = f"sip:127.0.0.1:{self.port}", self.cseq + 1
        self._ask(uri, seconds, again)
        if again or not proof:
            return await self.hears("")
        challenge = await self.hears("")
        if " 401 " not in challenge.split("\r\n")[0]:
            return challenge
        line = next(x for x in challenge.split("\r\n") if x.startswith("WWW-Authenticate"))
        told = parse_auth(line.partition(": ")[2])
        proof = build_credentials(SipDigestAuth(self.number, password), told, "REGISTER", uri)
        self.proof, self.cseq = stringify_auth(proof), self.cseq + 1
        self._ask(uri, seconds, self.proof)
        return await self.hears("")

    def _ask(self, uri, seconds, proof):
        head = self.head("REGISTER").replace(f"sip:hotline@127.0.0.1:{self.port}", uri, 1)
        head = head.replace("From: <sip:hotline", f"From: <sip:{self.number}")
        proof = f"Authorization: {proof}\r\n" if proof else ""
        self.send(f"{head}{proof}Expires: {seconds}\r\nContent-Length: 0\r\n\r\n")

    async def rung(self):
        """The INVITE that rings it."""
        return await self.hears("INVITE")

    def says(self, status, asked, sdp=""):
        kept = [
            line for line in asked.split("\r\n")
            if line.startswith(("Via:", "From:", "Call-ID:", "CSeq:"))
        ]  # fmt: skip
        to = next(line for line in asked.split("\r\n") if line.startswith("To:"))
        kind = "Content-Type: application/sdp\r\n" if sdp else ""
        self.send(
            f"SIP/2.0 {status}\r\n" + "\r\n".join(kept) + f"\r\n{to};tag=d1\r\n{kind}"
            f"Contact: <sip:7@127.0.0.1:{self.sip.getsockname()[1]}>\r\n"
            f"Content-Length: {len(sdp)}\r\n\r\n{sdp}"
        )  # fmt: skip

    def described(self):
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.rtp.getsockname()[1]} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        )


def _play(play, **more):
    house = FakeHouse()
    house.passwords["7"] = secret_of("7", PASSWORD)

    async def run():
        async with switch(house, **more) as made:
            phone = DeskPhone(made.sip.port)
            try:
                await play(made, phone, house)
            finally:
                phone.close()

    asyncio.run(run())


def test_a_telephone_registers_renews_and_leaves_and_nobody_else_does_in_its_place():
    async def play(made, phone, house):
        assert "403" in (await phone.register("wrong")).split("\r\n")[0]
        assert not made.desks.registered("7")
        told = await phone.register()
        assert "200" in told.split("\r\n")[0]
        assert ";expires=600" in told
        assert made.desks.registered("7")
        assert "401" in (await phone.register(again=phone.proof)).split("\r\n")[0], "heard before"
        assert "423" in (await phone.register(seconds=5)).split("\r\n")[0]
        assert ";expires=3600" in await phone.register(seconds=999_999)
        stranger = DeskPhone(made.sip.port, "8")
        assert "403" in (await stranger.register()).split("\r\n")[0], "a seat without a telephone"
        stranger.close()
        await phone.register(seconds=0)
        assert not made.desks.registered("7")
        await phone.register()
        made.desks.forget("7")  # a new password was given
        assert not made.desks.registered("7")

    _play(play)


def test_ten_wrong_passwords_and_nobody_listens_any_more():
    async def play(made, phone, house):
        for _n in range(10):
            await phone.register("wrong")
        assert "503" in (await phone.register()).split("\r\n")[0]
        assert not made.desks.registered("7")

    _play(play)


def test_where_only_telephones_stand_nobody_can_call_and_where_only_the_exchange_stands_nobody_registers():
    here = [ipaddress.ip_network("127.0.0.0/8")]
    there = [ipaddress.ip_network("10.0.0.0/8")]

    async def phones(made, phone, house):
        assert "200" in (await phone.register()).split("\r\n")[0]
        caller = Telephone(made.sip.port)
        caller.invite()
        await caller.hears(403)
        assert not made.lines
        caller.close()

    async def exchange(made, phone, house):
        assert "403" in (await phone.register()).split("\r\n")[0]

    _play(phones, phones=here, peers=there)
    _play(exchange, phones=there, peers=here)


def test_a_telephone_is_rung_picked_up_joined_put_on_hold_and_put_down():
    async def play(made, phone, house):
        await phone.register()
        caller = await Telephone(made.sip.port).answered()
        await until(lambda: made.lines)
        [line] = made.lines.values()
        assert await made.desks.ring("7", 12, 20)
        asked = await phone.rung()
        assert "13800138077" not in asked, "no caller's number in a telephone's list of calls"
        phone.says("180 Ringing", asked)
        phone.says("200 OK", asked, phone.described())
        phone.call_id = next(x[9:] for x in asked.split("\r\n") if x.startswith("Call-ID: "))
        await phone.hears("ACK")
        await until(lambda: house.seats == [("picked up", "7", 12)])
        made.do(line.key, [Bridge("seat:7"), Record()], "k1")
        await until(lambda: line.recording and not line.waits)
        theirs = next(x for x in asked.split("\r\n") if x.startswith("m=audio")).split()[1]
        phone.theirs, said = ("127.0.0.1", int(theirs)), audio.tone(440, seconds=0.2, level=0.5)
        await until(lambda: phone.speak(said) or audio.loudness(bytes(line._both[1::2])) > 0.02)
        made.do(line.key, [Enqueue("claims")], "k2")
        await phone.hears("BYE")  # passed to a colleague: the seat's telephone is free
        await until(lambda: "7" not in made.seats)
        caller.close()

    _play(play)


def test_who_presses_it_away_leaves_it_to_a_colleague_and_who_is_too_late_is_hung_up():
    async def play(made, phone, house):
        await phone.register()
        await made.desks.ring("7", 12, 20)
        asked = await phone.rung()
        phone.says("486 Busy Here", asked)
        await phone.hears("ACK")
        await until(lambda: house.seats == [("pressed away", "7", 12)])
        await made.desks.ring("7", GONE, 20)
        asked = await phone.rung()
        phone.says("200 OK", asked, phone.described())
        await phone.hears("BYE")
        await until(lambda: "7" not in made.seats)
        await made.desks.ring("7", 13, 20)
        asked = await phone.rung()
        phone.says("180 Ringing", asked)
        await made.desks.quiet("7", 12)  # of an earlier offer: nothing
        assert "7" in made.seats
        await made.desks.quiet("7", 13)
        cancelled = await phone.hears("CANCEL")
        phone.says("200 OK", asked, phone.described())  # picked up in that very moment
        await phone.hears("BYE")
        assert cancelled.split("\r\n")[1] == asked.split("\r\n")[1], "the same Via"
        assert not await made.desks.ring("9", 14, 20), "none is registered"

    _play(play)


@pytest.mark.skipif(not shutil.which("baresip"), reason="no baresip on this machine: see .ci/run")
def test_a_real_telephone_registers_over_a_stream_rings_and_talks_with_the_caller():
    house = FakeHouse()
    house.passwords["7"] = secret_of("7", PASSWORD, "MD5")  # baresip 1.0 knows nothing else

    async def run():
        async with switch(house) as made:
            account = (
                f"<sip:7@127.0.0.1:{made.sip.port};transport=tcp>;auth_pass={PASSWORD};regint=60"
            )
            async with Baresip(made.sip.port, f"{account};answermode=manual") as phone:
                await until(lambda: made.desks.registered("7"))
                caller = await Telephone(made.sip.port).answered()
                await until(lambda: made.lines)
                [line] = made.lines.values()
                made.do(line.key, [Bridge("seat:7"), Record()], "k1")
                await made.desks.ring("7", 12, 30)
                await until(lambda: "7" in made.seats and made.seats["7"]._sip.caller.answered)
                phone.tell("accept")
                await until(lambda: ("picked up", "7", 12) in house.seats)
                await until(lambda: audio.loudness(bytes(line._both[1::2])) > 0.02)
                phone.tell("hangup")
                await until(lambda: ("put down", "7") in house.seats)
                caller.close()

    asyncio.run(run())
