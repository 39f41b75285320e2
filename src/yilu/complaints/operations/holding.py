"""Hold a case: who may act on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilu.complaints.models import Complaint, ComplaintWord
from yilu.complaints.rules import handling as rules
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

from .refusals import ComplaintNotFound, NotNow, StepAside

WORDS, DEMAND, PEOPLE = (
    "complaints_complaint.words",
    "complaints_complaint.demand",
    "complaints_complaint.representatives",
)
FINDINGS, SAID = "complaints_complaint.findings", "complaints_complaintword.text"
REVIEW, REVIEWED = "complaints_complaintreview.words", "complaints_complaintreview.findings"


@tx.step
def hold(complaint_id: int, access: Access, right: str = "complaints.handle") -> Complaint:
    """
    A case, locked, for somebody who may handle it.

    :raises ComplaintNotFound, NotAllowed: as ``hold_though_concerned``.
    :raises StepAside: one is complained about.
    """
    row = hold_though_concerned(complaint_id, access, right)
    if rules.is_interested(access.staff_id, row.against):
        raise StepAside
    return row


@tx.step
def hold_though_concerned(complaint_id: int, access: Access, right: str) -> Complaint:
    """
    A case, locked: also for whoever is concerned by it, to say just that.

    :raises ComplaintNotFound: none, or of an office one does not see. :raises NotAllowed: without
        the right over its office.
    """
    row = _locked(complaint_id)
    if row.office_id not in access.offices_for("complaints.view"):
        raise ComplaintNotFound
    access.require(right, office_id=row.office_id)
    return row


@tx.step
def hold_own(complaint_id: int, actor: Ref) -> Complaint:
    """A case, locked, for its complainant. :raises ComplaintNotFound: anybody else's."""
    row = _locked(complaint_id)
    if actor != Ref("party", row.party_id):
        raise ComplaintNotFound
    return row


def _locked(complaint_id: int) -> Complaint:
    row = Complaint.objects.select_for_update(of=("self",)).filter(pk=complaint_id).first()
    if row is None:
        raise ComplaintNotFound
    return row


def move(row: Complaint, to: str) -> None:
    """Set the next state; the caller saves. :raises NotNow: it does not follow."""
    if to not in rules.next_states(row.state):
        raise NotNow
    row.state = to


def require_state(row: Complaint, *states: str) -> None:
    """:raises NotNow: the case is at another step."""
    if row.state not in states:
        raise NotNow


def say(row: Complaint, fact: Any, *, actor: Ref, at: datetime) -> None:
    """Record what happened to the case, on the complainant's timeline."""
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)


def keep_word(
    row: Complaint, *, kind: str, text: str, proof: str, actor: Ref, at: datetime
) -> ComplaintWord:
    """Keep what was said, sealed."""
    return ComplaintWord.objects.create(
        complaint=row, kind=kind, text=sealing.seal(text, SAID), proof=proof, written_by=str(actor),
        written_at=at,
    )  # fmt: skip
