"""Pay for a family's applications: in one payment or several, at once or when everybody is decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.payments import operations as payments
from yilu.payments import queries as collections
from yilu.underwriting import events
from yilu.underwriting.catalogue import keeping
from yilu.underwriting.models import Application, FamilyApplication
from yilu.underwriting.rules.lifecycle import UNDECIDED, State

from .holding import members_of, write
from .paying import ask_premium, issue_when_paid


@tx.step
def ask_premiums_again(family_id: int, *, at: datetime) -> None:
    """
    Something became of one application of a family: ask for what may be paid now.

    Runs in the worker, so that the family is locked before its applications, as everywhere.
    """
    family = (
        FamilyApplication.objects.select_for_update(of=("self",))
        .filter(pk=family_id, submitted_at__isnull=False)
        .first()
    )
    if family is not None:
        ask_premiums(family, at=at)


@tx.step
def ask_premiums(family: FamilyApplication, *, at: datetime) -> None:
    """
    Let the holder pay for everybody who is accepted, in one payment where they wished so.

    Where all are to begin together, nothing is asked for before the last verdict. Somebody whose part of
    a payment was taken back with another's is asked for anew. Asking twice is asking once.
    """
    members = list(members_of(family.pk).select_for_update(of=("self",)))
    if family.begin_together and any(State(each.state) in UNDECIDED for each in members):
        return
    due = [each for each in members if _is_due(each, at)]
    for each in due:
        if each.state == State.ACCEPTED:
            write(each, at, expires_at=at + timedelta(days=keeping().offer_days))
        if not family.pay_together:
            ask_premium(each, at=at)
    if due and family.pay_together:
        _ask_together(family, due, at)


def _is_due(application: Application, at: datetime) -> bool:
    if application.state == State.ACCEPTED:
        return True
    if application.state != State.AWAITING_PAYMENT or application.expires_at <= at:
        return False
    return collections.get_collection(application.collection_id or 0).state == "CANCELLED"


def _ask_together(family: FamilyApplication, due: list[Application], at: datetime) -> None:
    """One collection over the sum; each application knows it."""
    family.collections += 1
    family.save(update_fields=["collections"])
    total = sum((each.total_premium for each in due), start=Decimal(0))
    collection_id = payments.request_collection(
        key=f"family:{family.pk}:{family.collections}", payer_id=family.holder_id, method="WECHAT",
        amount=total, about=family.ref, at=at, expires_at=min(each.expires_at for each in due),
    )  # fmt: skip
    for each in due:
        write(each, at, state=State.AWAITING_PAYMENT.value, collection_id=collection_id)
        fact = events.PremiumAsked(collection_id=collection_id, amount=f"{each.total_premium:.2f}")
        journal.record(fact, about=each.ref, actor=SYSTEM, at=at, party=family.holder_id)


@tx.step
def issue_family_when_paid(family_id: int, *, collection_id: int, at: datetime) -> None:
    """One payment for several is in: each application becomes its policy, or its part goes back."""
    for each in Application.objects.filter(
        family_id=family_id, collection_id=collection_id
    ).order_by("pk"):
        issue_when_paid(
            each.pk, collection_id=collection_id, amount=f"{each.total_premium:.2f}", at=at
        )
