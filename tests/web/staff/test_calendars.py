"""Working calendars: a year in colours and words, days set with a reason."""

from datetime import date

import pytest

from tests import make
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
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


class TestHours:
    def sent(self, **given):
        week = {f"day{n}": "08:30-12:00, 13:30-17:30" for n in range(5)}
        return (
            {"office": 0, "zone": "Asia/Shanghai", "name": "全国", "follows": "1"}
            | week
            | {"day5": "", "day6": ""}
            | given
        )

    def test_of_an_office_are_set(self, desk, people):
        page = desk.editor.client.get(f"{CALENDAR}/hours?office={people.branch_a}").content.decode()
        assert "现在沿用全国的时段" in page

        answer = desk.editor.client.post(
            f"{CALENDAR}/hours", self.sent(office=people.branch_a, day5="09:00-12:00")
        )

        assert answer.status_code == 302
        hours = queries.calendar_hours(people.branch_a)
        assert hours.week[5] == ("09:00-12:00",)
        assert hours.is_own
        assert queries.calendar_hours(0).week[5] == ()

    @pytest.mark.parametrize(
        "wrong",
        [{"day0": "12:00-08:30"}, {"day0": "8点到12点"}, {"zone": "Mars/Base"},
         {f"day{n}": "" for n in range(7)}],
    )  # fmt: skip
    def test_that_are_none_are_refused_where_they_were_typed(self, desk, wrong):
        before = queries.calendar_hours(0)
        answer = desk.editor.client.post(f"{CALENDAR}/hours", self.sent(**wrong))

        assert answer.status_code == 422
        if wrong.get("day0"):
            assert wrong["day0"] in answer.content.decode()
        assert queries.calendar_hours(0) == before

    def test_are_for_those_who_keep_the_standards(self, kept_out, chen, people):
        kept_out(f"{CALENDAR}/hours")
        kept_out(f"{CALENDAR}/hours", method="post", data=self.sent())
        assert chen.post(f"{CALENDAR}/hours", self.sent(office=people.branch_a)).status_code == 403


class TestTheNoticeOfAYear:
    NOTICE = (
        "一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n"
        "二、春节：2月5日（农历腊月二十九、周五）至11日（周四）放假调休，共7天。"
        "1月31日（周日）、2月20日（周六）上班。\n节假日期间，要妥善安排好值班。"
    )

    def test_is_read_from_its_words_looked_over_and_put_into_force(self, desk):
        editor = desk.editor.client
        told = {"year": 2027, "text": self.NOTICE, "citation": "国办发明电〔2026〕9号"}
        page = editor.post(f"{CALENDAR}/notice", told | {"step": "read"}).content.decode()
        assert "2027-02-20 班 调休上班" in page
        assert queries.calendar_year(0, 2027).provisional

        days = "2027-01-01 休 元旦\n2027-02-05 休 春节\n2027-02-20 班 调休上班"
        answer = editor.post(f"{CALENDAR}/notice", told | {"step": "confirm", "days": days})

        assert answer.status_code == 302
        year = queries.calendar_year(0, 2027)
        assert (year.provisional, year.citation) == (False, "国办发明电〔2026〕9号")
        assert queries.working_time(0).is_working_day(date(2027, 2, 20))
        assert not queries.working_time(0).is_working_day(date(2027, 2, 5))

    @pytest.mark.parametrize(
        "wrong",
        [{"text": "祝大家节日快乐"}, {"text": "春节：2月30日放假。"}, {"year": "1999"},
         {"step": "confirm", "days": "2027-02-05 春节"}, {"step": "confirm", "days": ""},
         {"step": "confirm", "days": "2026-02-05 休 春节"},
         {"step": "confirm", "days": "2027-02-05 休 春节", "citation": ""}],
    )  # fmt: skip
    def test_that_cannot_be_read_changes_nothing(self, desk, wrong):
        told = {"year": 2027, "step": "read", "text": self.NOTICE, "citation": "文号"} | wrong
        assert desk.editor.client.post(f"{CALENDAR}/notice", told).status_code == 422
        assert queries.calendar_year(0, 2027).provisional

    def test_binds_every_office_and_so_needs_the_right_over_all(self, people, kept_out):
        kept_out(f"{CALENDAR}/notice")
        branch = make.staff(people.branch_a, "STANDARDS_EDITOR")
        answer = signed_in(Ref("staff", branch)).get(f"{CALENDAR}/notice")
        assert answer.status_code == 403
