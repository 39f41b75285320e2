"""What claims does when a lower room says that something happened. Steps only, in the worker."""

from __future__ import annotations

from yilu.claims.queries.keeping import what_keeps
from yilu.documents.events import (
    DocumentRecognised,
    DocumentRefused,
    DocumentSettled,
    DuplicateInvoiceRefused,
    FieldCorrected,
    InvoiceVerified,
)
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel.refs import Ref
from yilu.letters import queries as letters
from yilu.letters.events import LetterDelivered
from yilu.messaging import queries as messages
from yilu.messaging.events import MessageDelivered
from yilu.payments.events import (
    PayoutRejected,
    PayoutSettled,
    PayoutUnclear,
    RepaymentAsked,
    RepaymentReceived,
)
from yilu.people import queries as people
from yilu.people.events import ConsentGiven, ConsentWithdrawn, IdentityChecked, RoleEnded, StaffLeft
from yilu.work.events import ItemHandedOver, ItemTaken

from .events import ClaimReported, ClaimSentToReview
from .operations import steps
from .operations.consultants import QUEUE as CONSULTANTS


def _claim_of(event: Happened) -> int | None:
    """The claim an event is about, by its subject; None where it is about something else."""
    about = Ref.parse(event.facts["subject"])
    return about.id if about.kind == "claim" else None


people.keeps(what_keeps)


@journal.on(ClaimSentToReview)
def look_closer(event: Happened) -> None:
    """Before a person reviews: what the diagnoses say beside the declaration, sex, age and waiting."""
    steps.compare_diagnoses(event.about.id, at=event.at)


@journal.on(ClaimReported)
def fetch_the_bills(event: Happened) -> None:
    """The patient agreed that we fetch what the hospital has: they need not bring it themselves."""
    steps.ask_for_records(event.about.id, at=event.at)


@journal.on(ClaimReported)
def see_what_can_be_paid_first(event: Happened) -> None:
    """The insured is in a named group: somebody looks at once what can be paid in advance."""
    steps.look_for_advance(event.about.id, at=event.at)


@journal.on(ItemTaken)
def accompany_who_took(event: Happened) -> None:
    """Whoever takes the consultant's work accompanies the customer from then on."""
    if event.facts["queue"] == CONSULTANTS:
        steps.accompany(event.about.id, staff_id=event.facts["staff_id"], at=event.at)


@journal.on(ItemHandedOver)
def accompany_who_took_over(event: Happened) -> None:
    """The consultant's work went to a colleague, and the customer with it."""
    if event.facts["queue"] == CONSULTANTS:
        steps.accompany(event.about.id, staff_id=event.facts["to_staff_id"], at=event.at)


@journal.on(DocumentRecognised)
def go_on_when_read(event: Happened) -> None:
    """A file was read: go on as far as the papers reach."""
    if claim_id := _claim_of(event):
        steps.take_over(steps.hold(claim_id), at=event.at)


@journal.on(DocumentSettled)
def go_on_when_confirmed(event: Happened) -> None:
    """A person confirmed what was read: go on as far as the papers reach."""
    if claim_id := _claim_of(event):
        steps.take_over(steps.hold(claim_id), at=event.at)


@journal.on(InvoiceVerified)
def go_on_when_verified(event: Happened) -> None:
    """The registry answered about an invoice: go on as far as the papers reach."""
    if claim_id := _claim_of(event):
        steps.go_on_with_answer(
            claim_id=claim_id, upload_id=event.facts["upload_id"], status=event.facts["status"],
            at=event.at,
        )  # fmt: skip


@journal.on(FieldCorrected)
def go_on_when_corrected(event: Happened) -> None:
    """A person put right what was read: calculate anew, or look again at what is decided."""
    if claim_id := _claim_of(event):
        steps.go_on_with_correction(
            claim_id=claim_id, upload_id=event.facts["upload_id"], field=event.facts["field"],
            at=event.at,
        )  # fmt: skip


@journal.on(DuplicateInvoiceRefused)
def go_on_without_what_was_claimed_before(event: Happened) -> None:
    """An invoice was claimed before: go on without it."""
    if claim_id := _claim_of(event):
        steps.go_on_without(
            claim_id=claim_id, upload_id=event.facts["upload_id"],
            first=Ref.parse(event.facts["first_subject"]),
            counted=event.facts["witness"] == "STAFF", at=event.at,
        )  # fmt: skip


@journal.on(DocumentRefused)
def go_on_without_what_is_of_no_use(event: Happened) -> None:
    """A person found a file to be of no use: go on without it."""
    if claim_id := _claim_of(event):
        steps.go_on_without(
            claim_id=claim_id, upload_id=event.facts["upload_id"], first=None, counted=True,
            at=event.at,
        )  # fmt: skip


@journal.on(PayoutSettled)
def close_when_paid(event: Happened) -> None:
    """The bank says the money arrived: the claim is paid."""
    if claim_id := _claim_of(event):
        steps.close_paid_claim(
            claim_id=claim_id, payout_id=event.facts["payout_id"], amount=event.facts["amount"],
            purpose=event.facts["purpose"], at=event.at,
        )  # fmt: skip


@journal.on(PayoutRejected)
def ask_for_account_when_returned(event: Happened) -> None:
    """The bank returned the money: another account is needed."""
    if claim_id := _claim_of(event):
        steps.return_payout(
            claim_id=claim_id, payout_id=event.facts["payout_id"], reason=event.facts["reason"],
            at=event.at,
        )  # fmt: skip


@journal.on(PayoutUnclear)
def wait_when_unclear(event: Happened) -> None:
    """Nobody knows whether the money arrived: nothing is paid twice meanwhile."""
    if claim_id := _claim_of(event):
        steps.hold_unclear(claim_id=claim_id, payout_id=event.facts["payout_id"], at=event.at)


@journal.on(LetterDelivered)
def end_or_pause_when_delivered(event: Happened) -> None:
    """The denial reached the customer, or the notice of what is missing did."""
    claim_id = _claim_of(event)
    if claim_id is None:
        return
    if event.facts["kind"] in ("DENIAL", "NOTHING_DUE"):
        steps.close_declined_claim(
            claim_id=claim_id, letter_id=event.facts["letter_id"], at=event.at
        )
    elif event.facts["kind"] == "SUPPLEMENT":
        letter = letters.find_letter(event.facts["letter_id"])
        steps.notice_arrived(
            claim_id=claim_id, proof=f"letter:{event.facts['letter_id']}", actor=event.actor,
            at=event.at, sent_at=letter.requested_at if letter else None,
        )  # fmt: skip


@journal.on(MessageDelivered)
def pause_when_notice_arrived(event: Happened) -> None:
    """
    The message with the list of what is missing arrived: the clock stands still from here.

    The agent's copy proves nothing: the notice is the customer's.
    """
    if event.facts["template"] != "claims.supplement_needed" or event.party_id is None:
        return
    if claim_id := _claim_of(event):
        message_id = event.facts["message_id"]
        told = messages.messages_about(Ref("claim", claim_id))
        steps.notice_arrived(
            claim_id=claim_id, proof=f"message:{message_id}", actor=event.actor, at=event.at,
            sent_at=next((m.promised_at for m in told if m.id == message_id), None),
        )  # fmt: skip


@journal.on(RepaymentAsked)
def write_when_money_is_asked_back(event: Happened) -> None:
    """Somebody was paid too much: they are told why, how much and where to."""
    if claim_id := _claim_of(event):
        steps.ask_for_repayment(
            claim_id=claim_id, receivable_id=event.facts["receivable_id"], at=event.at
        )


@journal.on(RepaymentReceived)
def thank_when_money_came_back(event: Happened) -> None:
    """A repayment arrived: the payer is told, and what is still open."""
    if claim_id := _claim_of(event):
        steps.thank_for_repayment(
            claim_id=claim_id, receivable_id=event.facts["receivable_id"],
            amount=event.facts["amount"], left=event.facts["left"], at=event.at,
        )  # fmt: skip


@journal.on(ConsentWithdrawn)
def leave_to_people_without_consent(event: Happened) -> None:
    """Health data may not be handled any more: what is under way goes on with a person."""
    if event.facts["purpose"] == "HEALTH_DATA":
        steps.go_on_by_hand(event.about.id, at=event.at)


@journal.on(ConsentGiven)
def file_what_waited_for_it(event: Happened) -> None:
    """Health data may be handled from now on: reports that waited for that are filed."""
    if event.facts["purpose"] == "HEALTH_DATA":
        steps.file_what_waited(event.about.id, at=event.at)


@journal.on(IdentityChecked)
def pay_who_is_known_now(event: Happened) -> None:
    """Somebody's identity was checked: what waited for that is paid; where the register said no they are told."""
    party_id = event.about.id
    if event.facts["matched"]:
        steps.pay_identified(party_id, at=event.at)
    else:
        steps.ask_for_original(party_id, at=event.at)


@journal.on(StaffLeft)
@journal.on(RoleEnded)
def pass_on_cases(event: Happened) -> None:
    """Somebody left, or may do less: their parts, calls and steps of open cases are somebody else's."""
    steps.pass_on(people.succession(event.facts), at=event.at)
