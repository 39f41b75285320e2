"""理赔年报: what the workbench shows of a year's claims."""

import pytest

from tests import make
from tests.insight.test_claims_year import HOUR, YEAR, closed
from tests.web.signing import signed_in
from yilu.insight import jobs
from yilu.insight import operations as insight
from yilu.insight.queries import claims_years as queries
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    make.standards_in_force()
    return make.office()


@pytest.fixture
def manager(office):
    return signed_in(Ref("staff", make.staff(make.head_office(), "SERVICE_MANAGER")))


@pytest.fixture
def claim(office):
    at = make.NOON
    made = closed(office, reported=at, papers=at, decided=at, ended=at + HOUR, paid="8800.00")
    insight.add_up_claims(year=YEAR, at=at)
    return made


def test_shows_a_year_month_by_month(manager, claim):
    page = manager.get(f"/staff/claims-years/{YEAR}").content.decode()
    assert "8,800" in page
    assert "历年时效" in page
    assert "个人业务（天）" in page
    assert "理赔人数" in page
    assert [each.year for each in queries.years_apart(YEAR + 4, None)] == [YEAR]
    assert not queries.years_apart(YEAR + 5, None), "five years stand beside one another"
    drawn = manager.get(f"/staff/claims-years/{YEAR}/days").json()
    assert [len(s["data"]) for s in drawn["series"]] == [12, 12, 12]
    assert drawn["series"][2]["data"][make.NOON.month - 1] == pytest.approx(1 / 24, abs=0.001)
    counted = manager.get(f"/staff/claims-years/{YEAR}/claims").json()
    assert sum(sum(s["data"]) for s in counted["series"]) == 1
    assert manager.get(f"/staff/claims-years/{YEAR}/weather").status_code == 404


def test_an_empty_year_says_so_and_prints_nothing(manager):
    assert "还没有结案的赔案" in manager.get("/staff/claims-years/2020").content.decode()
    answer = manager.post("/staff/claims-years/2020/act")
    assert answer.status_code == 422
    assert "不能生成报告" in answer.content.decode()
    assert manager.get("/staff/claims-years/2020/report").status_code == 404


def test_a_branch_sees_its_own_and_has_no_report(office, claim):
    elsewhere = signed_in(Ref("staff", make.staff(make.office(), "TEAM_LEAD")))
    assert "还没有结案的赔案" in elsewhere.get(f"/staff/claims-years/{YEAR}").content.decode()
    assert elsewhere.post(f"/staff/claims-years/{YEAR}/act").status_code == 403
    jobs.print_claims_year(YEAR)
    assert elsewhere.get(f"/staff/claims-years/{YEAR}/report").status_code == 403


def test_the_report_can_be_taken_along(manager, claim):
    assert manager.post(f"/staff/claims-years/{YEAR}/act").status_code == 302
    jobs.print_claims_year(YEAR)
    answer = manager.get(f"/staff/claims-years/{YEAR}/report")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.7")
    assert "下载 PDF" in manager.get(f"/staff/claims-years/{YEAR}").content.decode()
