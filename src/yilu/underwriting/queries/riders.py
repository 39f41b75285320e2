"""Riders in an application (附加险): which may be added, what each adds to questions, clauses and price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.policies import queries as policies
from yilu.products import queries as products
from yilu.products.offering import Notice, Offer


@dataclass(frozen=True, slots=True)
class RiderLine:
    """One rider of an application, as screens show it; ``policy_id`` once it was issued."""

    code: str
    name: str
    version_id: int
    sum_insured: Decimal
    premium: Decimal
    extra_premium: Decimal
    exclusions: tuple[str, ...]
    policy_id: int | None
    life: str = ""

    @property
    def waives(self) -> bool:
        """Whether it waives premiums when something happens to ``life``: HOLDER or INSURED."""
        return bool(self.life)


def riders_offered(version_id: int, on: date, *, for_another: bool = False) -> tuple[Offer, ...]:
    """
    The riders somebody may add to a product today.

    Those sold beside its kind, and of which every question is among the product's own: who answers
    for the main contract has answered for the rider, also for one that waives premiums when the insured
    falls ill. What waives them when something happens to the holder is for who insures another
    (``for_another``) and asks the holder its own questions.
    """
    kind = products.get_terms(version_id).kind
    asked = _questions(version_id)
    return tuple(
        offer
        for offer in products.list_offers(on)
        if kind in offer.rider_to
        and (for_another if offer.waives_for == "HOLDER" else _questions(offer.version_id) <= asked)
    )


def rider_lines(riders: Sequence[dict[str, Any]]) -> tuple[RiderLine, ...]:
    """What an application keeps of its riders, read."""
    return tuple(
        RiderLine(
            r["code"], products.get_terms(r["version_id"]).name, r["version_id"],
            Decimal(r["sum_insured"]), Decimal(r["premium"]), Decimal(r["extra_premium"]),
            tuple(e["wording"] for e in r["exclusions"]), r.get("policy_id"), r.get("life") or "",
        )
        for r in riders
    )  # fmt: skip


def notices_of(version_id: int, riders: Iterable[tuple[str, int]] = ()) -> tuple[Notice, ...]:
    """Every clause to confirm: the product's, then each rider's under its own name and code."""
    found = list(products.list_notices(version_id))
    for code, rider_version in riders:
        name = products.get_terms(rider_version).name
        found += [
            replace(each, code=f"{code}.{each.code}"[:60], title=f"{name}：{each.title}")
            for each in products.list_notices(rider_version)
        ]
    return tuple(found)


def asks_of_renewal(application: Any) -> bool:
    """Whether the contract applied for, or one of its riders, may have a year after it (续保)."""
    versions = [application.product_version_id, *(r["version_id"] for r in application.riders)]
    return any(policies.is_renewable(version) for version in versions if version)


def notices_in(application: Any) -> tuple[Notice, ...]:
    """Every clause to confirm in an application as it stands."""
    return notices_of(
        application.product_version_id or 0,
        [(r["code"], r["version_id"]) for r in application.riders],
    )


def _questions(version_id: int) -> frozenset[str]:
    return frozenset(q.code for q in products.get_questionnaire(version_id).questions)
