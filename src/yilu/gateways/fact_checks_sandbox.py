"""
A firm for demo and tests: answers at the second asking, by the last digit of the receipt.

0–6: what was claimed is right; 7 and 8: it differs; 9: nothing could be found.
"""

from __future__ import annotations

import hashlib

from yilu.gateways.fact_checks import Answer, Found, Order

WORDS = {
    Found.MATCHES: "走访并调阅记录，与申请所述一致。",
    Found.DIFFERS: "调阅到的记录与申请所述不一致，详见所附材料。",
    Found.NOTHING_FOUND: "该机构没有相关记录。",
}


class SandboxChecks:
    """Plays a firm; the same order has the same receipt and the same answer."""

    name = "sandbox"

    def ask(self, order: Order) -> str:
        """Take the order."""
        number = int(hashlib.sha256(order.reference.encode()).hexdigest(), 16) % 10**10
        return f"TP{number:010d}"

    def answer(self, receipt: str) -> Answer | None:
        """Answer by the last digit."""
        last = receipt[-1:]
        found = (
            Found.NOTHING_FOUND if last == "9" else Found.DIFFERS if last in "78" else Found.MATCHES
        )
        return Answer(found, WORDS[found])
