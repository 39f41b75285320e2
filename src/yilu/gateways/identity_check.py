"""
Asking the population register whether a name and a number belong together (身份核验).

Which class asks is the setting ``IDENTITY_CHECK``; without it, the sandbox beside this module.
Called in jobs only; the answer is kept with its receipt, the question is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

SANDBOX = "yilu.gateways.identity_check_sandbox.SandboxRegister"


@dataclass(frozen=True, slots=True)
class Bearing:
    """Whether name and number belong together, under the register's receipt."""

    matched: bool
    receipt: str


class IdentityRegister(Protocol):
    """A register. Raises OSError where it cannot be reached."""

    name: str

    def check(self, *, name: str, number: str, reference: str) -> Bearing:
        """Whether they belong together; the same reference twice is one question."""
        ...


def get_register() -> IdentityRegister:
    """The register this insurer asks."""
    return _made(getattr(settings, "IDENTITY_CHECK", SANDBOX))


@cache
def _made(path: str) -> IdentityRegister:
    register: IdentityRegister = import_string(path)()
    return register
