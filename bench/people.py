"""People: sealing a value, reading a person, registering many."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import bench
from yilu.kernel import sealing
from yilu.kernel.identity import check_character, read_identity
from yilu.kernel.refs import SYSTEM

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
PLACE = "people_party.identity"
NUMBER = "11010519491231002X"


def _each(function, times: int = 20_000) -> float:
    """Microseconds a call."""
    start = time.perf_counter()
    for _ in range(times):
        function()
    return (time.perf_counter() - start) / times * 1e6


@bench.measure("people.seal", unit="µs", at_most=20)
def seal() -> bench.Value:
    """One identity number sealed and opened again with AES-GCM."""
    return bench.Value(
        _each(lambda: sealing.unseal(sealing.seal(NUMBER, PLACE), PLACE)),
        note=f"seal and open, {len(sealing.seal(NUMBER, PLACE))} bytes",
    )


@bench.measure("people.blind_index", unit="µs", at_most=20)
def blind_index() -> bench.Value:
    """One keyed digest to look a number up by."""
    return bench.Value(_each(lambda: sealing.blind_index(NUMBER, "identity")))


@bench.measure("people.identity", unit="µs", at_most=20)
def identity() -> bench.Value:
    """One 18-digit identity number checked."""
    today = date(2026, 3, 4)
    return bench.Value(_each(lambda: read_identity("RESIDENT_ID", NUMBER, today=today)))


@bench.measure("people.register", unit="people/core-s")
def register() -> bench.Value:
    """People registered a thousand at a time: checked, sealed, indexed, each with its event."""
    from yilu.people import operations as people
    from yilu.people import queries

    offices = queries.list_offices()
    office = (
        offices[0].id
        if offices
        else people.open_office(code="HQ", name="总公司", level="HEAD", actor=SYSTEM, at=NOON)
    )
    first = time.time_ns() % 80 * 100

    def told(n: int) -> people.NewParty:
        body = f"31{101 + (first + n // 500) % 9000:04d}19850615{n % 500 * 2:03d}"
        return people.NewParty(
            name="林客户",
            office_id=office,
            identity_kind="RESIDENT_ID",
            identity_number=body + check_character(body),
            phone=f"138{first * 1000 + n:08d}",
        )

    batches = [[told(b * 1000 + n) for n in range(1000)] for b in range(3)]
    with bench.core_seconds() as cpu:
        for batch in batches:
            people.register_parties(parties=batch, actor=SYSTEM, at=NOON)
    return bench.Value(3000 / cpu.total, note=f"3,000 in batches of 1,000; {cpu}")
