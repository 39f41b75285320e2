"""
Asking an outside firm to verify a fact (第三方核实): hospital visits, records, scenes.

A firm takes an order and answers after hours or days. Which class asks is the setting
``FACT_CHECKS``; without it, the sandbox beside this module. The order carries our reference and
the question's kind: whom and what it concerns travels in the firm's own sealed file exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

SANDBOX = "yilu.gateways.fact_checks_sandbox.SandboxChecks"


class Found(StrEnum):
    """What a firm can answer."""

    MATCHES = "MATCHES"  # 与申请一致
    DIFFERS = "DIFFERS"  # 与申请不一致
    NOTHING_FOUND = "NOTHING_FOUND"  # 未查到


@dataclass(frozen=True, slots=True)
class Order:
    """
    One thing to verify, by our reference: the same reference twice is one order.

    ``consent`` is the digest of what the customer signed to let others be asked about them; without it
    a firm gets no medical record from anybody and checks what is public or ours.
    """

    reference: str
    reason: str
    consent: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the firm found, in a sentence, under its receipt."""

    found: Found
    words: str


class FactChecks(Protocol):
    """A firm. Both raise OSError where it cannot be reached."""

    name: str

    def ask(self, order: Order) -> str:
        """Place an order; the firm's receipt."""
        ...

    def answer(self, receipt: str) -> Answer | None:
        """The answer to an order, None while there is none."""
        ...


def get_firm() -> FactChecks:
    """The firm this insurer asks."""
    return _made(getattr(settings, "FACT_CHECKS", SANDBOX))


@cache
def _made(path: str) -> FactChecks:
    firm: FactChecks = import_string(path)()
    return firm
