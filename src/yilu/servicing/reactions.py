"""What servicing does when a lower room says that something happened. Steps only, in the worker."""

from __future__ import annotations

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel.refs import Ref
from yilu.messaging.events import MessageDelivered
from yilu.payments.events import CollectionFailed, CollectionSettled, PayoutRejected, PayoutSettled
from yilu.people.events import AccountAdded, DataRequestClosed, DataRequestOpened
from yilu.servicing.operations import data_requests, steps

OURS = "servicing_request"


def _subject(event: Happened) -> int | None:
    """The request an event's subject names; None where it is about something else."""
    about = Ref.parse(event.facts["subject"])
    return about.id if about.kind == OURS else None


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


@journal.on(AccountAdded)
def tell_of_an_account_added_for_them(event: Happened) -> None:
    """Money may go there from now on: who it belongs to must know."""
    if event.actor.kind == "staff" and event.party_id is not None:
        steps.tell_account_added(
            party_id=event.party_id, account_id=event.facts["account_id"], at=event.at
        )
