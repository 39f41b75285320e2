"""
Asking the registries whether an invoice is genuine: 全国增值税发票查验平台, 全国财政电子票据查验平台.

Both ask for five elements (五要素): code, number, check code, day of issue, amount. Which class
answers is the setting ``INVOICE_REGISTRY``; without it, the sandbox beside this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

SANDBOX = "yilu.gateways.invoice_registry_sandbox.SandboxRegistry"


class Status(StrEnum):
    """What a registry can say."""

    VALID = "VALID"  # 查验一致
    NOT_FOUND = "NOT_FOUND"  # 查无此票
    MISMATCH = "MISMATCH"  # 查验不一致
    REVERSED = "REVERSED"  # 已冲红
    EXCHANGED = "EXCHANGED"  # 已换开纸质票据
    UNAVAILABLE = "UNAVAILABLE"  # 平台无法访问


@dataclass(frozen=True, slots=True)
class FiveElements:
    """What identifies an invoice to a registry (五要素)."""

    kind: str
    code: str
    number: str
    check_code: str
    issued_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registry said, and the number under which it said so."""

    status: Status
    registry: str
    receipt: str = ""


class InvoiceRegistry(Protocol):
    """A registry of invoices. ``verify`` answers UNAVAILABLE instead of raising."""

    name: str

    def verify(self, invoice: FiveElements) -> Answer:
        """Ask about one invoice; takes seconds at most."""
        ...


def get_registry() -> InvoiceRegistry:
    """The registry this insurer asks."""
    return _made(getattr(settings, "INVOICE_REGISTRY", SANDBOX))


@cache
def _made(path: str) -> InvoiceRegistry:
    registry: InvoiceRegistry = import_string(path)()
    return registry
