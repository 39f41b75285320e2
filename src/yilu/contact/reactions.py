"""What the contact centre does when something happened elsewhere. Steps only, in the worker."""

from __future__ import annotations

from yilu.contact.events import Connected, HungUp, Transferred, WrappedUp
from yilu.contact.operations import (
    agents_line,
    calling,
    desk_phones,
    following_up,
    leaving,
    letters,
    tiers,
)
from yilu.contact.operations.forgetting import attribute, forget
from yilu.contact.queries.keeping import what_keeps
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.messaging.events import ReplyReceived
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.people.events import AgentLeft, PartyErased, RoleEnded, StaffLeft
from yilu.policies.events import PolicyEnded

people.keeps(what_keeps)
people_operations.before_erasing(attribute)


@journal.on("underwriting.follow_up_opened")
def follow_up(event: Happened) -> None:
    """A new long-term policy: its holder is to be followed up."""
    beside = event.facts.get("beside_policy") or None
    following_up.begin(
        event.facts["policy_id"], at=event.at, beside_policy=beside,
        sold_by=event.facts.get("sold_by", ""), on_record=event.facts.get("on_record", ()),
    )  # fmt: skip


@journal.on(PolicyEnded)
def end_follow_up(event: Happened) -> None:
    """The contract is over, within the cooling-off period perhaps: nothing is left to ask."""
    following_up.end_for_policy(event.about.id, at=event.at)


@journal.on(AgentLeft)
def hand_over(event: Happened) -> None:
    """Open cases of the agent's customers go to whoever looks after them now."""
    agents_line.hand_over_cases(event.facts["agent_id"], event.facts["successor_id"], at=event.at)


@journal.on(StaffLeft)
@journal.on(RoleEnded)
def empty_seat(event: Happened) -> None:
    """Somebody left, or may take contacts no more: who they served goes to other hands."""
    leaving.vacate(people.succession(event.facts), at=event.at)


@journal.on(ReplyReceived)
def take_in_letter(event: Happened) -> None:
    """Somebody wrote by mail, text message, WeChat or fax: a seat reads and answers it."""
    letters.take_in(event.facts["reply_id"], at=event.at)


@journal.on("catastrophe.customer_confirmed")
def tie_to_disaster(event: Happened) -> None:
    """Somebody is hit by a declared emergency: they and their family are let through first."""
    if not event.facts["drill"]:
        tiers.tie(event.facts["party_id"], event.facts["affected_id"], at=event.at)


@journal.on("catastrophe.customer_released")
def untie_from_disaster(event: Happened) -> None:
    """It was somebody else after all."""
    tiers.untie(event.facts["affected_id"])


@journal.on(Connected)
def join_call(event: Happened) -> None:
    """A seat has answered: the exchange joins both."""
    seat = f"seat:{event.facts['staff_id']}"
    calling.tell_exchange(event.about.id, "bridge", seat, key=f"event:{event.id}")
    if event.facts["channel"] == "PHONE":
        desk_phones.ring_if_chosen(event.about.id, event.facts["staff_id"])


@journal.on(Transferred)
def queue_call(event: Happened) -> None:
    """The caller waits for other hands: the exchange plays music again."""
    skill = event.facts["skill"]
    calling.tell_exchange(event.about.id, "enqueue", skill, key=f"event:{event.id}")


@journal.on(WrappedUp)
def end_written_up_call(event: Happened) -> None:
    """Written up while still connected: that hangs up as well."""
    calling.tell_exchange(event.about.id, "hang_up", "", key=f"event:{event.id}")


@journal.on(HungUp)
def end_call(event: Happened) -> None:
    """Nobody talks any more: the exchange hangs up, if it has not yet."""
    calling.tell_exchange(event.about.id, "hang_up", "", key=f"event:{event.id}")


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: what was said goes with them."""
    forget(people.records_of(event.facts["party_id"]))
