"""A report kept until the customer agrees, through every door it passes: desk, agent, customer."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.claims.papers import react
from tests.documents.papers import picture
from tests.web.pages import assert_same_words, text
from tests.web.signing import signed_in
from yilu.claims.models import Claim, WaitingReport
from yilu.kernel.refs import Ref
from yilu.people import queries as people_queries
from yilu.people.models import Consent


@pytest.fixture
def policy(people):
    return make.medical_policy(people.branch_a, holder_id=people.lin, agent_id=people.wei)


@pytest.fixture
def clerk(people):
    return signed_in(Ref("staff", make.staff(people.branch_a, "REGISTRAR")))


@pytest.fixture
def lead(people):
    return signed_in(Ref("staff", make.staff(people.branch_a, "TEAM_LEAD")))


@pytest.fixture
def lin(people):
    return signed_in(people.as_lin)


@pytest.fixture
def wei(people):
    return signed_in(people.as_wei)


def reported(client, where):
    page = text(client.get(where))
    key = re.search(r'name="request_key" value="([0-9a-f]{32})"', page)[1]
    answer = client.post(
        where,
        {
            "request_key": key, "loss_date": "2026-03-02", "cause": "ILLNESS",
            "claimed_amount": "850.00",
        },
    )  # fmt: skip
    return page, answer


@pytest.fixture
def waiting(people, policy, wei):
    """Lin's loss, reported by her agent: its number."""
    reported(wei, f"/agent/customers/{people.lin}/report?policy={policy.id}&type=MEDICAL")
    return WaitingReport.objects.get().pk


def act(client, waiting, name, **told):
    return client.post(f"/staff/waiting-reports/{waiting}/{name}", told)


class TestReporting:
    def test_the_form_says_what_will_happen_and_the_report_is_kept(self, clerk, people, policy):
        page, answer = reported(
            clerk, f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL"
        )

        assert "还没有单独同意处理健康信息" in page
        row = WaitingReport.objects.get()
        assert answer.url == f"/staff/waiting-reports/{row.pk}"
        assert row.channel == "PHONE"
        assert "打印同意书" in text(clerk.get(answer.url))

    def test_who_agreed_reads_nothing_of_it(self, clerk, people, policy):
        make.consent(people.lin)
        page, answer = reported(
            clerk, f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL"
        )

        assert "还没有单独同意" not in page
        assert answer.url == f"/staff/claims/{Claim.objects.get().pk}"

    def test_a_husband_who_never_agreed_is_asked_and_his_wife_sees_it(self, people, lin):
        zhou = signed_in(people.as_zhou)
        policy = make.medical_policy(people.branch_a, holder_id=people.lin, insured_id=people.zhou)
        where = f"/c/report?policy={policy.id}&type=MEDICAL"
        key = re.search(r'name="request_key" value="([0-9a-f]{32})"', text(lin.get(where)))[1]

        answer = lin.post(
            where,
            {
                "request_key": key,
                "loss_date": "2026-03-02",
                "cause": "ILLNESS",
                "health_consent": "on",
            },
        )

        row = WaitingReport.objects.get()
        assert (answer.url, row.subject_id) == (f"/c/waiting-reports/{row.pk}", people.zhou)
        assert not Consent.objects.filter(purpose="HEALTH_DATA").exists()
        assert "等被保险人同意" in text(lin.get(answer.url))
        assert "有人为您报案，等您确认" in text(zhou.get("/c/claims"))
        version = people_queries.consent_text("HEALTH_DATA").version
        assert lin.post(answer.url, {"answer": "agree", "version": version}).status_code == 404
        assert lin.post(answer.url, {"answer": "take-back"}).url == "/c/claims"
        assert WaitingReport.objects.get().state == "ENDED"


class TestCustomer:
    def page(self, waiting):
        return f"/c/waiting-reports/{waiting}"

    def test_reads_who_reports_what_and_agrees(self, lin, waiting):
        assert "有人为您报案，等您确认" in text(lin.get("/"))
        page = text(lin.get(self.page(waiting)))
        assert "服务代理人" in page
        assert "我没有请人报案" in page
        version = re.search(r'name="version" value="([^"]+)"', page)[1]

        answer = lin.post(self.page(waiting), {"answer": "agree", "version": version})

        claim = Claim.objects.get()
        assert answer.url == f"/c/claims/{claim.pk}"
        assert claim.channel == "AGENT"
        assert "看进展" in text(lin.get(self.page(waiting)))

    def test_an_old_page_is_said_to_be_old(self, lin, waiting):
        answer = lin.post(self.page(waiting), {"answer": "agree", "version": "2019-01"})

        assert answer.status_code == 409
        assert not Claim.objects.exists()

    @pytest.mark.parametrize(
        ("answer", "said"), [("REFUSED", "您没有同意，报案没有提交"), ("DISOWNED", "正在核实")]
    )
    def test_says_no_in_two_ways(self, lin, waiting, answer, said):
        lin.post(self.page(waiting), {"answer": answer, "words": "不知情"})

        assert WaitingReport.objects.get().state == answer
        assert said in text(lin.get(self.page(waiting)))

    def test_another_answer_changes_nothing(self, lin, waiting):
        assert lin.post(self.page(waiting), {"answer": "PERHAPS"}).status_code == 422
        assert WaitingReport.objects.get().state == "WAITING"

    def test_is_nobody_elses(self, people, waiting):
        zhou = signed_in(people.as_zhou)

        assert_same_words(zhou.get(self.page(waiting)), zhou.get(self.page(999999)))
        for answer in ("agree", "REFUSED", "take-back"):
            assert zhou.post(self.page(waiting), {"answer": answer}).status_code == 404
        assert WaitingReport.objects.get().state == "WAITING"

    def test_is_no_page_for_others(self, client, wei, clerk, waiting):
        for stranger in (client, wei, clerk):
            assert stranger.get(self.page(waiting)).url.startswith("/c/sign-in")


class TestAgent:
    def page(self, waiting):
        return f"/agent/waiting-reports/{waiting}"

    def test_sees_how_it_stands_and_takes_it_back(self, people, wei, waiting):
        assert "等客户同意的报案" in text(wei.get(f"/agent/customers/{people.lin}"))
        assert "您不能代客户同意" in text(wei.get(self.page(waiting)))

        wei.post(self.page(waiting))

        assert WaitingReport.objects.get().state == "ENDED"
        assert "已经结束" in text(wei.get(self.page(waiting)))

    def test_is_told_that_it_was_filed_meanwhile(self, people, wei, waiting):
        make.consent(people.lin)
        react()

        page = text(wei.post(self.page(waiting), follow=True))

        assert "这份报案已经有了结果" in page
        assert Claim.objects.count() == 1

    def test_is_nobody_elses(self, people, client, lin, clerk, waiting):
        qian = signed_in(people.as_qian)
        assert_same_words(qian.get(self.page(waiting)), qian.get(self.page(999999)))
        assert qian.post(self.page(waiting)).status_code == 404
        for stranger in (client, lin, clerk):
            assert stranger.get(self.page(waiting)).url.startswith("/agent/sign-in")
        assert WaitingReport.objects.get().state == "WAITING"


class TestDesk:
    def test_lists_by_state(self, clerk, waiting):
        assert "林*" in text(clerk.get("/staff/waiting-reports"))
        assert "这里没有报案" in text(clerk.get("/staff/waiting-reports?state=ENDED"))
        assert "林*" in text(clerk.get("/staff/waiting-reports?state=NONSENSE"))

    def test_a_call_is_written_down(self, clerk, waiting):
        assert act(clerk, waiting, "call", how="CALL", words="客户晚上再看").status_code == 302
        page = text(clerk.get(f"/staff/waiting-reports/{waiting}"))
        assert "客户晚上再看" in page
        again = act(clerk, waiting, "call", how="CALL", words="再约", again_on="2026-03-09")
        assert again.status_code == 302
        assert WaitingReport.objects.get().decide_on == date(2026, 3, 9)
        assert (
            act(clerk, waiting, "call", how="CALL", words="再约", again_on="x").status_code == 422
        )

    def test_a_signed_sheet_makes_the_claim(self, clerk, waiting):
        sheet = text(clerk.get(f"/staff/waiting-reports/{waiting}/sheet"))
        assert "单独同意处理我的健康信息" in sheet
        version = people_queries.consent_text("HEALTH_DATA").version
        assert act(clerk, waiting, "paper", version=version).status_code == 422

        file = SimpleUploadedFile("同意书.png", picture(), "image/png")
        answer = act(clerk, waiting, "paper", version=version, file=file)

        assert answer.url == f"/staff/claims/{Claim.objects.get().pk}"
        assert Consent.objects.get(purpose="HEALTH_DATA").channel == "PAPER"

    def test_the_link_goes_again_and_it_can_be_ended(self, clerk, waiting):
        assert act(clerk, waiting, "link").status_code == 302
        assert WaitingReport.objects.get().reminders == 1
        assert act(clerk, waiting, "end", reason="").status_code == 422
        assert act(clerk, waiting, "end", reason="客户自己报案").status_code == 302
        assert act(clerk, waiting, "end", reason="客户自己报案").status_code == 409

    def test_only_a_second_person_with_the_right_goes_on_without_consent(
        self, clerk, lead, waiting
    ):
        reason = {"reason": "重症监护室，昏迷，家属和医院均已核实"}
        assert "昏迷或无法表示同意" not in text(clerk.get(f"/staff/waiting-reports/{waiting}"))
        assert act(clerk, waiting, "unable", **reason).status_code == 403
        assert not Claim.objects.exists()

        assert "昏迷或无法表示同意" in text(lead.get(f"/staff/waiting-reports/{waiting}"))
        assert act(lead, waiting, "unable", **reason).status_code == 302

        assert Claim.objects.get().reasons == ["CONSENT_UNABLE"]

    def test_whoever_took_it_takes_it_back(self, clerk, people, policy):
        _, answer = reported(
            clerk, f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL"
        )
        waiting = WaitingReport.objects.get().pk
        assert "撤回这份报案" in text(clerk.get(answer.url))

        assert act(clerk, waiting, "take-back", reason="报错了人").status_code == 302

        assert WaitingReport.objects.get().state == "ENDED"

    def test_is_the_branchs_own(self, people, waiting):
        away = signed_in(Ref("staff", make.staff(people.branch_b, "TEAM_LEAD")))
        page = "/staff/waiting-reports/"

        assert "林*" not in text(away.get("/staff/waiting-reports"))
        assert_same_words(away.get(f"{page}{waiting}"), away.get(f"{page}999999"))
        assert away.get(f"{page}{waiting}/sheet").status_code == 404
        for name in ("call", "link", "paper", "unable", "end", "take-back"):
            told = {"how": "CALL", "words": "已说明", "reason": "重症监护室，昏迷，家属核实"}
            assert act(away, waiting, name, **told).status_code in (403, 404, 422)
        assert WaitingReport.objects.get().state == "WAITING"

    def test_is_no_page_without_the_right(self, kept_out, waiting):
        for end in ("", f"/{waiting}", f"/{waiting}/sheet"):
            kept_out(f"/staff/waiting-reports{end}")
        kept_out(f"/staff/waiting-reports/{waiting}/end", method="post")

    def test_an_unknown_step_is_not_there(self, clerk, waiting):
        assert act(clerk, waiting, "burn").status_code == 404
