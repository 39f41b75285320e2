"""Which services a customer has by their tier and their branch (客户享有的服务)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TABLE: Final = "contact.services"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """
    One service in words for the customer, and by which ``way`` it is had: CLAIM, CALL, VIDEO, ASSIST.

    ``rule`` names the table's version and row that said so. None of them moves a statutory clock.
    """

    name: str
    promise: str
    way: str
    rule: str
