"""The event socket's text protocol: headers, an empty line, a body as long as they say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from yilu.gateways.calls.exchange.pbx import LEG, Broken, Told
from yilu.gateways.calls.seam import NotDone

BODY_MAX: Final = 8 * 1024 * 1024
EVENTS: Final = (
    "CHANNEL_PARK CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP_COMPLETE DTMF RECORD_STOP BACKGROUND_JOB"
)


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet as it came."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """Its content type."""
        return self.headers.get("Content-Type", "")


async def receive(reader: asyncio.StreamReader) -> Packet:
    """The next packet. :raises NotDone: the connection is over. :raises Broken:"""
    try:
        head = await reader.readuntil(b"\n\n")
        headers = _headers(head)
        size = headers.get("Content-Length", "0")
        if not (size.isascii() and size.isdigit()) or len(size) > 9 or int(size) > BODY_MAX:
            raise Broken("a length that cannot be")
        return Packet(headers, await reader.readexactly(int(size)))
    except asyncio.LimitOverrunError:
        raise Broken("endless headers") from None
    except (asyncio.IncompleteReadError, OSError) as fault:
        raise NotDone(type(fault).__name__) from None


def event_of(packet: Packet) -> Mapping[str, str]:
    """An event's headers, whether it came as JSON or plain; its body under ``_body``. :raises Broken:"""
    if packet.kind == "text/event-json":
        try:
            told = json.loads(packet.body)
        except (ValueError, RecursionError):
            raise Broken("an event that cannot be read") from None
        if not isinstance(told, dict) or not all(isinstance(each, str) for each in told.values()):
            raise Broken("no event")
        return told
    head, _empty, body = packet.body.partition(b"\n\n")
    found = {name: unquote(value) for name, value in _headers(head).items()}
    return {**found, "_body": body.decode("utf-8", "replace")}


def read(event: Mapping[str, str]) -> Told | None:
    """One event in our words; None: of no use to us, or without its number."""
    number = event.get("Event-Sequence", "")
    if not (number.isascii() and number.isdigit()):
        return None
    channel = event.get("Unique-ID", "")
    match event.get("Event-Name"):
        case "CHANNEL_PARK" if channel.startswith(LEG):
            return _told("leg_up", channel, event)
        case "CHANNEL_PARK" if event.get("variable_yilu_hotline") == "true":
            came = _told("came", channel, event, event.get("Caller-Caller-ID-Number", ""))
            return replace(came, called=event.get("Caller-Destination-Number", ""))
        case "DTMF" if event.get("DTMF-Digit", "") in tuple("0123456789*#"):
            return _told("key", channel, event, event["DTMF-Digit"])
        case "CHANNEL_EXECUTE_COMPLETE" if event.get("Application") == "playback":
            return _told("played", channel, event, event.get("Application-UUID", ""))
        case "RECORD_STOP":
            name = event.get("Record-File-Path", "").rpartition("/")[2].removesuffix(".wav")
            return _told("recorded", channel, event, name)
        case "CHANNEL_HANGUP_COMPLETE":
            return Told("gone", channel, f"gone.{channel}")
        case "BACKGROUND_JOB" if event.get("_body", "").startswith("-ERR"):
            leg = event.get("Job-UUID", "")  # a telephone that could not even be rung
            return Told("gone", leg, f"gone.{leg}") if leg.startswith(LEG) else None
    return None


def _told(kind: str, channel: str, event: Mapping[str, str], value: str = "") -> Told:
    """The number FreeSWITCH gives an event counts anew when it is started anew: its core's name goes before."""
    id = f"{event.get('Core-UUID', '')[-12:]}.{event['Event-Sequence']}"
    return Told(kind, channel, id, value)


def _headers(head: bytes) -> dict[str, str]:
    found = {}
    for line in head.decode("utf-8", "replace").split("\n"):
        if line.strip():
            name, colon, value = line.partition(":")
            if not colon:
                raise Broken("a header that is none")
            found[name.strip()] = value.strip()
    return found
