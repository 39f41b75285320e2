"""
Who may be named a star of service, and who not, with the reason (A147).

Figures put people in an order; they name nobody. A committee does, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    One person in a span: what they did, how well, and what stands against them.

    ``nps``: what the customers said whose things they handled, between what with 95 % confidence; None
    where too few did.
    """

    staff_id: int
    office_id: int
    volume: int
    total: Decimal | None
    findings: int = 0
    complaints: int = 0
    nps: Decimal | None = None
    nps_low: Decimal | None = None
    nps_high: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person with a place, or without one and why."""

    standing: Standing
    place: int | None
    why_not: tuple[Sentence | str, ...]


def candidates(standings: Iterable[Standing], *, least_volume: int) -> tuple[Candidate, ...]:
    """
    The best first, equals by more work done; those who cannot be named after them.

    People with the same total and the same volume share a place.
    """
    told = [(each, reasons(each, least_volume=least_volume)) for each in standings]
    able = sorted((s for s, why in told if not why), key=_order)
    placed: list[Candidate] = []
    for position, standing in enumerate(able, 1):
        before = placed[-1] if placed else None
        same = before is not None and _order(before.standing)[:2] == _order(standing)[:2]
        place = before.place if before is not None and same else position
        placed.append(Candidate(standing=standing, place=place, why_not=()))
    out = [Candidate(standing=s, place=None, why_not=why) for s, why in told if why]
    return (*placed, *sorted(out, key=lambda each: _order(each.standing)))


def reasons(standing: Standing, *, least_volume: int) -> tuple[Sentence | str, ...]:
    """Why somebody cannot be named; empty if they can."""
    why: list[Sentence | str] = []
    if standing.volume < least_volume:
        why.append(
            Sentence(_("办理 {n} 件，少于 {least} 件"), n=standing.volume, least=least_volume)
        )
    if standing.total is None:
        why.append(_("可计分的指标不足一半"))
    if standing.findings:
        why.append(Sentence(_("有 {n} 项质检发现"), n=standing.findings))
    if standing.complaints:
        why.append(Sentence(_("有 {n} 件成立的投诉"), n=standing.complaints))
    return tuple(why)


def _order(standing: Standing) -> tuple[Decimal, int, int]:
    total = standing.total if standing.total is not None else Decimal(-1)
    return -total, -standing.volume, standing.staff_id
