"""What renewals does when something happened below it."""

from __future__ import annotations

from datetime import date

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM
from yilu.messaging.operations import FAILED_QUEUE
from yilu.payments.events import CollectionFailed, CollectionSettled
from yilu.people import queries as people
from yilu.people.events import AgentLeft, PartyChanged, PartyErased
from yilu.policies.events import (
    LapseUndone,
    LoanNearsValue,
    LoanOutgrewValue,
    PolicyEnded,
    PolicyReinstated,
    PolicyRevived,
    PremiumCollectionHeld,
    PremiumReceived,
    PremiumsWaived,
    WaiverTakenBack,
)
from yilu.renewals.operations import handing_over, lapsing, listing, ordering, renewing, telling
from yilu.renewals.operations.forgetting import forget
from yilu.renewals.operations.span import Span
from yilu.work.events import ItemFinished


@journal.on(CollectionSettled)
def book_premiums(event: Happened) -> None:
    """The money of an order is in."""
    if event.about.kind == "premium_order":
        ordering.settle_order(
            order_id=event.about.id, collection_id=event.facts["collection_id"], actor=SYSTEM,
            at=event.at,
        )  # fmt: skip


@journal.on(CollectionFailed)
def help_to_pay(event: Happened) -> None:
    """A try to pay an order failed."""
    if event.about.kind == "premium_order":
        ordering.fail_order(
            order_id=event.about.id, reason=event.facts["reason"], turn=event.facts["turn"],
            method=event.facts["method"], actor=SYSTEM, at=event.at,
        )  # fmt: skip


@journal.on(PremiumCollectionHeld)
def stop_asking(event: Happened) -> None:
    """A question is open: what has not left yet is taken back (解释二 7)."""
    ordering.take_back_orders(policy_id=event.about.id, reason="HELD", actor=SYSTEM, at=event.at)


@journal.on(PolicyEnded)
def stop_asking_of_ended(event: Happened) -> None:
    """Nothing is owed on a contract that ended; the year after it is offered only where it ran its term."""
    ran_its_term = event.facts["ending"] == "MATURED"
    ordering.take_back_orders(
        policy_id=event.about.id, reason="ENDED", actor=SYSTEM, at=event.at,
        but_new_year=ran_its_term,
    )  # fmt: skip
    lapsing.note_way_on(_span(event))
    if not ran_its_term:
        renewing.end_with_contract(policy_id=event.about.id, actor=SYSTEM, at=event.at)


@journal.on(PremiumsWaived)
def stop_asking_of_waived(event: Happened) -> None:
    """Nothing falls due any more: what is on its way is taken back, the list says why."""
    ordering.take_back_orders(policy_id=event.about.id, reason="WAIVED", actor=SYSTEM, at=event.at)
    listing.note_waiver(event.about.id, _span(event))


@journal.on(WaiverTakenBack)
def ask_again_of_waived(event: Happened) -> None:
    """A person decided otherwise: what fell due since may be paid by its day, the rest as ever."""
    listing.take_waiver_back(event.about.id, _span(event))


@journal.on(PolicyRevived)
def ask_again(event: Happened) -> None:
    """A contract thought to have ended goes on: what fell due meanwhile may be paid."""
    listing.list_again(event.about.id, _span(event))


@journal.on(LapseUndone)
def ask_again_of_unlapsed(event: Happened) -> None:
    """It was never suspended: what fell due may be paid by its day, and nothing is to be decided."""
    listing.list_again(event.about.id, _span(event))
    lapsing.note_way_on(_span(event))


@journal.on(LoanNearsValue)
def warn_of_loan(event: Happened) -> None:
    """What is owed comes near the value: the holder hears of it while there is time."""
    lapsing.warn_of_loan(policy_id=event.about.id, span=_span(event))


@journal.on(LoanOutgrewValue)
def tell_of_suspension(event: Happened) -> None:
    """Cover is suspended between two runs: the holder hears at once why, and how to restore it."""
    lapsing.note_suspension(_span(event))


@journal.on(PolicyReinstated)
def go_on(event: Happened) -> None:
    """The contract goes on: nothing is to be decided, and what falls due is asked for as ever."""
    lapsing.note_way_on(_span(event))


@journal.on(ItemFinished)
def note_told_by_person(event: Happened) -> None:
    """A colleague reached somebody whom no channel had reached."""
    if event.facts["queue"] == FAILED_QUEUE and event.about.kind in {"policy", "handover"}:
        telling.note_given(
            about=event.about, item_id=event.facts["item_id"], actor=event.actor, at=event.at
        )


@journal.on(PremiumReceived)
def take_off_the_list(event: Happened) -> None:
    """A premium came in by whatever way: it is not due any more."""
    listing.settle_policy(event.about.id, _span(event))


@journal.on(PartyChanged)
def follow_the_wish(event: Happened) -> None:
    """Somebody chose another time for their reminders."""
    if "reminder_days" in event.facts["fields"] and event.party_id is not None:
        listing.follow_wish(event.party_id)


@journal.on(AgentLeft)
def see_to_orphans(event: Happened) -> None:
    """Their customers are told and handed over."""
    left_on = event.facts.get("left_on")
    handing_over.take_note_of_exit(
        agent_id=event.facts["agent_id"], successor_id=event.facts["successor_id"],
        left_on=date.fromisoformat(left_on) if left_on else day_of(event.at), at=event.at,
    )  # fmt: skip


def _span(event: Happened) -> Span:
    return Span(event.about.id, event.about.id + 1, day_of(event.at), event.at)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: their calendar goes with them."""
    forget(people.records_of(event.facts["party_id"]))
