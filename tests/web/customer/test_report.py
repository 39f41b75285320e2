"""我要报案, through the pages."""

import re
from datetime import date

import pytest

from tests.web.pages import bare
from yilu.claims.models import Claim
from yilu.journal.models import Event
from yilu.messaging.models import Message
from yilu.people.models import Consent
from yilu.policies.models import Policy


def details(client, policy, kind="MEDICAL"):
    """The last page, and the form as it stands on it."""
    page = client.get(f"/c/report?policy={policy.id}&type={kind}")
    assert page.status_code == 200
    key = re.search(r'name="request_key" value="([0-9a-f]{32})"', page.content.decode())[1]
    return {
        "request_key": key, "loss_date": "2026-03-02", "cause": "ILLNESS", "claimed_amount": "860.50",
        "account": "", "health_consent": "on",
    }  # fmt: skip


def send(client, policy, form, kind="MEDICAL"):
    return client.post(f"/c/report?policy={policy.id}&type={kind}", form)


class TestThePages:
    def test_choose_a_policy_a_type_and_the_details(self, lin, policy, people):
        from tests import make

        make.policy(
            people.branch_a,
            holder_id=people.lin,
            product_code="hospital-allowance",
            sum_insured=100,
        )
        first = lin.get("/c/report").content.decode()
        second = lin.get(f"/c/report?policy={policy.id}").content.decode()
        third = lin.get(f"/c/report?policy={policy.id}&type=MEDICAL").content.decode()

        assert policy.number in first
        assert "用哪张保单" in first
        assert "看病花了钱" in second
        assert "要准备的资料" in third
        assert "先向医院索取电子票据和诊断证明" in third, "how papers are collected (A39)"
        assert "我单独同意处理我的健康信息" in third

    def test_the_only_policy_needs_no_choice(self, lin, policy):
        assert "发生了什么" in lin.get("/c/report").content.decode()

    def test_who_has_no_policy_is_told_what_to_do(self, lin):
        assert "没有可以报案的保单" in lin.get("/c/report").content.decode()

    def test_consent_is_never_ticked_beforehand(self, lin, policy):
        page = lin.get(f"/c/report?policy={policy.id}&type=MEDICAL").content.decode()
        box = re.search(r'<input type="checkbox" name="health_consent"[^>]*>', page)[0]

        assert "checked" not in box


class TestReporting:
    def test_makes_a_claim_and_leads_to_the_papers(self, lin, policy, people, account):
        form = details(lin, policy) | {"account": str(account)}
        answer = send(lin, policy, form)

        claim = Claim.objects.get()
        assert answer.status_code == 302
        assert answer.url == f"/c/claims/{claim.pk}/documents"
        assert claim.claimant_id == people.lin
        assert claim.account_id == account
        assert claim.loss_date == date(2026, 3, 2)
        assert Consent.objects.get(party_id=people.lin).purpose == "HEALTH_DATA"
        assert Message.objects.filter(recipient=f"party:{people.lin}").exists()

    @pytest.mark.parametrize(
        ("agent", "mark", "told"),
        [
            ("Mozilla/5.0 (iPhone) MicroMessenger/8.0.5 miniProgram/wx1", "", "MINI_PROGRAM"),
            ("Mozilla/5.0 (iPhone) MicroMessenger/8.0.5", "&from=message", "WECHAT"),
            ("Mozilla/5.0 (iPhone)", "&from=message", "MESSAGE"),
            ("", "&from=elsewhere", "BROWSER"),
        ],
    )
    def test_the_report_says_how_the_customer_came(self, lin, policy, agent, mark, told):
        form = details(lin, policy)
        url = f"/c/report?policy={policy.id}&type=MEDICAL{mark}"
        assert lin.post(url, form, headers={"user-agent": agent}).status_code == 302
        (event,) = Event.objects.filter(kind="claims.claim_reported")
        assert event.facts["came_by"] == told

    def test_twice_is_once(self, lin, policy):
        form = details(lin, policy)
        first = send(lin, policy, form)
        again = send(lin, policy, form)

        assert first.url == again.url
        assert Claim.objects.count() == 1

    def test_the_same_loss_reported_anew_joins_the_first(self, lin, policy):
        first = send(lin, policy, details(lin, policy))
        second = send(lin, policy, details(lin, policy))

        assert first.url == second.url

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"loss_date": "2026-03-05"}, "这一天还没到"),
            ({"loss_date": "5/3/2026x"}, "没有这一天"),
            ({"loss_date": ""}, "请选择日期"),
            ({"claimed_amount": "12.345"}, "最多两位小数"),
            ({"claimed_amount": "-5"}, "大于 0"),
            ({"claimed_amount": "99999999999999"}, "金额太大了"),
            ({"claimed_amount": "abc"}, "请填数字"),
            ({"cause": "WAR"}, "WAR"),
            ({"account": "999999"}, "999999"),
            ({"health_consent": ""}, "请勾选同意"),
            ({"request_key": "x" * 65}, ""),
        ],
    )
    def test_bad_words_are_shown_beside_their_field_and_change_nothing(
        self, lin, policy, wrong, words
    ):
        answer = send(lin, policy, details(lin, policy) | wrong)

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not Claim.objects.exists()
        assert not Consent.objects.exists()

    def test_a_loss_before_the_policy_is_refused_with_what_to_do(self, lin, policy):
        answer = send(lin, policy, details(lin, policy) | {"loss_date": "2020-01-01"})

        assert answer.status_code == 409
        assert "保单" in answer.content.decode()
        assert not Claim.objects.exists()
        assert not Consent.objects.exists()

    def test_a_day_without_cover_by_our_records_is_asked_back_once_and_then_goes_to_a_person(
        self, lin, policy
    ):
        Policy.objects.filter(pk=policy.id).update(state="SUSPENDED", suspended_on=date(2026, 2, 1))
        form = details(lin, policy)

        asked = send(lin, policy, form)
        words = " ".join(asked.content.decode().split())
        assert asked.status_code == 422
        assert "2026年2月1日" in words
        assert "由理赔人员核对保障，不由系统下结论" in words
        assert not Claim.objects.exists()

        done = send(lin, policy, form | {"despite": "on"})
        claim = Claim.objects.get()
        assert (claim.state, done.url) == ("REVIEW", f"/c/claims/{claim.pk}")
        assert "出险当天不在保障期内。是否如此由理赔人员核对" in lin.get(done.url).content.decode()

    def test_a_sort_that_the_wording_does_not_name_is_offered_apart_and_may_be_reported(
        self, lin, policy
    ):
        types = lin.get(f"/c/report?policy={policy.id}").content.decode()
        assert "上面没有您要报的情况" in types
        form = details(lin, policy, "ALLOWANCE") | {"to_on": ""}

        assert send(lin, policy, form, "ALLOWANCE").status_code == 422
        send(lin, policy, form | {"despite": "on"}, "ALLOWANCE")
        assert Claim.objects.get().reasons[0] == "NOT_COVERED"

    def test_a_discharge_before_the_admission_is_refused(self, lin, people):
        from tests import make

        policy = make.policy(
            people.branch_a,
            holder_id=people.lin,
            product_code="hospital-allowance",
            sum_insured=100,
        )
        form = details(lin, policy, "ALLOWANCE") | {"to_on": "2026-03-01"}
        answer = send(lin, policy, form, "ALLOWANCE")

        assert answer.status_code == 422
        assert "出院日期不能早于住院日期" in answer.content.decode()


class TestStrangers:
    def test_another_customers_policy_and_a_wrong_number_in_the_same_words(self, zhou, policy):
        theirs = zhou.get(f"/c/report?policy={policy.id}&type=MEDICAL")
        nobodys = zhou.get("/c/report?policy=99999999&type=MEDICAL")
        posted = zhou.post(
            f"/c/report?policy={policy.id}&type=MEDICAL", {"loss_date": "2026-03-02"}
        )

        assert theirs.status_code == nobodys.status_code == posted.status_code == 404
        assert "没有找到您可以办理的这张保单" in theirs.content.decode()
        assert bare(theirs) == bare(nobodys)
        assert not Claim.objects.exists()

    def test_somebody_elses_account_is_no_choice(self, lin, policy, people):
        from tests import make

        theirs = make.account(people.zhou)
        answer = send(lin, policy, details(lin, policy) | {"account": str(theirs)})

        assert answer.status_code == 422
        assert not Claim.objects.exists()

    def test_nobody_agents_and_staff_are_led_to_the_sign_in(self, browsers, policy):
        for client in browsers.outsiders:
            answer = client.get(f"/c/report?policy={policy.id}")
            assert answer.status_code == 302
            assert answer.url.startswith("/c/sign-in?next=")
            assert client.post(f"/c/report?policy={policy.id}&type=MEDICAL", {}).status_code == 302
        assert not Event.objects.filter(kind="claims.claim_reported").exists()
