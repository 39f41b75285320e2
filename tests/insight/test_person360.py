"""person gathers everything about a customer for who may see it, in a fixed number of statements."""

from datetime import date, timedelta
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
from yilu.underwriting.models import Application

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


class TestPortrayed:
    """Who a customer is: only of who agreed to offers, with what the viewer may know."""

    TOLD = {
        "family": "CHILDREN", "income": Decimal(300_000), "debts": Decimal(800_000), "parents": "NO",
        "budget": Decimal(9_000), "social": "YES", "has": [], "work": "OWNER", "worry": "EDUCATION",
    }  # fmt: skip

    @pytest.fixture
    def agreed(self, office, lin):
        mother, _, agent = lin
        make.standards_in_force()
        make.consent(mother, "MARKETING")
        underwriting.ask_needs(
            party_id=mother, answers=self.TOLD, channel="APP", actor=Ref("party", mother), at=NOON
        )
        return mother, agent

    def test_tags_come_with_their_reason_and_products_that_fit(self, office, agreed):
        mother, _ = agreed
        seen = person360.person(staff_of(office, "SERVICE_MANAGER"), mother, NOON).portrayed
        traits = {str(each.label): str(each.why) for each in seen.traits}
        assert {"40 岁", "家里有未成年人", "企业主", "有未成年子女", "有贷款"} <= set(traits)
        assert traits["有未成年子女"] == "2026-03-04 的需求诊断：您现在的家庭情况是？ 有未成年子女"
        assert "800,000 元" in traits["有贷款"]
        # Of the two on sale the endowment fits as well, but they hold one.
        assert [each.product for each in seen.fitting] == ["accident"]

    def test_whoever_does_not_want_offers_is_not_portrayed(self, office, agreed):
        mother, agent = agreed
        people.withdraw_consent(
            party_id=mother, purpose="MARKETING", actor=Ref("party", mother), at=NOON
        )
        access = queries.agent_access(agent)
        assert person360.person(staff_of(office, "SERVICE_MANAGER"), mother, NOON).portrayed is None
        assert person360.person_for_agent(access, mother, NOON).portrayed is None

    def test_without_the_right_and_for_an_agent_it_is_what_they_know_anyway(self, office, agreed):
        mother, agent = agreed
        access = queries.agent_access(agent)
        lead = person360.person(staff_of(office, "TEAM_LEAD"), mother, NOON).portrayed
        own = person360.person_for_agent(access, mother, NOON).portrayed
        for seen in (lead, own):
            assert {each.group for each in seen.traits} == {"AGE", "FAMILY"}
            assert seen.fitting == ()
        underwriting.ask_needs(
            party_id=mother, answers=self.TOLD, channel="AGENT", actor=Ref("agent", agent), at=NOON,
            agent=access,
        )  # fmt: skip
        own = person360.person_for_agent(access, mother, NOON).portrayed
        assert "企业主" in {each.label for each in own.traits}

    def test_what_was_said_two_years_ago_no_longer_counts(self, office, agreed):
        mother, _ = agreed
        access = staff_of(office, "SERVICE_MANAGER")
        for days, groups in ((730, {"AGE", "FAMILY", "NEED"}), (731, {"AGE", "FAMILY"})):
            seen = person360.person(access, mother, NOON + timedelta(days=days)).portrayed
            assert {each.group for each in seen.traits} == groups

    def test_costs_no_more_than_one_statement_beyond_the_page_without(self, office, lin):
        mother, _, _ = lin
        make.standards_in_force()
        access = staff_of(office, "SERVICE_MANAGER")
        make.consent(mother, "MARKETING")
        underwriting.ask_needs(
            party_id=mother, answers=self.TOLD, channel="APP", actor=Ref("party", mother), at=NOON
        )
        person360.person(access, mother, NOON)
        with CaptureQueriesContext(connection) as whole:
            person360.person(access, mother, NOON)
        people.withdraw_consent(
            party_id=mother, purpose="MARKETING", actor=Ref("party", mother), at=NOON
        )
        person360.person(access, mother, NOON)
        with CaptureQueriesContext(connection) as without:
            person360.person(access, mother, NOON)
        assert len(whole) == len(without) + 2  # and consents are read once, no longer twice

    def test_health_only_with_their_separate_consent_and_never_for_an_agent(self, office, lin):
        mother, _, agent = lin
        make.standards_in_force()
        access = staff_of(office, "SERVICE_MANAGER")
        me = Ref("party", mother)
        made = underwriting.start_application(
            holder_id=mother, product_code="endowment", at=NOON, channel="APP", request_key="a",
            actor=me,
        )  # fmt: skip
        Application.objects.filter(pk=made).update(
            insured_id=mother, submitted_at=NOON, occupation="DELIVERY", relation="SELF",
            agent_id=agent, answers={"smokes": "YES", "holder.smokes": "YES", "ill": "NO"},
        )  # fmt: skip

        def told(seen):
            return {each.group: str(each.why) for each in seen.portrayed.traits}

        make.consent(mother, "MARKETING")
        before = told(person360.person(access, mother, NOON))
        assert (before["WORK"], "HEALTH" in before) == ("2026-03-04 投保时填写", False)
        make.consent(mother, "HEALTH_DATA")  # given for claims, and used for nothing else
        assert "HEALTH" not in told(person360.person(access, mother, NOON))
        make.consent(mother, "HEALTH_CARE")
        assert "1 项" in told(person360.person(access, mother, NOON))["HEALTH"]
        own = told(person360.person_for_agent(queries.agent_access(agent), mother, NOON))
        assert ("WORK" in own, "HEALTH" in own) == (True, False)


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
