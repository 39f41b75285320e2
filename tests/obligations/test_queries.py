"""list_clocks, next_promise, breaches, punctuality, definition."""

from datetime import timedelta

import pytest

from yilu.claims import events as claims
from yilu.kernel.refs import Ref
from yilu.obligations import operations, queries

from .conftest import (
    CLAIM,
    NOON,
    approved,
    happen,
    local,
    notice_arrived,
    registered,
    reported,
    view,
)

FIVE = "law.decide_five_working_days"
DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("catalogue")


def test_list_clocks_shows_time_left_deadline_and_source():
    happen(registered())
    seen = view(FIVE, at=local("2026-03-11T16:00"))

    assert (seen.working_left, seen.natural_left) == (120, timedelta(hours=2))
    assert seen.due_local.isoformat() == "2026-03-11T18:00:00+08:00"
    assert "第二十三条" in seen.citation
    assert (seen.state, seen.limit, seen.owner, seen.grade) == (
        "RUNNING",
        "5 个工作日",
        "理赔审核",
        "LAW",
    )
    assert not seen.breached
    assert not seen.provisional


def test_list_clocks_counts_overdue_time_negative():
    happen(registered())
    seen = view(FIVE, at=local("2026-03-12T09:30"))

    assert (seen.working_left, seen.breached) == (-60, True)


def test_a_paused_clock_shows_when_it_would_be_due_and_its_proof():
    happen(registered())
    happen(notice_arrived(), at=NOON + DAY)
    seen = view(FIVE, at=local("2026-03-16T10:00"))

    assert (seen.state, seen.state_label) == ("PAUSED", "暂停")
    assert seen.due_at == local("2026-03-20T18:00")
    (pause,) = seen.pauses
    assert pause.paused_proof == "回执 1"
    assert "第十五条" in pause.label


def test_open_clocks_come_first():
    happen(reported())
    happen(registered())
    happen(claims.ClaimCalculated(calculation_id=1, digest="", benefit="1.00"), at=NOON + DAY)

    states = [v.state in ("RUNNING", "PAUSED") for v in queries.list_clocks(CLAIM, NOON + DAY)]
    assert states == sorted(states, reverse=True)
    done = view("pledge.calculate_one_hour", at=NOON + DAY)
    assert (done.working_left, done.natural_left) == (None, None)


def test_list_clocks_is_one_statement(django_assert_num_queries):
    happen(registered())
    queries.list_clocks(CLAIM, NOON)
    with django_assert_num_queries(1):
        queries.list_clocks(CLAIM, NOON)


def test_a_deadline_in_a_year_nobody_announced_is_provisional():
    happen(registered(), at=local("2026-12-31T10:00"))
    assert view(FIVE, at=local("2026-12-31T10:00")).provisional


def test_next_promise_is_the_nearest_the_customer_is_told():
    assert queries.next_promise(CLAIM, NOON) is None
    happen(registered(lane="GREEN", programme="FAST", straight_through=True))
    promise = queries.next_promise(CLAIM, NOON)
    assert (promise.code, promise.says) == ("pledge.small_claim_ten_minutes", "赔款到账")
    assert promise.due_at == NOON + timedelta(minutes=10)

    happen(claims.ClaimPaid(payout_id=1, amount="1.00"), approved(), at=NOON)
    assert queries.next_promise(CLAIM, NOON).code == "law.pay_ten_days"


def test_next_promise_prefers_what_still_runs_over_what_is_broken():
    happen(registered(programme="COMPLEX", lane="RED", band="OVER_100K"))
    happen(approved(), at=NOON)
    later = NOON + 11 * DAY
    while operations.tick(later):
        pass
    promise = queries.next_promise(CLAIM, later)
    assert (promise.code, promise.breached) == ("law.pay_ten_days", True)

    happen(claims.PayoutFailed(payout_id=1, reason="OTHER"), at=later)
    promise = queries.next_promise(CLAIM, later)
    assert (promise.code, promise.breached) == ("target.solve_payout_problem", False)


def test_breaches_lists_what_is_broken_and_open_by_office():
    for n, office_id in enumerate([7, 7, 8], 1):
        happen(reported(office_id=office_id), about=Ref("claim", n), at=NOON)
        happen(registered(), about=Ref("claim", n), at=NOON + n * DAY)
    late = NOON + 30 * DAY
    while operations.tick(late):
        pass

    rows = [r for r in queries.breaches([7], late, limit=200) if r.code == FIVE]
    assert [r.about.id for r in rows] == [2, 1]
    assert rows[0].overdue == late - rows[0].due_at
    page = queries.breaches([7], late, limit=1)
    rest = queries.breaches([7], late, after=page[0].clock_id, limit=200)
    assert page[0].clock_id not in {r.clock_id for r in rest}
    assert len(rest) + 1 == len(queries.breaches([7], late, limit=200))
    assert queries.breaches([9], late) == []


def test_punctuality_counts_what_ended_in_time():
    happen(registered())
    happen(registered(), about=Ref("claim", 2))
    happen(approved(), at=NOON + DAY)
    happen(approved(), about=Ref("claim", 2), at=NOON + 20 * DAY)

    assert queries.punctuality(NOON - DAY, NOON + DAY)[FIVE] == (1, 2)
    assert queries.punctuality(NOON - DAY, NOON + DAY, office_ids=[5]) == {}


def test_definition_gives_the_rule_to_look_up():
    found = queries.definition(FIVE, NOON)
    assert found.limits == ("5 个工作日",)
    assert "五个工作日" in found.text
    assert "核定赔付" in found.stops_on
    assert "第十五条" in found.pause_labels[0]
    with pytest.raises(queries.UnknownDefinition):
        queries.definition("law.nothing")
    with pytest.raises(queries.UnknownDefinition):
        queries.definition(FIVE, NOON.replace(year=2009))


def test_list_definitions_puts_the_law_first():
    grades = [d.grade for d in queries.list_definitions(NOON)]
    assert grades == sorted(grades)
    assert len(grades) > 25
