"""What lists name, and where they lead: never to a page that would refuse the reader."""

import pytest
from django.urls import reverse

from tests import make
from yilu.kernel.refs import Ref
from yilu.people import queries as people_queries
from yilu.web.staff.links import PAGES, link_to, links_to

OWN = "enrolment"


@pytest.fixture
def payer(people):
    return _access(people, "PAYMENTS")


@pytest.fixture
def lead(people):
    return _access(people, "TEAM_LEAD")


def _access(people, *roles):
    return people_queries.staff_access(make.staff(people.head, *roles))


def test_a_page_of_another_trade_is_named_and_leads_nowhere(payer, lead):
    for kind in ("visit", "complaint", "servicing_request", "feedback", "affected", "inspection"):
        assert link_to(Ref(kind, 7), payer).url == ""
    assert link_to(Ref("visit", 7), payer).label.endswith("#7")
    assert link_to(Ref("visit", 7), lead).url == reverse("staff:visit", args=[7])
    assert link_to(Ref("inspection", 7), lead).url == reverse("staff:inspection", args=[7])


def test_a_programme_is_taken_up_by_who_may(people, desk):
    url, place = reverse("staff:programmes"), f'href="{reverse("staff:emergencies")}"'

    assert place in desk.lead.client.get(url).content.decode()
    assert place not in desk.payer.client.get(url).content.decode()


def test_what_everybody_at_the_workbench_may_see_leads_there(payer):
    assert link_to(Ref("claim", 7), payer).url == reverse("staff:claim", args=[7])
    assert link_to(Ref("payout", 7), payer).url == reverse("staff:payout", args=[7])


def test_anothers_course_leads_the_lead_to_all_of_them(payer, lead):
    assert link_to(Ref(OWN, 7), lead).url == reverse("staff:training_overview")
    assert link_to(Ref(OWN, 7), payer).url == ""


def test_claims_and_policies_are_called_by_their_numbers(people, lead):
    make.consent(people.lin)
    policy = make.medical_policy(people.branch_a, holder_id=people.lin, agent_id=people.wei)
    claim = make.reported_claim(people.lin, policy_number=policy.number)
    named = links_to([Ref("policy", policy.id), f"claim:{claim.claim_id}", "policy:0"], lead)

    assert named[f"policy:{policy.id}"].label == policy.number
    assert named[f"claim:{claim.claim_id}"].label == claim.number
    assert named["policy:0"].label.endswith("#0")


@pytest.mark.parametrize("kind", sorted({*PAGES, "case_part", "provider", "follow_up"}))
def test_whatever_it_is_it_has_a_name_and_an_address_or_none(kind, lead):
    link = link_to(Ref(kind, 1), lead)

    assert "1" in link.label
    assert link.url == "" or link.url.startswith("/staff/")
