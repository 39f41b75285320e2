"""Exclusions this one contract agreed when it was made (特别约定除外): the machine never decides them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

CITED = "特别约定"
"""How a decision cites such an exclusion: 特别约定 and its place among the contract's, from 1."""


class Agreed(Protocol):
    """An agreed exclusion: its words and the diagnoses it means (none: only a person can judge)."""

    @property
    def wording(self) -> str: ...
    @property
    def icd_prefixes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class AgreedRow:
    """An agreed exclusion beside a claim: ``falls`` True, False, or None where nobody knows yet."""

    number: str
    wording: str
    falls: bool | None


def beside(agreed: Sequence[Agreed], codes: Collection[str]) -> tuple[AgreedRow, ...]:
    """Each exclusion, and whether one of the diagnoses (ICD-10) of the papers falls under it."""
    return tuple(
        AgreedRow(f"{CITED}{n}", each.wording, _falls(each.icd_prefixes, codes))
        for n, each in enumerate(agreed, 1)
    )


def is_doubtful(rows: Sequence[AgreedRow]) -> bool:
    """Whether a person must look: unless every exclusion is known not to be met."""
    return any(row.falls is not False for row in rows)


def wording_of(number: str, agreed: Sequence[Agreed]) -> str:
    """The words behind a citation; empty where it cites no exclusion of this contract."""
    return next((row.wording for row in beside(agreed, ()) if row.number == number), "")


def _falls(prefixes: Sequence[str], codes: Collection[str]) -> bool | None:
    """A diagnosis of three characters may be any of the finer ones a prefix speaks of."""
    if not codes or not prefixes:
        return None
    plain = [code.replace(".", "").upper() for code in codes]
    meant = [prefix.replace(".", "").upper() for prefix in prefixes]
    return any(c.startswith(p) or p.startswith(c) for c in plain for p in meant)
