"""Events of Asterisk in our words."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from yilu.gateways.calls.exchange.pbx import LEG, Broken, Told

log = logging.getLogger(__name__)


def read(message: str) -> Told | None:
    """One event; None: of no use to us. :raises Broken: not even an object."""
    try:
        told = json.loads(message)
    except (ValueError, RecursionError):
        raise Broken("an event that cannot be read") from None
    if not isinstance(told, dict):
        raise Broken("no event")
    try:
        return _read(told)
    except (KeyError, TypeError, AttributeError):  # one event is lost, every other call goes on
        log.warning("an event lacks what it should have")
        return None


def _read(told: Mapping[str, Any]) -> Told | None:
    channel = _text(told.get("channel", {}).get("id", ""))
    match told.get("type"):
        case "StasisStart" if channel.startswith(LEG):
            return _told("leg_up", channel, told)
        case "StasisStart":
            caller = told["channel"].get("caller") or {}
            dialled = told["channel"].get("dialplan") or {}
            came = _told("came", channel, told, _text(caller.get("number", "")))
            return replace(came, called=_text(dialled.get("exten", "")))
        case "ChannelDtmfReceived" if _text(told["digit"]) in tuple("0123456789*#"):
            return _told("key", channel, told, told["digit"])
        case "PlaybackFinished":
            playback = told["playback"]
            return _told("played", _target(playback), told, _text(playback["id"]))
        case "RecordingFinished" | "RecordingFailed" as kind:
            recording = told["recording"]
            name = "recorded" if kind == "RecordingFinished" else "not_recorded"
            return _told(name, _target(recording), told, _text(recording["name"]))
        case "StasisEnd" | "ChannelDestroyed":
            return Told("gone", channel, f"gone.{channel}")
    return None


def _told(kind: str, channel: str, told: Mapping[str, Any], value: str = "") -> Told:
    """Asterisk gives events no number: the moment, the kind, the channel and the content are it."""
    parts = (_text(told.get("timestamp", "")), kind, channel, value)
    return Told(kind, channel, hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24], value)


def _target(thing: Mapping[str, Any]) -> str:
    kind, _colon, name = _text(thing["target_uri"]).partition(":")
    return name.removeprefix("yilu-") if kind in ("channel", "bridge") else ""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
