"""Cards, five ones, rating, stars, campaigns as pages: for whom, empty and filled, refused in words."""

import pytest

from tests import make
from tests.web.signing import signed_in

LEAD_PAGES = (
    "cards",
    "schemes",
    "five-ones",
    "rating",
    "stars",
    "campaigns",
    "initiatives",
    "outside",
)
ROWS = {
    "kpi": ["nps", "paid_ratio"], "weight": ["29", "71"], "target": ["50", "97"], "zero": ["0", "85"],
    "full": ["60", "99"], "cap": ["", ""],
}  # fmt: skip


@pytest.fixture
def people_here(db):
    head, here = make.head_office(), make.office()
    return {
        "first": signed_in(make.colleague(head, "SERVICE_MANAGER")[1]),
        "second": signed_in(make.colleague(head, "SERVICE_MANAGER")[1]),
        "lead": signed_in(make.colleague(here, "TEAM_LEAD")[1]), "here": here,
    }  # fmt: skip


def at(page):
    return f"/staff/scorecards/{page}"


def test_every_page_reads_well_while_there_is_nothing_yet(people_here):
    for browser in (people_here["first"], people_here["lead"]):
        for page in LEAD_PAGES:
            answer = browser.get(at(page))
            assert answer.status_code == 200, page
    lone = " ".join(people_here["lead"].get(at("schemes")).content.decode().split())
    assert "没有方案" in lone
    assert "没有时效和差错" in lone
    assert "ROLE:TEAM_LEAD" not in lone  # a lead writes no scheme
    wall = people_here["lead"].get(at("five-ones?wall=1"))
    assert "大屏" not in wall.content.decode()
    assert "hx-get" in wall.content.decode()
    assert people_here["lead"].get(at("cards?period=moon")).status_code == 422
    for chart in ("five-ones/CALL", "rating/points", "rating/gain", "outside/chart", "cards/chart"):
        assert people_here["lead"].get(at(chart)).json()["series"]
    for none in ("five-ones/MOON", "rating/moon", "campaigns/1", "campaigns/1/chart"):
        assert people_here["lead"].get(at(none)).status_code == 404


def test_a_scheme_goes_from_the_form_to_approval_and_a_refusal_names_the_sum(people_here):
    first, second = people_here["first"], people_here["second"]
    assert first.get(at("schemes/edit?whom=BRANCH:")).status_code == 200
    assert first.get(at("schemes/edit?whom=MOON:")).status_code == 404
    told = {"whom": "BRANCH:", "title": "机构考核", "volume": "", "revision": "0"}
    answer = first.post(at("schemes/edit"), told | ROWS)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "29%" in page
    assert "机构考核" in answer.content.decode()  # what was typed is still there
    good = told | ROWS | {"weight": ["30", "70"]}
    made = first.post(at("schemes/edit"), good)
    assert made.status_code == 302
    page = made.url
    assert "编制人不能批准" in first.get(page).content.decode()
    own = first.post(f"{page}/approve", {"revision": "1", "since": "2027-01-01"}, follow=True)
    assert "编制人不能批准自己的考核方案" in own.content.decode()
    second.post(f"{page}/approve", {"revision": "1", "since": "2027-01-01"})
    assert "已批准" in second.get(page).content.decode()
    assert second.post(f"{page}/moon").status_code == 404


def test_closing_naming_and_planning_are_refused_in_words_where_they_must_be(people_here):
    first, here = people_here["first"], people_here["here"]
    answer = first.post(at("cards/close"), {"period": "2020-01"})
    assert answer.status_code == 409
    assert "没有生效的考核方案" in answer.content.decode()
    begun = first.post(at("stars/begin"), {"period": "2020-01", "office": here, "least": "5"})
    board = begun.url
    assert "没有可以评选的候选人" in first.get(board).content.decode()
    assert first.post(f"{board}/publish").status_code == 422
    assert first.post(f"{board}/name", {"staff": "1", "reason": "办得又快又好"}).status_code == 409
    bad = first.post(at("campaigns"), {"title": "月", "since": "2027-01-01", "until": "2027-01-31"})
    assert bad.status_code == 422
    given = {
        "title": "一月服务提升月", "aim": "让客户少等一天", "since": "2027-01-01", "until": "2027-01-31",
        "office": [here], "kpi-QUALITY": ["nps"],
    }  # fmt: skip
    made = first.post(at("campaigns"), given)
    assert "活动还没有开始" in first.get(made.url).content.decode()
    assert first.get(f"{made.url}/chart").json()["rows"] == []
    early = first.post(f"{made.url}/close", {"conclusion": "还没开始就想结束"})
    assert early.status_code == 409
    share = {"staff": ["", ""], "department": ["", ""], "points": ["", ""], "did": ["", ""]}
    wrong = first.post(
        at("initiatives"),
        {"title": "一次告知", "story": "合成一次告知客户少跑", "office": here, "done_on": "2026-01-05"} | share,
    )  # fmt: skip
    assert wrong.status_code == 422
    assert first.post(at("outside/1/paper")).status_code == 422
