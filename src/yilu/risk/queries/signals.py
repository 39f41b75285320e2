"""Signals as the claim desk shows them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.risk import rules
from yilu.risk.rules import Measure, Trait, TraitKind, worst

__all__ = ["Measure", "SignalView", "Trait", "TraitKind", "claim_signals", "list_open", "worst"]


@dataclass(frozen=True, slots=True)
class FindingView:
    """
    One piece of evidence: what was found, by which rule of which source; ``upload`` and ``line``
    name the bill and its line (from 0), where it is one.
    """

    says: str
    name: str
    source: str
    note: str
    amount: str
    upload: int | None
    line: int | None


@dataclass(frozen=True, slots=True)
class SignalView:
    """A signal with its evidence: ``related`` are the other claims, by reference."""

    id: int
    about: Ref
    signal: str
    label: str
    severity: str
    severity_label: str
    measure: int
    sentence: str
    related: tuple[Ref, ...]
    table: str
    raised_at: datetime
    cleared_at: datetime | None
    cleared_by: str
    finding: str
    holds: bool | None = None
    findings: tuple[FindingView, ...] = ()
    rows: tuple[int, ...] = ()


_SELECT = """
    select id, subject, signal, severity, measure, evidence, raised_at, cleared_at, cleared_by, finding,
           holds
      from risk_signal
"""


def claim_signals(about: Ref) -> tuple[SignalView, ...]:
    """Every signal about a claim, the gravest first. One SQL statement."""
    rows = [_view(r) for r in tx.rows(f"{_SELECT} where subject = %s", [str(about)])]
    rank = list(rules.SEVERITY_LABELS)
    return tuple(sorted(rows, key=lambda s: (-rank.index(s.severity), s.signal)))


def list_open(
    signal: str = "", *, before: int | None = None, limit: int = 50
) -> tuple[SignalView, ...]:
    """Signals nobody has looked into, the newest first, of one kind or all; page on with ``before``."""
    rows = tx.rows(
        f"{_SELECT} where cleared_at is null and (%s = '' or signal = %s) "
        "and (%s::bigint is null or id < %s::bigint) order by id desc limit %s::int",
        [signal, signal, before, before, limit],
    )
    return tuple(_view(r) for r in rows)


def _view(r: tuple) -> SignalView:  # type: ignore[type-arg]
    evidence = json.loads(r[5]) if isinstance(r[5], str) else r[5]
    return SignalView(
        id=r[0], about=Ref.parse(r[1]), signal=r[2], label=rules.SIGNAL_LABELS.get(r[2], r[2]),
        severity=r[3], severity_label=rules.SEVERITY_LABELS.get(r[3], r[3]), measure=r[4],
        sentence=rules.sentence(r[2], r[4]),
        related=tuple(Ref.parse(s) for s in evidence.get("subjects", ())),
        table=evidence.get("table", ""), raised_at=r[6], cleared_at=r[7], cleared_by=r[8], finding=r[9],
        holds=r[10], findings=tuple(_finding(f) for f in evidence.get("findings", ())),
        rows=tuple(evidence.get("rows", ())),
    )  # fmt: skip


def _finding(f: dict[str, Any]) -> FindingView:
    return FindingView(
        says=f.get("says", ""), name=f.get("name", ""), source=f.get("source", ""),
        note=f.get("note", ""), amount=f.get("amount", ""), upload=f.get("upload"), line=f.get("line"),
    )  # fmt: skip
