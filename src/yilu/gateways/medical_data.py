"""
Asking a medical-data platform about somebody who agreed to it: the diagnoses on record before a
contract (医疗信息核对), and the bills of a visit after a report (就诊记录调取).

Which class asks is the setting ``MEDICAL_DATA``; without it, the sandbox beside this module. Only
with the person's separate consent (个保法 29).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

SANDBOX = "yilu.gateways.medical_data_sandbox.SandboxPlatform"


@dataclass(frozen=True, slots=True)
class Extract:
    """The diagnoses (ICD-10) on record, under the platform's receipt."""

    diagnoses: tuple[str, ...]
    receipt: str


@dataclass(frozen=True, slots=True)
class Visits:
    """
    The bills of somebody's visits, under the platform's receipt; none is an answer too.

    Each invoice is as ``documents.accept_invoice_feed`` takes it from a hospital.
    """

    invoices: tuple[dict[str, Any], ...]
    receipt: str


class MedicalPlatform(Protocol):
    """A platform. Raises OSError where it cannot be reached."""

    name: str

    def diagnoses(self, *, name: str, number: str, consent: str, reference: str) -> Extract:
        """What is on record; ``consent`` names the person's agreement."""
        ...

    def visits(
        self, *, name: str, number: str, since: date, until: date, consent: str, reference: str
    ) -> Visits:
        """The visits that began within these days; the same reference has the same answer."""
        ...


def get_platform() -> MedicalPlatform:
    """The platform this insurer asks."""
    return _made(getattr(settings, "MEDICAL_DATA", SANDBOX))


@cache
def _made(path: str) -> MedicalPlatform:
    platform: MedicalPlatform = import_string(path)()
    return platform
