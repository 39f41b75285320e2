"""自动续保 while applying: the holder's own tick, signed with the application, a consent once the policy is there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import make
from tests.underwriting.story import Story, customer, insurer
from tests.underwriting.test_riders import ALLOWANCE, confirmed, told
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries
from yilu.policies.models import RenewalConsent
from yilu.policies.rules import renewing
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.underwriting.queries.shown import shown_now

pytestmark = pytest.mark.django_db
NOW = renewing.TEXT_NOW
YEAR = {"sum_insured": Decimal(100_000), "pay_mode": "SINGLE", "pay_years": 1}


@pytest.fixture
def office() -> int:
    return insurer()


@pytest.fixture
def story(office) -> Story:
    """Everything about an accident contract of a year but clauses and signature."""
    return filled(Story(office, product="accident"))


def filled(story: Story) -> Story:
    return story.identified().planned(**YEAR).declared().afforded()


def wish(story: Story, text: str = NOW, **given) -> None:
    story.do(underwriting.wish_renewal, text_version=text, **given)


def handed_in(story: Story) -> None:
    story.confirmed().signed().do(underwriting.submit)
    story.paid()


class TestWish:
    def test_it_is_signed_and_begins_with_the_policy(self, story) -> None:
        wish(story)
        handed_in(story)
        row = story.row
        (consent,) = policy_queries.renewal_consents(row.policy_id)
        assert (consent.text_version, consent.given_by, consent.way_label) == (
            NOW, str(story.me), "投保时",
        )  # fmt: skip
        assert consent.given_at == row.submitted_at  # when it was signed, not when the money came
        assert policy_queries.consents_standing([row.policy_id]) == {row.policy_id}

    def test_who_ticks_nothing_agrees_to_nothing(self, story) -> None:
        wish(story, "")
        handed_in(story)
        assert not RenewalConsent.objects.exists()

    def test_taken_back_before_signing_nothing_is_kept_of_it(self, story) -> None:
        for text in (NOW, NOW, ""):
            wish(story, text)
        handed_in(story)
        assert not RenewalConsent.objects.exists()

    def test_what_is_ticked_after_signing_has_to_be_signed_again(self, story) -> None:
        story.confirmed()
        before = shown_now(story.row).digest
        story.signed()
        wish(story)
        assert shown_now(story.row).digest != before
        with pytest.raises(underwriting.Unsigned):
            story.do(underwriting.submit)
        assert not RenewalConsent.objects.exists()

    def test_the_text_signed_holds_although_a_newer_one_came_before_the_money(
        self, story, monkeypatch
    ) -> None:
        wish(story)
        story.confirmed().signed().do(underwriting.submit)
        monkeypatch.setattr(renewing, "TEXT_NOW", "2099-1")
        story.paid()
        assert RenewalConsent.objects.get().text_version == NOW

    def test_another_text_than_the_one_shown_is_refused(self, story) -> None:
        with pytest.raises(policies.ConsentTextChanged):
            wish(story, "1999-1")
        assert story.row.renewal_text == ""

    def test_a_long_contract_is_not_asked(self, office) -> None:
        long = Story(office).identified().planned()
        assert not queries.get_for_party(long.id, long.holder_id).asks_of_renewal
        with pytest.raises(underwriting.NothingToRenew):
            wish(long)

    def test_a_rider_of_a_year_on_a_long_contract_is_asked_about_and_only_it_is_renewed(
        self, office
    ) -> None:
        story = Story(office).identified()
        told(story, ALLOWANCE)
        story.declared().afforded()
        wish(story)
        confirmed(story)
        story.signed().do(underwriting.submit)
        story.paid()
        row = story.row
        (rider,) = row.riders
        both = [row.policy_id, rider["policy_id"]]
        assert policy_queries.consents_standing(both) == {rider["policy_id"]}

    def test_an_agents_hand_never_and_a_stranger_finds_nothing(self, office) -> None:
        agent = make.agent(office)
        mine = customer(office, agent_id=agent)
        start = {"channel": "AGENT", "actor": Ref("agent", agent), "holder_id": mine}
        story = Story(office, product="accident", agent=people.agent_access(agent), **start)
        for actor, refusal in (
            (Ref("agent", agent), underwriting.ForTheCustomer),
            (Ref("party", customer(office)), underwriting.ApplicationNotFound),
        ):
            with pytest.raises(refusal):
                wish(story, actor=actor)
        assert story.row.renewal_text == ""
        wish(story)  # the customer on their own phone
        assert story.row.renewal_text == NOW
