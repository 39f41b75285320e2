"""working_time and the calendar's edits."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from yilu.journal.models import Event
from yilu.kernel import recall, tx
from yilu.standards import operations, queries

from .conftest import ALICE, NOON

SHANGHAI = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.django_db
WEEK = [["09:00-12:00", "13:00-18:00"]] * 5 + [[], []]


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def set_day(day, working, **given):
    defaults = {"office_id": 0, "reason": "台风停业", "actor": ALICE, "at": NOON}
    operations.set_day(day=day, is_working=working, **{**defaults, **given})


def test_without_a_database_calendar_the_shipped_one_counts():
    time = queries.working_time(0)
    assert not time.is_working_day(date(2026, 2, 17))
    assert time.is_working_day(date(2026, 2, 14))  # a Saturday that is made up


# Six make-up Saturdays and Sundays, two plain holidays, from the notices.
@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2020-01-31", False), ("2021-02-20", True), ("2022-10-08", True), ("2023-06-25", True),
        ("2024-02-09", True), ("2025-01-26", True), ("2025-10-08", False), ("2026-10-10", True),
        ("2026-02-23", False),
    ],
)  # fmt: skip
def test_the_official_days_are_as_announced(catalogue, day, working):
    assert queries.working_time(0).is_working_day(date.fromisoformat(day)) is working


def test_make_up_day_counts_in_working_days(catalogue):
    due = queries.working_time(0).add_working_days(local("2026-02-13T10:00"), 2)
    assert due == local("2026-02-24T18:00")  # Saturday the 14th is made up, then the holiday


def test_an_edit_takes_effect_at_once_and_is_recorded(catalogue):
    assert queries.working_time(0).is_working_day(date(2026, 3, 5))

    set_day(date(2026, 3, 5), False)

    assert not queries.working_time(0).is_working_day(date(2026, 3, 5))
    event = Event.objects.get(kind="standards.calendar_day_changed")
    assert event.facts == {"office_id": 0, "day": "2026-03-05", "is_working": False}


def test_an_office_keeps_its_own_days_above_the_country_s(catalogue):
    operations.set_hours(office_id=7, week=WEEK, name="厦门", actor=ALICE, at=NOON)
    set_day(date(2026, 3, 5), False, office_id=7)

    office, country = queries.working_time(7), queries.working_time(0)
    assert not office.is_working_day(date(2026, 3, 5))
    assert country.is_working_day(date(2026, 3, 5))
    assert not office.is_working_day(date(2026, 10, 1))
    assert office.add(local("2026-03-04T12:30"), 60) == local("2026-03-04T14:00")
    assert office.spells_on(date(2026, 2, 14)) == ((540, 720), (780, 1080))  # its hours, made up
    assert queries.working_time(8) is queries.working_time(0)


def test_a_team_around_the_clock_follows_no_holidays(catalogue):
    operations.set_hours(
        office_id=9, week=[["00:00-24:00"]] * 7, follows_holidays=False, actor=ALICE, at=NOON
    )
    time = queries.working_time(9)
    assert time.add(local("2026-10-01T23:50"), 20) == local("2026-10-02T00:10")


def test_clear_day_puts_the_country_s_day_back(catalogue):
    set_day(date(2026, 10, 1), True, office_id=7, spells=["10:00-16:00"])
    assert queries.working_time(7).spells_on(date(2026, 10, 1)) == ((600, 960),)

    operations.clear_day(office_id=7, day=date(2026, 10, 1), actor=ALICE, at=NOON)

    assert not queries.working_time(7).is_working_day(date(2026, 10, 1))
    with pytest.raises(operations.NoSuchCalendarDay):
        operations.clear_day(office_id=7, day=date(2026, 10, 1), actor=ALICE, at=NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        {"spells": ["09:00"]},
        {"spells": ["09:00-12:00", "11:00-13:00"]},
        {"spells": ["18:00-09:00"]},
        {"reason": "  "},
        {"is_working": False, "spells": ["09:00-12:00"]},
    ],
)
def test_set_day_refuses_what_are_no_hours(catalogue, wrong):
    given = {"is_working": True, "reason": "加班", "office_id": 0, "actor": ALICE, "at": NOON}
    with pytest.raises(operations.NotAWorkingWeek):
        operations.set_day(day=date(2026, 3, 7), **{**given, **wrong})

    assert not queries.working_time(0).is_working_day(date(2026, 3, 7))
    assert not Event.objects.exists()


@pytest.mark.parametrize("wrong", [{"week": [[]] * 7}, {"week": WEEK[:5]}, {"zone": "Mars/Base"}])
def test_set_hours_refuses_a_week_without_work(catalogue, wrong):
    with pytest.raises(operations.NotAWorkingWeek):
        operations.set_hours(**{"office_id": 7, "week": WEEK, "actor": ALICE, "at": NOON, **wrong})

    assert queries.working_time(7) is queries.working_time(0)


def test_confirm_year_replaces_the_provisional_days(catalogue):
    assert queries.working_time(0).is_provisional(date(2027, 5, 1))
    assert not queries.working_time(0).is_working_day(date(2027, 2, 9))

    operations.confirm_year(
        year=2027,
        citation="国办发明电〔2026〕0号（示例）",
        days={date(2027, 2, 5): (False, "春节"), date(2027, 2, 20): (True, "调休上班")},
        actor=ALICE,
        at=NOON,
    )

    time = queries.working_time(0)
    assert not time.is_provisional(date(2027, 5, 1))
    assert time.is_working_day(date(2027, 2, 9))
    assert time.is_working_day(date(2027, 2, 20))
    assert queries.calendar_year(0, 2027).provisional is False
    assert operations.load_catalogue(NOON) == 0  # the shipped provisional year does not come back


def test_confirm_year_refuses_other_years_and_no_citation(catalogue):
    for given in (
        {"citation": "", "days": {date(2027, 1, 1): (False, "元旦")}},
        {"citation": "某号", "days": {date(2026, 1, 1): (False, "元旦")}},
        {"citation": "某号", "days": {}},
    ):
        with pytest.raises(operations.NotAWorkingWeek):
            operations.confirm_year(year=2027, actor=ALICE, at=NOON, **given)

    assert queries.working_time(0).is_provisional(date(2027, 1, 1))


def test_calendar_year_shows_every_day_and_its_source(catalogue):
    set_day(date(2026, 3, 5), False, office_id=7, name="司庆")
    year = queries.calendar_year(7, 2026)

    assert len(year.days) == 365
    assert year.working_days == 247  # 248 official working days of 2026, less one of the office
    by_day = {d.day: d for d in year.days}
    assert by_day[date(2026, 3, 5)].source == "OFFICE"
    assert by_day[date(2026, 2, 14)].source == "NATIONAL"
    assert by_day[date(2026, 2, 14)].spells == ("08:30-12:00", "13:30-18:00")
    assert by_day[date(2026, 3, 6)].source == "WEEK"
    assert "〔2025〕7号" in year.citation
    assert queries.calendar_year(0, 2031).provisional


def test_working_time_asks_the_database_only_when_it_must(catalogue, django_assert_num_queries):
    queries.working_time(0)
    with django_assert_num_queries(0):
        queries.working_time(0)
        queries.working_time(99)


def test_an_edit_by_another_process_is_seen_after_the_check(catalogue, monkeypatch):
    assert queries.working_time(0).is_working_day(date(2026, 3, 5))
    # What another process does: rows and the edition change, this process is not told.
    tx.changed(
        """insert into standards_calendarday (calendar_id, day, kind, spells, name, reason, edited_by)
           select id, '2026-03-05', 'REST', '[]', '', '', 'staff:9' from standards_calendar"""
    )
    tx.changed("update standards_edition set token = 'other' where name = 'standards.calendars'")
    assert queries.working_time(0).is_working_day(date(2026, 3, 5))

    monkeypatch.setattr(recall, "CHECK_SECONDS", 0)

    assert not queries.working_time(0).is_working_day(date(2026, 3, 5))
