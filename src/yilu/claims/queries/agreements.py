"""Agreements about a claim as the desk, the signer and a video see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.claims.models import Agreement, Recovery
from yilu.claims.operations.hard.agreeing import AgreementNotFound, lines_of
from yilu.claims.operations.hard.agreeing import settled as latest_settlement
from yilu.people import queries as people

from .views import ClaimCard


@dataclass(frozen=True, slots=True)
class AgreementView:
    """What is agreed, by whom, and how far it is."""

    id: int
    claim_id: int
    claim_number: str
    kind: str
    kind_label: str
    party_id: int
    party: str
    terms: str
    amount: Decimal | None
    lines: tuple[tuple[date, Decimal], ...]
    digest: str
    state: str
    state_label: str
    asked_at: datetime
    signed_at: datetime | None
    phone: str
    reason: str

    @property
    def open(self) -> bool:
        """Whether it waits for its signature."""
        return self.state == "ASKED"


def agreements(card: ClaimCard) -> tuple[AgreementView, ...]:
    """All that was put to somebody about a claim, the latest first."""
    rows = Agreement.objects.select_related("claim").filter(claim_id=card.id).order_by("-pk")
    return tuple(_view(row) for row in rows)


def settled(card: ClaimCard) -> AgreementView | None:
    """The settlement both sides signed last: what a decision on the claim is bound to."""
    found = latest_settlement(card.id)
    return _view(found) if found is not None else None


def get_agreement(agreement_id: int, party_id: int) -> AgreementView:
    """One as its signer sees it. :raises AgreementNotFound: none, or another's."""
    found = (
        Agreement.objects.select_related("claim")
        .filter(pk=agreement_id, party_id=party_id)
        .exclude(state="WITHDRAWN")
        .first()
    )
    if found is None:
        raise AgreementNotFound
    return _view(found)


def agreements_waiting(party_id: int, claim_id: int | None = None) -> tuple[AgreementView, ...]:
    """What waits for somebody's signature, about one claim or all."""
    found = Agreement.objects.select_related("claim").filter(party_id=party_id, state="ASKED")
    found = found if claim_id is None else found.filter(claim_id=claim_id)
    return tuple(_view(row) for row in found.order_by("pk"))


def owed_back(card: ClaimCard) -> tuple[tuple[int, Decimal, str], ...]:
    """Approved recoveries that a plan may be made for: number, amount, from whom."""
    return tuple(
        (row.pk, row.amount, people.get_party(row.from_party_id).masked_name)
        for row in Recovery.objects.filter(claim_id=card.id, state="APPROVED").order_by("pk")
    )


def _view(row: Agreement) -> AgreementView:
    return AgreementView(
        row.pk, row.claim_id, row.claim.number, row.kind, str(row.get_kind_display()), row.party_id,
        people.get_party(row.party_id).masked_name, row.terms, row.amount,
        lines_of(row), row.digest,
        row.state, str(row.get_state_display()), row.asked_at, row.signed_at, row.phone, row.reason,
    )  # fmt: skip
