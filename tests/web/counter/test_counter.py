"""The agent's door: one's own customers, and nothing private."""

import re
from datetime import date

import pytest

from tests import cast, make
from tests.web.pages import assert_same_words, text
from yilu.claims.models import Claim, WaitingReport
from yilu.messaging.models import Message
from yilu.people.models import Consent
from yilu.policies.models import Policy


class TestCustomers:
    def test_lists_ones_own_masked(self, wei):
        page = text(wei.get("/agent/"))

        assert "林**" in page or "林*" in page
        assert cast.LIN_NAME not in page
        assert cast.LIN_PHONE not in page

    def test_lists_nobody_elses(self, qian):
        assert "林" not in text(qian.get("/agent/"))

    def test_finds_by_the_whole_phone_among_ones_own_only(self, wei, qian):
        assert "林*" in text(wei.get("/agent/", {"q": cast.LIN_PHONE}))
        assert "没有找到该客户" in text(qian.get("/agent/", {"q": cast.LIN_PHONE}))
        assert "没有找到该客户" in text(wei.get("/agent/", {"q": "138123"}))

    def test_is_empty_kindly_for_somebody_new(self, people):
        from tests.web.signing import signed_in
        from yilu.kernel.refs import Ref

        new = signed_in(Ref("agent", make.agent(people.branch_a)))
        assert "您名下还没有客户" in text(new.get("/agent/"))

    def test_is_no_page_for_others(self, outsiders):
        for client in outsiders:
            assert client.get("/agent/").url.startswith("/agent/sign-in")


class TestCustomer:
    def test_shows_policies_and_claims(self, wei, people, policy, claim):
        page = text(wei.get(f"/agent/customers/{people.lin}"))

        assert policy.number in page
        assert Claim.objects.get().number in page

    def test_of_another_agent_is_not_there_in_the_same_words(self, qian, people):
        assert_same_words(
            qian.get(f"/agent/customers/{people.lin}"), qian.get("/agent/customers/999999")
        )

    def test_a_claim_is_hidden_where_the_customer_wants_no_copies(self, wei, people, claim):
        Consent.objects.filter(purpose="AGENT_COPY").update(withdrawn_at=make.NOON)

        assert Claim.objects.get().number not in text(wei.get(f"/agent/customers/{people.lin}"))
        assert wei.get(f"/agent/claims/{claim}").status_code == 404


class TestClaim:
    def test_shows_steps_and_papers_but_no_sums(self, wei, claim):
        page = text(wei.get(f"/agent/claims/{claim}"))

        assert "办到哪一步了" in page
        assert "资料清单" in page
        assert "¥" not in page

    def test_of_another_agent_is_not_there_in_the_same_words(self, qian, claim):
        assert_same_words(qian.get(f"/agent/claims/{claim}"), qian.get("/agent/claims/999999"))

    def test_is_no_page_for_others(self, outsiders, claim):
        for client in outsiders:
            assert client.get(f"/agent/claims/{claim}").status_code == 302


class TestReport:
    def form(self, client, people, policy):
        where = f"/agent/customers/{people.lin}/report?policy={policy.id}&type=MEDICAL"
        page = text(client.get(where))
        assert "先向医院索取电子票据和诊断证明" in page, "how papers are collected"
        key = re.search(r'name="request_key" value="([0-9a-f]{32})"', page)[1]
        return where, {"request_key": key, "loss_date": "2026-03-02", "cause": "ILLNESS"}

    def test_goes_policy_type_details(self, wei, people, policy):
        base = f"/agent/customers/{people.lin}/report"

        assert policy.number in text(wei.get(base))
        assert "看病花了钱" in text(wei.get(f"{base}?policy={policy.id}"))
        details = text(wei.get(f"{base}?policy={policy.id}&type=MEDICAL"))
        assert "health_consent" not in details  # the customer's own to give
        assert 'name="account"' not in details  # the customer's own to choose

    def test_without_cover_by_our_records_it_is_asked_back_and_then_taken(
        self, wei, people, policy
    ):
        make.consent(people.lin)
        where, told = self.form(wei, people, policy)
        Policy.objects.filter(pk=policy.id).update(
            state="TERMINATED", ended_on=date(2026, 2, 1), ending="RESCINDED"
        )
        assert "自始不提供保障" in text(wei.post(where, told))
        assert not Claim.objects.exists()
        wei.post(where, told | {"despite": "on"})
        assert Claim.objects.get().state == "REVIEW"

    def test_makes_a_claim_and_tells_the_customer(self, wei, people, policy):
        make.consent(people.lin)
        where, told = self.form(wei, people, policy)
        answer = wei.post(where, told)

        made = Claim.objects.get()
        assert answer.url == f"/agent/claims/{made.pk}"
        assert made.channel == "AGENT"
        assert made.claimant_id == people.lin
        assert Message.objects.filter(recipient=f"party:{people.lin}").exists()

    def test_twice_is_once(self, wei, people, policy):
        make.consent(people.lin)
        where, told = self.form(wei, people, policy)

        assert wei.post(where, told).url == wei.post(where, told).url
        assert Claim.objects.count() == 1

    def test_without_the_customers_consent_it_is_kept(self, wei, people, policy):
        where, told = self.form(wei, people, policy)
        answer = wei.post(where, told)

        kept = WaitingReport.objects.get()
        assert answer.url == f"/agent/waiting-reports/{kept.pk}"
        assert not Claim.objects.exists()

    @pytest.mark.parametrize(
        "wrong", [{"loss_date": "2027-01-01"}, {"loss_date": ""}, {"claimed_amount": "1.234"}]
    )
    def test_bad_words_change_nothing(self, wei, people, policy, wrong):
        make.consent(people.lin)
        where, told = self.form(wei, people, policy)

        assert wei.post(where, told | wrong).status_code == 422
        assert not Claim.objects.exists()

    def test_for_another_agents_customer_is_not_there(self, qian, people, policy):
        theirs = f"/agent/customers/{people.lin}/report?policy={policy.id}&type=MEDICAL"

        assert qian.get(theirs).status_code == 404
        assert qian.post(theirs, {"loss_date": "2026-03-02"}).status_code == 404
        assert not Claim.objects.exists()

    def test_on_a_policy_of_another_agent_is_not_there(self, wei, people):
        other = make.medical_policy(people.branch_a, holder_id=people.lin, agent_id=people.qian)
        answer = wei.get(f"/agent/customers/{people.lin}/report?policy={other.id}")

        assert answer.status_code == 404

    def test_is_no_page_for_others(self, outsiders, people):
        for client in outsiders:
            assert client.get(f"/agent/customers/{people.lin}/report").status_code == 302
