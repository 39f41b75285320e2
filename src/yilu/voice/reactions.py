"""What voice does when something was finished for a customer. Steps only, in the worker."""

from __future__ import annotations

from yilu.care.events import VisitConfirmed
from yilu.claims.events import ClaimRated
from yilu.contact.events import WrappedUp
from yilu.direct_billing.events import VisitSettled
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.messaging import queries as messages
from yilu.messaging.events import ReplyReceived
from yilu.people import queries as people
from yilu.people.events import PartyErased, RoleEnded, StaffLeft
from yilu.renewals.events import OrderPaid
from yilu.servicing.events import RequestDone
from yilu.underwriting.events import ApplicationIssued

from .events import CommentTaken, RatingTaken
from .operations import following, leaving, summing
from .operations.taking import hear_wechat


@journal.on(RatingTaken)
def add_rating(event: Happened) -> None:
    """A rating came in: into the sums that figures are read from."""
    summing.add_up(event.facts, comment=False, at=event.at)


@journal.on(CommentTaken)
def add_comment(event: Happened) -> None:
    """A comment came in: into the same sums."""
    summing.add_up(event.facts, comment=True, at=event.at)


@journal.on(ClaimRated)
def take_over(event: Happened) -> None:
    """A claim was rated on its own page: keep it beside the others."""
    if event.actor.kind == "party":
        following.take_over_claim_rating(
            claim_id=event.about.id, party_id=event.actor.id, at=event.at
        )


@journal.on(ReplyReceived)
def hear_window(event: Happened) -> None:
    """Somebody wrote in our public account: that is its feedback window."""
    if event.facts["channel"] == "WECHAT" and not event.facts["wish"]:
        hear_wechat(
            reply_id=event.facts["reply_id"], party_id=event.facts["party_id"], at=event.at,
            text=messages.reply_words(event.facts["reply_id"]),
        )  # fmt: skip


@journal.on(RequestDone)
def ask_after_servicing(event: Happened) -> None:
    """A request of the servicing hall is done: ask some how it went."""
    _ask("servicing_done", event)


@journal.on(ApplicationIssued)
def ask_after_issue(event: Happened) -> None:
    """A policy was issued: ask some how buying went."""
    _ask("policy_issued", event)


@journal.on(OrderPaid)
def ask_after_payment(event: Happened) -> None:
    """A premium was paid: ask few how it went."""
    _ask("renewal_paid", event)


@journal.on(WrappedUp)
def ask_after_contact(event: Happened) -> None:
    """A conversation is wrapped up: ask some how it went."""
    _ask("contact", event)


@journal.on(VisitConfirmed)
def ask_after_visit(event: Happened) -> None:
    """A customer confirmed a visit: ask how it went."""
    _ask("visit_done", event)


@journal.on(VisitSettled)
def ask_after_direct_billing(event: Happened) -> None:
    """A stay in hospital was settled directly: ask some how it went."""
    _ask("direct_billing", event)


def _ask(touchpoint: str, event: Happened) -> None:
    following.ask_after(
        touchpoint=touchpoint, party_id=event.party_id, about=event.about, at=event.at
    )


@journal.on(PartyErased)
def forget(event: Happened) -> None:
    """A person's data was erased: their own words with it."""
    following.forget(people.records_of(event.facts["party_id"]))


@journal.on(StaffLeft)
@journal.on(RoleEnded)
def pass_on_what_they_answer(event: Happened) -> None:
    """Somebody left, or may no longer answer there: their feedback and improvements are somebody else's."""
    leaving.pass_on(people.succession(event.facts), at=event.at)
