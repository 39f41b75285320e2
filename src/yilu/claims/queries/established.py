"""What is established about a loss, beside what its papers say and what the terms ask about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.claims.operations.diagnosed import Said, said_in
from yilu.claims.rules.loss import Loss
from yilu.people.queries import Access
from yilu.products.terms import Death, Illness, MainWaiver

from .desk import desk
from .views import CalculationView, ClaimCard

Named = tuple[tuple[str, str], ...]
"""Codes with their names, for a list to choose from."""


@dataclass(frozen=True, slots=True)
class Established:
    """
    The facts of a claim as they stand (认定的事实), and what may be established.

    ``conditions`` (listed illnesses) and ``transports`` are those that the terms name; empty where they
    name none; ``excluded``: circumstances for which they give nothing. ``said``: the diagnoses in the
    papers' own words. ``calculation``: what these facts come to, None before the first.
    """

    loss: Loss
    said: tuple[Said, ...]
    conditions: Named
    transports: Named
    excluded: frozenset[str]
    calculation: CalculationView | None


def established(card: ClaimCard, access: Access, now: datetime) -> Established:
    """:raises ClaimNotFound: not one of these offices."""
    found = desk(card.id, access, now)
    benefits = found.policy.terms.benefits
    listed = [c for b in benefits if isinstance(b, Illness | MainWaiver) for c in b.conditions]
    carried = [t for b in benefits if isinstance(b, Death) for t in b.transports]
    return Established(
        loss=Loss.from_json(found.loss),
        said=said_in(card.ref),
        conditions=tuple({c.code: c.name for c in listed}.items()),
        transports=tuple({t.code: t.name for t in carried}.items()),
        excluded=frozenset(c for e in found.policy.terms.exclusions for c in e.circumstances),
        calculation=found.calculation,
    )
