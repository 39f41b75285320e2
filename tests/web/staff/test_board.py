"""The board: what waits, what is late, how fast; every figure of one's own offices only."""

import io
from datetime import timedelta

import pytest
import python_calamine

from tests import make
from tests.web.signing import signed_in
from yilu.claims import queries as claims
from yilu.people import queries as people_queries
from yilu.work import queries as work
from yilu.work.models import Item

BOARD = "/staff/board"


@pytest.fixture
def waiting(people):
    """One claim of branch A waits for a person; one of branch B is only reported."""
    make.claim_in_review(office_id=people.branch_a)
    make.reported_claim(office_id=people.branch_b)


def test_only_those_who_see_claims_come_in(waiting, desk, kept_out, chen):
    for url in (BOARD, f"{BOARD}/chart/days", f"{BOARD}/export"):
        kept_out(url)
        assert desk.operator.client.get(url).status_code == 403
        assert chen.get(url).status_code == 200


def test_it_shows_what_waits_and_leads_to_it(waiting, chen):
    page = chen.get(BOARD).content.decode()

    assert "甲分公司" in page
    assert 'href="/staff/queues/claims.review?office=' in page


def test_a_row_leads_to_that_offices_part_of_the_queue(waiting, people, desk):
    make.claim_in_review(office_id=people.branch_b)
    lead = desk.lead.client
    link = f"/staff/queues/claims.review?office={people.branch_a}"
    assert f'href="{link}"' in lead.get(BOARD).content.decode()

    part = lead.get(link).content.decode()
    assert "只看 甲分公司 的" in part
    assert f'name="part" value="{people.branch_a}"' in part
    everything = lead.get("/staff/queues/claims.review").content.decode()
    assert (part.count('/take"'), everything.count('/take"')) == (1, 2)
    nobodys = lead.get("/staff/queues/claims.review?office=999999")
    assert nobodys.status_code == 200
    assert "这不是您负责的机构" in nobodys.content.decode()
    assert '/take"' not in nobodys.content.decode()


def test_from_an_offices_part_only_that_part_is_taken(waiting, people, desk):
    """The other office's claim is the more pressing one; nobody takes what the page does not show."""
    make.claim_in_review(office_id=people.branch_b)
    Item.objects.filter(office_id=people.branch_a).update(priority=1)
    lead, queue = desk.lead.client, "/staff/queues/claims.review"
    part = {"part": people.branch_b}
    lead.post(f"{queue}/take-next", part)
    taken = Item.objects.get(state="TAKEN")
    assert (taken.office_id, taken.staff_id) == (people.branch_b, desk.lead.id)

    empty = lead.post(f"{queue}/take-next", part)
    assert (empty.status_code, empty.url) == (302, f"{queue}?office={people.branch_b}")
    assert Item.objects.filter(state="TAKEN").count() == 1


def test_the_bars_lead_to_one_office_only_where_they_count_one(waiting, people, desk):
    make.claim_in_review(office_id=people.branch_b)
    bars = f"{BOARD}/chart/queues"
    assert desk.lead.client.get(bars).json()["links"] == ["/staff/queues/claims.review"]
    one = desk.lead.client.get(f"{bars}?office={people.branch_b}").json()
    assert one["links"] == [f"/staff/queues/claims.review?office={people.branch_b}"]


def test_an_office_that_is_not_ones_own_is_not_shown(waiting, people, chen, desk):
    ask = f"{BOARD}?office={people.branch_b}"

    assert "乙分公司" not in chen.get(ask).content.decode()
    assert "乙分公司" in desk.lead.client.get(ask).content.decode()
    assert chen.get(f"{BOARD}?office=x").status_code == 200


@pytest.mark.parametrize("name", ["days", "promises", "queues"])
def test_a_chart_gets_its_numbers(waiting, chen, name):
    given = chen.get(f"{BOARD}/chart/{name}").json()

    assert all(len(series["data"]) == len(given["names"]) for series in given["series"])
    assert chen.get(f"{BOARD}/chart/nonsense").status_code == 404


def test_the_days_count_what_was_reported(waiting, desk):
    given = desk.lead.client.get(f"{BOARD}/chart/days").json()

    assert given["series"][0]["data"][-1] == 2
    assert given["names"][-1] == "3/4"


def test_the_rows_go_to_excel(waiting, chen):
    content = chen.get(f"{BOARD}/export").content

    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(
        0
    )
    rows = sheet.to_python()
    assert rows[0] == ["机构", "队列", "等待", "已超时", "最早"]
    assert rows[1][0] == "甲分公司"


def test_speed_counts_what_went_by_itself(people, db):
    reported = make.reported_claim(office_id=people.branch_a)
    from yilu.claims import operations
    from yilu.kernel.refs import SYSTEM

    operations.hand_in_invoices(
        claim_id=reported.claim_id, provider_id=1, invoices=[make.invoice(each="100.00")],
        actor=SYSTEM, at=make.NOON,
    )  # fmt: skip

    speed = claims.speed(
        {people.branch_a}, make.NOON - timedelta(days=1), make.NOON + timedelta(days=1)
    )
    assert (speed.reported, speed.decided, speed.straight_through) == (1, 1, 1)
    assert claims.speed({people.branch_b}, make.NOON, make.NOON + timedelta(days=1)).reported == 0


def test_workload_is_one_statement_however_many_queues(waiting, people, django_assert_num_queries):
    access = people_queries.staff_access(people.chen)
    with django_assert_num_queries(2):
        found = work.workload(access, make.NOON + timedelta(days=30))

    assert {row.office_id for row in found} == {people.branch_a}
    assert all(row.overdue == row.waiting for row in found)


def test_somebody_without_offices_sees_an_empty_board(people):
    access = people_queries.staff_access(people.luo)
    assert work.workload(access, make.NOON) == ()
    assert signed_in(people.as_luo).get(BOARD).status_code == 403
