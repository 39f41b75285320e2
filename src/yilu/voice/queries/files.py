"""Imports: how far they are, what was wrong with which row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yilu.people.queries import Access
from yilu.voice.models import Batch, BatchProblem
from yilu.voice.refusals import BatchNotFound
from yilu.voice.rules.labels import BATCH_STATES, JOURNEYS

RIGHT = "voice.manage"


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a file lies and how far it is read."""

    filename: str
    storage_key: str
    read: int
    positive: bool | None
    said_on: date


def batch_source(batch_id: int) -> Stored:
    """For the job that reads it."""
    held = Batch.objects.get(pk=batch_id)
    return Stored(held.filename, held.storage_key, held.read, held.positive, held.said_on)


@dataclass(frozen=True, slots=True)
class BatchView:
    """An import as its page shows it."""

    id: int
    label: str
    filename: str
    size: int
    journey_label: str
    state: str
    state_label: str
    columns: list[list[str]]
    bytes_read: int
    rows: int
    problems: int
    problem: str
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None

    @property
    def is_moving(self) -> bool:
        """Whether it will go on by itself."""
        return self.state in ("WAITING", "READING")

    @property
    def percent(self) -> int:
        """How much of the file is read."""
        if self.state == "DONE":
            return 100
        return min(99, 100 * self.bytes_read // max(self.size, 1))


def get_batch(batch_id: int, access: Access) -> BatchView:
    """One import. :raises BatchNotFound: none of one's offices."""
    held = Batch.objects.filter(pk=batch_id, office_id__in=access.offices_for(RIGHT)).first()
    if held is None:
        raise BatchNotFound
    return _view(held)


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of an import, for whoever began it on the console."""

    rows: int
    problems: int
    problem: str


def batch_summary(batch_id: int) -> Summary:
    """The counts of one import."""
    return Summary(*Batch.objects.values_list("rows", "problems", "problem").get(pk=batch_id))


def list_batches(access: Access, limit: int = 20) -> list[BatchView]:
    """Imports of one's offices, the newest first."""
    found = Batch.objects.filter(office_id__in=access.offices_for(RIGHT)).order_by("-pk")
    return [_view(held) for held in found[:limit]]


def list_problems(batch_id: int, access: Access, *, after: int = 0, limit: int = 50) -> list[tuple[int, str]]:  # fmt: skip
    """Rows that were not taken, by line, with the reason; at most ten thousand are kept."""
    get_batch(batch_id, access)
    found = BatchProblem.objects.filter(batch_id=batch_id, line__gt=after).order_by("line")
    return list(found.values_list("line", "reason")[:limit])


def _view(held: Batch) -> BatchView:
    return BatchView(
        held.pk, held.label, held.filename, held.size, JOURNEYS[held.journey], held.state,
        BATCH_STATES[held.state], held.columns, held.bytes_read, held.rows, held.problems,
        held.problem, held.asked_by, held.asked_at, held.finished_at,
    )  # fmt: skip
