"""What holds recordings, read from ``catalogue/matters.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

OPENS, CLOSES, LEADS = "opens", "closes", "leads"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of matter (关联业务)."""

    kind: str
    name: str
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    leads: tuple[str, ...]
    dispute: bool
    policy: str
    concerns: str


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its code. :raises ValueError: for one that nothing ends."""
    path = Path(__file__).parent / "catalogue" / "matters.toml"
    given = tomllib.loads(path.read_text(encoding="utf-8"))["matter"]
    found = {each["kind"]: _read(each) for each in given}
    for each in found.values():
        if each.opens and not each.closes:
            raise ValueError(f"{each.kind}: nothing ends it, it would be kept for ever")
    return found


@cache
def heard() -> Mapping[str, tuple[tuple[Kind, str], ...]]:
    """Of which matters an event tells, and what (``OPENS``, ``CLOSES``, ``LEADS``), by the event's kind."""
    found: dict[str, list[tuple[Kind, str]]] = {}
    for each in kinds().values():
        for side, told in ((OPENS, each.opens), (CLOSES, each.closes), (LEADS, each.leads)):
            for event in told:
                found.setdefault(event, []).append((each, side))
    return {event: tuple(rows) for event, rows in found.items()}


def _read(given: Mapping[str, Any]) -> Kind:
    told = {side: tuple(given.get(side, ())) for side in (OPENS, CLOSES, LEADS)}
    return Kind(
        kind=given["kind"], name=given["name"], dispute=given.get("dispute", False),
        policy=given.get("policy", ""), concerns=given.get("concerns", ""), **told,
    )  # fmt: skip
