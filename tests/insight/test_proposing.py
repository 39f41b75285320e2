"""Who agreed to hear of products is told once, thirty days before a policy ends; nobody else is."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.make import NOON
from tests.renewals import desk, years
from yilu.insight import operations
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.policies.models import Policy
from yilu.renewals.models import NewYear
from yilu.underwriting import operations as underwriting
from yilu.underwriting.models import Application, Decision
from yilu.underwriting.queries.found import conditions_found

ENDS = day_of(NOON) + timedelta(days=30)


@pytest.mark.django_db(transaction=True)
def test_a_cover_that_ends_is_told_once_to_who_agreed():
    office = make.office()
    mine, quiet, later = (
        make.policy(office, effective_on=date(2025, 4, 4), premium=Decimal(300)) for _n in range(3)
    )
    for made, ends_on in ((mine, ENDS), (quiet, ENDS), (later, ENDS + timedelta(days=1))):
        Policy.objects.filter(pk=made.id).update(ends_on=ends_on)
    for made in (mine, later):
        holder = Ref("party", Policy.objects.get(pk=made.id).holder_id)
        people.give_consent(
            party_id=holder.id, purpose="MARKETING", channel="APP", actor=holder, at=NOON,
            text_version=people_queries.consent_text("MARKETING").version,
        )  # fmt: skip
    for _twice in range(2):
        assert operations.tell_of_ends(NOON) == 1
    (row,) = Message.objects.filter(template="insight.cover_ends")
    assert row.purpose == "MARKETING"
    assert row.about == f"policy:{mine.id}"
    holder = Ref("party", Policy.objects.get(pk=mine.id).holder_id)
    people.withdraw_consent(party_id=holder.id, purpose="MARKETING", actor=holder, at=NOON)
    assert operations.tell_of_ends(NOON + timedelta(days=1)) == 1  # the other one, a day later
    assert Message.objects.filter(template="insight.cover_ends").count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("follows", "told"), [("OFFERED", 0), ("TO_DECIDE", 0), ("STOPPED", 1)])
def test_a_year_that_may_go_on_is_not_said_to_end(follows, told):
    """Renewals tells its holder what the next year costs; two messages would contradict each other."""
    make.products_on_sale()
    policy = years.one_year(make.office())
    make.consent(policy.holder_id, "MARKETING")
    desk.run(years.LISTED)
    NewYear.objects.update(state=follows)
    assert operations.tell_of_ends(desk.noon(years.before(30))) == told


def judged(party_id, days_ago, reasons, outcome="LOADING"):
    """An application of somebody's own, decided so many days ago."""
    made = underwriting.start_application(
        holder_id=party_id, product_code="term-life", at=NOON, channel="APP",
        request_key=f"{outcome}{days_ago}{len(reasons)}", actor=Ref("party", party_id),
    )  # fmt: skip
    verdict = Decision.objects.create(
        application_id=made, ordinal=1, outcome=outcome, premium=Decimal(100), facts="",
        reasons=[{"condition": code, "outcome": outcome} for code in reasons],
        decided_by="staff:1", decided_at=NOON - timedelta(days=days_ago),
    )  # fmt: skip
    Application.objects.filter(pk=made).update(insured_id=party_id, decision=verdict)
    return made


@pytest.mark.django_db(transaction=True)
def test_a_check_up_is_reminded_of_a_year_on_and_only_of_who_agreed_to_just_that():
    make.products_on_sale()
    office = make.office()
    told, quiet, worker, lately, fine = (make.insured(office) for _n in range(5))
    for party_id in (told, worker, lately, fine):
        make.consent(party_id, "HEALTH_CARE")
    make.consent(quiet, "MARKETING")
    for party_id in (told, quiet):
        judged(party_id, 366, ["thyroid_nodule"])
    judged(worker, 366, ["occupation"])
    judged(lately, 300, ["diabetes"])
    judged(fine, 366, ["diabetes"], outcome="ACCEPT")

    for _twice in range(2):
        assert operations.tell_of_check_ups(NOON) == 1

    (row,) = Message.objects.filter(template="insight.check_up")
    assert row.recipient == f"party:{told}"
    assert [(f.code, f.name) for f in conditions_found(told, date(2025, 1, 1))] == [
        ("thyroid_nodule", "甲状腺结节")
    ]
    assert conditions_found(told, date(2025, 6, 1)) == ()
    assert conditions_found(worker, date(2025, 1, 1)) == ()
