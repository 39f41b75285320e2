"""What a chat recognises before it looks for an answer, as data (``catalogue/intents.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from yilu.contact.rules.chatting import Intent

_PATH = Path(__file__).resolve().parent / "catalogue" / "intents.toml"


@cache
def intents() -> tuple[Intent, ...]:
    """Every intent, in the order they are tried."""
    told = tomllib.loads(_PATH.read_text(encoding="utf-8"))
    return tuple(
        Intent(
            row["code"], row["kind"], tuple(tuple(group) for group in row["groups"]),
            tuple(row.get("not", ())), row.get("reason", ""), row.get("sub_reason", ""),
        )
        for row in told["intents"]
    )  # fmt: skip


def recognise(text: str) -> Intent | None:
    """The first intent that a text means; None for a question."""
    plain = text.strip().lower()
    return next((intent for intent in intents() if intent.fits(plain)), None)
