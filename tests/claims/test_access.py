"""Claims are seen by whom they concern: get_for_customer, get_for_agent, get_for_staff, lists …"""

import re

import pytest

from tests import make
from yilu.claims import operations, queries
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.people import queries as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def wei(office):
    return make.agent(office)


@pytest.fixture
def claim(office, lin, wei):
    policy = make.medical_policy(office, holder_id=lin, agent_id=wei)
    return make.claim_in_review(holder_id=lin, office_id=office, policy_number=policy.number)


def words(act):
    with pytest.raises(operations.ClaimNotFound) as refused:
        act()
    return refused.value.message, refused.value.hint


def test_a_stranger_hears_what_a_wrong_number_hears(claim, office, django_assert_num_queries):
    stranger = make.insured(office)
    with django_assert_num_queries(1):
        strange = words(lambda: queries.get_for_customer(claim.claim_id, stranger))
    with django_assert_num_queries(1):
        wrong = words(lambda: queries.get_for_customer(987_654, stranger))
    assert strange == wrong
    assert (
        words(lambda: queries.get_progress(claim.claim_id, Ref("party", stranger), make.NOON))
        == wrong
    )


def test_names_are_masked_in_lists(claim, lin):
    [card] = queries.list_for_party(lin)
    assert card.number == claim.number
    assert "林客户" not in card.insured_name
    assert (card.state_label, card.tone, card.claim_type_label) == (
        "人工审核",
        "moving",
        "医疗费用",
    )


def test_somebody_whose_report_joined_sees_the_first(office, lin):
    child = make.party(office, identity_number=make.resident_id(make.date(2018, 5, 1)))
    other = make.insured(office)
    policy = make.medical_policy(office, holder_id=lin, insured_id=child)
    first = make.reported_claim(lin, office_id=office, policy_number=policy.number)
    assert queries.get_for_customer(first.claim_id, lin).id == first.claim_id
    words(lambda: queries.get_for_customer(first.claim_id, other))


def test_an_agent_sees_it_with_the_customers_consent_and_without_sums(claim, lin, wei, office):
    access = people.agent_access(wei)
    words(lambda: queries.get_for_agent(claim.claim_id, access))
    make.consent(lin, "AGENT_COPY")

    assert queries.get_for_agent(claim.claim_id, access).id == claim.claim_id
    assert [c.id for c in queries.list_for_agent(access)] == [claim.claim_id]
    seen = queries.get_progress(claim.claim_id, Ref("agent", wei), make.NOON)
    assert seen.calculation is None
    assert seen.card.benefit_amount is None
    assert not any(row.detail for row in seen.timeline)
    other = people.agent_access(make.agent(office))
    words(lambda: queries.get_for_agent(claim.claim_id, other))


def test_staff_see_their_offices_only(claim, office):
    mine, theirs = (
        make.colleague(office, "ASSESSOR")[0],
        make.colleague(make.office(), "ASSESSOR")[0],
    )
    assert queries.get_for_staff(claim.claim_id, mine).id == claim.claim_id
    words(lambda: queries.get_for_staff(claim.claim_id, theirs))
    assert queries.search(mine, claim.number)[0].id == claim.claim_id
    assert queries.search(theirs, claim.number) == ()
    assert queries.list_for_staff(theirs).claims == ()
    nobody = make.colleague(office)[0]
    words(lambda: queries.get_for_staff(claim.claim_id, nobody))


def test_list_for_staff_pages_without_counting(office, django_assert_num_queries):
    access = make.colleague(office, "ASSESSOR")[0]
    made = [make.reported_claim(office_id=office).claim_id for _ in range(5)]
    with django_assert_num_queries(1):
        first = queries.list_for_staff(access, limit=2)
    second = queries.list_for_staff(access, limit=2, after=first.next)
    third = queries.list_for_staff(access, limit=2, after=second.next)
    assert [c.id for page in (first, second, third) for c in page.claims] == made[::-1]
    assert third.next is None
    assert queries.list_for_staff(access, states=("REVIEW",)).claims == ()
    with pytest.raises(Invalid):
        queries.list_for_staff(access, after="???")


def test_signals_are_shown_to_those_who_may_see_them(claim, office):
    assert (
        queries.desk(claim.claim_id, make.colleague(office, "INTAKE")[0], make.NOON).signals == ()
    )


def test_progress_says_who_holds_it_and_by_when(claim, lin, django_assert_max_num_queries):
    queries.get_progress(claim.claim_id, Ref("party", lin), make.NOON)
    with django_assert_max_num_queries(20):
        seen = queries.get_progress(claim.claim_id, Ref("party", lin), make.NOON)
    assert [s.state for s in seen.steps] == ["DONE", "DONE", "NOW", "LATER", "LATER", "LATER"]
    now = seen.steps[2]
    assert (now.label, now.holder, now.waits_for) == ("审核", "理赔人员", "理赔人员正在审核")
    assert now.law
    assert seen.promise.due_at > make.NOON
    assert seen.calculation is None  # a sum is shown once it stands
    assert seen.can == ("HAND_IN", "WITHDRAW")
    assert {row.kind for row in seen.timeline} >= {
        "claims.claim_reported",
        "claims.claim_sent_to_review",
    }
    assert all(row.kind != "claims.signal_raised" for row in seen.timeline)
    assert all(re.fullmatch(r"(\d{1,3}(,\d{3})*\.\d{2} 元)?", row.detail) for row in seen.timeline)


def test_status_api_speaks_in_plain_values(claim, lin):
    said = queries.status_api(claim.claim_id, lin, make.NOON)
    assert (said["state"], said["benefit_amount"]) == ("REVIEW", "14340.00")
    assert said["next_promise"]["citation"]
