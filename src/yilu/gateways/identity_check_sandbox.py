"""
A register for demo and tests: a sound number belongs to its name, except where the number ends with
44 (the register knows another name).
"""

from __future__ import annotations

import hashlib

from yilu.gateways.identity_check import Bearing


class SandboxRegister:
    """Plays the register; the same reference has the same receipt."""

    name = "sandbox"

    def check(self, *, name: str, number: str, reference: str) -> Bearing:
        """Answer by the last two digits."""
        receipt = hashlib.sha256(reference.encode()).hexdigest()[:16].upper()
        return Bearing(bool(name) and not number.endswith("44"), f"SF{receipt}")
