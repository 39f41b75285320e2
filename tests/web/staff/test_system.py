"""What runs behind the screens: seen and tried again by operators."""

from datetime import timedelta

import pytest

from tests import make
from tests.journal import happenings
from yilu.journal import operations as journal
from yilu.journal import queries
from yilu.journal.models import Reaction

SYSTEM = "/staff/system"


@pytest.fixture
def dead(people):
    happenings.diary.clear()
    happenings.diary.fails = 99
    happenings.happen(happenings.DoorOpened(note="x"), at=make.NOON)
    at = make.NOON
    for _try in range(12):
        journal.run_reactions(at=at, limit=100)
        at += timedelta(hours=2)
    yield queries.list_dead()[0]
    happenings.diary.clear()


def test_only_operators_come_in(desk, kept_out, chen, dead):
    kept_out(SYSTEM)
    assert chen.get(SYSTEM).status_code == 403
    assert desk.operator.client.get(SYSTEM).status_code == 200
    for url in (f"{SYSTEM}/reactions/{dead.id}/retry", f"{SYSTEM}/jobs/1/retry"):
        kept_out(url, method="post")
        assert chen.post(url).status_code == 403
    assert queries.list_dead()


def test_a_dead_reaction_says_what_and_where_and_is_tried_again(desk, dead):
    page = desk.operator.client.get(SYSTEM).content.decode()
    assert dead.subscriber in page
    assert "ValueError" in page
    assert "13800000000" not in page

    answer = desk.operator.client.post(f"{SYSTEM}/reactions/{dead.id}/retry")

    assert answer.status_code == 302
    assert Reaction.objects.get(pk=dead.id).state == "WAITING"
    assert desk.operator.client.post(f"{SYSTEM}/reactions/{dead.id}/retry").status_code in {
        404,
        409,
    }
    assert desk.operator.client.post(f"{SYSTEM}/jobs/999999/retry").status_code in {404, 409}


def test_a_silent_platform_is_said_to_be_silent(desk):
    assert "后台进程没有心跳" in desk.operator.client.get(SYSTEM).content.decode()
    journal.note_heartbeat(
        process="worker@here:1", started_at=make.NOON, at=make.NOON,
        ticks={"payments.send_due": {"at": make.NOON.isoformat(), "failures": 3}},
    )  # fmt: skip

    page = desk.operator.client.get(SYSTEM, HTTP_HX_REQUEST="true").content.decode()

    assert "后台进程没有心跳" not in page
    assert "payments.send_due" in page
    assert "<html" not in page


def test_health_counts_without_end_only_to_a_bound(people):
    health = queries.health(make.NOON)

    assert health.database_bytes > 0
    assert health.reactions_waiting <= 1000
    assert health.connections >= 1


def test_a_process_silent_for_a_day_is_forgotten(people):
    for n, age in enumerate((timedelta(days=2), timedelta(0))):
        journal.note_heartbeat(
            process=f"worker:{n}", started_at=make.NOON, ticks={}, at=make.NOON - age
        )

    assert [p.name for p in queries.health(make.NOON).processes] == ["worker:1"]
