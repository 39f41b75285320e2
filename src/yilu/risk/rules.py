"""Which comparisons are made, and how they are said. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class TraitKind(StrEnum):
    """What is compared between claims (特征)."""

    INSURED = "INSURED"
    ACCOUNT = "ACCOUNT"
    PHONE = "PHONE"
    INVOICE = "INVOICE"


SIGNAL_LABELS = {
    "REPORTS_30": "30天内多次报案",
    "REPORTS_90": "90天内多次报案",
    "EARLY_CLAIM": "保单生效后短期内出险",
    "SHARED_ACCOUNT": "收款账户与他人赔案相同",
    "SHARED_PHONE": "联系电话与他人赔案相同",
    "SIMILAR_INVOICE": "与其他赔案的票据相似",
}
SEVERITY_LABELS = {"LOW": "提示", "MEDIUM": "需核实", "HIGH": "重点核实"}
NO_SEVERITY = "NONE"
_RANK = {NO_SEVERITY: 0, "LOW": 1, "MEDIUM": 2, "HIGH": 3}


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait: a kind and an id or blind index."""

    kind: TraitKind
    key: str


@dataclass(frozen=True, slots=True)
class Match:
    """How often a trait was seen in other claims (of others: in claims of another person)."""

    last_30: int
    last_90: int
    of_others: int
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A number worth holding against the thresholds, and the claims it comes from."""

    signal: str
    value: int
    subjects: tuple[str, ...] = ()


def measures(
    matches: Mapping[TraitKind, Match], *, effective_on: date, loss_date: date
) -> tuple[Measure, ...]:
    """
    What the comparison found, as numbers for the table of thresholds.

    Reports count this claim too: the third report within 30 days measures 3. An early claim
    measures the days from the start of cover to the loss.
    """
    found = [Measure("EARLY_CLAIM", max(0, (loss_date - effective_on).days))]
    if insured := matches.get(TraitKind.INSURED):
        found.append(Measure("REPORTS_30", insured.last_30 + 1, insured.subjects))
        found.append(Measure("REPORTS_90", insured.last_90 + 1, insured.subjects))
    for kind, signal in (
        (TraitKind.ACCOUNT, "SHARED_ACCOUNT"),
        (TraitKind.PHONE, "SHARED_PHONE"),
        (TraitKind.INVOICE, "SIMILAR_INVOICE"),
    ):
        match = matches.get(kind)
        if match and (match.of_others if kind is not TraitKind.INVOICE else match.subjects):
            value = match.of_others if kind is not TraitKind.INVOICE else len(match.subjects)
            found.append(Measure(signal, value, match.subjects))
    return tuple(found)


def worst(severities: Sequence[str]) -> str:
    """The gravest of some severities; NONE where there is none."""
    return max(severities, key=_RANK.__getitem__, default=NO_SEVERITY)


def sentence(signal: str, measure: int) -> str:
    """A signal as staff read it, with its number."""
    if signal == "EARLY_CLAIM":
        return f"保单生效后第 {measure} 天出险"
    if signal == "REPORTS_30":
        return f"被保险人 30 天内第 {measure} 次报案"
    if signal == "REPORTS_90":
        return f"被保险人 90 天内第 {measure} 次报案"
    if signal == "SIMILAR_INVOICE":
        return f"与其他 {measure} 件赔案的票据医院、日期、金额相同"
    return f"{SIGNAL_LABELS[signal]}（{measure} 人）"
