"""What runs by the clock: following up incomplete files, closing offers that nobody answered."""

from __future__ import annotations

from datetime import datetime, time

from yilu.journal import operations as journal
from yilu.people import queries as people
from yilu.standards import queries as standards

from . import operations

AFTERNOON = time(13, 0)
"""Until here a follow-up counts for the morning, by the office's own clock."""


@journal.each_tick(seconds=600, name="claims.chase")
def chase(at: datetime) -> int:
    """Follow up incomplete small files of every office that is open now, once each half-day."""
    slots: dict[tuple[str, str], list[int]] = {}
    for office in people.list_offices():
        working_time = standards.working_time(office.id)
        if not working_time.is_open(at):
            continue
        local = at.astimezone(working_time.zone)
        slot = "AM" if local.time() < AFTERNOON else "PM"
        slots.setdefault((slot, local.date().isoformat()), []).append(office.id)
    done = 0
    for (slot, day), office_ids in slots.items():
        count, _ = operations.chase_incomplete_files(
            slot=slot, on=datetime.fromisoformat(day).date(), office_ids=office_ids, at=at
        )
        done += count
    return done


@journal.each_tick(seconds=3600, name="claims.offers")
def expire_offers(at: datetime) -> int:
    """Close ready claims whose time has passed."""
    return operations.expire_offers(at=at)
