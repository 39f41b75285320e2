"""What servicing does when a lower room says that something happened. Steps only, in the worker."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel.refs import Ref
from yilu.messaging.events import MessageDelivered
from yilu.payments.events import CollectionFailed, CollectionSettled, PayoutRejected, PayoutSettled
from yilu.people import queries as people
from yilu.people.events import (
    AccountAdded,
    DataRequestClosed,
    DataRequestOpened,
    DoubleSettled,
    ErasureProposed,
    ErasureSettled,
    MergeProposed,
    PartingAsked,
    PartyErased,
)
from yilu.servicing.operations import data_requests, second_looks, steps
from yilu.servicing.operations.forgetting import forget
from yilu.servicing.queries.keeping import what_keeps

OURS = "servicing_request"


def _subject(event: Happened) -> int | None:
    """The request an event's subject names; None where it is about something else."""
    about = Ref.parse(event.facts["subject"])
    return about.id if about.kind == OURS else None


people.keeps(what_keeps)


@journal.on(CollectionSettled)
def go_on_when_paid(event: Happened) -> None:
    """The customer paid what was owed: it takes effect."""
    if event.about.kind == OURS:
        steps.collection_settled(
            request_id=event.about.id, amount=event.facts["amount"], at=event.at
        )


@journal.on(CollectionFailed)
def tell_when_not_paid(event: Happened) -> None:
    """A try to collect failed: the customer is asked to try again."""
    if event.about.kind == OURS:
        steps.collection_failed(
            request_id=event.about.id, reason=event.facts["reason"], at=event.at
        )


@journal.on(PayoutSettled)
def finish_when_money_arrived(event: Happened) -> None:
    """What we paid has arrived."""
    if request_id := _subject(event):
        steps.payout_settled(request_id=request_id, at=event.at)


@journal.on(PayoutRejected)
def help_when_bank_refuses(event: Happened) -> None:
    """The bank sent the money back."""
    if request_id := _subject(event):
        steps.payout_rejected(request_id=request_id, at=event.at)


@journal.on(MessageDelivered)
def pause_when_notice_arrived(event: Happened) -> None:
    """The one notice of what is missing arrived: the clock stands still from here."""
    if event.facts["template"] != "servicing.papers_asked" or event.party_id is None:
        return
    if request_id := _subject(event):
        steps.papers_notice_arrived(
            request_id=request_id, proof=f"message:{event.facts['message_id']}", at=event.at
        )


@journal.on(DataRequestOpened)
def give_to_somebody(event: Happened) -> None:
    """Somebody asks about their own data: it becomes work, and they are told by when."""
    data_requests.take_in(event.facts["request_id"], at=event.at)


@journal.on(DataRequestClosed)
def tell_the_answer(event: Happened) -> None:
    """The request was answered or taken back."""
    data_requests.let_go(event.facts["request_id"], at=event.at)


@journal.on(ErasureProposed)
def erasure_waits(event: Happened) -> None:
    """One person proposes to erase a customer: another one is to look."""
    _wait(second_looks.ERASURES, event)


@journal.on(ErasureSettled)
def erasure_settled(event: Happened) -> None:
    """The other one looked, or the request was answered otherwise."""
    second_looks.looked_at(second_looks.ERASURES, about=event.about, at=event.at)


@journal.on(MergeProposed)
@journal.on(PartingAsked)
def merger_waits(event: Happened) -> None:
    """One person says that two records are one, or two after all: another one is to look."""
    _wait(second_looks.MERGERS, event)


@journal.on(DoubleSettled)
def merger_settled(event: Happened) -> None:
    """The other one looked at the two records."""
    second_looks.looked_at(second_looks.MERGERS, about=event.about, at=event.at)


def _wait(queue: str, event: Happened) -> None:
    second_looks.wait_for_second(
        queue, proposal=event.kind, about=event.about, office_id=event.facts["office_id"],
        party_id=event.party_id, at=event.at,
    )  # fmt: skip


@journal.on(AccountAdded)
def tell_of_an_account_added_for_them(event: Happened) -> None:
    """Money may go there from now on: who it belongs to must know."""
    if event.actor.kind == "staff" and event.party_id is not None:
        steps.tell_account_added(
            party_id=event.party_id, account_id=event.facts["account_id"], at=event.at
        )


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: what they filled in goes with them."""
    forget(people.records_of(event.facts["party_id"]))
