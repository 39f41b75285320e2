"""What the daily run tells once of a premium and of a contract's second year: paid in time, or not."""

from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.renewals import desk
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.policies.models import Policy
from yilu.renewals.models import PremiumDue
from yilu.renewals.operations import observing
from yilu.renewals.operations.span import Span

pytestmark = pytest.mark.django_db

BEGAN = date(2026, 5, 10)
ENDED = {"paid_to": BEGAN, "state": "TERMINATED", "ended_on": date(2026, 2, 1)}
"""When the second year of a contract begins, and one that did not see it."""


class TestObserved:
    """A week after grace it is told once of each premium whether it was paid in time."""

    @staticmethod
    def told(kind):
        events = Event.objects.filter(kind=f"renewals.{kind}_observed").order_by("pk")
        return [(event.subject, event.facts["paid"]) for event in events]

    @staticmethod
    @tx.use_case
    def observe(policy, day):
        observing.observe(Span(policy.pk, policy.pk + 1, day, desk.noon(day)))

    def test_premiums_paid_lapsed_and_reinstated_too_late_are_told_apart(self):
        office = make.office()
        paid, unpaid, waived, late = (desk.policy(office) for _ in range(4))
        rider = desk.policy(office, main_id=paid.pk)
        desk.run(desk.days(0))
        for found, state in ((paid, "PAID"), (waived, "WAIVED"), (late, "PAID"), (rider, "PAID")):
            PremiumDue.objects.filter(policy=found).update(state=state, ended_on=desk.DUE)
        Policy.objects.filter(pk__in=[paid.pk, waived.pk, late.pk, rider.pk]).update(
            paid_to=date(2027, 5, 10)
        )
        PremiumDue.objects.filter(policy=late).update(lapsed_on=desk.days(61))
        for offset in (61, 66, 67, 67, 68):
            desk.run(desk.days(offset))
        told = [(f"policy:{each.pk}", each is paid) for each in (paid, unpaid, late)]
        assert sorted(self.told("premium")) == sorted(told)

    def test_what_is_still_open_is_not_told(self):
        policy = desk.policy()
        desk.run(desk.days(0))
        desk.hold(policy, desk.days(1))
        desk.run(desk.days(67))
        assert self.told("premium") == []

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({}, [True]),
            ({"paid_to": date(2027, 4, 10), "pay_mode": "MONTHLY"}, [True]),
            ({"paid_to": None}, [True]),  # made paid up
            ({"paid_to": BEGAN, "state": "SUSPENDED", "suspended_on": BEGAN}, [False]),
            (ENDED | {"ending": "SURRENDERED"}, [False]),
            (ENDED | {"ending": "COOLING_OFF"}, []),
            (ENDED | {"ending": "PAID_OUT"}, []),
            (ENDED | {"ending": "RESCINDED"}, []),
            ({"paid_to": BEGAN}, []),  # still in grace: a question holds it
            ({"waived_from": BEGAN}, []),
            ({"pay_mode": "SINGLE"}, []),
            ({"pay_years": 1}, []),
            ({"channel": "GROUP"}, []),
            ({"effective_on": date(2025, 5, 9)}, []),
        ],
    )
    def test_a_second_year_is_paid_for_or_not(self, given, told):
        policy = desk.policy(effective_on=date(2025, 5, 10), paid_to=date(2027, 5, 10))
        Policy.objects.filter(pk=policy.pk).update(**given)
        self.observe(policy, desk.days(67))
        assert [paid for _id, paid in self.told("second_year")] == told

    @pytest.mark.parametrize(("given", "told"), [({}, [True]), ({"pay_years": 2}, [])])
    def test_a_third_year_is_told_with_what_it_costs_a_year(self, given, told):
        policy = desk.policy(effective_on=date(2024, 5, 10), paid_to=date(2027, 5, 10))
        Policy.objects.filter(pk=policy.pk).update(
            **{"pay_mode": "QUARTERLY", "pay_years": 20} | given
        )
        self.observe(policy, desk.days(67))
        assert [paid for _id, paid in self.told("third_year")] == told
        assert self.told("second_year") == []
        for event in Event.objects.filter(kind="renewals.third_year_observed"):
            assert Decimal(event.facts["yearly"]) == 4 * policy.premium

    def test_a_lent_premium_is_no_second_year_paid(self):
        policy = desk.policy(effective_on=date(2025, 5, 10))
        desk.run(desk.days(0))  # lists it
        PremiumDue.objects.filter(policy=policy).update(state="ADVANCED", ended_on=desk.days(60))
        Policy.objects.filter(pk=policy.pk).update(paid_to=date(2027, 5, 10))
        self.observe(policy, desk.days(67))
        assert [paid for _id, paid in self.told("second_year")] == [False]
