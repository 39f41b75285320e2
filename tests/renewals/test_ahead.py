"""Told beforehand: what a contract will give, and that one runs out and gives nothing."""

from datetime import date, timedelta

import icalendar
import pytest

from tests import make
from tests.renewals import desk
from yilu.kernel.refs import Ref
from yilu.kernel.years import add_years
from yilu.messaging.models import Message
from yilu.policies.models import Policy
from yilu.renewals import operations, queries

pytestmark = pytest.mark.django_db

END = date(2031, 5, 10)


def running_out(code="term-life", **given):
    office = make.office()
    holder = make.party(office, identity_number=make.resident_id(born=date(1975, 6, 15)))
    policy = desk.policy(
        office, holder_id=holder, product_code=code, effective_on=add_years(END, -15),
        pay_years=10, **given,
    )  # fmt: skip
    Policy.objects.filter(pk=policy.pk).update(paid_to=None, ends_on=END)
    return policy


def around(policy, day):
    for n in (-1, 0, 1):
        desk.run(day + timedelta(days=n))


def test_a_contract_that_gives_nothing_at_its_end_is_told_before_and_on_the_day():
    policy = running_out()
    around(policy, END - timedelta(days=30))
    assert desk.told("cover") == ["cover_ending"]
    around(policy, END)
    assert desk.told("cover") == ["cover_ending", "cover_ended"]
    assert desk.told("benefit") == []
    policy.refresh_from_db()
    assert (policy.state, policy.ending) == ("EXPIRED", "MATURED")


def test_one_that_pays_at_its_end_tells_of_the_benefit_alone():
    policy = running_out("endowment")
    around(policy, END - timedelta(days=30))
    assert desk.told("") == ["benefit_coming"]
    facts = Message.objects.get(template="renewals.benefit_coming").facts
    assert facts["due"] == END.isoformat()
    around(policy, END)
    assert desk.told("cover") == []
    assert desk.told("benefit")[1:] == ["benefit_waits"]


@pytest.mark.parametrize("code", ["term-life", "endowment"])
def test_the_calendar_knows_the_day_and_no_name(code):
    policy = running_out(code)
    who = Ref("party", policy.holder_id)
    token = operations.open_calendar(
        party_id=who.id, alarm_days=(7,), shows_amounts=False, shows_products=False, actor=who,
        at=desk.noon(END - timedelta(days=40)),
    )  # fmt: skip
    content = queries.calendar_of(token, desk.noon(END - timedelta(days=40)))
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert event["DTSTART"].dt == END
    titles = {"term-life": "保险期间届满", "endowment": "生存金或满期金领取日"}
    assert str(event["SUMMARY"]) == titles[code]
