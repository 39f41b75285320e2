"""What we ask of Asterisk."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
from collections.abc import Set
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from yilu.gateways.calls.asterisk_ari import events
from yilu.gateways.calls.asterisk_ari.websocket import WebSocket
from yilu.gateways.calls.exchange.pbx import (
    LEG,
    BadCredentials,
    Broken,
    Gone,
    Refused,
    Standing,
    Told,
    Waiting,
)
from yilu.gateways.calls.seam import NotDone

SECONDS: Final = 5.0
ANSWER_MAX: Final = 8 * 1024 * 1024
RING_SECONDS: Final = 30


class Asterisk:
    """
    The Asterisk behind ``url`` (http://pbx:8088/ari).

    ``endpoint`` says which telephone is a seat's (PJSIP/{seat}), ``sounds`` where it sees our folder of
    sounds, ``context`` which part of its dialplan a call is passed on by.
    """

    name = "asterisk_ari"

    def __init__(
        self, url: str, user: str, password: str, *, app: str = "yilu", endpoint: str = "PJSIP/{seat}",
        sounds: str = "yilu", context: str = "yilu-transfer",
    ) -> None:  # fmt: skip
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not user or not password:
            raise ValueError(
                "Asterisk needs YILU_ARI_URL (http or https), YILU_ARI_USER, YILU_ARI_PASSWORD"
            )
        if "{seat}" not in endpoint:
            raise ValueError("YILU_EXCHANGE_SEATS must say where {seat} goes")
        self._url, self._parts, self._app = url.rstrip("/"), parts, app
        self._basic = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._endpoint, self._sounds, self._context = endpoint, sounds, context
        self._socket: WebSocket | None = None

    async def connect(self) -> None:
        """Listen: from now on Asterisk's dialplan can hand calls to us."""
        query = urlencode({"app": self._app, "subscribeAll": "false"})
        self._socket = await WebSocket.open(f"{self._url}/events?{query}", self._basic)

    async def next(self) -> Told | None:
        """The next event."""
        if self._socket is None:
            raise NotDone("not connected")
        return events.read(await self._socket.receive())

    async def close(self) -> None:
        """Listen no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def standing(self, known: Set[str]) -> Standing:
        """Every channel, and those in our application."""
        try:
            rows = {row["id"]: row for row in await self._ask("GET", "/channels")}
            ours = set((await self._ask("GET", f"/applications/{quote(self._app)}"))["channel_ids"])
            waiting = {
                key: Waiting(
                    str((row.get("caller") or {}).get("number", "")), row["state"] == "Up",
                    str((row.get("dialplan") or {}).get("exten", "")),
                )
                for key, row in rows.items()
                if key in ours and key not in known and not key.startswith(LEG)
            }  # fmt: skip
            return Standing(frozenset(rows), waiting)
        except (KeyError, TypeError, AttributeError):
            raise Broken("a list of channels that cannot be read") from None

    async def answer(self, call: str) -> None:
        await self._ask("POST", f"/channels/{quote(call)}/answer")

    async def play(self, call: str, playing: str, sound: str) -> None:
        media = f"sound:{self._sounds}/{sound}"
        await self._ask("POST", f"/channels/{quote(call)}/play/{quote(playing)}", media=media)

    async def stop_playing(self, call: str, playing: str) -> None:
        await self._ask("DELETE", f"/playbacks/{quote(playing)}")

    async def music(self, call: str, on: bool) -> None:
        await self._ask("POST" if on else "DELETE", f"/channels/{quote(call)}/moh")

    async def ring(self, call: str, leg: str, seat: str) -> None:
        await self._ask(
            "POST", f"/channels/{quote(leg)}", endpoint=self._endpoint.replace("{seat}", _seat(seat)),
            app=self._app, appArgs="seat", timeout=str(RING_SECONDS), originator=call,
        )  # fmt: skip

    async def join(self, call: str, leg: str) -> None:
        await self._ask("POST", f"/bridges/yilu-{quote(call)}", type="mixing")
        await self._ask("POST", f"/bridges/yilu-{quote(call)}/addChannel", channel=f"{call},{leg}")

    async def part(self, call: str, leg: str) -> None:
        try:
            await self._ask("DELETE", f"/channels/{quote(leg)}")
        finally:
            await self.clear(call)

    async def record(self, call: str, recording: str, seconds: int, *, joined: bool) -> None:
        where = f"/bridges/yilu-{quote(call)}" if joined else f"/channels/{quote(call)}"
        await self._ask(
            "POST", f"{where}/record", name=recording, format="wav", ifExists="fail",
            maxDurationSeconds=str(seconds), terminateOn="none" if joined else "any",
        )  # fmt: skip

    async def stop_recording(self, call: str, recording: str) -> None:
        await self._ask("POST", f"/recordings/live/{quote(recording)}/stop")

    async def transfer(self, call: str, number: str) -> None:
        extension = "".join(each for each in number if each in "0123456789+*#")
        await self._ask(
            "POST", f"/channels/{quote(call)}/continue", context=self._context,
            extension=extension, priority="1",
        )  # fmt: skip

    async def hang_up(self, call: str) -> None:
        await self._ask("DELETE", f"/channels/{quote(call)}")

    async def clear(self, call: str) -> None:
        await self._ask("DELETE", f"/bridges/yilu-{quote(call)}")

    async def _ask(self, method: str, path: str, **told: str) -> Any:
        query = f"?{urlencode(told)}" if told else ""
        return await asyncio.get_running_loop().run_in_executor(
            None, self._request, method, f"{self._parts.path.rstrip('/')}{path}{query}"
        )

    def _request(self, method: str, path: str) -> Any:
        secure = self._parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        line = kind(self._parts.hostname or "", self._parts.port, timeout=SECONDS)
        try:
            line.request(
                method, path, headers={"Authorization": self._basic, "Content-Length": "0"}
            )
            response = line.getresponse()
            body, status = response.read(ANSWER_MAX), response.status
        except (OSError, http.client.HTTPException) as fault:
            raise NotDone(type(fault).__name__) from None
        finally:
            line.close()
        if status in (401, 403):
            raise BadCredentials(f"answered {status}")
        if status in (404, 409, 412):  # finished, hung up, or not with us any more
            raise Gone
        if not 200 <= status < 300:
            raise Refused(f"{method} answered {status}")
        try:
            return json.loads(body) if body else None
        except ValueError:
            raise Broken("an answer that cannot be read") from None


def _seat(seat: str) -> str:
    if not (seat.isascii() and seat.isdigit()):
        raise Refused("no seat")
    return seat
