"""
Seats' desk telephones register here (话机注册): REGISTER with a digest, for a while, one telephone a seat.

A telephone is reached at the address its registration came from, whatever it says of itself: so it may
stand behind a router, and nobody can have another place rung.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiosipua import SipResponse
from aiosipua.header_codec import parse_auth
from aiosipua.utils import generate_tag

from yilu.gateways.calls.builtin.digest import ALGORITHMS, REALM, Nonces, Secret, proves
from yilu.gateways.calls.builtin.wires import Address, Wires

log = logging.getLogger(__name__)

SECONDS_MIN, SECONDS_MAX, SECONDS_ELSE = 60, 3600, 600
WRONG_MAX: Final = 10
"""So many wrong passwords of one place for one seat, and nobody listens for a while."""
WRONG_MAX_A_PLACE: Final = 50
WRONG_SECONDS: Final = 600.0
ANSWERS_KEPT: Final = 500
ASKING_MAX: Final = 50
"""So many are looked up at once; who comes then is asked to come again."""
_USER = re.compile(r"sips?:(\d{1,18})@", re.IGNORECASE)
_CONTACT = re.compile(r"<(sips?:[!-;=?-~]{1,200})>|(sips?:[^\s;,<>]{1,200})", re.IGNORECASE)
_EXPIRES = re.compile(r";\s*expires\s*=\s*(\d{1,9})", re.IGNORECASE)
Key = tuple[Address, str, str]
"""One request: where it came from, its call and its count."""
Look = Callable[[str], Secret | None]
"""A seat's number → what is kept of its telephone's password; called in a thread, may raise."""


@dataclass(frozen=True, slots=True)
class Telephone:
    """Where a seat's telephone is."""

    seat: str
    contact: str
    addr: Address = field(repr=False)
    until: float

    @property
    def by_stream(self) -> bool:
        """Whether it said that it wants a stream."""
        return "transport=tcp" in self.contact.lower() or "transport=tls" in self.contact.lower()


class Tries:
    """Wrong passwords of the last minutes, by place and seat and by place."""

    def __init__(self) -> None:
        self._wrong: dict[tuple[str, str], list[float]] = {}

    def too_many(self, host: str, seat: str, now: float) -> bool:
        """Whether nobody listens to them just now."""
        return (
            len(self._recent((host, seat), now)) >= WRONG_MAX
            or len(self._recent((host, ""), now)) >= WRONG_MAX_A_PLACE
        )

    def wrong(self, host: str, seat: str, now: float) -> None:
        """One more."""
        for key in ((host, seat), (host, "")):
            self._wrong[key] = [*self._recent(key, now), now][-WRONG_MAX_A_PLACE:]
        if len(self._wrong) > 2 * ANSWERS_KEPT:
            self._wrong = {
                key: found for key in list(self._wrong) if (found := self._recent(key, now))
            }

    def _recent(self, key: tuple[str, str], now: float) -> list[float]:
        return [each for each in self._wrong.get(key, ()) if now - each < WRONG_SECONDS]


class Registrar:
    """Takes REGISTER; ``telephones`` are those that can be rung."""

    def __init__(self, wires: Wires, look: Look, clock: Callable[[], float] = time.time) -> None:
        self.on_gone: Callable[[str], None] = lambda _seat: None
        self._wires, self._look, self._clock = wires, look, clock
        self._telephones: dict[str, Telephone] = {}
        self._nonces, self._tries = Nonces(), Tries()
        self._answers: OrderedDict[Key, SipResponse | None] = OrderedDict()
        self._asking: set[asyncio.Task[None]] = set()
        wires.on_closed = self.closed

    def telephone(self, seat: str) -> Telephone | None:
        """Where a seat's telephone is; None while none is registered."""
        found = self._telephones.get(seat)
        if found is not None and found.until < self._clock():
            self.forget(seat)
            return None
        return found

    def forget(self, seat: str) -> None:
        """Its password is another now, or it has none any more."""
        if self._telephones.pop(seat, None) is not None:
            self.on_gone(seat)

    def closed(self, addr: Address) -> None:
        """A stream ended: whoever registered by it cannot be reached."""
        for seat in [s for s, each in self._telephones.items() if each.addr == addr]:
            self.forget(seat)

    def take(self, request: Any, addr: Address) -> None:
        """One REGISTER; the same again gets the same answer."""
        key = (addr, request.call_id or "", request.headers.get_first("cseq") or "")
        if key in self._answers:
            known = self._answers[key]
            if known is not None:
                self._wires.send_reply(known)
            return
        self._answers[key] = None
        while len(self._answers) > ANSWERS_KEPT:
            self._answers.popitem(last=False)
        status = self._first_look(request, addr)
        if status:
            self._answer(key, request, status)
            return
        task = asyncio.ensure_future(self._hear(key, request, addr))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def _first_look(self, request: Any, addr: Address) -> int:
        """What can be said without asking anybody: a status, or 0."""
        seat = seat_in(request)
        if not self._wires.may_register(addr[0]) or not seat:
            return 403
        busy = len(self._asking) >= ASKING_MAX
        return 503 if busy or self._tries.too_many(addr[0], seat, self._clock()) else 0

    async def _hear(self, key: Key, request: Any, addr: Address) -> None:
        seat = seat_in(request)
        try:
            secret = await asyncio.get_running_loop().run_in_executor(None, self._look, seat)
        except Exception as fault:  # noqa: BLE001  (a database away: the telephone comes again)
            log.warning("telephones cannot be looked up: %s", type(fault).__name__)
            self._answer(key, request, 503)
            return
        told, now = proof_in(request), self._clock()
        if told is None or told.get("realm") != REALM or not self._nonces.good(told, now):
            self._answer(key, request, 401, algorithm=secret.algorithm if secret else ALGORITHMS[0])
        elif (
            secret is None
            or told.get("username") != seat
            or not proves(told, secret, method="REGISTER", uri=request.uri)
        ):
            self._tries.wrong(addr[0], seat, now)
            log.warning("a telephone was refused for seat %s", seat)
            self._answer(key, request, 403)
        else:
            self._nonces.use(told)
            self._register(key, request, addr, now)

    def _register(self, key: Key, request: Any, addr: Address, now: float) -> None:
        seat, seconds = seat_in(request), seconds_in(request)
        contact = request.headers.get_first("contact") or ""
        uri = contact_in(contact)
        if contact.strip() == "*" or seconds == 0:
            if (contact.strip() == "*" and seconds != 0) or (
                contact and not uri and contact != "*"
            ):
                self._answer(key, request, 400)
                return
            self.forget(seat)
            self._answer(key, request, 200)
        elif contact and not uri:
            self._answer(key, request, 400)
        elif 0 < seconds < SECONDS_MIN:
            self._answer(key, request, 423)
        else:
            if uri:
                lasts = min(seconds, SECONDS_MAX)
                self._telephones[seat] = Telephone(seat, uri, addr, now + lasts)
            self._answer(key, request, 200)

    def _answer(self, key: Key, request: Any, status: int, *, algorithm: str = "") -> None:
        said = SipResponse(status_code=status, reason_phrase=_REASONS[status])
        for way in request.headers.get("via"):
            said.headers.append("Via", way)
        for name in ("From", "Call-ID", "CSeq"):
            said.headers.set_single(name, request.headers.get_first(name.lower()) or "")
        to = request.headers.get_first("to") or ""
        said.headers.set_single("To", to if "tag=" in to else f"{to};tag={generate_tag()}")
        if status == 401:
            stale = ", stale=true" if proof_in(request) else ""
            nonce = self._nonces.make(self._clock())
            said.headers.set_single(
                "WWW-Authenticate",
                f'Digest realm="{REALM}", nonce="{nonce}", algorithm={algorithm}, qop="auth"{stale}',
            )
        if status == 423:
            said.headers.set_single("Min-Expires", str(SECONDS_MIN))
        if status == 503:
            said.headers.set_single("Retry-After", "120")
        found = self._telephones.get(seat_in(request)) if status == 200 else None
        if found is not None:
            left = max(0, round(found.until - self._clock()))
            said.headers.set_single("Contact", f"<{found.contact}>;expires={left}")
        self._answers[key] = said
        self._wires.send_reply(said)


_REASONS: Final = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    423: "Interval Too Brief", 503: "Service Unavailable",
}  # fmt: skip


def seat_in(request: Any) -> str:
    """Whose telephone it says it is: the seat's number in To; empty where that is none."""
    found = _USER.search(request.headers.get_first("to") or "")
    return found[1] if found else ""


def proof_in(request: Any) -> dict[str, str] | None:
    """How it answers a challenge; None where it does not, or not so that it can be read."""
    said = request.headers.get_first("authorization") or ""
    try:
        found = parse_auth(said, credentials=True) if said else None
    except (ValueError, IndexError):
        return None
    return dict(found.params) if found is not None and found.scheme.lower() == "digest" else None


def contact_in(contact: str) -> str:
    """The first address of a Contact; empty where there is none."""
    found = _CONTACT.search(contact)
    return (found[1] or found[2]) if found else ""


def seconds_in(request: Any) -> int:
    """For how long: the contact's own word before the request's."""
    own = _EXPIRES.search(request.headers.get_first("contact") or "")
    asked = own[1] if own else (request.headers.get_first("expires") or "").strip()
    return int(asked) if asked.isdecimal() and len(asked) < 10 else SECONDS_ELSE
