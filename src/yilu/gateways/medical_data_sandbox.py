"""
A medical-data platform for demo and tests: nobody has anything on record, except that numbers ending
with 77 have hypertension and with 88 diabetes.
"""

from __future__ import annotations

import hashlib

from yilu.gateways.medical_data import Extract

ON_RECORD = {"77": ("I10",), "88": ("E11.9",)}


class SandboxPlatform:
    """Plays the platform; the same reference has the same receipt."""

    name = "sandbox"

    def diagnoses(self, *, name: str, number: str, consent: str, reference: str) -> Extract:
        """Answer by the last two digits of the number."""
        receipt = hashlib.sha256(reference.encode()).hexdigest()[:16].upper()
        return Extract(ON_RECORD.get(number[-2:], ()), f"YL{receipt}")
