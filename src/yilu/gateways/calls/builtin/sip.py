"""
Calls by SIP (RFC 3261): the dialogs are aiosipua's, the sockets (`wires`) and the sound (`plain`) are ours.

Telephones call us (`SipLeg`), and desk telephones that registered (`registering`) are called (`desk`).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, Protocol

import aiosipua
from aiosipua.dialog import DialogState
from aiosipua.sdp import parse_sdp
from aiosipua.sdp_negotiate import SdpNegotiationError, negotiate_sdp

from yilu.gateways.calls.builtin import rtp
from yilu.gateways.calls.builtin.plain import PlainSound
from yilu.gateways.calls.builtin.wires import Wires

log = logging.getLogger(__name__)

QUIET_SECONDS: Final = 30.0
"""A telephone that sends no packet for so long has gone, though it never said so."""
SESSION_SECONDS: Final = 1800
AGENT: Final = "yilu"
CALLED_KEPT: Final = 500
_NUMBER = re.compile(r"sips?:([0-9+() -]{1,32})[@;]")


class Dialog(Protocol):
    """What of a call by SIP the listening end needs, whoever began it."""

    @property
    def over(self) -> bool:
        """Whether it is over."""

    @property
    def quiet(self) -> bool:
        """Whether no packet has come for too long."""

    def renegotiate(self, call: Any) -> None:
        """The telephone described itself anew: answer and follow."""

    def gone(self) -> None:
        """The telephone hung up, or cannot be reached."""

    def vanish(self) -> None:
        """It has gone without a word: hang up for it."""

    def transferred(self, status: int) -> None:
        """How the telephone's other call goes."""


class SipLeg:
    """A telephone that called us."""

    def __init__(self, call: Any, host: str, advertised: str) -> None:
        self.on_gone: Callable[[], None] = lambda: None
        self.caller, self.called = number_of(call.caller), number_of(call.callee)
        self.away = False
        self._call, self._host, self._advertised = call, host, advertised
        self._sound = PlainSound(call.source_addr[0])
        self.over = False

    @property
    def on_key(self) -> Callable[[str], None]:
        """Told of every key."""
        return self._sound.on_key

    @on_key.setter
    def on_key(self, told: Callable[[str], None]) -> None:
        self._sound.on_key = told

    async def prepare(self) -> None:
        """
        Agree on how sound goes, and let it ring at the caller's.

        :raises SdpNegotiationError: the caller offers nothing that we speak.
        """
        offer = self._call.sdp_offer
        if offer is None:
            raise SdpNegotiationError("no offer")
        port, keys = await self._sound.open(self._host), keys_kind(offer)
        try:
            self._answer, kind = negotiate_sdp(
                offer, self._host, port, [rtp.PCMU, rtp.PCMA], dtmf_payload_type=keys,
                advertised_ip=self._advertised or None,
            )  # fmt: skip
        except SdpNegotiationError:
            self._sound.close()
            raise
        self._sound.agree(kind, keys or None, offer.rtp_address)
        self._call.ringing()

    def answer(self) -> None:
        """Take the call; from now on it must be heard."""
        if not self.over and self._call.dialog.state != DialogState.CONFIRMED:
            self._call.accept(self._answer)
            self._sound.begin()

    def renegotiate(self, call: Any) -> None:
        """The caller described itself anew (a hold, another address): answer and follow."""
        self._call = call
        self.away = follow(call, self._sound, self._host, self._advertised, held=self.away)

    @property
    def alive(self) -> bool:
        """Whether it is answered and not over."""
        return not self.over and self._call.dialog.state == DialogState.CONFIRMED

    @property
    def quiet(self) -> bool:
        """Whether no packet has come for too long."""
        return self.alive and self._sound.silent_for() > QUIET_SECONDS and not self.away

    def frame(self) -> bytes:
        """The next 20 ms of what it says."""
        return self._sound.frame()

    def play(self, ulaw: bytes) -> None:
        """Let it hear 20 ms."""
        self._sound.play(ulaw)

    def refer(self, number: str) -> bool:
        """
        Ask the telephone to call another number instead (REFER); whether it was asked.

        It tells us how that goes: once it is joined, this call ends (``transferred``).
        """
        if not self.alive:
            return False
        host, port = self._call._signaling_addr()
        asked = self._call.dialog.create_request("REFER", via_host=host, via_port=port)
        target, (peer, peer_port) = re.sub(r"[^0-9+]", "", number), self._call.source_addr
        asked.headers.set_single("Refer-To", f"<sip:{target}@{peer}:{peer_port}>")
        asked.headers.set_single("Referred-By", f"<sip:{host}:{port}>")
        asked.headers.set_single(
            "Contact", f"<sip:{host}:{port}>"
        )  # asked for by RFC 3515; Asterisk insists
        self._call.transport.send(asked, self._call.source_addr)
        return True

    def transferred(self, status: int) -> None:
        """How the telephone's other call goes: joined, ours ends; not to be had, it stays with us."""
        if 200 <= status < 300 and self.alive:
            self._call.hangup()
            self.gone()
        elif status >= 300:
            log.warning("a telephone could not be transferred: %s", status)

    def gone(self) -> None:
        """The caller hung up, or cannot be reached."""
        if not self.over:
            self.over = True
            self._sound.close()
            self.on_gone()

    def vanish(self) -> None:
        """It has gone without a word."""
        self._call.hangup()
        self.gone()

    async def close(self) -> None:
        """Hang up, or refuse what was not answered yet."""
        if self.over:
            return
        self.over = True
        if self._call.dialog.state == DialogState.CONFIRMED:
            self._call.hangup()
        elif self._call.dialog.state != DialogState.TERMINATED:
            self._call.reject(480)
        self._sound.close()


class Caller(aiosipua.SipUAC):
    """
    Calls we make. The library's, and what RFC 3261 asks beyond it: a refusal is acknowledged, and who picks
    up in the moment we gave up is hung up instead of left with a dead line.
    """

    def __init__(self, transport: Wires) -> None:
        super().__init__(transport)
        self.answered: set[str] = set()
        self._called: OrderedDict[str, Any] = OrderedDict()

    def invite(self, uri: str, addr: tuple[str, int], sdp: str) -> Any:
        """Call a telephone; ``answered`` has the call's name once anything came back."""
        host, port = self._local_addr()
        call = self.send_invite(
            f"sip:hotline@{host}:{port}", uri, addr, parse_sdp(sdp), user_agent=AGENT
        )
        self._called[call.call_id] = call
        if len(self._called) > CALLED_KEPT:
            self.answered.discard(self._called.popitem(last=False)[0])
        return call

    def handle_response(self, response: Any, addr: tuple[str, int]) -> None:
        """One answer to what we asked."""
        call, cseq = self._called.get(response.call_id or ""), response.cseq
        if call is not None and cseq is not None and cseq.method == "INVITE":
            self.answered.add(call.call_id)
            if response.status_code >= 300:
                self._acknowledge(call, response)
            elif response.status_code >= 200 and call.call_id not in self._calls:
                self._too_late(call, response)
                return
        super().handle_response(response, addr)

    def _acknowledge(self, call: Any, response: Any) -> None:
        """A refusal is repeated until it is acknowledged (RFC 3261 17.1.1.3)."""
        told = aiosipua.SipRequest(method="ACK", uri=call.invite.uri)
        told.headers.append("Via", call.invite.headers.get_first("via") or "")
        for name in ("From", "Call-ID"):
            told.headers.set_single(name, call.invite.headers.get_first(name.lower()) or "")
        told.headers.set_single("To", response.headers.get_first("to") or "")
        told.headers.set_single("CSeq", f"{response.cseq.seq} ACK")
        told.headers.set_single("Max-Forwards", "70")
        self.transport.send(told, call.remote_addr)

    def _too_late(self, call: Any, response: Any) -> None:
        call.dialog.state = DialogState.EARLY
        self._calls[call.call_id] = call
        super().handle_response(response, call.remote_addr)
        call.hangup(self)


class Sip:
    """The listening end: makes a leg of every new call and hands it to ``on_call``."""

    def __init__(
        self, transport: Wires, *, advertised: str = "", on_call: Callable[[SipLeg], None],
        room: Callable[[], bool] = lambda: True,
        on_register: Callable[[Any, tuple[str, int]], None] | None = None,
    ) -> None:  # fmt: skip
        self.transport, self.host = transport, transport.local_addr[0]
        self.advertised, self._on_call, self._room = advertised, on_call, room
        self._on_register = on_register
        self._legs: dict[str, Dialog] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen."""
        self.caller = Caller(self.transport)
        self._agent = aiosipua.SipUAS(
            self.transport, user_agent=AGENT, session_expires=SESSION_SECONDS, uac=self.caller
        )
        self._agent.on_invite = self._invited
        self._agent.on_reinvite = lambda call: self._of(call, lambda leg: leg.renegotiate(call))
        self._agent.on_bye = lambda call, _request: self._of(call, lambda leg: leg.gone())
        self._agent.on_ack_timeout = lambda call: self._of(call, lambda leg: leg.gone())
        self._agent.on_session_expired = lambda call: self._of(call, lambda leg: leg.gone())
        self._agent.on_cancel = self._cancelled
        self._agent.on_transfer_progress = self._transferred
        if self._on_register is not None:
            self._agent._handlers["REGISTER"] = self._on_register
        await self._agent.start()
        if self.advertised:
            told = (self.advertised, self.transport.local_addr[1])
            self._agent.advertised_addr = self.caller.advertised_addr = told

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.transport.local_addr[1])

    async def stop(self) -> None:
        """Close; calls were ended before."""
        await self._agent.stop()

    def keep(self, call_id: str, leg: Dialog) -> None:
        """What comes about this call is told to this leg."""
        self._legs[call_id] = leg

    def look(self) -> None:
        """Calls of telephones that vanished end; what ended is forgotten."""
        for name, leg in list(self._legs.items()):
            if leg.quiet:
                log.info("a telephone vanished in the middle of a call")
                leg.vanish()
            if leg.over:
                self._legs.pop(name)
                self._agent._calls.pop(name, None)

    def _invited(self, call: Any) -> None:
        known = self._legs.get(call.call_id)
        if (
            isinstance(known, SipLeg) and not known.over
        ):  # the INVITE again: its dialog stays the first
            self._agent._calls[call.call_id] = known._call
            return
        if not self.transport.may_call(call.source_addr[0]):
            call.reject(403)
            return
        if not self._room():
            call.reject(503)
            return
        leg = SipLeg(call, self.host, self.advertised)
        self._legs[call.call_id] = leg
        task = asyncio.ensure_future(self._begin(call, leg))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _begin(self, call: Any, leg: SipLeg) -> None:
        try:
            await leg.prepare()
        except (SdpNegotiationError, AttributeError, ValueError) as fault:
            log.info("a call offers no sound that we speak: %s", type(fault).__name__)
            self._legs.pop(call.call_id, None)
            call.reject(488)
            return
        except OSError:
            call.reject(500)
            return
        self._on_call(leg)

    def _cancelled(self, request: Any, _addr: tuple[str, int]) -> None:
        leg = self._legs.get(request.call_id or "")
        if leg is not None:
            leg.gone()

    def _transferred(self, call_id: str, status: int, _reason: str) -> None:
        leg = self._legs.get(call_id)
        if leg is not None:
            leg.transferred(status)

    def _of(self, call: Any, do: Callable[[Dialog], None]) -> None:
        leg = self._legs.get(call.call_id)
        if leg is not None:
            do(leg)


def number_of(uri: str) -> str:
    """The telephone number in an address; nothing where there is none."""
    found = _NUMBER.search(uri + ";")
    return found[1] if found else ""


def keys_kind(described: Any) -> int:
    """How keys come in a description of sound; 0 where it says nothing of them."""
    codecs = described.audio.codecs if described.audio else ()
    return next(
        (c.payload_type for c in codecs
         if c.encoding_name.lower() == "telephone-event" and c.clock_rate in (0, 8000)), 0
    )  # fmt: skip


def follow(call: Any, sound: PlainSound, host: str, advertised: str, *, held: bool) -> bool:
    """A telephone described itself anew: answer, and follow it; whether it listens only (a hold)."""
    offer = call.sdp_offer
    if offer is None or not sound.port:
        return held
    try:
        answer, _kind = negotiate_sdp(
            offer, host, sound.port, [sound.receiver.kind], advertised_ip=advertised or None,
            dtmf_payload_type=sound.receiver.keys_kind or 0,
        )  # fmt: skip
    except SdpNegotiationError:
        call.reject(488)
        return held
    sound.move(offer.rtp_address)
    call.accept(answer)
    return offer.audio is not None and offer.audio.direction != "sendrecv"
