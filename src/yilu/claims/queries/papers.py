"""The checklist of a claim and what is here of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from yilu.claims.models import Claim
from yilu.claims.operations.case import fulfilment_of, told_by_bills
from yilu.claims.rules.loss import Loss
from yilu.documents import queries as documents
from yilu.documents.queries import UploadView

from .views import ChecklistRow


@dataclass(frozen=True, slots=True)
class _Papered:
    claim_type: str
    loss: Loss
    identity_known: bool
    account_id: int | None
    programme: str


def checklist_rows(
    claim: Claim, uploads: Sequence[UploadView], at: datetime
) -> tuple[ChecklistRow, ...]:
    """Each line of the checklist in force, with its state and its files; one statement where bills were uploaded."""
    kinds = {u.kind for u in uploads if u.live}
    fed = any(u.source == "FEED" and u.live for u in uploads)
    bills = documents.invoices_for(claim.ref) if "INVOICE" in kinds and not fed else ()
    amount, inpatient = told_by_bills(claim.claimed_amount, bills)
    found = fulfilment_of(
        _Papered(
            claim.claim_type,
            Loss.from_json(claim.loss),
            claim.identity_known,
            claim.account_id,
            claim.programme,
        ),
        tuple(uploads),
        amount=amount,
        payee_is_insured=claim.claimant_id == claim.insured_id or claim.claim_type != "DEATH",
        inpatient=True if "DISCHARGE" in kinds else inpatient,
        fed=fed,
        at=at,
    )
    return tuple(
        ChecklistRow(n.code, n.title, n.required, n.kinds, n.note, n.state, n.upload_ids)
        for n in found.lines
    )
