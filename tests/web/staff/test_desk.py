"""The claim desk: who may see it, what its buttons do, and what a refusal changes: nothing."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import cast, make
from tests.documents.papers import picture
from tests.web.signing import signed_in
from yilu.claims import queries as claims
from yilu.claims.models import Claim, Decision
from yilu.documents import queries as documents
from yilu.documents.models import Upload
from yilu.journal.models import Event
from yilu.kernel.refs import Ref
from yilu.people.queries import has_consent

pytestmark = pytest.mark.django_db


@dataclass
class Staff:
    """Browsers of those who may come to the workbench, and of those who may not."""

    chen: Client  # assessor of branch A
    fu: Client  # reviewer of branch A
    zhu: Client  # registrar of branch A
    bai: Client  # assessor of branch B
    luo: Client  # no role
    lin: Client  # a customer
    nobody: Client


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(make.NOON, tick=False):
        yield


@pytest.fixture
def people():
    make.standards_in_force()
    return cast.assemble()


@pytest.fixture
def staff(people):
    def colleague(*roles):
        return signed_in(Ref("staff", make.staff(people.branch_a, *roles)))

    return Staff(
        chen=signed_in(people.as_chen), fu=colleague("REVIEWER"), zhu=colleague("REGISTRAR"),
        bai=signed_in(people.as_bai), luo=signed_in(people.as_luo), lin=signed_in(people.as_lin),
        nobody=Client(),
    )  # fmt: skip


@pytest.fixture
def claim(people):
    """Lin's claim of 12,000 yuan: a person must look at it."""
    make.consent(people.lin)
    number = make.policy(people.branch_a, holder_id=people.lin, agent_id=people.wei).number
    account = make.account(people.lin)
    made = make.claim_in_review(
        holder_id=people.lin, policy_number=number, account_id=account,
        invoices=[make.invoice(cast.LIN_NAME, each="6000.00", fund_paid="0.00")],
    )  # fmt: skip
    return made.claim_id


def address(claim: int, act: str = "") -> str:
    return f"/staff/claims/{claim}" + (f"/{act}" if act else "")


def digest_on(page) -> str:
    return re.search(r'name="digest" value="([0-9a-f]+)"', page.content.decode())[1]


def main_of(page) -> str:
    return re.search(r"<main.*</main>", page.content.decode(), re.DOTALL)[0]


def state_of(claim: int) -> str:
    return Claim.objects.get(pk=claim).state


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


class TestListAndSearch:
    def test_the_list_holds_ones_own_offices_claims_only(self, staff, claim, people):
        number = claims.get_for_staff(claim, people.chens_access).number
        assert number in staff.chen.get("/staff/claims").content.decode()
        assert number in staff.chen.get("/staff/claims?state=REVIEW").content.decode()
        assert number not in staff.chen.get("/staff/claims?state=PAYING").content.decode()
        assert "小额快赔" not in staff.chen.get("/staff/claims").text  # this one is a large one
        make.claim_in_review(office_id=people.branch_a, invoices=[make.invoice("王某某")])
        assert staff.chen.get("/staff/claims").text.count("小额快赔") == 1
        assert staff.chen.get("/staff/queues/claims.review").text.count("小额快赔") == 1
        assert number not in staff.bai.get("/staff/claims").content.decode()
        assert staff.luo.get("/staff/claims").status_code == 403

    def test_a_claim_number_leads_straight_to_it(self, staff, claim, people):
        number = claims.get_for_staff(claim, people.chens_access).number
        answer = staff.chen.get("/staff/search", {"q": number})
        assert answer.status_code == 302
        assert answer.url == address(claim)
        assert "没有找到" in staff.bai.get("/staff/search", {"q": number}).content.decode()

    def test_a_forged_page_is_refused_in_words(self, staff, claim):
        assert staff.chen.get("/staff/claims?after=xx").status_code == 422


class TestReportByPhone:
    def test_finds_the_customer_and_takes_the_report_once(self, staff, people):
        make.consent(people.lin)
        policy = make.medical_policy(people.branch_a, holder_id=people.lin)
        found = staff.zhu.get("/staff/report", {"q": cast.LIN_PHONE})
        assert f"party={people.lin}" in found.content.decode()
        where = f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL"
        page = staff.zhu.get(where).content.decode()
        assert "请客户准备" in page
        assert "先向医院索取电子票据和诊断证明" in page
        key = re.search(r'name="request_key" value="(\w+)"', page)[1]
        told = {
            "request_key": key,
            "loss_date": "2026-03-01",
            "cause": "ILLNESS",
            "channel": "PHONE",
        }

        first = staff.zhu.post(where, told)
        second = staff.zhu.post(where, told)

        assert first.status_code == second.status_code == 302
        assert first.url == second.url
        claim = Claim.objects.get()
        assert (claim.channel, claim.claimant_id) == ("PHONE", people.lin)

    def test_takes_a_report_on_paper_and_its_papers_from_the_day_they_came(
        self, staff, people, settings, tmp_path
    ):
        settings.FILES = tmp_path / "files"
        make.consent(people.lin)
        policy = make.medical_policy(people.branch_a, holder_id=people.lin)
        where = f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL"
        told = {
            "request_key": "k1", "loss_date": "2026-02-20", "cause": "ILLNESS",
            "received_on": "2026-02-19",
        }  # fmt: skip
        answer = staff.zhu.post(where, told)
        assert (answer.status_code, "收到日不能早于" in answer.content.decode()) == (422, True)
        assert staff.zhu.post(where, told | {"received_on": "2026-02-26"}).status_code == 302
        claim = Claim.objects.get()
        assert claim.received_on == date(2026, 2, 26)

        upload = f"/staff/claims/{claim.pk}/upload-for"
        assert 'name="received_on"' in staff.zhu.get(f"/staff/claims/{claim.pk}").content.decode()
        paper = {"kind": "ACCIDENT_PROOF", "received_on": "2026-02-25"}
        answer = staff.zhu.post(upload, paper | {"file": SimpleUploadedFile("a.png", picture())})
        assert "收到日不能早于" in answer.content.decode()
        paper["received_on"] = "2026-02-27"
        staff.zhu.post(upload, paper | {"file": SimpleUploadedFile("a.png", picture())})
        [kept] = documents.list_uploads(Ref("claim", claim.pk))
        assert kept.received_on == date(2026, 2, 27)
        assert "收到日 2026年2月27日" in staff.zhu.get(f"/staff/uploads/{kept.id}").content.decode()

    def test_the_insured_who_died_is_not_offered_a_form_and_refused(self, staff, people):
        make.consent(people.lin)
        policy = make.policy(
            people.branch_a, holder_id=people.lin, product_code="term-life",
            sum_insured=Decimal(100_000), premium=Decimal(300), effective_on=date(2022, 1, 1),
            with_social_insurance=False,
        )  # fmt: skip
        where = f"/staff/report?party={people.lin}&policy={policy.id}&type=DEATH"
        page = staff.zhu.get(where)
        assert page.status_code == 200
        assert "不能以已故的人作为申请人或收款人" in page.text
        assert 'name="request_key"' not in page.text
        told = {"request_key": "k1", "loss_date": "2026-03-01", "cause": "ILLNESS"}
        answer = staff.zhu.post(where, told)
        assert answer.status_code == 422
        assert 'name="request_key"' in answer.text
        assert not Claim.objects.exists()

    def test_without_cover_by_our_records_it_is_asked_back_and_then_taken(self, staff, people):
        make.consent(people.lin)
        policy = make.medical_policy(
            people.branch_a, holder_id=people.lin, effective_on=date(2025, 1, 1)
        )
        where = f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL"
        told = {"request_key": "k1", "loss_date": "2026-03-01", "cause": "ILLNESS"}
        assert "保险期间已于 2026年1月1日 零时届满" in staff.zhu.post(where, told).text
        assert not Claim.objects.exists()
        done = staff.zhu.post(where, told | {"despite": "on"})
        claim = Claim.objects.get()
        assert (claim.state, done.url) == ("REVIEW", f"/staff/claims/{claim.pk}")

    def test_a_day_in_the_future_is_refused(self, staff, people):
        make.consent(people.lin)
        policy = make.medical_policy(people.branch_a, holder_id=people.lin)
        answer = staff.zhu.post(
            f"/staff/report?party={people.lin}&policy={policy.id}&type=MEDICAL",
            {"request_key": "k", "loss_date": "2027-01-01", "cause": "ILLNESS", "channel": "PHONE"},
        )
        assert answer.status_code == 422
        assert not Claim.objects.exists()

    def test_another_branchs_customer_is_not_found(self, staff, people):
        assert staff.zhu.get(f"/staff/report?party={people.zhou}").status_code == 404

    def test_needs_the_right(self, staff):
        assert staff.luo.get("/staff/report").status_code == 403
        assert staff.nobody.get("/staff/report").status_code == 302


class TestCustomers:
    def test_the_whole_customer_is_shown_masked(self, staff, claim, people):
        page = staff.chen.get(f"/staff/customers/{people.lin}").content.decode()
        assert "138****5678" in page
        assert cast.LIN_PHONE not in page

    def test_unmasking_is_recorded(self, staff, people):
        answer = staff.chen.post(
            f"/staff/customers/{people.lin}/unmask",
            {"field": "phone", "reason": "CONTACT_CUSTOMER"},
        )
        assert cast.LIN_PHONE in answer.content.decode()
        event = Event.objects.get(kind="people.personal_data_shown")
        assert event.actor == str(people.as_chen)

    def test_unmasking_without_a_reason_shows_nothing(self, staff, people):
        answer = staff.chen.post(f"/staff/customers/{people.lin}/unmask", {"field": "phone"})
        assert 400 <= answer.status_code < 500
        assert cast.LIN_PHONE not in answer.content.decode()

    def test_a_no_to_offers_is_noted_at_once_by_whoever_may_see_the_customer(self, staff, people):
        url = f"/staff/customers/{people.lin}"
        make.consent(people.lin, "MARKETING")
        assert "客户不想再听推荐" in staff.chen.get(url).content.decode()
        for stranger in (staff.bai, staff.luo, staff.nobody):
            stranger.post(f"{url}/no-offers")
        assert has_consent(people.lin, "MARKETING")
        assert staff.chen.post(f"{url}/no-offers").status_code == 302
        assert not has_consent(people.lin, "MARKETING")
        assert Event.objects.get(kind="people.consent_withdrawn").actor == str(people.as_chen)

    def test_strangers_see_nothing(self, staff, people):
        url = f"/staff/customers/{people.lin}"
        assert staff.bai.get(url).status_code == 404
        assert staff.luo.get(url).status_code == 403
        assert staff.nobody.get(url).status_code == 302
        for browser in (staff.bai, staff.luo, staff.nobody, staff.lin):
            answer = browser.post(f"{url}/unmask", {"field": "phone", "reason": "CONTACT_CUSTOMER"})
            assert cast.LIN_PHONE not in answer.content.decode()
        assert not Event.objects.filter(kind="people.personal_data_shown").exists()


class TestMyWork:
    def test_taking_an_item_leads_to_its_claim_and_names_me(self, staff, claim, people):
        answer = staff.chen.post("/staff/queues/claims.review/take-next")
        assert answer.status_code == 302
        assert answer.url == address(claim)
        assert "手上没有待办" not in staff.chen.get("/staff/").content.decode()

    def test_an_empty_queue_says_so(self, staff, people):
        page = staff.chen.post("/staff/queues/claims.review/take-next", follow=True)
        assert "没有" in page.content.decode()

    def test_a_queue_needs_its_right(self, staff, claim):
        assert staff.zhu.get("/staff/queues/claims.review").status_code == 403
        assert staff.chen.get("/staff/queues/claims.review").status_code == 200
        assert staff.nobody.get("/staff/queues/claims.review").status_code == 302

    def test_pages_are_for_people_with_sight_of_them(self, staff):
        assert staff.luo.get("/staff/").status_code == 200
        assert staff.nobody.get("/staff/").status_code == 302


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
