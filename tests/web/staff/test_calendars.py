"""Working calendars: a year in colours and words, days set with a reason."""

from datetime import date

import pytest

from yilu.standards import queries

CALENDAR = "/staff/calendar"


def setting(**given):
    return {"office": 0, "day": "2026-03-09", "kind": "REST", "reason": "系统升级"} | given


def test_only_those_who_keep_the_standards_see_it(desk, kept_out, chen):
    kept_out(CALENDAR)
    assert chen.get(CALENDAR).status_code == 403
    for url in (f"{CALENDAR}/set", f"{CALENDAR}/clear"):
        kept_out(url, method="post", data=setting())
        assert chen.post(url, setting()).status_code == 403
    assert queries.working_time(0).is_working_day(date(2026, 3, 9))


def test_a_year_is_said_in_words_for_those_who_do_not_see_colours(desk):
    page = desk.editor.client.get(f"{CALENDAR}?year=2026").content.decode()

    assert page.count('class="y-month"') == 12
    assert "y-day-made-up" in page
    assert " 放假 · 春节" in page
    assert "暂定" not in page.split("<main")[0].split("<h1")[1]


def test_a_year_nobody_has_announced_is_marked(desk):
    page = desk.editor.client.get(f"{CALENDAR}?year=2030").content.decode()

    assert "暂定" in page.split("<h1")[1].split("</h1>")[0]


def test_a_day_is_set_and_put_back(desk):
    editor = desk.editor.client

    answer = editor.post(f"{CALENDAR}/set", setting(name="升级日"))
    assert answer.status_code == 302
    assert not queries.working_time(0).is_working_day(date(2026, 3, 9))
    page = editor.get(answer.headers["Location"]).content.decode()
    assert "系统升级" in page
    editor.post(f"{CALENDAR}/clear", {"office": 0, "day": "2026-03-09"})

    assert queries.working_time(0).is_working_day(date(2026, 3, 9))
    assert editor.post(f"{CALENDAR}/clear", {"office": 0, "day": "2026-03-09"}).status_code == 404


def test_an_office_may_work_other_hours(desk, people):
    given = setting(
        office=people.branch_a, kind="WORK", spells="09:00-12:00，14:00-16:00", day="2026-03-08"
    )

    assert desk.editor.client.post(f"{CALENDAR}/set", given).status_code == 302

    assert queries.working_time(people.branch_a).is_working_day(date(2026, 3, 8))
    assert not queries.working_time(people.branch_b).is_working_day(date(2026, 3, 8))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""}, {"reason": " "}, {"day": "2026-02-30"}, {"day": "1999-01-01"}, {"office": "x"},
        {"kind": "WORK", "spells": "九点"}, {"kind": "WORK", "spells": "09:00-12:00,11:00-13:00"},
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused_and_nothing_changes(desk, wrong):
    answer = desk.editor.client.post(f"{CALENDAR}/set", setting(**wrong))

    assert answer.status_code == 422
    assert queries.working_time(0).is_working_day(date(2026, 3, 9))


def test_a_branch_keeps_its_own_calendar_only(people, desk):
    from tests import make
    from tests.web.signing import signed_in
    from yilu.kernel.refs import Ref

    local = signed_in(Ref("staff", make.staff(people.branch_a, "STANDARDS_EDITOR")))

    assert local.post(f"{CALENDAR}/set", setting()).status_code == 403
    assert local.post(f"{CALENDAR}/set", setting(office=people.branch_b)).status_code == 403
    assert local.get(f"{CALENDAR}?office={people.branch_b}").status_code == 403
    assert local.post(f"{CALENDAR}/set", setting(office=people.branch_a)).status_code == 302


@pytest.mark.parametrize("query", ["year=1066", "year=2200", "day=tomorrow", "office=999999"])
def test_an_address_that_names_nothing_is_refused(desk, query):
    assert desk.editor.client.get(f"{CALENDAR}?{query}").status_code in {403, 422}
