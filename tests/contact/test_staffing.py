"""How many seats are needed, who sits when, how many will call; formulas held against what is published."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from yilu.contact import operations, queries
from yilu.contact.rules import erlang, forecasting
from yilu.contact.rules.rosters import check_day
from yilu.contact.simulating import play
from yilu.kernel.days import CHINA
from yilu.kernel.refs import SYSTEM

DAY = date(2026, 3, 4)


class TestErlang:
    @pytest.mark.parametrize(
        ("lines", "load"),
        # The offered load that loses one call in a hundred: any printed Erlang B table, 1 % column
        # (e.g. the manual of erlang.com: 15 lines carry 8.108).
        [(1, 0.0101), (2, 0.1526), (5, 1.3608), (10, 4.4612), (15, 8.108), (20, 12.031),
         (50, 37.901), (100, 84.064)],
    )  # fmt: skip
    def test_erlang_b_equals_the_printed_table(self, lines, load):
        low, high = 0.0, float(lines)
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if erlang.erlang_b(lines, middle) < 0.01 else (low, middle)
        assert low == pytest.approx(load, rel=1e-4, abs=5e-5)

    def test_erlang_c_equals_the_published_example(self):
        # 100 calls in half an hour of three minutes each, 80 % in 20 s: pyworkforce's own test and its
        # documentation say 14 seats, 0.174 wait, service level 0.888, occupancy 0.714.
        assert erlang.seats_c(calls_per_hour=200, talk=180) == 14
        found = erlang.queue_c(14, calls_per_hour=200, talk=180)
        assert (round(found.waits, 4), round(found.in_time, 4)) == (0.1741, 0.8884)
        assert round(found.occupancy, 4) == 0.7143
        assert found.average_wait == pytest.approx(7.836, abs=0.001)

    def test_erlang_c_and_a_equal_the_table_of_garnett_mandelbaum_and_reiman(self):
        # Designing a Call Center with Impatient Customers (MSOM 4, 2002), the comparison in its
        # introduction: 50 agents, 48 calls a minute of one minute; endless, and two minutes' patience.
        endless = erlang.queue_c(50, calls_per_hour=2880, talk=60)
        assert (round(endless.average_wait, 1), round(endless.occupancy, 2)) == (20.8, 0.96)
        patient = erlang.queue_a(50, calls_per_hour=2880, talk=60, patience=120)
        assert round(patient.gives_up, 3) == 0.031
        assert (round(patient.average_wait, 1), round(patient.occupancy, 2)) == (3.7, 0.93)

    @settings(max_examples=40)
    @given(st.integers(1, 3000), st.integers(60, 600))
    def test_the_seats_found_are_the_least_that_do(self, calls, talk):
        seats = erlang.seats_c(calls_per_hour=calls, talk=talk)
        assert erlang.queue_c(seats, calls_per_hour=calls, talk=talk).in_time >= 0.8 - 1e-12
        fewer = erlang.queue_c(seats - 1, calls_per_hour=calls, talk=talk) if seats > 1 else None
        assert fewer is None or fewer.in_time < 0.8

    @settings(max_examples=30)
    @given(st.integers(1, 40), st.integers(1, 1200), st.integers(20, 900))
    def test_who_is_endlessly_patient_is_of_erlang_c(self, seats, calls, talk):
        with_c = erlang.queue_c(seats, calls_per_hour=calls, talk=talk)
        with_a = erlang.queue_a(seats, calls_per_hour=calls, talk=talk, patience=60)
        assert 0 <= with_a.gives_up <= 1
        assert with_c.in_time <= with_a.in_time + 1e-9 or with_a.gives_up > 0
        if seats > 1.2 * calls * talk / 3600:
            calm = erlang.queue_a(seats, calls_per_hour=calls, talk=talk, patience=1e7)
            assert calm.in_time == pytest.approx(with_c.in_time, abs=2e-3)

    def test_the_simulation_comes_near_with_few_calls_already(self):
        told = erlang.queue_a(14, calls_per_hour=240, talk=180, patience=120)
        played = play(seats=14, calls_per_hour=240, talk=180, patience=120, calls=60_000)
        assert played.in_time == pytest.approx(told.in_time, abs=0.01)
        assert played.gives_up == pytest.approx(told.gives_up, abs=0.004)

    def test_nobody_calls_and_nobody_is_needed(self):
        assert erlang.seats_c(calls_per_hour=0, talk=180) == 0
        assert erlang.seats_a(calls_per_hour=0, talk=180, patience=60) == 0
        assert erlang.erlang_c(3, 5) == 1


class TestForecast:
    def test_a_weekday_is_forecast_from_its_like_and_says_how_sure_it_is(self):
        monday = date(2026, 3, 2)
        history = {}
        for week in range(1, 9):
            for back in range(7):
                day = monday - timedelta(days=7 * week - back)
                history[day, 20] = 40 if day.weekday() == 0 else 10
        slots = forecasting.forecast(history, monday, monday - timedelta(days=56))
        assert 30 < slots[20].expected <= 40
        assert slots[20].low < slots[20].expected < slots[20].high
        assert slots[3].expected == slots[3].high == 0
        needed = forecasting.needs([slots[20]], talk=240, patience=120, target=0.85)[0]
        assert 0 < needed.seats <= needed.seats_high
        assert needed.people > needed.seats

    def test_without_history_nothing_is_made_up(self):
        assert not any(slot.expected for slot in forecasting.forecast({}, DAY, DAY))


class TestRoster:
    def span(self, first: int, last: int) -> tuple[datetime, datetime]:
        midnight = datetime(2026, 3, 4, tzinfo=CHINA)
        return midnight + timedelta(hours=first), midnight + timedelta(hours=last)

    def test_it_says_which_hour_is_not_covered(self):
        check = check_day(
            DAY, [self.span(8, 12), self.span(13, 20)], working_day=True, manned=(8, 20)
        )
        assert (check.uncovered, check.gaps) == ((12,), ("12:00–13:00",))
        assert not check.breaks_law
        assert check_day(DAY, [self.span(8, 20)], working_day=True, manned=(8, 20)).words == ""

    def test_less_than_eight_hours_on_a_working_day_breaks_the_law(self):
        assert check_day(DAY, [self.span(9, 16)], working_day=True, manned=(8, 20)).breaks_law
        assert not check_day(DAY, [self.span(9, 16)], working_day=False, manned=(8, 20)).breaks_law

    def test_two_must_sit_where_two_are_asked(self):
        spans = [self.span(8, 20), self.span(8, 14)]
        assert check_day(DAY, spans, working_day=True, manned=(8, 20), least=2).uncovered == tuple(
            range(14, 20)
        )


@pytest.fixture
def desk(db):
    make.standards_in_force()
    return Desk()


class TestShifts:
    def test_a_shift_is_planned_once_and_taken_back_once(self, desk):
        seat = desk.seat({"general": 1}, ready_at=None)
        told = {
            "staff_id": seat.staff_id, "from_at": NOON, "to_at": NOON + timedelta(hours=8),
            **desk.boss.told(NOON),
        }  # fmt: skip
        shift = operations.plan_shift(**told)
        assert operations.plan_shift(**told) == shift
        for bad in (
            NOON - timedelta(hours=1),
            NOON + timedelta(hours=7),
            NOON + timedelta(hours=13),
        ):
            with pytest.raises(operations.BadShift):
                operations.plan_shift(**{**told, "to_at": bad})
        (view,) = queries.list_shifts(desk.boss.access, DAY, DAY)
        assert view.id == shift
        for _ in range(2):
            operations.cancel_shift(shift_id=shift, **desk.boss.told(NOON))
        assert queries.list_shifts(desk.boss.access, DAY, DAY) == []


class TestMeasures:
    def test_the_board_counts_what_was_asked_answered_and_given_up(self, desk):
        seat = desk.seat({"general": 1})
        quick, slow, gone, at_once = (desk.call() for _ in range(4))
        for call, wait in ((quick, 10), (slow, 60)):
            desk.queue(call)
            operations.accept(conversation_id=call, **seat.told(NOON + timedelta(seconds=wait)))
            operations.wrap_up(
                conversation_id=call, reason="QUERY", resolved=True,
                **seat.told(NOON + timedelta(seconds=wait + 100)),
            )  # fmt: skip
        operations.sign_off(**seat.told(NOON + timedelta(seconds=200)))
        for call, wait in ((gone, 30), (at_once, 3)):
            desk.queue(call)
            operations.abandon(
                conversation_id=call,
                cause="CUSTOMER",
                actor=SYSTEM,
                at=NOON + timedelta(seconds=wait),
            )
        found = queries.board(desk.boss.access, at=NOON + timedelta(seconds=240))
        today = found.today
        assert (today.asked, today.answered, today.answered_in_time) == (4, 2, 1)
        assert (today.gave_up, today.gave_up_at_once, found.waiting) == (2, 1, 0)
        assert float(today.answer_rate) == 0.5
        assert float(today.service_level) == pytest.approx(0.333)
        assert found.occupancy.busy > 0
        # Both were about the same thing: only the last counts as solved at the first contact.
        assert queries.first_contact(desk.boss.access, NOON, NOON + timedelta(1)) == (2, 2)
        again = desk.call(at=NOON + timedelta(days=1))
        desk.queue(again, at=NOON + timedelta(days=1))
        operations.ready(**seat.told(NOON + timedelta(days=1)))
        operations.accept(conversation_id=again, **seat.told(NOON + timedelta(days=1)))
        operations.set_reason(
            conversation_id=again, reason="QUERY", actor=_ref(seat), at=NOON + timedelta(days=1)
        )
        assert queries.first_contact(desk.boss.access, NOON, NOON + timedelta(1)) == (2, 0)


def _ref(seat):
    return seat.told(NOON)["actor"]
