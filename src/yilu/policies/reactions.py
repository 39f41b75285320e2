"""What policies does when something has happened: steps only, in the worker."""

from __future__ import annotations

from datetime import date

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel.refs import Ref
from yilu.payments.events import PayoutRejected
from yilu.people import queries as people
from yilu.people.events import IdentityChecked
from yilu.policies.events import MoneyKeptInSuspense, PolicyEnded
from yilu.policies.operations import leaving, paying_out, standing
from yilu.policies.queries.keeping import what_keeps

people.keeps(what_keeps)


@journal.on(PolicyEnded)
def return_what_is_left(event: Happened) -> None:
    """Nothing that is the customer's stays on a contract that has ended."""
    leaving.settle_ended(policy_id=event.about.id, about=Ref("left", event.id), at=event.at)


@journal.on(PolicyEnded)
def end_its_riders(event: Happened) -> None:
    """A rider lives with its main contract only."""
    standing.end_riders(
        main_id=event.about.id, on=date.fromisoformat(event.facts["ended_on"]), at=event.at
    )


@journal.on(MoneyKeptInSuspense)
def return_what_came_too_late(event: Happened) -> None:
    """Money for a contract that had ended goes back."""
    if event.facts["reason"] == "ENDED":
        leaving.settle_ended(policy_id=event.about.id, about=Ref("left", event.id), at=event.at)


@journal.on(PayoutRejected)
def help_when_the_bank_refuses(event: Happened) -> None:
    """A leftover or a benefit of a contract came back from the bank."""
    about = Ref.parse(event.facts["subject"])
    if about.kind == "policy" and event.party_id is not None:
        leaving.note_rejection(policy_id=about.id, party_id=event.party_id, at=event.at)


@journal.on(IdentityChecked)
def pay_who_is_known_now(event: Happened) -> None:
    """Somebody's identity was checked: what waited for it is paid; where the register said no they are told."""
    if event.facts["matched"]:
        paying_out.pay_identified(event.about.id, at=event.at)
    else:
        paying_out.ask_for_original(event.about.id, at=event.at)
