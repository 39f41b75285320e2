"""The bills of a visit are fetched for the customer, where the patient agreed to it (就诊记录调取)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from yilu.claims import events
from yilu.claims.models import Channel, Claim, ClaimType, RecordsAsked
from yilu.claims.rules.lifecycle import Action
from yilu.documents.operations import feed
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM
from yilu.people import queries as people

from .again import anew_if_used
from .hand_in import take_invoices
from .holding import Held, hold
from .refusals import NotPossibleNow

JOB, RECORDS_CONSENT = "claims.fetch_records", "MEDICAL_DATA_FETCH"
TREATED = frozenset({ClaimType.MEDICAL, ClaimType.ALLOWANCE, ClaimType.ACCIDENT})
BY_CUSTOMER = frozenset({Channel.APP, Channel.PHONE, Channel.AGENT})
"""Where a hospital reports, it sends its bills itself."""
PLATFORM = 0
"""Whose feed it is: no hospital's own."""
BEFORE_LOSS = timedelta(days=3)


@tx.step
def ask_for_records(claim_id: int, *, at: datetime) -> bool:
    """
    Have the platform asked soon after commit, once a claim; whether it is.

    Not without the insured's separate consent, and not where somebody else sends the bills.
    """
    claim = Claim.objects.filter(pk=claim_id).first()
    if claim is None or claim.claim_type not in TREATED or claim.channel not in BY_CUSTOMER:
        return False
    if claim.assignee_id is not None or not people.has_consent(claim.insured_id, RECORDS_CONSENT):
        return False
    _kept, is_new = RecordsAsked.objects.get_or_create(claim=claim, defaults={"asked_at": at})
    if is_new:
        journal.record(
            events.RecordsAskedFor(), about=claim.ref, actor=SYSTEM, at=at, party=claim.claimant_id
        )
        journal.defer(JOB, claim_id=claim.pk)
    return is_new


def asked_days(claim: Claim) -> tuple[date, date]:
    """From when to when visits are asked for: around the loss, up to the report."""
    reported_on = day_of(claim.reported_at)
    return claim.loss_date - BEFORE_LOSS, max(claim.loss_date, reported_on)


@anew_if_used
@tx.use_case
def record_records(
    *, claim_id: int, invoices: Sequence[dict[str, Any]], receipt: str, at: datetime
) -> str:
    """
    Take the platform's answer into the claim, once; what became of it.

    Bills that no claim would take, or that are with a claim already, are left out; a claim decided
    meanwhile needs none.
    """
    held = hold(claim_id)
    kept = RecordsAsked.objects.select_for_update().get(claim_id=claim_id)
    if kept.state != RecordsAsked.State.ASKED:
        return kept.state
    good = _usable(invoices, day_of(at))
    kept.state, kept.bills = RecordsAsked.State.NOTHING, 0
    if good:
        kept.state, kept.bills = _take(held, good, at)
    kept.receipt, kept.answered_at = receipt[:64], at
    kept.save(update_fields=["state", "bills", "receipt", "answered_at"])
    journal.record(
        events.RecordsAnswered(result=kept.state, bills=kept.bills, receipt=kept.receipt),
        about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
    )  # fmt: skip
    return kept.state


def _usable(invoices: Sequence[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    good = []
    for invoice in invoices:
        try:
            read = feed.Fed.read(invoice, today)
        except Refusal:
            continue
        if not feed.known_invoices([read]):
            good.append(invoice)
    return good


def _take(held: Held, invoices: list[dict[str, Any]], at: datetime) -> tuple[str, int]:
    try:
        held.require(Action.HAND_IN)
    except NotPossibleNow:
        return RecordsAsked.State.NOT_NEEDED, 0
    take_invoices(held, provider_id=PLATFORM, invoices=invoices, actor=SYSTEM, at=at)
    return RecordsAsked.State.FOUND, len(invoices)
