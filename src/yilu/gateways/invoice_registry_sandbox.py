"""
A registry for demo and tests: knows every invoice, and plays its tricks by the last digits.

Of a number ending in 94 it says MISMATCH, 95 UNAVAILABLE (always), 96 NOT_FOUND, 97 REVERSED,
98 EXCHANGED; 93 is UNAVAILABLE the first time and VALID from then on. All others are VALID.
"""

from __future__ import annotations

import hashlib

from yilu.gateways.invoice_registry import Answer, FiveElements, Status

_TRICKS = {
    "94": Status.MISMATCH,
    "95": Status.UNAVAILABLE,
    "96": Status.NOT_FOUND,
    "97": Status.REVERSED,
    "98": Status.EXCHANGED,
}


class SandboxRegistry:
    """Plays both registries; the same question has the same answer."""

    name = "sandbox"

    def __init__(self) -> None:
        self._asked: set[str] = set()

    def verify(self, invoice: FiveElements) -> Answer:
        """Answer at once."""
        ending = invoice.number[-2:]
        if ending == "93" and invoice.number not in self._asked:
            self._asked.add(invoice.number)
            return Answer(Status.UNAVAILABLE, self.name)
        status = _TRICKS.get(ending, Status.VALID)
        asked = f"{invoice.code}|{invoice.number}|{invoice.issued_on}|{invoice.amount}"
        return Answer(status, self.name, hashlib.sha256(asked.encode()).hexdigest()[:20])
