"""Programmes are read by everybody and edited by two; visits are worked off on one page."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests import make
from tests.care.test_visits import Bedside
from tests.web.signing import signed_in
from yilu.care import operations as care
from yilu.care.models import EstimateCheck, Mediation, PriceBook, ThirdParty, Visit
from yilu.claims.models import Decision
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.standards.models import ProgrammeVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def bed():
    return Bedside()


class TestVisitPage:
    def test_leads_from_the_customers_wish_to_the_confirmation(self, bed):
        phone = signed_in(Ref("party", bed.lin))
        place = f"/c/claims/{bed.claim_id}/visits"
        assert "申请上门" in phone.get(place).text
        assert phone.post(place, {"kind": "HOME", "place": ""}).status_code == 422
        phone.post(place, {"kind": "HOME", "place": "文一路 1 号"})
        visit = Visit.objects.get()
        desk = signed_in(bed.actor)
        page = f"/staff/visits/{visit.pk}"
        assert "文一路 1 号" in desk.get(page).text
        far = {"planned_at": "2099-01-01T10:00", "staff": bed.access.staff_id}
        assert desk.post(f"{page}/plan", far).status_code == 302
        visit.refresh_from_db()
        steps = (
            ("set_out", {"eta_at": "2099-01-01T10:00"}), ("arrive", {"point": ""}),
            ("talk", {"kind": "ON_SITE", "text": "资料齐全", "third_party": "PRESENT", "why_no_phone": "LEFT"}),
            ("finish", {"result": "PARTLY", "report": "缺一份证明"}),
        )  # fmt: skip
        for name, given in steps:
            assert desk.post(f"{page}/{name}", given).status_code == 302, name
        assert "部分办妥" in phone.get(place).text

    def test_the_link_shows_safety_and_takes_the_location_and_the_word(self, bed):
        visit_id = bed.ask("SURVEY", place="")
        secret = bed.secret(visit_id)
        stranger = signed_in(Ref("party", bed.lin))
        page = stranger.get(f"/v/{secret}")
        assert "打开双闪" in page.text
        assert page["Permissions-Policy"].startswith("geolocation=(self)")
        assert stranger.post(f"/v/{secret}", {"point": "far away"}).status_code == 422
        stranger.post(f"/v/{secret}", {"point": "30.25,120.17"})
        assert Visit.objects.get().located_at
        assert stranger.get("/v/nothing").status_code == 404

    def test_a_delay_and_a_visit_that_is_off_are_said_on_the_page_and_by_the_link(self, bed):
        visit_id = bed.ask()
        secret, phone = bed.secret(visit_id), signed_in(Ref("party", bed.lin))
        desk, page = signed_in(bed.actor), f"/staff/visits/{visit_id}"
        for step, when in (("set_out", "2099-01-01T10:00"), ("delay", "2099-01-01T11:00")):
            assert desk.post(f"{page}/{step}", {"eta_at": when}).status_code == 302
        assert "11:00" in phone.get(f"/v/{secret}").text
        assert desk.post(f"{page}/delay", {"eta_at": ""}).status_code == 422
        assert desk.post(f"{page}/cancel", {"reason": "我累了"}).status_code == 422
        desk.post(f"{page}/cancel", {"reason": "STAFF", "words": "车坏了"})
        gone = phone.get(f"/v/{secret}").text
        assert "这次上门已取消" in gone
        assert "会打电话与您另约" in gone
        assert "车坏了" not in gone + phone.get(f"/c/claims/{bed.claim_id}/visits").text
        assert "车坏了" in desk.get(page).text

    def test_says_what_is_wrong_on_the_page_itself(self, bed):
        visit_id = bed.ask()
        desk = signed_in(bed.actor)
        answer = desk.post(f"/staff/visits/{visit_id}/arrive")
        assert answer.status_code == 409
        assert "目前不能这样办理" in answer.text
        assert desk.post(f"/staff/visits/{visit_id}/dance").status_code == 404


def test_whoever_saw_the_scene_says_what_they_think(bed):
    _access, surveyor = make.colleague(bed.office, "INVESTIGATOR")
    visit_id = bed.ask("SURVEY", place="")
    Visit.objects.filter(pk=visit_id).update(state="ARRIVED", staff_id=surveyor.id)
    desk = signed_in(surveyor)
    assert "以查勘意见为准" in desk.get(f"/staff/visits/{visit_id}").text
    place = f"/staff/visits/{visit_id}/opinion"
    assert (
        desk.post(
            place, {"kind": "APPROVE", "amount": "-3", "reason": "现场痕迹与陈述一致"}
        ).status_code
        == 422
    )
    assert not Decision.objects.exists()
    assert (
        desk.post(
            place, {"kind": "APPROVE", "amount": "860", "reason": "现场痕迹与陈述一致"}
        ).status_code
        == 302
    )
    assert Decision.objects.get().on_scene


def test_the_surveyors_opinion_is_written_once_and_shown_locked_at_the_desk(bed):
    visit_id = bed.ask("SURVEY", place="")
    access, cha = make.colleague(bed.office, "INVESTIGATOR")
    bed.plan(visit_id, staff_id=access.staff_id)
    surveyor, page = signed_in(cha), f"/staff/visits/{visit_id}"
    said = {"kind": "APPROVE", "amount": "800", "reason": "车内行李受潮属实"}
    assert surveyor.post(f"{page}/opinion", said).status_code == 409  # nobody was there yet
    for name, given in (("set_out", {"eta_at": "2099-01-01T10:00"}), ("arrive", {"point": ""})):
        assert surveyor.post(f"{page}/{name}", given).status_code == 302
    assert "写下查勘意见" in surveyor.get(page).text
    assert signed_in(bed.actor).post(f"{page}/opinion", said).status_code == 403  # did not go

    assert surveyor.post(f"{page}/opinion", {**said, "reason": ""}).status_code == 422
    assert surveyor.post(f"{page}/opinion", said).status_code == 302
    assert "写下查勘意见" not in surveyor.get(page).text
    assert surveyor.post(f"{page}/opinion", said).status_code == 409
    desk = signed_in(make.colleague(bed.office, "ASSESSOR")[1])
    beside = desk.get(f"/staff/claims/{bed.claim_id}/first-opinion").text
    assert "车内行李受潮属实" in beside
    assert "请交主管作出" in beside


class TestClaimCare:
    def test_mediation_and_third_parties(self, bed):
        _access, actor = make.colleague(bed.office, "ASSESSOR")
        desk = signed_in(actor)
        place = f"/staff/claims/{bed.claim_id}/care"
        given = {"0:name": "误工费", "0:amount": "3000", "0:ground": "单位证明"}
        assert desk.post(f"{place}/mediate", given).status_code == 302
        mediation = Mediation.objects.get()
        bid = {"mediation": mediation.pk, "side": "OURS", "amount": "3500"}
        assert "报价超过方案金额" in desk.post(f"{place}/bid", bid).text
        desk.post(f"{place}/bid", bid | {"reason": "新增鉴定"})
        talks = desk.get("/staff/talks").text
        assert "待约" in talks
        assert "3,500.00" in talks
        assert talks.count("<th>") + talks.count("<th ") == 7, (
            "no wider than a desk's screen: the time limit stands under the day"
        )
        far = {"mediation": mediation.pk, "next_on": "2099-01-01"}
        assert "九十天以内" in desk.post(f"{place}/arrange", far).text
        tomorrow = day_of(timezone.now()) + timedelta(days=1)
        desk.post(f"{place}/arrange", far | {"next_on": tomorrow.isoformat()})
        assert "待约" not in desk.get("/staff/talks?which=mine").text
        desk.post(f"{place}/end", {"mediation": mediation.pk, "words": "未能达成一致"})
        desk.post(f"{place}/aid", {"mediation": mediation.pk, "reason": "协助诉讼"})
        assert "法律援助" in desk.get(place).text
        make.party(bed.office, name="周路人", phone="13787654321")
        third = {"party": "13787654321", "relation": "INJURED", "demand": "900"}
        desk.post(f"{place}/third", third)
        desk.post(f"{place}/verify", {"third": ThirdParty.objects.get().pk})
        assert "身份已核验" in desk.get(place).text
        assert desk.post(f"{place}/third", third | {"party": "nobody"}).status_code == 422


class TestPlanPage:
    def test_is_tried_then_kept_and_a_lead_confirms_or_returns_what_is_beyond_the_standard(
        self, bed
    ):
        desk = signed_in(make.colleague(bed.office, "ASSESSOR")[1])
        place = f"/staff/claims/{bed.claim_id}/care"
        assert f"{place}/plan?kind=INPATIENT" in desk.get(place).text
        assert desk.get(f"{place}/plan?kind=MOON").status_code == 404
        assert "人身损害赔偿解释第七条" in desk.get(f"{place}/plan?kind=OUTPATIENT").text
        said = {"kind": "OUTPATIENT", "share": "100", "medical:amount": "3,500", "do": "try"}
        tried = desk.post(f"{place}/plan", said)
        assert tried.status_code == 200
        assert "要由主管先确认" in tried.text
        assert "诊断证明和病历" in tried.text
        assert not Mediation.objects.exists()
        kept = desk.post(f"{place}/plan", said | {"do": "make"})
        assert kept.status_code == 422
        assert "资料还没有收齐" in kept.text
        assert 'value="3500"' in kept.text
        wrong = desk.post(f"{place}/plan", said | {"medical:amount": "x"})
        assert wrong.status_code == 422
        assert "医疗费：金额填写有误" in wrong.text
        done = said | {"do": "make", "why_without": "票据后补，医院已出具清单"}
        assert desk.post(f"{place}/plan", done).status_code == 302
        mediation = {"mediation": Mediation.objects.get().pk}
        assert "确认方案" not in desk.get(place).text
        lead = signed_in(make.colleague(bed.office, "REVIEWER")[1])
        assert "金额超过标准" in lead.get(place).text
        assert lead.post(f"{place}/return", mediation | {"reason": ""}).status_code == 422
        assert lead.post(f"{place}/return", mediation | {"reason": "剔除自费药"}).status_code == 302
        again = desk.get(f"{place}/plan?kind=OUTPATIENT").text
        assert "剔除自费药" in again
        assert 'value="3500"' in again
        assert desk.post(f"{place}/plan", done).status_code == 302
        mediation = {"mediation": Mediation.objects.get(state="PREPARED").pk}
        assert lead.post(f"{place}/confirm", mediation).status_code == 302
        assert Mediation.objects.filter(state="PLANNED").exists()


class TestPrices:
    def test_import_with_sentences_and_check_an_estimate(self, bed):
        editor = signed_in(make.colleague(bed.office, "STANDARDS_EDITOR", "ASSESSOR")[1])
        wrong = SimpleUploadedFile("a.csv", "编码,名称,单价\nA,甲,-1\n".encode())
        answer = editor.post("/staff/prices", {"act": "import", "region": "浙江", "file": wrong})
        assert answer.status_code == 422
        assert "单价不能为负数" in answer.text
        right = SimpleUploadedFile("a.csv", "编码,名称,单价\nA,甲,10\n".encode())
        editor.post("/staff/prices", {"act": "import", "region": "浙江", "file": right})
        assert PriceBook.objects.get().number == 1
        given = {
            "act": "check",
            "region": "浙江",
            "0:code": "A",
            "0:quantity": "2",
            "0:price": "12",
        }
        given |= {"shop": "甲修理厂", "key": "k"}
        page = editor.post("/staff/prices", given).text
        assert "高出 2 元" in page.replace("2.00", "2")
        assert editor.post("/staff/prices", given | {"claim": "C999"}).status_code == 404
        check = EstimateCheck.objects.get()
        told = {"act": "answer", "check": check.pk, "outcome": "KEPT"}
        refused = editor.post("/staff/prices", told)
        assert refused.status_code == 422
        assert "待您说明" in refused.text
        assert editor.post("/staff/prices", told | {"reason": "只有一家有货"}).status_code == 302
        report = "/staff/prices/deviations"
        for by in ("shop", "part", "staff", "nonsense"):
            assert "4.00" in editor.get(f"{report}?by={by}").text
        assert "没有核对过" in editor.get(f"{report}?since=2020-01-01&until=2020-02-01").text
        assert editor.get(f"{report}?since=2020-01-01&until=x").status_code == 200
        assert editor.get(f"{report}/export").content[:2] == b"PK"

    def test_the_report_is_the_offices_own(self, bed, client):
        away = signed_in(make.colleague(make.office(), "ASSESSOR")[1])
        assert "没有核对过" in away.get("/staff/prices/deviations").text
        powerless = signed_in(make.colleague(bed.office, "RENEWAL_ADVISER")[1])
        for end in ("", "/export"):
            assert powerless.get(f"/staff/prices/deviations{end}").status_code == 403
            assert client.get(f"/staff/prices/deviations{end}").status_code == 302


class TestProgrammes:
    def test_everybody_reads_and_two_people_edit(self, bed):
        reader = signed_in(make.colleague(bed.office, "CALL_AGENT")[1])
        page = reader.get("/staff/programmes").text
        assert "重疾一日赔" in page
        assert "已办结" in page
        assert f"{timezone.localdate().year} 年结案" in page
        assert reader.post("/staff/programmes/fast/make").status_code == 403
        one = signed_in(make.colleague(bed.office, "STANDARDS_EDITOR")[1])
        one.post("/staff/programmes/fast/make", {"note": "调整金额"})
        given = {
            "title": "小额快赔",
            "words": "两万元以内。",
            "changes": "直通\n从简",
            "offered": "1",
            "revision": "0",
        }
        one.post("/staff/programmes/fast/draft", given)
        place = "/staff/programmes/fast/publish"
        assert "编制人不能发布" in one.post(place, {"revision": "1"}).text
        other = signed_in(make.colleague(bed.office, "STANDARDS_EDITOR")[1])
        assert "还差：查接续、查告知、查压力" in other.post(place, {"revision": "1"}).text
        page = one.get("/staff/programmes/fast/draft").text
        assert "还不能上线" in page
        answer = {"check": "told", "passed": "yes", "evidence": "短"}
        assert "至少十个字" in one.post("/staff/programmes/fast/check", answer).text
        for check in ("continuation", "told", "load"):
            answer |= {"check": check, "evidence": "与客服、理赔一起走过一遍"}
            one.post("/staff/programmes/fast/check", answer)
        other.post(place, {"revision": "1"})
        assert "两万元以内。" in reader.get("/staff/programmes/fast").text
        assert ProgrammeVersion.objects.filter(code="fast", state="PUBLISHED").count() == 1
        page = one.post("/staff/programmes/fast/back", follow=True).text
        assert "已回退：现行的是第 3 版" in page
        assert "两万元以内。" not in page

    def test_care_refuses_a_stranger_in_the_same_words(self, bed):
        with pytest.raises(care.VisitNotFound):
            care.confirm_visit(secret="nothing", at=make.NOON)
