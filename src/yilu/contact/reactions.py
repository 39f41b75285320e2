"""What the contact centre does when something happened elsewhere. Steps only, in the worker."""

from __future__ import annotations

from yilu.contact.operations import agents_line, following_up
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people.events import AgentLeft
from yilu.policies.events import PolicyEnded


@journal.on("underwriting.follow_up_opened")
def follow_up(event: Happened) -> None:
    """A new long-term policy: its holder is to be followed up."""
    following_up.begin(event.facts["policy_id"], at=event.at)


@journal.on(PolicyEnded)
def end_follow_up(event: Happened) -> None:
    """The contract is over, within the cooling-off period perhaps: nothing is left to ask."""
    following_up.end_for_policy(event.about.id, at=event.at)


@journal.on(AgentLeft)
def hand_over(event: Happened) -> None:
    """Open cases of the agent's customers go to whoever looks after them now."""
    agents_line.hand_over_cases(event.facts["agent_id"], event.facts["successor_id"], at=event.at)
