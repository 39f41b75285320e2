"""A contact centre for tests: an office, a customer, a supervisor, seats; made by operations."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests import make
from tests.make import NOON
from yilu.contact import operations
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people

_calls = itertools.count(1)


@dataclass
class Person:
    """A member of staff with what they may do."""

    staff_id: int
    access: people.Access

    def told(self, at: datetime) -> dict[str, Any]:
        return {"access": self.access, "actor": Ref("staff", self.staff_id), "at": at}


@dataclass
class Desk:
    """Where calls come in."""

    office: int = field(default_factory=make.office)
    party: int = 0
    boss: Person = field(init=False)

    def __post_init__(self) -> None:
        self.party = self.party or make.party(self.office)
        self.boss = person(self.office, "SERVICE_MANAGER")

    def seat(
        self,
        skills: dict[str, int],
        *,
        office: int = 0,
        ready_at: datetime | None = NOON,
        **given: Any,
    ) -> Person:
        """A seat that signs on, unless told not to."""
        who = person(office or self.office, "CALL_AGENT")
        boss = self.boss if not office else person(office, "SERVICE_MANAGER")
        operations.set_up_seat(staff_id=who.staff_id, skills=skills, **given, **boss.told(NOON))
        if ready_at is not None:
            operations.ready(**who.told(ready_at))
        return who

    def call(self, *, channel: str = "PHONE", at: datetime = NOON, **given: Any) -> int:
        """A contact with the machine."""
        told = {
            "channel": channel, "direction": "IN", "party_id": self.party, "address": "",
            "about": None, "actor": SYSTEM, "at": at,
        }  # fmt: skip
        return operations.open_conversation(**{**told, **given})

    def queue(self, conversation_id: int, *, at: datetime = NOON, **given: Any) -> int:
        """Ask for a person."""
        operations.queue(conversation_id=conversation_id, actor=SYSTEM, at=at, **given)
        return conversation_id

    def waiting(self, *, at: datetime = NOON, **given: Any) -> int:
        """A contact that waits."""
        queued = {k: given.pop(k) for k in ("skill", "urgency") if k in given}
        return self.queue(self.call(at=at, **given), at=at, **queued)


def person(office: int, *roles: str) -> Person:
    """A colleague with roles."""
    staff_id = make.staff(office, *roles)
    return Person(staff_id, people.staff_access(staff_id))
