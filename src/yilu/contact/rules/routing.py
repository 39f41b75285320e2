"""Who is asked to take whom (派话): pure, so that every rule of it can be read and tested."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

RINGS_FOR: Final = {"VOICE": 15, "CHAT": 30, "TEXT": 300}
"""Seconds a seat has to answer before the contact goes to the next."""
PREFERRED_FOR: Final = 30
"""Seconds a contact waits for the seat it would like best."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A contact that waits."""

    id: int
    skill: str
    score: float
    load: str
    from_at: datetime
    branch_id: int
    pooled_at: datetime
    preferred_id: int | None = None
    preferred_until: datetime | None = None
    passed_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """A seat that may be asked, with what it reaches and what it has room for."""

    id: int
    branch_id: int
    reach: Mapping[str, int]
    loads: frozenset[str]
    idle_since: datetime
    desk: bool = False
    """Whether the telephone on its desk is to ring."""


def room_for(
    state: str, *, voice: int, chats: int, texts: int, chats_max: int, texts_max: int
) -> frozenset[str]:
    """
    What a seat can take on: a voice fills it; chats go beside chats, written things beside both.

    Whoever holds a chat is not rung up: somebody waits for their answer.
    """
    if state not in ("READY", "BUSY") or voice:
        return frozenset()
    room = set()
    if not chats:
        room.add("VOICE")
    if chats < chats_max:
        room.add("CHAT")
    if texts < texts_max:
        room.add("TEXT")
    return frozenset(room)


def may_take(seat: FreeSeat, caller: Caller, at: datetime) -> bool:
    """Whether this seat may be asked for this contact now."""
    if caller.load not in seat.loads or seat.id in caller.passed_by or at < caller.from_at:
        return False
    waits_for = caller.preferred_id if _still_preferred(caller, at) else None
    if waits_for is not None:
        return waits_for == seat.id
    after = seat.reach.get(caller.skill)
    if after is None or (at - caller.from_at).total_seconds() < after:
        return False
    return seat.branch_id == caller.branch_id or at >= caller.pooled_at


def match(
    callers: Iterable[Caller], seats: Sequence[FreeSeat], at: datetime
) -> list[tuple[Caller, FreeSeat]]:
    """
    Give contacts to seats: the first in the queue chooses first, and gets the longest idle.

    A seat is asked for one contact at a time. Those for whom nobody is free wait on.
    """
    pools = _Pools(seats)
    given = []
    for caller in sorted(callers, key=lambda c: (c.score, c.id)):
        seat = pools.pick(caller, at)
        if seat is not None:
            given.append((caller, seat))
    return given


@dataclass(slots=True)
class _Pools:
    """Free seats by skill, the longest idle first."""

    seats: Sequence[FreeSeat]
    by_id: dict[int, FreeSeat] = field(default_factory=dict)
    by_skill: dict[str, list[FreeSeat]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for seat in sorted(self.seats, key=lambda s: (s.idle_since, s.id)):
            self.by_id[seat.id] = seat
            for skill in seat.reach:
                self.by_skill[skill].append(seat)

    def pick(self, caller: Caller, at: datetime) -> FreeSeat | None:
        if _still_preferred(caller, at):
            preferred = self.by_id.get(caller.preferred_id or 0)
            if preferred is None or not may_take(preferred, caller, at):
                return None
            del self.by_id[preferred.id]
            return preferred
        pool = self.by_skill.get(caller.skill, [])
        if len(pool) > 8 and sum(seat.id in self.by_id for seat in pool[:8]) < 4:
            pool[:] = [seat for seat in pool if seat.id in self.by_id]
        for seat in pool:
            if seat.id in self.by_id and may_take(seat, caller, at):
                del self.by_id[seat.id]
                return seat
        return None


def _still_preferred(caller: Caller, at: datetime) -> bool:
    """Whether it still waits for the seat it would like best; one that passed is not waited for."""
    return (
        caller.preferred_id is not None
        and caller.preferred_until is not None
        and at < caller.preferred_until
        and caller.preferred_id not in caller.passed_by
    )
