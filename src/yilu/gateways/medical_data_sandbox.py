"""
A medical-data platform for demo and tests: nobody has anything on record, except that numbers ending
with 77 have hypertension and with 88 diabetes, and that those ending with 66 were in hospital.
"""

from __future__ import annotations

import hashlib
from datetime import date

from yilu.gateways.medical_data import Extract, Visits

IN_HOSPITAL = "66"
ON_RECORD = {"77": ("I10",), "88": ("E11.9",)}


class SandboxPlatform:
    """Plays the platform; the same reference has the same receipt."""

    name = "sandbox"

    def diagnoses(self, *, name: str, number: str, consent: str, reference: str) -> Extract:
        """Answer by the last two digits of the number."""
        return Extract(ON_RECORD.get(number[-2:], ()), _receipt(reference))

    def visits(
        self, *, name: str, number: str, since: date, until: date, consent: str, reference: str
    ) -> Visits:
        """Two days in hospital at the end of the time asked for, for numbers ending with 66."""
        if not number.endswith(IN_HOSPITAL):
            return Visits((), _receipt(reference))
        serial = int(hashlib.sha256(reference.encode()).hexdigest()[:8], 16)
        bill = {
            "kind": "FISCAL_INPATIENT", "code": "33060126", "number": f"{serial % 10**10:010d}",
            "check_code": "9d2c41", "issued_on": until.isoformat(), "payer_name": name,
            "payee_name": "杭州钱塘人民医院", "total": "860.00", "fund_paid": "430.00",
            "visit_kind": "INPATIENT", "admitted_on": since.isoformat(),
            "discharged_on": until.isoformat(), "hospital_days": str((until - since).days or 1),
            "department": "内科",
            "lines": [
                {"name": "住院诊查费", "category": "A", "amount": "260.00"},
                {"name": "床位费", "category": "A", "amount": "600.00"},
            ],
        }  # fmt: skip
        return Visits((bill,), _receipt(reference))


def _receipt(reference: str) -> str:
    return f"YL{hashlib.sha256(reference.encode()).hexdigest()[:16].upper()}"
