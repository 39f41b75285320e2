"""A reason as it is kept, and as it is said again in the reader's language (核保理由)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from yilu.kernel.errors import Sentence
from yilu.underwriting.terms import Reason


def kept(reason: Reason) -> dict[str, Any]:
    """For a column: the Chinese text, and what it was made of, so that a door can say it otherwise."""
    row = asdict(reason)
    if isinstance(reason.in_words, Sentence):
        row["said"] = {"template": reason.in_words.template, "figures": reason.in_words.figures}
    return row


def in_words(row: Mapping[str, Any]) -> str:
    """The reason's sentence; the plain text where it was kept before its parts were."""
    said = row.get("said")
    return Sentence(said["template"], **said["figures"]) if said else str(row["in_words"])
