"""
Asking a medical-data platform for the diagnoses on record of somebody who agreed to it (医疗信息核对).

Which class asks is the setting ``MEDICAL_DATA``; without it, the sandbox beside this module. Only
with the person's separate consent (个保法 29); only codes come back, no papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

SANDBOX = "yilu.gateways.medical_data_sandbox.SandboxPlatform"


@dataclass(frozen=True, slots=True)
class Extract:
    """The diagnoses (ICD-10) on record, under the platform's receipt."""

    diagnoses: tuple[str, ...]
    receipt: str


class MedicalPlatform(Protocol):
    """A platform. Raises OSError where it cannot be reached."""

    name: str

    def diagnoses(self, *, name: str, number: str, consent: str, reference: str) -> Extract:
        """What is on record; ``consent`` names the person's agreement."""
        ...


def get_platform() -> MedicalPlatform:
    """The platform this insurer asks."""
    return _made(getattr(settings, "MEDICAL_DATA", SANDBOX))


@cache
def _made(path: str) -> MedicalPlatform:
    platform: MedicalPlatform = import_string(path)()
    return platform
