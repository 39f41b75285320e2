"""模拟年度: what the workbench shows of the simulated years."""

import pytest

from tests import make
from tests.web.signing import signed_in
from yilu.insight import queries
from yilu.kernel.refs import Ref


@pytest.fixture
def lead(db):
    return signed_in(Ref("staff", make.staff(make.office(), "TEAM_LEAD")))


def test_the_page_shows_every_design_with_its_published_figure_and_assumptions(lead):
    page = lead.get("/staff/simulated-years").content.decode()

    for year in queries.simulated_years().years:
        assert year.name in page
        assert f"{year.mean_days:.2f}" in page
    assert "2.04" in page
    assert "拟合" in page


def test_the_page_speaks_english(lead):
    lead.post("/preferences/language", {"language": "en", "next": "/staff/"})
    page = lead.get("/staff/simulated-years").content.decode()

    assert "on paper, one by one, two people" in page
    assert "Fitted" in page


@pytest.mark.parametrize("what", ["days", "curve", "parts"])
def test_each_picture_has_a_number_for_every_design(lead, what):
    told = lead.get(f"/staff/simulated-years/{what}").json()

    if what == "curve":
        assert [len(s["data"]) for s in told["series"]] == [len(told["names"])] * 5
        assert all(s["data"] == sorted(s["data"]) for s in told["series"])
    else:
        assert told["names"] == ["2010 年", "2011 年", "2012 年", "2023 年", "一路"]
        assert all(len(s["data"]) == 5 for s in told["series"])


def test_there_is_no_other_picture(lead):
    assert lead.get("/staff/simulated-years/everything").status_code == 404


def test_what_is_kept_adds_up():
    for year in queries.simulated_years().years:
        assert sum(year.parts.values()) == pytest.approx(year.mean_days, abs=0.01)
        assert year.low_days <= year.mean_days <= year.high_days
        assert year.ended == year.claims
