"""Housekeeping by the clock: what nobody needs any more goes."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.sessions.backends.db import SessionStore

from yilu.gateways import identity_check
from yilu.journal.operations import each_tick, job
from yilu.kernel import sealing
from yilu.people import operations, queries
from yilu.people.operations import following


@job()
def check_identity(party_id: int) -> None:
    """Ask the register about somebody; the same name and number again are the same question."""
    person = queries.get_identity(party_id)
    if person is None or person.kind not in queries.IN_REGISTER:
        return
    asked = sealing.blind_indexes(f"{person.name}:{person.number}", "identity")[0][:16]
    answer = identity_check.get_register().check(
        name=person.name, number=person.number, reference=f"party:{party_id}:{asked}"
    )
    operations.record_register_answer(
        party_id=party_id, asked=person, matched=answer.matched, receipt=answer.receipt,
        at=datetime.now(UTC),
    )  # fmt: skip


@each_tick(seconds=300)
def end_roles_by_date(at: datetime) -> int:
    """Tell of roles that ended by their date, so that what was held by them is passed on."""
    return operations.end_roles_by_date(at=at)


@each_tick(seconds=3600)
def forget_what_is_over(at: datetime) -> int:
    """Delete old counters, codes, failed attempts and ended sessions."""
    SessionStore.clear_expired()
    return operations.forget_old_counters(at=at)


@each_tick(seconds=60)
def find_doubles(at: datetime) -> int:
    """Look at new and changed records beside all others: two may be one person."""
    return operations.find_doubles(at=at)


@each_tick(seconds=86_400, own_thread=True)
def move_what_is_left(at: datetime) -> int:
    """Let follow what still names a merged record and no index finds: each table is read once a day for all."""
    for place, found in following.find_left(at=at):
        following.move_left(place=place, found=found, at=at)
    following.forget_merged_lately(at=at)
    return 0
