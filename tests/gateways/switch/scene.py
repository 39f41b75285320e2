"""A switch on free ports with a house that plays a short flow, and telephones that call it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import struct
import tempfile
import time
from pathlib import Path

from yilu.gateways.calls import Answer, Enqueue, Gather, HangUp, Record, Say
from yilu.gateways.calls.builtin import audio
from yilu.gateways.calls.builtin.prompts import Prompts
from yilu.gateways.calls.builtin.switch import Switch

GONE = 404
"""A conversation that another seat took meanwhile."""
MENU = (Answer(), Say("按 1", "menu"), Gather(1, seconds=6))


class FakeHouse:
    """Keeps what it is told; ``answers`` by digits says what to do next."""

    def __init__(self, answers=None, fails=0):
        self.answers = {"1": (Enqueue("claims"), Gather(1)), "6": (Record("voicemail", 3),)}
        self.answers |= answers or {}
        self.events, self.pieces, self.fails, self.alive = [], [], fails, []
        self.passwords, self.seats = {}, []

    def hear(self, event):
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the database is away")
        self.events.append(event)
        if event.kind == "offered":
            return MENU
        if event.kind == "digits":
            return self.answers.get(event.digits, (Gather(1),))
        return (HangUp(),) if event.kind == "recording_ready" else ()

    def standing(self, driver, call):
        return 0, 0

    def keep(self, driver, call, number, take, sha256, content):
        self.pieces.append((driver, number, take, content))

    def living(self, calls):
        self.alive += calls

    def telephone(self, seat):
        return self.passwords.get(seat)

    def picked_up(self, seat, conversation):
        self.seats.append(("picked up", seat, conversation))
        return conversation != GONE

    def pressed_away(self, seat, conversation):
        self.seats.append(("pressed away", seat, conversation))

    def put_down(self, seat):
        self.seats.append(("put down", seat))

    def kinds(self):
        return [event.kind for event in self.events]


class SeatLeg:
    """A seat that says a steady tone and remembers how loud it hears."""

    alive = True
    away = False

    def __init__(self):
        self.on_key = self.on_gone = None
        self.heard = bytearray()
        self._says = audio.tone(300, seconds=20, level=0.5)
        self._at = 0

    def frame(self):
        self._at += audio.FRAME
        return self._says[self._at - audio.FRAME : self._at] or audio.SILENCE

    def play(self, ulaw):
        self.heard += ulaw

    async def close(self):
        self.alive = False


@contextlib.asynccontextmanager
async def switch(house, **more):
    made = Switch(house, Prompts(None), port=0, **more)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def until(what, seconds=25.0):
    """Wait until it is so. :raises AssertionError: it never is."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came about"
        await asyncio.sleep(0.02)


class Telephone:
    """A hand-made telephone on a socket: says exactly what a test wants said, wrong things too."""

    def __init__(self, port, number="13800138077", port_of_its_own=0):
        self.port, self.number = port, number
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for each, its_own in ((self.sip, port_of_its_own), (self.rtp, 0)):
            each.bind(("127.0.0.1", its_own))
            each.setblocking(False)
        self.call_id = f"{time.monotonic_ns()}@test"
        self.to = "<sip:95500@127.0.0.1>"
        self.cseq, self.stamp, self.sequence = 1, 1000, 1
        self.theirs = None

    def head(self, method, cseq=None, branch=None):
        cseq = cseq or self.cseq
        return (
            f"{method} sip:hotline@127.0.0.1:{self.port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.sip.getsockname()[1]};branch=z9hG4bK{branch or cseq}{id(self)}\r\n"
            f"From: <sip:{self.number}@127.0.0.1>;tag=t1\r\nTo: {self.to}\r\nCall-ID: {self.call_id}\r\n"
            f"CSeq: {cseq} {method}\r\nMax-Forwards: 70\r\n"
            f"Contact: <sip:x@127.0.0.1:{self.sip.getsockname()[1]}>\r\n"
        )

    def send(self, text):
        self.sip.sendto(text.encode(), ("127.0.0.1", self.port))

    def invite(self, codecs="0 101", extra="a=rtpmap:101 telephone-event/8000\r\n"):
        sdp = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {self.rtp.getsockname()[1]} RTP/AVP {codecs}\r\na=rtpmap:0 PCMU/8000\r\n{extra}"
        )
        body = f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}"
        self.send(self.head("INVITE") + body)

    async def hears(self, status, seconds=20.0):
        """The answer of that status; others are passed over."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(seconds):
            while True:
                text = (await loop.sock_recv(self.sip, 65535)).decode()
                if text.startswith((f"SIP/2.0 {status}", f"{status} ")):
                    break
        for line in text.split("\r\n"):
            if text.startswith("SIP/2.0") and line.startswith("To:") and ";tag=" in line:
                self.to = line[4:]
            if line.startswith("m=audio"):
                self.theirs = ("127.0.0.1", int(line.split()[1]))
        return text

    async def answered(self):
        self.invite()
        await self.hears(200)
        self.send(self.head("ACK") + "Content-Length: 0\r\n\r\n")
        return self

    def bye(self):
        self.cseq += 1
        self.send(self.head("BYE") + "Content-Length: 0\r\n\r\n")

    def press(self, key, times=3):
        self.stamp += 8000
        event = "0123456789*#".index(key)
        for n in range(times):
            self.packet(
                101, struct.pack("!BBH", event, 0x80 if n == times - 1 else 0, 160 * (n + 1))
            )

    def speak(self, ulaw):
        for n in range(0, len(ulaw), 160):
            self.stamp += 160
            self.packet(0, ulaw[n : n + 160])

    def packet(self, kind, content):
        self.sequence += 1
        head = struct.pack("!BBHII", 0x80, kind, self.sequence & 0xFFFF, self.stamp, 77)
        self.rtp.sendto(head + content, self.theirs)

    def close(self):
        self.sip.close()
        self.rtp.close()


class Baresip:
    """A real SIP telephone as a process, driven by its control port."""

    def __init__(self, port, account="<sip:13800138077@127.0.0.1>;regint=0;dtmfmode=rtpevent"):
        self.port = port
        self.folder = Path(tempfile.mkdtemp())
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.control = found.getsockname()[1]
        says = self.folder / "says.wav"
        says.write_bytes(audio.as_wav(audio.tone(440, seconds=20, level=0.5), channels=1))
        modules = ("g711.so", "aufile.so", "srtp.so")
        known = Path("/usr/lib/baresip/modules")
        loaded = "\n".join(f"module {each}" for each in modules if (known / each).exists())
        (self.folder / "config").write_text(
            f"sip_listen 127.0.0.1:0\nmodule_path {known}\n{loaded}\nmodule_app account.so\nmodule_app menu.so\n"
            f"module_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{self.control}\naudio_source aufile,{says}\n"
            "audio_player aufile,/dev/null\naudio_alert aufile,/dev/null\nnet_interface 127.0.0.1\nrtp_ports 20000-40000\n"
        )
        (self.folder / "accounts").write_text(f"{account}\n")
        (self.folder / "contacts").write_text("")

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            "baresip", "-f", str(self.folder), stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        for _n in range(150):
            try:
                _reader, self.writer = await asyncio.open_connection("127.0.0.1", self.control)
                break
            except OSError:
                await asyncio.sleep(0.02)
        return self

    async def __aexit__(self, *_):
        self.process.kill()
        await self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def tell(self, command, params=""):
        said = json.dumps({"command": command, "params": params})
        self.writer.write(f"{len(said)}:{said},".encode())

    def dial(self):
        self.tell("dial", f"sip:hotline@127.0.0.1:{self.port}")
