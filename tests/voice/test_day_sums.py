"""Sums of a day and a month: what figures are read from instead of every rating."""

from datetime import date, timedelta
from importlib import import_module

import pytest

from tests import make
from tests.make import NOON
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.voice import operations as voice
from yilu.voice import queries
from yilu.voice.models import DaySum
from yilu.voice.operations.taking import Where, keep

pytestmark = pytest.mark.django_db
TODAY = NOON.date()  # 4 March 2026, a Wednesday


@pytest.fixture
def office(db):
    return make.office()


@pytest.fixture
def manager(office):
    return make.colleague(office, "SERVICE_MANAGER")[0]


@pytest.fixture
def say(office):
    """Say something about a journey on a day, and let the worker hear it."""

    def said(recommend, on=TODAY, journey="claim", **given):
        who, comment = given.get("who", "CUSTOMER"), given.get("comment", "")
        where = Where(
            given.get("source", "PAGE"), "x", journey, given.get("office", office), who=who
        )
        told = voice.Said(given.get("stars"), recommend, comment)
        at = NOON + (on - TODAY)
        tx.use_case(keep)(told, where, actor=Ref("party", 1), at=at)
        while journal.run_reactions(at):
            pass

    return said


def sums():
    names = (
        "span",
        "day",
        "journey",
        "third_party",
        "promoters",
        "passives",
        "detractors",
        "content",
        "rated",
        "comments",
    )
    return list(
        DaySum.objects.order_by("span", "day", "journey", "third_party").values_list(*names)
    )


def test_a_rating_adds_to_its_day_and_its_month_and_a_comment_beside_it(say):
    say(10, stars=5, comment="很快")
    say(6, stars=3)
    say(8, on=TODAY + timedelta(days=1))
    say(None, comment="三者说的", who="THIRD_PARTY")
    say(None, comment="意见箱里的", source="BOX")
    assert sums() == [
        ("D", date(2026, 3, 4), "claim", False, 1, 0, 1, 1, 2, 1),
        ("D", date(2026, 3, 4), "claim", True, 0, 0, 0, 0, 0, 1),
        ("D", date(2026, 3, 5), "claim", False, 0, 1, 0, 0, 0, 0),
        ("M", date(2026, 3, 1), "claim", False, 1, 1, 1, 1, 2, 1),
        ("M", date(2026, 3, 1), "claim", True, 0, 0, 0, 0, 0, 1),
    ]


def test_what_was_said_before_the_sums_were_kept_comes_to_the_same(say, office):
    other = make.office()
    for n, recommend in enumerate((10, 9, 7, 0, None)):
        say(
            recommend, on=TODAY - timedelta(days=20 * n), stars=n + 1, office=(office, other)[n % 2]
        )
        say(recommend, journey="visit", comment="话", who="THIRD_PARTY", office=other)
    say(5, source="BOX")
    before = sums()
    DaySum.objects.all().delete()
    tx.use_case(tx.changed)(import_module("yilu.voice.migrations.0005_day_sums").BEFORE, [])
    assert sums() == before


def test_any_span_is_exactly_its_days_and_only_ones_own_offices(say, manager):
    for n in range(70):
        if n % 7 == 0:
            say(10 if n % 2 else 3, on=TODAY - timedelta(days=n))
    say(10, office=make.office())
    for first, last in ((0, 70), (3, 33), (10, 11), (30, 64)):
        since, until = TODAY - timedelta(days=last - 1), TODAY - timedelta(days=first - 1)
        days = [n for n in range(0, 70, 7) if first <= n < last]
        found = queries.journey_scores(manager, since, until)
        assert sum(each.tally.n for each in found) == len(days)
        assert sum(each.tally.promoters for each in found) == sum(n % 2 for n in days)


def test_this_year_stands_beside_the_same_days_of_the_years_before(say, manager):
    for years, recommend in ((0, 10), (1, 7), (3, 0)):
        day = TODAY.replace(year=2026 - years)
        say(recommend, on=day)
        say(
            recommend, on=day + timedelta(days=1)
        )  # not yet, this year: it counts for the whole year alone
    say(9, journey="visit")
    every, claim, visit = queries.yearly_nps(manager, TODAY)
    assert [(year, score and score.value) for year, score in claim.years] == [
        (2023, -100), (2024, None), (2025, 0), (2026, 100),
    ]  # fmt: skip
    assert (claim.since_last.before.n, claim.since_last.difference) == (1, 100)
    assert claim.since_first.difference == 200
    assert claim.since_last.thin
    assert not claim.since_last.is_clear
    assert (visit.since_last, visit.years[0][1]) == (None, None)
    assert (every.journey, every.years[-1][1].n) == ("", 3)
    assert [m for m, _i in queries.monthly_nps(manager, date(2026, 1, 15), "visit")] == [
        date(2026, 3, 1)
    ]


def test_whoever_sees_no_office_sees_no_figures(say):
    say(10)
    nobody = make.colleague(make.office(), "CALL_AGENT")[0]
    assert queries.journey_scores(nobody, TODAY, TODAY + timedelta(days=1)) == []
    assert queries.yearly_nps(nobody, TODAY) == []
