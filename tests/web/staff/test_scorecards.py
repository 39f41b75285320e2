"""The pages of figures: the dashboard, one figure, its cases, the workbook."""

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tests import make
from tests.scorecards.telling import read, tell
from tests.web.signing import signed_in
from yilu.journal import queries as journal
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(people):
    """Two claims and three ratings of branch A yesterday, and who looks at them."""
    at = timezone.now() - timedelta(days=1)
    for id, hours in ((1, 10), (2, 0)):
        about = Ref("claim", id)
        tell(
            "claims.claim_reported", about, at, people.lin, office_id=people.branch_a, channel="APP"
        )
        if hours:
            tell(
                "claims.claim_closed",
                about,
                at + timedelta(hours=hours),
                people.lin,
                outcome="PAID",
            )
    for id, recommend in ((1, 10), (2, 9), (3, 2)):
        tell(
            "voice.rating_taken",
            Ref("feedback", id),
            at,
            people.lin,
            recommend=recommend,
            stars=5,
            office_id=people.branch_a,
        )
    read(timezone.now())
    lead_a, lead_b = (make.staff(b, "TEAM_LEAD") for b in (people.branch_a, people.branch_b))
    manager = make.staff(people.head, "SERVICE_MANAGER")
    return SimpleNamespace(
        manager=signed_in(Ref("staff", manager)), a=signed_in(Ref("staff", lead_a)),
        b=signed_in(Ref("staff", lead_b)), manager_id=manager, branch_a=people.branch_a,
        branch_b=people.branch_b,
    )  # fmt: skip


def text(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_dashboard_shows_every_figure_and_its_verdict_in_words(told):
    page = text(told.manager, "/staff/scorecards")
    assert "33.33" in page  # 净推荐值
    assert "50%" in page  # 结案率
    assert "未达标" in page
    assert "新客户" in page
    assert 'name="since"' not in page
    for period in ("week", "month", "quarter", "year"):
        text(told.manager, f"/staff/scorecards?period={period}&office={told.branch_a}")


def test_own_days_may_be_chosen(told):
    assert 'name="since"' in text(told.manager, "/staff/scorecards?period=custom")
    chosen = "/staff/scorecards?period=custom&since=2020-01-01&until=2020-02-01"
    assert "2020年1月1日" in text(told.manager, chosen)


def test_one_sees_ones_own_offices_only(told):
    assert "33.33" in text(told.a, "/staff/scorecards")
    for path in ("", f"?office={told.branch_a}"):
        assert "这段时间还没有可以计算的业务" in text(told.b, f"/staff/scorecards{path}")
    assert "没有这样的个案" in text(
        told.b, f"/staff/scorecards/kpi/nps/cases?office={told.branch_a}&only={told.branch_a}"
    )


@pytest.mark.parametrize("query", ["period=never", "period=custom&since=2026-01-01", "period=custom&since=2026-13-01&until=x", "period=custom&since=2026-02-01&until=2026-01-01", "period=custom&since=2001-01-01&until=2026-01-01"])  # fmt: skip
def test_days_that_are_none_are_refused_with_a_sentence(told, query):
    answer = told.manager.get(f"/staff/scorecards?{query}")
    assert answer.status_code == 422
    assert "时间范围有误" in answer.content.decode()


def test_a_figure_says_how_it_is_counted_and_on_what_ground(told):
    page = text(told.manager, "/staff/scorecards/kpi/closed_rate")
    assert "已经结案的比例" in page
    assert "时效、获赔率、结案率" in page
    assert "手机自助" in page
    line = told.manager.get("/staff/scorecards/kpi/closed_rate/chart").json()
    assert [one["data"] for one in line["series"]] == [[50.0], [90.0]]
    assert "每一项时限" not in text(told.manager, "/staff/scorecards/kpi/on_time")
    for path in ("no_such", "no_such/chart", "no_such/cases", "nps:law.x"):
        assert told.manager.get(f"/staff/scorecards/kpi/{path}").status_code == 404


def test_cases_lead_to_their_pages(told):
    page = text(told.manager, "/staff/scorecards/kpi/closed_rate/cases")
    assert 'href="/staff/claims/1"' in page
    assert 'href="/staff/claims/2"' in page
    missed = text(told.manager, "/staff/scorecards/kpi/closed_rate/cases?missed=1")
    assert 'href="/staff/claims/1"' not in missed
    assert "贬损者" in text(told.manager, "/staff/scorecards/kpi/nps/cases?customers=NEW&missed=1")


def test_a_workbook_of_cases_is_taken_on_record(told):
    rows = workbook(told.manager.post("/staff/scorecards/kpi/nps/export", {"period": "last30"}))
    assert rows[0][:2] == ["对象", "日期"]
    assert sorted(row[9] for row in rows[1:]) == [-1, 1, 1]
    taken = journal.timeline(Ref("staff", told.manager_id))[0]
    assert (taken.kind, taken.facts["rows"]) == ("scorecards.cases_exported", 3)
    for wanted in ({}, {"office": told.branch_a}, {"only": told.branch_a}):
        assert len(workbook(told.b.post("/staff/scorecards/kpi/nps/export", wanted))) == 1


def workbook(answer):
    assert answer.status_code == 200
    return (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    )
