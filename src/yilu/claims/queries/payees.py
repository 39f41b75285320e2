"""Who is to be paid a part of a death benefit, and to which of their own accounts it may go."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yilu.claims.models import IdentityWait, Payee
from yilu.people import queries as people

from .views import ClaimCard


@dataclass(frozen=True, slots=True)
class PayeeToPay:
    """
    A beneficiary's part of the decision that stands; ``accounts`` are their own, for staff to choose.

    ``unidentified``: it waits until it is known who they are; with ``account_given`` for nothing else. ``instead_of``: for whom they receive it, as the guardian of a minor does; empty: for themselves.
    """

    party_id: int
    name: str
    amount: Decimal
    promised: bool
    instead_of: str
    accounts: tuple[people.AccountView, ...]
    unidentified: bool = False
    account_given: bool = False


def payees_of(card: ClaimCard) -> tuple[PayeeToPay, ...]:
    """Every beneficiary's part, those that wait for an account first."""
    rows = list(
        Payee.objects.select_related("party", "for_party")
        .filter(claim_id=card.id, decision__state="STANDS")
        .order_by("pk")
    )
    unknown = {party.id for party in unidentified_payees(card)} if rows else set()
    found = [
        PayeeToPay(
            row.party_id, row.party.name, row.amount, row.payout_id is not None,
            row.for_party.name if row.for_party else "",
            tuple(people.list_accounts(row.party_id)), row.party_id in unknown,
            row.account_id is not None,
        )
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.promised))


def unidentified_payees(card: ClaimCard) -> tuple[people.PartyView, ...]:
    """Whose money of this claim waits until it is known who they are (反洗钱法 29)."""
    waits = IdentityWait.objects.filter(claim_id=card.id, until=None).order_by("pk")
    found = people.list_parties(waits.values_list("party_id", flat=True))
    return tuple(found.values())
