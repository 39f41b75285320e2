"""person gathers everything about a customer for who may see it, in a fixed number of statements."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.make import NOON
from yilu.contact.operations.conversations import open_conversation
from yilu.insight.queries import person360
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import jobs
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.people import operations as people
from yilu.people import queries
from yilu.people.queries import PartyNotFound
from yilu.policies import operations as policies
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries as underwriting_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make.office()


@pytest.fixture
def lin(office):
    """A mother who insures herself and her child, and named the child her beneficiary."""
    agent = make.agent(office)
    mother = make.party(office, agent_id=agent, birth_date=date(1985, 6, 15))
    child = make.party(office, name="林小宝", identity_number=make.resident_id(date(2024, 5, 1)))
    make.policy(
        office, holder_id=mother, product_code="endowment", sum_insured=Decimal(100_000), pay_years=10,
        premium=Decimal("9258.00"), effective_on=date(2022, 9, 1), with_social_insurance=False,
        agent_id=agent, beneficiaries=(policies.NewBeneficiary(party_id=child),),
    )  # fmt: skip
    make.policy(
        office, holder_id=mother, insured_id=child, product_code="accident", agent_id=agent,
        sum_insured=Decimal(100_000), premium=Decimal("80.00"), with_social_insurance=False,
    )  # fmt: skip
    return mother, child, agent


def staff_of(office, *roles):
    return queries.staff_access(make.staff(office, *roles))


def test_shows_people_policies_values_due_days_and_what_happened(office, lin):
    mother, child, _ = lin

    seen = person360.person(staff_of(office, "TEAM_LEAD"), mother, NOON)

    assert seen.party.id == mother
    assert [(near.party_id, near.is_to_them) for near in seen.around] == [
        (child, ("INSURED", "BENEFICIARY"))
    ]
    endowment = next(line for line in seen.policies if line.policy.kind == "ENDOWMENT")
    assert endowment.values.cash_value > Decimal(10_000)
    assert endowment.due_on == date(2026, 9, 1)
    assert not endowment.due_soon
    assert seen.living == 2
    assert seen.claims == ()
    assert [row.label for row in seen.timeline].count("保单承保") == 2
    assert seen.following is None


def test_shows_messages_without_the_name_that_is_shown_on_record_only(office, lin):
    mother, _, _ = lin
    tx.use_case(messaging.queue)(
        "underwriting.accepted",
        to=Ref("party", mother),
        about=Ref("party", mother),
        at=NOON,
        facts={"number": "T1"},
    )
    jobs.send_due(NOON)

    seen = person360.person(staff_of(office, "TEAM_LEAD"), mother, NOON)

    assert any(seen.party.masked_name in message.text for message in seen.messages)
    assert not any(seen.party.name in message.text for message in seen.messages)


def test_prompts_a_gap_only_after_the_customer_agreed(office, lin):
    mother, _, _ = lin
    access = staff_of(office, "TEAM_LEAD")
    before = person360.person(access, mother, NOON)
    assert before.offers_refused
    assert before.prompts == ()

    make.consent(mother, "MARKETING")
    after = person360.person(access, mother, NOON)

    assert not after.offers_refused
    assert {prompt.code for prompt in after.prompts} == {"GAP_ILLNESS", "GAP_MEDICAL", "NEWBORN"}


def test_shows_applications_to_who_may_see_them_and_an_agent_only_their_own(office, lin):
    mother, _, agent = lin
    make.standards_in_force()
    me, own = Ref("party", mother), Ref("agent", agent)
    told = {"holder_id": mother, "product_code": "endowment", "at": NOON}
    made = underwriting.start_application(**told, channel="APP", request_key="a", actor=me)
    prepared = underwriting.start_application(
        **told, channel="AGENT", request_key="b", actor=own, agent=queries.agent_access(agent)
    )
    other = queries.agent_access(make.agent(office))

    whole = person360.person(staff_of(office, "SERVICE_MANAGER"), mother, NOON)
    limited = person360.person_for_agent(queries.agent_access(agent), mother, NOON)

    assert [row.id for row in whole.applications] == [prepared, made]
    assert {row.id for row in limited.applications} <= {prepared, made}
    assert prepared in {row.id for row in limited.applications}
    assert underwriting_queries.list_around(other, mother, 10) == ()
    assert person360.person(staff_of(office, "TEAM_LEAD"), mother, NOON).applications is None


def test_shows_calls_to_who_may_see_them(office, lin):
    mother, _, agent = lin
    open_conversation(
        channel="PHONE", direction="IN", party_id=mother, address="13800001234",
        actor=Ref("party", mother), at=NOON,
    )  # fmt: skip
    seen = person360.person(staff_of(office, "SERVICE_MANAGER"), mother, NOON)
    assert [each.channel for each in seen.conversations] == ["PHONE"]
    assert person360.person(staff_of(office, "UNDERWRITER"), mother, NOON).conversations is None
    own = person360.person_for_agent(queries.agent_access(agent), mother, NOON)
    assert own.conversations is None


def test_shows_money_that_was_to_come_back_and_how_much_did(office, lin):
    mother, *_ = lin
    receivable_id = tx.use_case(payments.open_receivable)(
        about=Ref("claim", 42), from_party=mother, amount=Decimal("300.00"), reason="OVERPAID",
        key="decision:7", actor=SYSTEM, at=NOON,
    )  # fmt: skip
    tx.use_case(payments.note_repayment)(
        receivable_id=receivable_id, amount=Decimal("120.00"), booked_on=date(2026, 3, 5), key="entry:1",
        actor=SYSTEM, at=NOON,
    )  # fmt: skip

    seen = person360.person(staff_of(office, "TEAM_LEAD"), mother, NOON)

    (owed,) = seen.receivables
    assert (owed.amount, owed.repaid, owed.label) == (Decimal(300), Decimal(120), "待归还")


def test_leaves_out_what_the_viewer_has_no_right_to(office, lin):
    mother, _, _ = lin
    seen = person360.person(staff_of(office, "RENEWAL_ADVISER"), mother, NOON)

    assert seen.claims is None
    assert seen.ratings is None
    assert seen.policies


def test_a_stranger_and_a_wrong_number_are_refused_in_the_same_words(office, lin):
    mother, _, _ = lin
    elsewhere = staff_of(make.office(), "TEAM_LEAD")

    with pytest.raises(PartyNotFound) as stranger:
        person360.person(elsewhere, mother, NOON)
    with pytest.raises(PartyNotFound) as nobody:
        person360.person(elsewhere, 999_999_999, NOON)
    assert str(stranger.value) == str(nobody.value)


def test_an_agent_sees_their_own_customer_without_what_is_between_customer_and_insurer(office, lin):
    mother, child, agent = lin

    seen = person360.person_for_agent(queries.agent_access(agent), mother, NOON)

    assert len(seen.policies) == 2
    assert [near.party_id for near in seen.around] == [child]
    assert (seen.messages, seen.payouts, seen.ratings, seen.consents) == (None, None, None, None)
    assert seen.applications == ()
    assert seen.timeline == ()


def test_an_agent_of_another_branch_is_refused(office, lin):
    mother, _, _ = lin
    other = queries.agent_access(make.agent(make.office()))

    with pytest.raises(PartyNotFound):
        person360.person_for_agent(other, mother, NOON)


def test_asks_no_more_for_ten_policies_than_for_two(office, lin):
    mother, _, _ = lin
    access = staff_of(office, "TEAM_LEAD")
    person360.person(access, mother, NOON)
    with CaptureQueriesContext(connection) as few:
        person360.person(access, mother, NOON)
    for _ in range(8):
        make.policy(
            office, holder_id=mother, product_code="endowment", sum_insured=Decimal(50_000), pay_years=10,
            premium=Decimal("4629.00"), effective_on=date(2022, 9, 1), with_social_insurance=False,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        person360.person(access, mother, NOON)
    assert len(many) == len(few) <= 27


def test_turns_the_pages_of_a_long_timeline(office, lin):
    mother, _, _ = lin
    for _ in range(25):
        make.consent(mother, "MARKETING")
        people.withdraw_consent(
            party_id=mother, purpose="MARKETING", actor=Ref("party", mother), at=NOON
        )
    first, following = person360.events_of(mother)
    second, end = person360.events_of(mother, following)

    assert len(first) == person360.TIMELINE
    assert following == first[-1].id
    assert {row.id for row in first}.isdisjoint(row.id for row in second)
    assert end is None
