"""The claim desk: who may see it, what its buttons do, and what a refusal changes: nothing."""

import pytest

from tests import make
from tests.web.staff.claim_desk.pages import address, digest_on, main_of, state_of
from yilu.claims.models import Claim, Decision
from yilu.documents.models import Upload
from yilu.journal.models import Event

pytestmark = pytest.mark.django_db


class TestWhoMaySee:
    def test_an_assessor_of_the_branch_sees_everything_on_one_screen(self, staff, claim):
        page = staff.chen.get(address(claim))

        assert page.status_code == 200
        text = page.content.decode()
        for word in ("资料", "理算", "办理", "时限", "需核实的情况", "客户与保单", "经过"):
            assert word in text

    def test_the_shared_log_asks_for_a_third_partys_number_and_shows_it_masked(self, staff, claim):
        line = {"kind": "VIDEO", "text": "对方说是追尾", "third_party": "PRESENT"}
        asked = staff.chen.post(f"{address(claim)}/note", line)
        assert asked.status_code == 422
        assert "第三方在场时须记录其电话" in asked.text
        staff.chen.post(f"{address(claim)}/note", {**line, "third_party_phone": "13812345678"})
        page = staff.chen.get(address(claim)).text
        assert "138****5678" in page
        assert "13812345678" not in page

    def test_a_word_about_how_it_stands_goes_out_and_a_talk_says_that_the_customer_heard_it(
        self, staff, claim
    ):
        told = {"words": "正在等医院寄回病历"}
        assert staff.bai.post(f"{address(claim)}/progress", told).status_code == 404
        assert staff.luo.post(f"{address(claim)}/progress", told).status_code == 403
        assert staff.chen.post(f"{address(claim)}/progress", told).status_code == 302
        line = {"kind": "CALL", "text": "说明了还在等病历", "told": "on"}
        staff.chen.post(f"{address(claim)}/note", line)
        log = " ".join(staff.chen.get(address(claim)).text.partition('id="h-log"')[2].split())
        assert "告诉客户进展 ·" in log
        assert log.count("已向客户本人说明进展") == 2  # the box, and the line of the talk

    def test_another_branch_and_no_claim_are_refused_in_the_same_words(self, staff, claim):
        theirs = staff.bai.get(address(claim))
        none = staff.bai.get(address(claim + 999))

        assert theirs.status_code == none.status_code == 404
        assert main_of(theirs) == main_of(none)

    def test_without_the_right_it_is_forbidden(self, staff, claim):
        assert staff.luo.get(address(claim)).status_code == 403

    def test_a_stranger_is_sent_to_sign_in(self, staff, claim):
        answer = staff.nobody.get(address(claim))
        assert answer.status_code == 302
        assert "/staff/sign-in" in answer.url

    def test_a_customer_is_no_member_of_staff(self, staff, claim):
        assert staff.lin.get(address(claim)).status_code in {302, 403}

    def test_says_which_programmes_apply_and_why_the_others_do_not(self, staff, claim):
        page = staff.chen.get(address(claim)).text
        assert "适用的服务项目" in page
        assert "12345 特色理赔" in page
        assert "本案不符合：" in page

    def test_it_costs_a_bounded_number_of_statements(
        self, staff, claim, django_assert_max_num_queries
    ):
        staff.chen.get(address(claim))
        with django_assert_max_num_queries(60):
            staff.chen.get(address(claim))


class TestDecide:
    def approve(self, browser, claim, **given):
        page = browser.get(address(claim))
        return browser.post(
            address(claim, "decide"),
            {"digest": digest_on(page), "kind": "APPROVE", "reason": "属于保险责任"} | given,
        )

    def test_pays_what_was_calculated(self, staff, claim):
        answer = self.approve(staff.chen, claim)

        assert answer.status_code == 302
        assert state_of(claim) in {"PAYING", "SECOND_REVIEW"}
        decision = Decision.objects.get(claim_id=claim)
        assert decision.amount == Claim.objects.get(pk=claim).calculations.latest("ordinal").benefit

    def test_a_stale_digest_is_refused_and_changes_nothing(self, staff, claim):
        before = Event.objects.count()
        answer = self.approve(staff.chen, claim, digest="0" * 64)

        assert answer.status_code == 409
        assert "刷新" in answer.content.decode() or "更新" in answer.content.decode()
        assert state_of(claim) == "REVIEW"
        assert Event.objects.count() == before
        assert not Decision.objects.exists()

    def test_an_amount_that_is_none_is_refused(self, staff, claim):
        for amount in ("", "abc", "-5", "1.234", "1e99"):
            answer = self.approve(staff.chen, claim, kind="PARTIAL", amount=amount)
            assert answer.status_code == 422, amount
        assert not Decision.objects.exists()

    def test_a_decline_needs_reason_and_clause(self, staff, claim):
        for missing in ({"reason": ""}, {"reason": "不属于责任"}):
            answer = self.approve(staff.chen, claim, kind="DECLINE", **missing)
            assert answer.status_code in {409, 422}
        assert state_of(claim) == "REVIEW"

    def test_nobody_else_may(self, staff, claim):
        digest = digest_on(staff.chen.get(address(claim)))
        told = {"digest": digest, "kind": "APPROVE", "reason": "x"}

        assert staff.bai.post(address(claim, "decide"), told).status_code == 404
        assert staff.zhu.post(address(claim, "decide"), told).status_code == 403
        assert staff.luo.post(address(claim, "decide"), told).status_code == 403
        assert staff.nobody.post(address(claim, "decide"), told).status_code in {302, 401, 403}
        assert staff.lin.post(address(claim, "decide"), told).status_code in {302, 401, 403}
        assert state_of(claim) == "REVIEW"

    def test_twice_is_once(self, staff, claim):
        told = {
            "digest": digest_on(staff.chen.get(address(claim))),
            "kind": "APPROVE",
            "reason": "属于责任",
        }
        staff.chen.post(address(claim, "decide"), told)
        again = staff.chen.post(address(claim, "decide"), told)

        assert again.status_code == 409
        assert Decision.objects.filter(claim_id=claim).count() == 1


class TestOtherActs:
    def test_a_note_is_shared_with_every_handler(self, staff, claim):
        staff.chen.post(address(claim, "note"), {"kind": "CALL", "text": "客户说下周复诊"})
        assert "客户说下周复诊" in staff.fu.get(address(claim)).content.decode()

    def test_a_supplement_stops_and_names_what_is_missing(self, staff, claim):
        answer = staff.chen.post(
            address(claim, "supplement"), {"kinds": ["DISCHARGE"], "note": "请补充"}
        )

        assert answer.status_code == 302
        assert state_of(claim) == "SUPPLEMENT"

    def test_a_supplement_of_nothing_is_refused(self, staff, claim):
        answer = staff.chen.post(address(claim, "supplement"), {"note": "请补充"})
        assert 400 <= answer.status_code < 500
        assert state_of(claim) == "REVIEW"

    def test_an_investigation_needs_an_investigators_right(self, staff, claim, people):
        told = {"reason": "ACCIDENT_FACTS", "question": "核实经过"}
        assert staff.zhu.post(address(claim, "investigate"), told).status_code == 403
        assert state_of(claim) == "REVIEW"

    @pytest.mark.parametrize(
        "act",
        ["confirm", "calculate", "supplement", "investigate", "end-investigation", "note", "withdraw",
         "merge", "reopen", "correct-account", "send-link", "ex-gratia", "undisputed"],
    )  # fmt: skip
    def test_no_act_can_be_done_by_another_branch_or_a_stranger(self, staff, claim, act):
        before = Event.objects.count()
        assert staff.bai.post(address(claim, act), {"reason": "x"}).status_code in {403, 404}
        assert staff.nobody.post(address(claim, act), {"reason": "x"}).status_code in {
            302,
            401,
            403,
        }
        assert staff.luo.post(address(claim, act), {"reason": "x"}).status_code == 403
        assert Event.objects.count() == before

    def test_acts_are_posts(self, staff, claim):
        assert staff.chen.get(address(claim, "decide")).status_code == 405


class TestFiles:
    @pytest.fixture
    def upload(self, claim):
        return Upload.objects.get(subject=f"claim:{claim}").pk

    def test_the_document_and_its_preview_are_shown_to_the_branch_only(self, staff, upload):
        for place in ("", "/preview", "/file"):
            url = f"/staff/uploads/{upload}{place}"
            assert staff.chen.get(url).status_code == 200, url
            assert staff.bai.get(url).status_code == 404, url
            assert staff.luo.get(url).status_code == 403, url
            assert staff.nobody.get(url).status_code == 302, url
            assert staff.lin.get(url).status_code in {302, 403}, url

    def test_a_correction_of_another_branches_document_changes_nothing(self, staff, upload):
        before = Event.objects.count()
        told = {"field": "total", "value": "1.00", "version": "1"}
        assert staff.bai.post(f"/staff/uploads/{upload}/correct", told).status_code in {403, 404}
        assert Event.objects.count() == before


def test_a_claim_without_papers_goes_to_review_and_its_customer_has_a_consultant(staff, people):
    """Neither had a button: papers that cannot be had, and somebody's name for the customer."""
    make.consent(people.lin)
    told = make.reported_claim(people.lin, office_id=people.branch_a)
    place = f"/staff/claims/{told.claim_id}"
    assert "从简" in staff.zhu.get(place).text
    assert staff.zhu.post(f"{place}/to-review", {"reason": ""}).status_code == 422
    assert Claim.objects.get().state != "REVIEW"
    answer = staff.zhu.post(f"{place}/to-review", {"reason": "医院已停业，无法补开"})
    assert answer.status_code == 302
    assert Claim.objects.get().state == "REVIEW"
    assert "现在还不能核定" in staff.chen.get(place).text
    assert staff.zhu.post(f"{place}/consultant").status_code == 302
    assert Claim.objects.get().consultant_id
    assert staff.bai.post(f"{place}/consultant").status_code == 404


def test_offers_to_merge_only_what_may_be_merged(staff, claim, people):
    """Another type, another policy or a claim that is over would only be refused."""
    page = staff.chen.get(f"/staff/claims/{claim}").content.decode()
    assert "没有可以并入的" in page
    assert 'name="into_id"' not in page

    held = Claim.objects.get(pk=claim)
    other = make.claim_in_review(office_id=held.office_id).claim_id
    same = {
        "policy_id": held.policy_id,
        "insured_id": held.insured_id,
        "claim_type": held.claim_type,
    }
    Claim.objects.filter(pk=other).update(**same)
    page = staff.chen.get(f"/staff/claims/{claim}").content.decode()
    assert f'<option value="{other}">' in page
    Claim.objects.filter(pk=other).update(state="CLOSED")
    assert 'name="into_id"' not in staff.chen.get(f"/staff/claims/{claim}").content.decode()
