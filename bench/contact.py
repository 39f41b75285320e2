"""Routing, the board, and the arithmetic of staffing."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import bench

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SEATS, WAITING, OFFICES = 500, 5_000, 8


@bench.measure("contact.routing", unit="decisions/s", at_least=1_000, limit="insert")
def routing() -> bench.Value:
    """Durable offers, each with its event, one router: 500 seats become free again and again."""
    from yilu.contact import operations
    from yilu.kernel import tx

    offices = _offices()
    _seats(offices)
    _waiting(offices, WAITING)
    made, worst, spent = 0, 0.0, 0.0
    for _ in range(8):
        _all_free()
        begun = time.perf_counter()
        while True:
            before = time.perf_counter()
            offers = operations.route(at=AT, limit=64)
            worst = max(worst, time.perf_counter() - before)
            made += offers
            if not offers:
                break
        spent += time.perf_counter() - begun
        _answered()
        _waiting(offices, WAITING - tx.rows("select count(*) from contact_waiting")[0][0])
    [(twice,)] = tx.rows(
        "select count(*) from (select conversation_id from contact_offer group by 1 having count(*) > 1) d"
    )
    bench.also(
        "contact.routing_batch", worst * 1000, "ms", at_most=250, note="the slowest of the batches"
    )
    assert not twice
    return bench.Value(
        made / spent, note=f"{made:,} offers, {SEATS} seats, {WAITING:,} waiting, none twice"
    )


@bench.measure("contact.routing_one", unit="ms", at_most=50, limit="fdatasync")
def routing_one() -> bench.Value:
    """One seat becomes free with 5,000 waiting: until its offer is durable (99 in 100)."""
    from yilu.contact import operations
    from yilu.kernel import tx

    offer = tx.use_case(operations.dispatch)
    _all_free()
    seats = [row[0] for row in tx.rows("select staff_id from contact_seat order by 1 limit 200")]
    tx.changed("update contact_seat set state = 'NOT_READY'")
    times = []
    for seat in seats:
        tx.changed("update contact_seat set state = 'READY' where staff_id = %s::bigint", [seat])
        begun = time.perf_counter()
        offer(at=AT, seat_id=seat)
        times.append(time.perf_counter() - begun)
    times.sort()
    return bench.Value(times[-3] * 1000, note=f"median {times[len(times) // 2] * 1000:.1f} ms")


@bench.measure("contact.erlang", unit="µs", at_most=20)
def erlang() -> bench.Value:
    """Erlang C sizing: the least seats for 80 % in 20 s; the median of loads from 5 to 300 erlangs."""
    from yilu.contact.rules.erlang import queue_c, seats_a, seats_c

    times = []
    for calls in range(100, 6_001, 100):
        best = min(_timed(lambda c=calls: seats_c(calls_per_hour=c, talk=180)) for _ in range(7))
        times.append(best * 1e6)
    times.sort()
    both = min(
        _timed(lambda: seats_a(calls_per_hour=2_000, talk=180, patience=120)) for _ in range(5)
    )
    bench.also(
        "contact.erlang_a", both * 1e6, "µs", at_most=2_000, note="Erlang A sizing, 96 seats"
    )
    found = queue_c(14, calls_per_hour=200, talk=180)
    return bench.Value(
        times[len(times) // 2],
        note=f"largest {times[-1]:.0f}; 14 seats, 10 erlangs: {found.waits:.4f} wait, "
        f"{found.in_time:.4f} in time",
    )


@bench.measure("contact.simulation", unit="% off", at_most=0.5)
def simulation() -> bench.Value:
    """Two million calls played through against Erlang A: the worst of answered in time and answered."""
    from yilu.contact.rules.erlang import queue_a, queue_c
    from yilu.contact.simulating import play

    begun = time.perf_counter()
    played = play(seats=50, calls_per_hour=2_880, talk=60, patience=120)
    spent = time.perf_counter() - begun
    told = queue_a(50, calls_per_hour=2_880, talk=60, patience=120)
    off = max(
        abs(played.in_time / told.in_time - 1),
        abs((1 - played.gives_up) / (1 - told.gives_up) - 1),
        abs(played.waits / told.waits - 1),
    )
    endless = play(seats=14, calls_per_hour=200, talk=180)
    c = queue_c(14, calls_per_hour=200, talk=180)
    bench.also(
        "contact.simulation_c", abs(endless.in_time / c.in_time - 1) * 100, "% off", at_most=0.5,
        note=f"Erlang C: in time {endless.in_time:.4f} played, {c.in_time:.4f} told",
    )  # fmt: skip
    return bench.Value(
        off * 100,
        note=f"{played.calls:,} calls in {spent:.1f} s; gives up {played.gives_up:.4f} played, "
        f"{told.gives_up:.4f} told; wait {played.average_wait:.2f} s, {told.average_wait:.2f} s",
    )


@bench.measure("contact.board", unit="ms", at_most=100)
def board() -> bench.Value:
    """The supervisor's board with 5,000 waiting and 100,000 contacts of the day."""
    from decimal import Decimal

    from yilu.contact import queries
    from yilu.kernel import tx
    from yilu.people.queries import Access, Grant

    offices = _offices()
    tx.changed(
        """
        insert into contact_conversation (number, channel, direction, office_id, address, address_index,
               reason, sub_reason, about, state, skill, urgency, tier, tier_why, tier_rule,
               opened_at, arrived_at, queued_at, connected_at, ended_at, wrapped_at, ending, note, seat_id)
        select 'D' || n, 'PHONE', 'IN', (%s::bigint[])[1 + n %% %s::int], '', '', 'QUERY', '', '', 'CLOSED',
               'general', 0, 0, '', '', t, t, t, case when n %% 20 > 0 then t + interval '9 s' end,
               t + interval '3 min', t + interval '4 min',
               case when n %% 20 > 0 then 'DONE' else 'CUSTOMER' end, '', null
          from generate_series(1, 100000) n,
               lateral (select %s::timestamptz - n * interval '90 ms' as t) moment
        """,
        [offices, len(offices), AT],
    )
    tx.changed("analyze contact_conversation")
    grant = Grant(
        role="SERVICE_MANAGER", office_ids=frozenset(offices), amount_limit=Decimal("0.00")
    )
    access = Access(
        staff_id=1, username="b", name="", office_id=1, session_epoch=0, grants=(grant,)
    )
    best = min(_timed(lambda: queries.board(access, at=AT)) for _ in range(5))
    return bench.Value(best * 1000)


def _offices() -> list[int]:
    from yilu.kernel.refs import SYSTEM
    from yilu.people import operations, queries

    known = [office.id for office in queries.list_offices() if office.code.startswith("CC")]
    if known:
        return known
    head = next((o.id for o in queries.list_offices() if o.level == "HEAD"), None)
    if head is None:
        head = operations.open_office(code="CCH", name="总公司", level="HEAD", actor=SYSTEM, at=AT)
    return [
        operations.open_office(
            code=f"CC{n}", name=f"分公司{n}", level="BRANCH", parent_id=head, actor=SYSTEM, at=AT
        )
        for n in range(OFFICES)
    ]


def _seats(offices: list[int]) -> None:
    from yilu.contact.rules.skills import reach_of
    from yilu.kernel import tx

    chance = random.Random(7)
    kinds = [
        reach_of(skills)
        for skills in ({"general": 1}, {"general": 1, "claims": 2}, {"claims": 1}, {"servicing": 1},
                       {"complaints": 1, "general": 2}, {"adviser": 1, "claims": 1})
    ]  # fmt: skip
    for n in range(SEATS):
        kind = kinds[chance.randrange(len(kinds))]
        office = offices[n % len(offices)]
        [(staff,)] = tx.rows(
            """
            insert into people_staff (username, name, office_id, phone, email, password, totp_secret,
                   totp_step, active, session_epoch, key_renewed, hired_at)
            values (%s, '坐席', %s::bigint, '', '', '', '', 0, true, 0, '', %s::timestamptz) returning id
            """,
            [f"cc{n}", office, AT],
        )
        tx.changed(
            """
            insert into contact_seat (staff_id, office_id, branch_id, skills, reach, reach_after, chats_max,
                   texts_max, voice, chats, texts, state, why, since, idle_since, "then", then_why, reserve, line)
            values (%s::bigint, %s::bigint, %s::bigint, '{}', %s::text[], %s::int[], 3, 5, 0, 0, 0,
                    'READY', '', %s::timestamptz, %s::timestamptz, '', '', false, 'BROWSER')
            """,
            [
                staff, office, office, list(kind.skills), list(kind.after), AT,
                AT - timedelta(seconds=chance.randrange(600)),
            ],
        )  # fmt: skip


def _waiting(offices: list[int], count: int) -> None:
    from yilu.kernel import tx

    tx.changed(
        """
        with said as (
            insert into contact_conversation (number, channel, direction, office_id, address, address_index,
                   reason, sub_reason, about, state, skill, urgency, tier, tier_why, tier_rule,
                   opened_at, arrived_at, queued_at, ending, note)
            select 'B' || nextval('contact_conversation_id_seq'), 'PHONE', 'IN',
                   (%s::bigint[])[1 + n %% %s::int], '', '', '', '', '', 'QUEUED',
                   (array['general','general','claims','servicing','complaints','adviser'])[1 + n %% 6],
                   0, 0, '', '', t, t, t, '', ''
              from generate_series(1, %s::int) n,
                   lateral (select %s::timestamptz - n * interval '60 ms' as t) moment
            returning id, skill, office_id, arrived_at)
        insert into contact_waiting (conversation_id, skill, score, load, arrived_at, from_at, branch_id,
               pooled_at, passed_by, offers)
        select id, skill, extract(epoch from arrived_at), 'VOICE', arrived_at, arrived_at, office_id,
               arrived_at, '{}', 0 from said
        """,
        [offices, len(offices), count, AT],
    )
    tx.changed("analyze contact_waiting")


def _all_free() -> None:
    from yilu.kernel import tx

    tx.changed("update contact_seat set state = 'READY', idle_since = idle_since + interval '1 s'")


def _answered() -> None:
    """What was offered is answered elsewhere: those contacts wait no more."""
    from yilu.kernel import tx

    tx.changed("delete from contact_waiting where seat_id is not null")
    tx.changed("update contact_offer set outcome = 'ACCEPTED' where outcome = ''")


def _timed(function: object) -> float:
    assert callable(function)
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


@bench.measure("contact.switch_tick", unit="ms", at_most=10)
def switch_tick() -> bench.Value:
    """Twenty milliseconds of 60 calls at our own switch, each joined with a seat and recorded (99 in 100); without encryption."""
    import asyncio

    from yilu.gateways.calls.builtin import audio, rtp
    from yilu.gateways.calls.builtin.line import Line
    from yilu.gateways.calls.builtin.prompts import Prompts
    from yilu.gateways.calls.builtin.switch import LINES_MAX, Switch

    class Leg:
        alive, away = True, False
        on_key = on_gone = None

        def __init__(self) -> None:
            self.line, self.out = rtp.Receiver(rtp.PCMA), rtp.Sender(rtp.PCMA)

        def frame(self) -> bytes:
            self.line.take(self.out.packet(audio.SILENCE))
            return self.line.frame()

        def play(self, ulaw: bytes) -> None:
            self.out.packet(ulaw)

    async def run() -> list[float]:
        house = SimpleNamespace(telephone=None)  # nobody decides here, nothing is kept
        switch, times = Switch(house, Prompts(None), port=0), []  # type: ignore[arg-type]
        for n in range(LINES_MAX):
            line = Line(Leg(), None, Prompts(None), driver="web")  # type: ignore[arg-type]
            line.seat, line._recording = str(n), "talk"
            switch.lines[line.key], switch.seats[line.seat] = line, Leg()  # type: ignore[assignment]
        for _n in range(1_000):
            begun = time.perf_counter()
            switch.tick()
            times.append(time.perf_counter() - begun)
        return sorted(times)

    times = asyncio.run(run())
    middle = times[len(times) // 2] * 1000
    return bench.Value(times[-10] * 1000, note=f"{middle:.2f} ms in the middle; 20 ms are there")
