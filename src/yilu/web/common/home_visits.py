"""What the form for a home visit says it is about: the same for the customer and for colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from yilu.policies import queries as policies
from yilu.servicing import queries as servicing
from yilu.web.common.numbers import whole

POLICIES_SHOWN = 10
"""So many contracts are named; a visit for another one is asked for without naming it."""


Choice = tuple[str, str, str]
"""A radio button: its value, what it is about, and its number."""


def choices_for(party_id: int) -> list[Choice]:
    """What a visit to somebody can be about: their requests under way, then their contracts."""
    requests = [r for r in servicing.list_for_customer(party_id) if r.open]
    held = policies.list_for_party(party_id)[:POLICIES_SHOWN]
    return [
        *((f"request:{r.id}", r.name, r.number) for r in requests),
        *((f"policy:{p.id}", p.product_name, p.number) for p in held),
    ]


class About(TypedDict):
    """At most one of the two; neither: for the person."""

    request_id: int | None
    policy_id: int | None


def about_in(given: Mapping[str, str]) -> About:
    """``about=request:5`` or ``about=policy:7``; anything else names nothing."""
    kind, _, number = given.get("about", "").partition(":")
    return {
        "request_id": whole(number) if kind == "request" else None,
        "policy_id": whole(number) if kind == "policy" else None,
    }
