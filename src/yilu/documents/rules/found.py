"""What reading a file yields, before anybody stands for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from yilu.documents.rules.invoices import Line
from yilu.documents.rules.segments import Box

SENSITIVE = frozenset({"identity_number", "payer_code", "account_number"})
"""Values that identify a person or an account: sealed where they are kept."""


@dataclass(frozen=True, slots=True)
class Found:
    """
    One value, normalised: amounts as ``1234.50``, dates as ``2026-05-04``.

    ``witnesses`` name what else says the same: QR, CAPITALS, LINES, PAYMENTS, OWN_PARTS, TAX,
    CHECK_DIGIT, PRINTED_TWICE, STRUCTURE, SIGNATURE.
    """

    name: str
    value: str
    source: str
    confidence: float = 1.0
    page: int = 1
    box: Box | None = None
    witnesses: frozenset[str] = frozenset()

    def with_witness(self, witness: str) -> Found:
        """The same value with one more witness."""
        return replace(self, witnesses=self.witnesses | {witness})


@dataclass(frozen=True, slots=True)
class Recognised:
    """
    Everything read from one file by its best source.

    ``layout`` is the code of what it was recognised as ("" for nothing known); ``notes`` are codes
    of what a person should know (BLURRED, QR_DIFFERS, FUTURE_DATE, …).
    """

    source: str
    engine: str
    engine_version: str
    layout: str = ""
    values: dict[str, Found] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    text: str = ""
    barcodes: tuple[str, ...] = ()
    phash: int | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    signed: bool = False
    # Of each page read as a picture: degrees it was turned clockwise, and straightened by.
    turns: tuple[tuple[float, float], ...] = ()

    def value(self, name: str) -> str:
        """A value as text, empty where it was not read."""
        found = self.values.get(name)
        return found.value if found else ""
