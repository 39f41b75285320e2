"""What is done about a break: read from the answer of the decision table journeys.continuation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yilu.kernel.refs import Ref

from .names import WAYS

FORM = "kept_form"
FAILED = "journeys.form_failed"
TABLE = "journeys.continuation"
PAST_AFTER = timedelta(days=1)
"""A break found so long after it happened is history: nobody is troubled with it."""
ON_PAGE = timedelta(minutes=15)
"""So long after their failure somebody is taken to be on the page still."""
OFFER_LASTS = timedelta(minutes=10)
PRIORITIES = {"URGENT": 10, "SOON": 30, "NORMAL": 50}


@dataclass(frozen=True, slots=True)
class Found:
    """A break as a detector saw it. ``cause`` names what it was seen by, once for ever."""

    cause: str
    kind: str
    family: str
    code: str
    step: str
    touchpoint: str
    subject: str
    party_id: int | None
    office_id: int
    severity: int
    live: bool
    evidence: Mapping[str, Any]
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Continuation:
    """How a break is continued: ways on the page, and the queue that has it otherwise."""

    priority: str
    ways: tuple[str, ...]
    queue: str
    minutes: int
    version: int
    row: int


def asked(found: Found, *, on_page: bool) -> dict[str, Any]:
    """The question to the decision table."""
    return {
        "kind": found.kind, "journey": found.family, "on_page": on_page, "severity": found.severity,
    }  # fmt: skip


def answered(outputs: Mapping[str, Any], version: int, row: int) -> Continuation:
    """
    The table's answer. :raises ValueError: ways nobody knows.

    A way that is no way is left out where others remain: an edit of the table must not keep
    somebody from being helped.
    """
    named = [
        way.strip()
        for way in str(outputs["ways"]).replace("，", "、").replace(",", "、").split("、")
    ]
    ways = tuple(way for way in named if way in WAYS)
    queue = str(outputs["queue"]).strip()
    return Continuation(
        priority=str(outputs["priority"]), ways=ways, queue="" if queue == "NONE" else queue,
        minutes=int(outputs["minutes"]), version=version, row=row,
    )  # fmt: skip


def on_page(found: Found, at: datetime) -> bool:
    """Whether the customer is probably looking at the page that failed."""
    return found.live and found.party_id is not None and at - found.happened_at <= ON_PAGE


def failure_cause(about: Ref, code: str) -> str:
    """What names a page's failure: a kept form however it fails, a thing and the reason."""
    if about.kind == FORM:
        return f"form:{about.id}"
    return f"failed:{about}:{code}"[:80]


def is_past(found: Found, at: datetime) -> bool:
    """Whether it is history."""
    return at - found.happened_at > PAST_AFTER
