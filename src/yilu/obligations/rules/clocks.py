"""
The life of one clock: it starts, stands still while we wait for somebody else, and stops.

```
            start ─▶ RUNNING ──pause──▶ PAUSED
                       │  ▲              │   │
                       │  └───resume─────┘   │
          deadline     │                     │ stop
          passed       ├── stop in time ─────┴──▶ MET
            ▼          │
         BREACHED ─────┴── stop too late ───────▶ MET_LATE        cancel from any open state ▶ CANCELLED
```
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter

from yilu.kernel.worktime import WorkTime

from . import reckoning
from .definitions import Limit, PauseCause, Version, Warning

RUNNING, PAUSED, MET, MET_LATE, BREACHED, CANCELLED = (
    "RUNNING",
    "PAUSED",
    "MET",
    "MET_LATE",
    "BREACHED",
    "CANCELLED",
)
OPEN = frozenset({RUNNING, PAUSED, BREACHED})
GRACE = timedelta(seconds=1)
"""A deadline is missed when a stop would come after it; we look one second later."""


@dataclass(slots=True)
class Pause:
    """A stretch that does not count; one that ended before it began pauses nothing."""

    cause: str
    key: int
    paused_by: int | None = None
    paused_at: datetime | None = None
    paused_proof: str = ""
    resumed_by: int | None = None
    resumed_at: datetime | None = None
    resumed_proof: str = ""

    @property
    def is_open(self) -> bool:
        """Whether we still wait."""
        return self.paused_at is not None and self.resumed_at is None


@dataclass(slots=True)
class Clock:
    """A clock in memory; ``id`` is None until it is written."""

    version: Version
    subject: str
    ordinal: int
    office_id: int
    party_id: int | None
    time: WorkTime
    limit: Limit
    started_by: int
    started_at: datetime
    running_since: datetime
    due_at: datetime
    state: str = RUNNING
    consumed: int = 0
    warned: int = 0
    id: int | None = None
    next_check_at: datetime | None = None
    met_by: int | None = None
    met_at: datetime | None = None
    breached_at: datetime | None = None
    pauses: dict[tuple[str, int], Pause] = field(default_factory=dict)
    changed: bool = False
    changed_pauses: set[tuple[str, int]] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        """Whether it can still be stopped."""
        return self.state in OPEN

    @property
    def was_for_nobody(self) -> bool:
        """Whether it was a person's target that nobody had to work for."""
        return (
            self.version.rule.persons_only
            and self.state in (MET, CANCELLED)
            and self.met_at == self.started_at
        )

    def stop(self, event_id: int, at: datetime) -> None:
        """The promise was kept: in time, or late."""
        if not self.is_open:
            return
        late = self.state == BREACHED or (self.state == RUNNING and self.due_at < at)
        if late and self.breached_at is None:
            self.breached_at = self.due_at
        self._end(MET_LATE if late else MET, event_id, at)

    def cancel(self, event_id: int, at: datetime) -> None:
        """The promise fell away."""
        if self.is_open:
            self._end(CANCELLED, event_id, at)

    def pause(self, cause: PauseCause, key: int, event_id: int, at: datetime, proof: str) -> None:
        """
        Stand still from ``at``: our notice is proven to have arrived.

        Nothing happens where the same notice paused before, or what it asked for is already here,
        or the deadline had passed by then.
        """
        place = (cause.cause, key)
        if place in self.pauses or self.state not in (RUNNING, PAUSED):
            return
        at = max(at, self.started_at)
        if self.state == RUNNING and self.due_at < at:
            return
        self.pauses[place] = Pause(cause.cause, key, event_id, at, proof)
        self.changed_pauses.add(place)
        if self.state == RUNNING:
            unit = self.limit.unit
            self.consumed += reckoning.used(self.time, unit, self.running_since, at)
            self.state, self.next_check_at, self.changed = PAUSED, None, True

    def resume(self, cause: PauseCause, key: int, event_id: int, at: datetime, proof: str) -> None:
        """Go on from ``at``: what we asked for is proven to have arrived."""
        place = (cause.cause, key)
        pause = self.pauses.get(place)
        if pause is None:
            # It came before the proof that our notice arrived: that proof must not pause later on.
            self.pauses[place] = Pause(cause.cause, key, None, None, "", event_id, at, proof)
            self.changed_pauses.add(place)
            return
        if not pause.is_open:
            return
        assert pause.paused_at is not None
        pause.resumed_by, pause.resumed_at, pause.resumed_proof = event_id, at, proof
        pause.resumed_at = max(at, pause.paused_at)
        self.changed_pauses.add(place)
        if self.state != PAUSED or any(p.is_open for p in self.pauses.values()):
            return
        self.running_since = max(p.resumed_at for p in self.pauses.values() if p.resumed_at)
        left = reckoning.total(self.limit.unit, self.limit.amount) - self.consumed
        self.due_at = reckoning.due_after_pause(
            self.time, self.limit.unit, self.running_since, left
        )
        self.state, self.changed = RUNNING, True
        self.look_again()

    def due_if_resumed(self, at: datetime) -> datetime:
        """When it would be due if it went on at ``at``; its deadline where it is running."""
        if self.state != PAUSED:
            return self.due_at
        left = reckoning.total(self.limit.unit, self.limit.amount) - self.consumed
        return reckoning.due_after_pause(self.time, self.limit.unit, at, left)

    def look_again(self) -> None:
        """Set when the next warning, or the deadline, has to be looked at."""
        waiting = self.warnings()[self.warned :] if self.version.rule.warnings else []
        self.next_check_at = min([instant for instant, _ in waiting[:1]] + [self.due_at + GRACE])

    def warnings(self) -> list[tuple[datetime, Warning]]:
        """The warning points for the present deadline, in the order of their instants."""
        rule = self.version.rule
        instants = reckoning.warning_times(
            self.time, self.limit.unit, self.started_at, self.limit.amount, self.due_at, rule.points
        )
        return sorted(zip(instants, rule.warnings, strict=True), key=itemgetter(0))

    def reckon_again(self, time: WorkTime) -> None:
        """Set the deadline anew by another calendar; only the stretch that runs now counts anew."""
        if self.state != RUNNING:
            return
        self.time = time
        if self.limit.unit is reckoning.Unit.YEARS or not self.pauses:
            due_at = reckoning.due(time, self.limit.unit, self.started_at, self.limit.amount)
        else:
            left = reckoning.total(self.limit.unit, self.limit.amount) - self.consumed
            due_at = reckoning.due_after_pause(time, self.limit.unit, self.running_since, left)
        if due_at != self.due_at:
            self.due_at, self.changed = due_at, True
            self.look_again()

    def begin_earlier(self, at: datetime, event_id: int) -> None:
        """
        Count from ``at`` where that is a day before it began: what starts it was here before anybody knew.

        Pauses stay where they were; the days before the first of them count. It never begins later.
        """
        zone = self.time.zone
        if (
            at.astimezone(zone).date() >= self.started_at.astimezone(zone).date()
            or not self.is_open
        ):
            return
        unit, amount = self.limit.unit, self.limit.amount
        if self.consumed == 0 and self.running_since == self.started_at and self.state != PAUSED:
            self.running_since = at
            self.due_at = reckoning.due(self.time, unit, at, amount)
        else:
            self.consumed += reckoning.used(self.time, unit, at, self.started_at)
            if self.state != PAUSED:
                left = reckoning.total(unit, amount) - self.consumed
                self.due_at = reckoning.due_after_pause(self.time, unit, self.running_since, left)
        if self.state == BREACHED:
            self.breached_at = self.due_at
        self.started_at, self.started_by, self.changed = at, event_id, True
        if self.state == RUNNING:
            self.look_again()

    def _end(self, state: str, event_id: int, at: datetime) -> None:
        # A broken one is looked at once more: what its breach opened is to be closed.
        self.next_check_at = at if self.state == BREACHED else None
        self.state, self.met_by, self.met_at, self.changed = state, event_id, at, True


def started(
    version: Version,
    limit: Limit,
    *,
    subject: str,
    ordinal: int,
    office_id: int,
    party_id: int | None,
    time: WorkTime,
    event_id: int,
    at: datetime,
    due_at: datetime | None = None,
) -> Clock:
    """
    A new clock that runs from ``at``; whoever writes it sets when to look at it.

    ``due_at`` saves the reckoning where it was reckoned before, of the same start, limit and times.
    """
    due_at = due_at or reckoning.due(time, limit.unit, at, limit.amount)
    return Clock(
        version, subject, ordinal, office_id, party_id, time, limit, event_id, at, at, due_at
    )
