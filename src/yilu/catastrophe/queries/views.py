"""What doors see of an emergency: frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Source:
    """Where an imported file lies: for the job that reads it."""

    filename: str
    storage_key: str
    imported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCard:
    """An event in a list."""

    id: int
    number: str
    name: str
    kind: str
    kind_label: str
    level_label: str
    place: str
    occurred_at: datetime
    declared_at: datetime
    closed_at: datetime | None
    drill: bool
    is_open: bool
    office_id: int
    office_name: str


@dataclass(frozen=True, slots=True)
class Funnel:
    """
    How far things are (进度漏斗): each counts people, except ``claims`` and ``paid_claims``.

    ``some_paid`` have the money of one of their claims, ``paid`` that of every one.
    """

    listed: int
    decided: int
    matched: int
    contacted: int
    claimed: int
    some_paid: int
    paid: int
    claims: int
    paid_claims: int
    amount: Decimal
    to_confirm: int
    problems: int

    @property
    def all_done(self) -> bool:
        """Whether everything that can be done is done."""
        return not self.to_confirm and self.contacted == self.matched and self.paid == self.claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCard:
    """A list with its progress."""

    id: int
    event_id: int
    filename: str
    source: str
    state: str
    state_label: str
    total: int
    staged: int
    matched: int
    to_match: int
    percent: int
    warnings: tuple[str, ...]
    problem: str
    imported_at: datetime
    ready_at: datetime | None
    counts: dict[str, int]

    @property
    def moving(self) -> bool:
        """Whether the page should look again soon."""
        return self.state in ("WAITING", "STAGING", "MATCHING")

    @property
    def to_confirm(self) -> int:
        """How many of its lines wait for a person."""
        return self.counts.get("TO_CONFIRM", 0)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step of the drill report, when it was reached and how long after the declaration."""

    code: str
    label: str
    at: datetime | None
    took: timedelta | None
    in_time: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """An emergency measure: whose it is, by when, and whether it works."""

    code: str
    name: str
    words: str
    owner_id: int | None
    owner_name: str
    due_at: datetime
    done_at: datetime | None
    told: str

    @property
    def in_time(self) -> bool | None:
        """Whether it worked by its time; None while it does not."""
        return None if self.done_at is None else self.done_at <= self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Everything about an event on one page."""

    card: EventCard
    measures: tuple[MeasureRow, ...]
    funnel: Funnel
    lists: tuple[ListCard, ...]
    milestones: tuple[Milestone, ...]
    goal_at: datetime
    closing_words: str
    may_declare: bool
    asked_at: datetime | None
    printed_at: datetime | None
    sha256: str

    @property
    def being_printed(self) -> bool:
        """Whether a report was asked for that is not there yet."""
        return self.asked_at is not None and (
            self.printed_at is None or self.printed_at < self.asked_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedRow:
    """An affected customer in the team's list."""

    id: int
    party_id: int
    masked_name: str
    source_label: str
    condition: str
    condition_label: str
    hospital: str
    contact_label: str
    contacted_at: datetime | None
    attempts: int
    claims: tuple[tuple[int | None, str, Decimal | None, bool], ...]

    @property
    def all_paid(self) -> bool:
        """Whether every claim opened for them is paid."""
        return bool(self.claims) and all(paid for *_claim, paid in self.claims)

    @property
    def likely_contact(self) -> str:
        """How a call to them most likely ends: the family answers for the dead and the missing."""
        return "FAMILY" if self.condition in ("DEAD", "MISSING") else "REACHED"


@dataclass(frozen=True, slots=True)
class Banner:
    """What a customer near an event sees: its name, and whether they reported already."""

    event_id: int
    name: str
    measures: tuple[str, ...]
    reported: bool
