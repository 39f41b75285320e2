"""Numbers of the daily run that two people set, each where it takes effect."""

from datetime import date, timedelta

import pytest

from tests import make
from tests.renewals import desk
from tests.renewals.test_ahead import END, running_out
from yilu.policies.models import PolicyLoan
from yilu.renewals.models import RenewalCase
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


def told_on(offsets, template):
    """On which of these days, counted from the day a premium is due, something was told."""
    found, before = [], len(desk.told(template))
    for offset in offsets:
        desk.run(desk.days(offset))
        if len(desk.told(template)) > before:
            found.append(offset)
        before = len(desk.told(template))
    return found


@pytest.mark.parametrize(
    ("code", "value", "days"),
    [("loan_first_days", "40", [0, 33]), ("loan_last_days", "5", [10, 35])],
)
def test_when_a_loan_that_falls_due_is_told_of(code, value, days):
    make.figure_set(f"renewals.{code}", value)
    policy = desk.policy(paid_to=date(2027, 5, 10))
    PolicyLoan.objects.create(
        policy=policy, kind="LOAN", principal=1000, rate="0.05", since=date(2025, 12, 10),
        due_on=desk.days(40), opened_on=date(2025, 12, 10),
    )  # fmt: skip
    assert told_on((0, 10, 33, 35), "loan_due") == days


@pytest.mark.parametrize(
    ("figures", "again", "sought_on"),
    [({"unclaimed_again_days": "20"}, [20], 40), ({"unclaimed_times": "1"}, [], 90)],
)
def test_how_soon_and_how_often_unclaimed_money_is_told_of(figures, again, sought_on):
    for code, value in figures.items():
        make.figure_set(f"renewals.{code}", value)
    office = make.office()
    holder = make.party(office, identity_number=make.resident_id(born=date(1965, 6, 15)))
    desk.policy(
        office, holder_id=holder, product_code="annuity", effective_on=date(2020, 5, 10),
    )  # fmt: skip
    desk.run(desk.DUE)
    found = told_on([day for day in (20, 40, 90) if day < sought_on], "benefit_waits")
    assert not Item.objects.filter(queue_id="renewals.unclaimed").exists()
    desk.run(desk.days(sought_on))
    assert found == again
    assert Item.objects.filter(queue_id="renewals.unclaimed").count() == 1


def test_how_long_before_its_end_a_contract_that_gives_nothing_is_told_of():
    make.figure_set("renewals.cover_end_ahead_days", "20")
    running_out()
    for ahead in (30, 20):
        desk.run(END - timedelta(days=ahead))
        assert bool(desk.told("cover_ending")) is (ahead == 20)


def test_from_how_many_points_an_adviser_takes_a_renewal():
    make.figure_set("renewals.adviser_from_points", "5")
    desk.policy()
    for offset in (0, 1, 53, 54, 55):
        desk.run(desk.days(offset))
    assert not RenewalCase.objects.filter(kind="ADVISE").exists()
