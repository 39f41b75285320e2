"""Money of contracts that waits until it is known who its payee is (等待核实收款人身份)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel.money import ZERO
from yilu.payments import queries as payments
from yilu.people import queries as people


@dataclass(frozen=True, slots=True)
class IdentityWait:
    """
    What waits for somebody's identity, and whose turn it is.

    ``step``: REGISTER, it was asked and answers in moments; ORIGINAL, they bring a document to a counter;
    SECOND, a colleague has seen it and another one bears it out.
    """

    payments: tuple[payments.Waiting, ...]
    step: str

    @property
    def total(self) -> Decimal:
        """All of it, in yuan."""
        return sum((each.amount for each in self.payments), ZERO)


def identity_wait_of(party_id: int, on: date) -> IdentityWait | None:
    """What waits for a person's identity on a day; None: nothing. The asker's right to the person is the caller's."""
    waiting = payments.waiting_for_identity(party_id)
    if not waiting:
        return None
    check = people.identity_check_of(party_id, on)
    if check is not None and check.state == "WAITING":
        return IdentityWait(waiting, "SECOND")
    known = people.get_party(party_id)
    tells = bool(known.masked_identity) and known.identity_kind in people.IN_REGISTER
    refused = check is not None and check.state == "NOT_MATCHED"
    return IdentityWait(waiting, "REGISTER" if tells and not refused else "ORIGINAL")
