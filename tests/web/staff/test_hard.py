"""The pages of a hard case, quality, open work and the pool: what they show, do and refuse."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from tests import make
from tests.claims import hard
from tests.claims.test_agreements import code_of
from tests.web.signing import signed_in
from yilu.claims import operations
from yilu.claims.models import (
    Agreement,
    CasePart,
    Claim,
    Entitlement,
    Investigation,
    InvestigationStep,
    LateInterest,
    MisstatedAge,
    MistakenLapse,
    QualityCheck,
)
from yilu.journal import queries as journal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.policies.models import Policy
from yilu.video import operations as video
from yilu.video.models import Session
from yilu.work.models import Helper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(make.NOON, tick=False):
        yield


@pytest.fixture
def office():
    make.standards_in_force()
    return hard.Office(make.office())


def browser(who):
    return signed_in(Ref("staff", who[0].staff_id))


def text(answer):
    return answer.content.decode()


def act(who, claim, name, **given):
    return browser(who).post(f"/staff/claims/{claim.claim_id}/hard-act/{name}", given)


def place(who, claim, name, query=""):
    return browser(who).get(f"/staff/claims/{claim.claim_id}/hard/{name}{query}")


def test_every_page_of_a_death_opens_for_its_branch_and_for_no_other(office):
    claim = hard.death(office)
    stranger = make.colleague(make.office(), "ASSESSOR")
    for name in ("team", "investigation", "rescission", "beneficiaries", "money-back", "agreements", "try",
                 "appraisal", "coordination"):  # fmt: skip
        shown = place(office.chen, claim, name)
        assert shown.status_code == 200, name
        assert "y-hard-tabs" in text(shown), name
        assert place(stranger, claim, name).status_code == 404, name
    assert place(office.chen, claim, "nowhere").status_code == 404


def test_an_investigation_goes_from_plan_to_conclusion_on_its_page(office):
    claim = make.claim_in_review(office_id=office.id)
    operations.open_investigation(
        **hard.told(claim, office.chen, reason="OTHER", question="核实住院经过")
    )
    owner = office.cha[0].staff_id
    assert (
        act(
            office.cha, claim, "plan-step", kind="HOSPITAL", task="走访医院住院部", owner=owner
        ).status_code
        == 302
    )
    desk = text(browser(office.cha).get(f"/staff/claims/{claim.claim_id}"))
    assert f"/staff/claims/{claim.claim_id}/hard/investigation" in desk
    assert "end-investigation" not in desk, "no report is asked for where it cannot be handed in"
    refused = act(office.cha, claim, "report", finding="CONFIRMED", report="没有问题，属实")
    assert refused.status_code == 409
    assert "还有未完成的调查步骤" in text(refused)
    typed = re.findall(r'id="typed" type="application/json">(.*?)</script>', text(refused))
    assert json.loads(typed[0])["report"] == ["没有问题，属实"], "what was typed comes back"
    step = InvestigationStep.objects.get()
    colleague = make.colleague(office.id, "INVESTIGATOR")
    assert "settle-step" not in text(place(colleague, claim, "investigation")), (
        "the owner's to fill in"
    )
    assert "settle-step" in text(place(office.cha, claim, "investigation"))
    act(office.cha, claim, "settle-step", step=step.pk, result="SUPPORTS", finding="病历与申请一致")
    act(office.cha, claim, "report", finding="CONFIRMED", report="没有问题，属实")
    assert "另一人作结论" in text(place(office.fu, claim, "investigation"))
    act(office.fu, claim, "conclude", finding="CONFIRMED", conclusion="同意调查报告")
    assert Investigation.objects.get().closed_at
    assert act(office.cha, claim, "no-such-act").status_code == 404


def test_heirs_are_found_and_confirmed_on_their_page(office):
    claim = hard.death(office)
    son = hard.relative(office, "林小强")
    shown = text(place(office.chen, claim, "beneficiaries", f"?with={son}"))
    assert "林小强" in shown
    given = {
        "include": [claim.claimant, son], f"relation-{claim.claimant}": "SPOUSE",
        f"fate-{claim.claimant}": "ALIVE", f"relation-{son}": "CHILD", f"fate-{son}": "ALIVE",
        "note": "户口簿、结婚证",
    }  # fmt: skip
    act(office.chen, claim, "establish", **given)
    found = Entitlement.objects.get()
    assert "50.00%" in text(place(office.fu, claim, "beneficiaries"))
    act(office.fu, claim, "confirm", entitlement=found.pk)
    found.refresh_from_db()
    assert found.state == "STANDS"
    declared = act(
        office.chen, claim, "declared-death", court="西湖法院", case_number="1号",
        missing_on="2024-01-05", judged_on="no day",
    )  # fmt: skip
    assert declared.status_code == 422


def test_what_the_desk_asks_is_signed_by_the_customer_while_they_see_each_other(office):
    claim = make.claim_in_review(office_id=office.id)
    about, told = Ref("claim", claim.claim_id), {"access": office.chen[0], "actor": office.chen[1]}
    signer = Ref("party", Claim.objects.get().claimant_id)
    customer, asked = signed_in(signer), {"kind": "SETTLEMENT", "amount": "10000"}
    terms = "双方同意本次一次性给付一万元整。"
    assert act(office.chen, claim, "ask-agreement", **asked, terms="短").status_code == 422
    session = video.ask(
        about=about, party_id=signer.id, case_number="C1", **told, at=make.NOON
    )  # fmt: skip
    seat = f"/staff/video/{session}"
    assert "先拟一份" in text(browser(office.chen).get(seat))
    act(office.chen, claim, "ask-agreement", **asked, terms=terms)
    made = Agreement.objects.get()
    assert terms in text(place(office.chen, claim, "agreements"))
    assert "请客户签名" in text(browser(office.chen).get(seat))
    Session.objects.update(state="LIVE", wants="SIGN")

    page = f"/c/agreements/{made.pk}"
    for where in ("/c/claims", f"/c/claims/{claim.claim_id}"):
        assert page in text(customer.get(where))
    assert terms in text(customer.get(page))
    other = signed_in(Ref("party", make.party(office.id)))
    assert other.get(page).status_code == other.post(f"{page}/sign").status_code == 404
    assert customer.post(f"{page}/code", {"digest": "old"}).status_code == 409
    sent = customer.post(f"{page}/code", {"digest": made.digest})
    assert "同意并签名" in text(customer.get(sent.headers["Location"]))
    assert customer.post(f"{page}/sign", {"code": "no code"}).status_code == 422
    assert Session.objects.get().wants == "SIGN"
    assert customer.post(f"{page}/sign", {"code": code_of(signer)}).status_code == 302
    assert "您已于" in text(customer.get(page))
    assert Session.objects.get().wants == ""
    kinds = [each.kind for each in journal.timeline(about)]
    assert "claims.agreement_signed" in kinds
    assert kinds.count("video.customer_signed") == 1
    assert not video.note_signed(about=about, party_id=signer.id, at=make.NOON)
    assert customer.post(f"{page}/burn").status_code == 404


def test_what_the_customer_declines_or_the_desk_takes_back_is_not_signed(office):
    claim = make.claim_in_review(office_id=office.id)
    customer = signed_in(Ref("party", Claim.objects.get().claimant_id))
    asked = {"kind": "THIRD_PARTY", "terms": "本人同意向就诊医院调取病历。"}
    act(office.chen, claim, "ask-agreement", **asked)
    first = Agreement.objects.get()
    customer.post(f"/c/agreements/{first.pk}/decline", {"reason": "不想授权"})
    assert "不产生效力" in text(customer.get(f"/c/agreements/{first.pk}"))
    act(office.chen, claim, "ask-agreement", **asked)
    second = Agreement.objects.latest("pk")
    act(office.chen, claim, "withdraw-agreement", agreement=second.pk, reason="资料已由医院传来")
    assert customer.get(f"/c/agreements/{second.pk}").status_code == 404
    assert "不想授权" in text(place(office.chen, claim, "agreements"))
    assert act(office.chen, claim, "ask-agreement", kind="REPAYMENT", terms=asked["terms"],
               lines="2026-01-01").status_code == 422  # fmt: skip


def test_a_sum_is_tried_beside_the_kept_one(office):
    claim = make.claim_in_review(office_id=office.id)
    shown = text(place(office.chen, claim, "try", "?tried=1&elsewhere=3000&cause=ACCIDENT"))
    assert "逐行对照" in shown
    assert "相差" in shown
    assert place(office.chen, claim, "try", "?tried=1&elsewhere=abc").status_code == 200


def test_parts_mentions_and_care_on_the_teams_page(office):
    claim = make.claim_in_review(office_id=office.id)
    act(office.chen, claim, "give-part", area="MEDICAL", staff=office.fu[0].staff_id)
    assert CasePart.objects.get().staff_id == office.fu[0].staff_id
    act(
        office.chen,
        claim,
        "note-and-call",
        kind="NOTE",
        text="请看票据",
        staff=[office.fu[0].staff_id],
    )
    assert "有人请您查看" in text(place(office.fu, claim, "team"))
    act(office.fu, claim, "seen")
    assert "有人请您查看" not in text(place(office.fu, claim, "team"))
    act(office.chen, claim, "order-care", kind="VISIT", words="上门慰问家属")
    assert "探访慰问" in text(place(office.fu, claim, "team"))
    asked = {"kind": "ADVANCE", "scene": "INPATIENT", "expected": "8,000"}
    asked["words"] = "医院通知交押金"
    bad = act(office.chen, claim, "order-care", **asked, amount="-3")
    assert (bad.status_code, 'value="8,000"' in text(bad)) == (422, True)
    act(office.chen, claim, "order-care", **asked, amount="1,000")
    assert 'name="approve"' not in text(place(office.chen, claim, "team"))
    shown = text(place(office.fu, claim, "team"))
    assert "住院预付" in shown
    order = re.search(r'name="care" value="(\d+)">\s*<label[^>]*>意见', shown)[1]
    act(office.fu, claim, "approve-advance", care=order, outcome="押金单已核对", approve="yes")
    assert "批准时上限" in text(place(office.fu, claim, "team"))


def test_who_may_not_state_so_much_asks_who_may(office):
    claim = make.claim_in_review(office_id=office.id)
    shown = text(place(office.chen, claim, "money-back"))
    assert "您最多可以记录" in shown
    reviewer = office.fu[0]
    assert f'<option value="{reviewer.staff_id}">{reviewer.name}' in shown
    asked = {"amount": "90000", "reason": "责任无争议"}
    refused = act(office.chen, claim, "state-instalment", **asked)
    assert refused.status_code == 403
    assert "90000 责任无争议" in text(refused)
    act(
        office.chen, claim, "note-and-call", kind="NOTE", text="请您记录", staff=[reviewer.staff_id]
    )
    assert "有人请您查看" in text(place(office.fu, claim, "team"))
    highest = text(place(office.zhu, claim, "money-back"))
    assert "超过权限" not in highest


def test_quality_is_graded_by_reviewers_and_answered_by_handlers(office):
    claim = make.claim_in_review(office_id=office.id)
    from yilu.claims import queries

    seen = queries.desk(claim.claim_id, office.chen[0], make.NOON)
    verdict = operations.Verdict(digest=seen.digest, kind="APPROVE", reason="事实清楚，属于责任")
    operations.decide(**hard.told(claim, office.chen, verdict=verdict))
    operations.draw_quality_checks(since=make.NOON, at=make.NOON.replace(hour=6))
    check = QualityCheck.objects.get()
    assert "待抽检" in text(browser(office.fu).get("/staff/quality"))
    answer = browser(office.fu).post(
        f"/staff/quality/{check.pk}/grade",
        {"grade": "FAULTS", "faults": ["AMOUNT"], "finding": "少算了一行床位费"},
    )
    assert answer.status_code == 302
    again = browser(office.fu).post(f"/staff/quality/{check.pk}/grade", {"grade": "GOOD"})
    assert again.status_code == 404
    assert "金额差错" in text(browser(office.chen).get("/staff/quality"))
    browser(office.chen).post(f"/staff/quality/{check.pk}/answer", {"answer": "已改正"})
    check.refresh_from_db()
    assert check.answered_at
    for by in ("", "?by=faults"):
        assert browser(office.fu).get(f"/staff/quality/chart{by}").json()["series"]


def test_a_lead_goes_from_a_bar_to_its_rows_to_a_workbook(office):
    claim = make.claim_in_review(office_id=office.id)
    lead = browser(office.zhu)
    ages = lead.get("/staff/open-work/chart/ages").json()
    assert sum(ages["series"][0]["data"]) == 1
    for name in ("people", "offices"):
        assert lead.get(f"/staff/open-work/chart/{name}").status_code == 200
    assert lead.get("/staff/open-work/chart/moons").status_code == 404
    assert claim.number in text(lead.get(ages["links"][0]))
    assert claim.number not in text(lead.get(ages["links"][-1]))
    offered = text(lead.get("/staff/open-work")).split('id="queue"')[1].split("</select>")[0]
    assert offered.count("<option") == 2  # every queue, and the one in which a claim waits
    asked = lead.post("/staff/open-work/export", {"age": "D1"})
    file = lead.get(asked.url)
    assert file["Content-Disposition"].endswith('.xlsx"')
    assert browser(make.colleague(office.id, "TEAM_LEAD")).get(asked.url).status_code == 404
    assert browser(office.chen).get("/staff/open-work").status_code == 403
    assert lead.get("/staff/open-work/exports").status_code == 200


def test_helpers_are_registered_on_the_pools_page(office):
    lead = browser(office.zhu)
    given = {"queue": "claims.review", "staff": office.chen[0].staff_id, "daily_max": "5"}
    assert lead.post("/staff/pool/helpers", given).status_code == 302
    assert Helper.objects.get().daily_max == 5
    assert "陈经办" in text(lead.get("/staff/pool"))
    assert lead.post("/staff/pool/helpers", given | {"daily_max": "9999"}).status_code == 422
    lead.post("/staff/pool/helpers", given | {"daily_max": "0"})
    assert not Helper.objects.exists()


def test_a_work_item_leads_to_its_page_of_the_case(office):
    claim = make.claim_in_review(office_id=office.id)
    act(office.chen, claim, "give-part", area="MEDICAL", staff=office.fu[0].staff_id)
    part = CasePart.objects.get()
    answer = browser(office.fu).get(f"/staff/case/case_part/{part.pk}")
    assert answer.url == f"/staff/claims/{claim.claim_id}/hard/team"
    stranger = make.colleague(make.office(), "ASSESSOR")
    assert browser(stranger).get(f"/staff/case/case_part/{part.pk}").status_code == 404
    assert browser(office.fu).get("/staff/case/moon/1").status_code == 404


def test_a_beneficiarys_account_is_set_for_them_and_a_returned_policy_decided(office):
    wife, son = hard.relative(office, "林太太"), hard.relative(office, "林小强")
    claim = hard.death(office, (wife, "0.5", 1), (son, "0.5", 1))
    grace = {"amount": Decimal("1000.00"), "reason": "家庭困难，通融给付"}
    operations.grant_ex_gratia(**hard.told(claim, office.zhu), **grace)
    clerk = browser(office.zhao)
    shown = f"/staff/claims/{claim.claim_id}/hard/beneficiaries"
    assert "名下还没有账户" in clerk.get(shown).text
    account = make.account(son)
    assert "代为登记并付款" in clerk.get(shown).text
    given = {"party": son, "account": account, "reason": "本人来电提出"}
    assert act(office.zhao, claim, "share-account", **given).status_code == 302
    assert "代为登记并付款" not in clerk.get(shown).text
    refused = act(office.zhu, claim, "returned-policy", revive="yes", reason="已返还")
    assert refused.status_code == 409


def test_a_wrong_age_is_stated_by_one_and_answered_by_another_on_its_page(office):
    claim = hard.death(office)
    given = {"true_birth": "1979-05-01", "reason": "户口簿与病案首页记载"}
    assert act(office.chen, claim, "state-age", **given).status_code == 302
    finding = MisstatedAge.objects.get()
    assert "等待另一位有复核权限的同事" in text(place(office.chen, claim, "misstated"))
    assert act(office.chen, claim, "state-age", **given).status_code == 409
    assert (
        act(office.chen, claim, "answer-age", finding=finding.pk, agrees="yes").status_code == 403
    )
    back = {"finding": finding.pk, "agrees": "no", "answer": "照片不清楚"}
    assert act(office.zhu, claim, "answer-age", **back).status_code == 302
    assert "照片不清楚" in text(place(office.zhu, claim, "misstated"))


def test_what_the_papers_say_of_an_illness_is_established_on_its_page(office):
    insured = make.insured(office.id, name="林先生")
    policy = make.policy(
        office.id, holder_id=insured, product_code="critical-illness", sum_insured=Decimal(300_000),
        premium=Decimal("5000.00"), effective_on=date(2023, 1, 1), with_social_insurance=False,
    )  # fmt: skip
    hard.make_consent(insured)
    claim = hard.in_review(office, policy.number, insured, "CRITICAL_ILLNESS")
    row = {"condition": "CANCER", "confirmed_on": "2026-02-20"}
    asked = text(place(office.chen, claim, "facts"))
    assert 'value="CANCER"' in asked
    assert "资料里还没有读到诊断" in asked
    for wrong, said in (
        (row | {"condition": "COLD"}, "请选择条款约定的疾病"),
        (row | {"confirmed_on": "2026-13-01"}, "请填写日期"),
        (row | {"confirmed_on": "2036-01-01"}, "确诊日期不能晚于今天"),
        (row | {"cause": "LUCK"}, "请选择出险原因"),
    ):
        refused = act(office.chen, claim, "establish-facts", **({"cause": "ILLNESS"} | wrong))
        assert refused.status_code == 422, wrong
        assert said in text(refused)
    registrar = hard.registrar(office)
    assert act(registrar, claim, "establish-facts", cause="ILLNESS", **row).status_code == 403
    assert not Claim.objects.get(pk=claim.claim_id).loss.get("diagnoses")
    assert act(office.chen, claim, "establish-facts", cause="ILLNESS", **row).status_code == 302
    assert "300,000.00" in browser(office.chen).get(f"/staff/claims/{claim.claim_id}").text
    assert 'value="2026-02-20"' in text(place(office.chen, claim, "facts"))
    assert act(office.chen, claim, "establish-facts", cause="ILLNESS").status_code == 302
    assert not Claim.objects.get(pk=claim.claim_id).loss.get("diagnoses")


def test_stays_and_a_death_are_established_and_what_the_form_does_not_show_stays(office):
    claim = hard.death(office)
    given = {"cause": "ACCIDENT", "died_on": "2026-02-27", "circumstances": "DRUNK_DRIVING"}
    refused = act(office.chen, claim, "establish-facts", **given, transport="ROCKET")
    assert refused.status_code == 422
    done = act(office.chen, claim, "establish-facts", **given)
    assert done.status_code == 302, re.findall("y-note-bad.{400}", text(done), re.DOTALL)
    loss = Claim.objects.get(pk=claim.claim_id).loss
    assert (loss["cause"], loss["circumstances"]) == ("ACCIDENT", ["DRUNK_DRIVING"])
    assert loss["passing"] == ["2026-02-27", "", False]
    stay = make.claim_in_review(office_id=office.id)
    rows = {
        "visit": ["", ""],
        "from_on": ["2026-03-01", ""],
        "to_on": ["2026-03-03", ""],
        "icu_days": ["1", ""],
    }
    assert act(office.chen, stay, "establish-facts", cause="ILLNESS", **rows).status_code == 302
    assert Claim.objects.get(pk=stay.claim_id).loss["stays"] == [
        ["STAY|2026-03-01", "2026-03-01", "2026-03-03", 1]
    ]


class TestSomebodyWithoutAFile:
    """Heirs and third parties are mostly no customers: whoever has the right registers them on the way."""

    NEW = {
        "name": "何秀兰",
        "identity_kind": "RESIDENT_ID",
        "identity_number": "330106195005150028",
    }

    def test_is_registered_on_the_way_and_may_be_chosen_and_paid(self, office):
        claim = hard.death(office)
        registrar = make.colleague(office.id, "REGISTRAR", "ASSESSOR")
        there = f"/staff/claims/{claim.claim_id}/hard/beneficiaries"
        sent = browser(registrar)
        assert "/staff/customers/new" in text(sent.get(there))
        bad = sent.post(
            "/staff/customers/new", {**self.NEW, "identity_number": "33", "next": there}
        )
        assert bad.status_code == 422
        made = sent.post("/staff/customers/new", {**self.NEW, "next": there})
        assert made.status_code == 302
        assert made["Location"].startswith(f"{there}?with=")
        assert "何秀兰" in text(sent.get(made["Location"]))
        again = sent.post("/staff/customers/new", {**self.NEW, "next": there})
        assert again["Location"] == made["Location"]
        party_id = int(made["Location"].partition("=")[2])
        card = {
            "bank_code": "ICBC",
            "number": make.card_number(),
            "holder_name": "何秀兰",
            "agreed": people.consent_text("FINANCIAL").version,
            "next": there,
        }
        assert sent.post(f"/staff/customers/{party_id}/accounts", card)["Location"] == there
        assert len(people.list_accounts(party_id)) == 1

    def test_of_another_branch_is_not_shown_by_number_alone(self, office):
        claim = hard.death(office)
        stranger = make.party(make.office(), name="陌生人")
        assessor = make.colleague(office.id, "REGISTRAR", "ASSESSOR")
        assert "陌生人" not in text(place(assessor, claim, "beneficiaries", f"?with={stranger}"))


def test_interest_for_a_late_payment_is_decided_on_its_page(office):
    claim = hard.death(office)
    hard.calculated(claim, office)
    account = make.account(claim.claimant)
    payout = make.payout(
        claim.claimant, account_id=account, about=claim.ref, amount=Decimal("1000.00"),
        purpose="CLAIM",
    )  # fmt: skip
    assert "没有逾期的付款" in text(place(office.chen, claim, "late"))
    row = LateInterest.objects.create(
        claim_id=claim.claim_id, payout_id=payout, party_id=claim.claimant,
        principal=Decimal("1000.00"), pay_by=hard.DIED, paid_on=hard.DIED + timedelta(days=8),
        days=8, rate=Decimal(3), amount=Decimal("0.66"), rule="claims.late_payment/1#14",
        worked_out_at=make.NOON,
    )  # fmt: skip
    assert "× 3% × 8 天 ÷ 365 =" in text(place(office.chen, claim, "late"))
    given = {"late": row.pk, "days": "8", "reason": ""}
    assert act(office.cha, claim, "late-interest", **given).status_code == 403
    assert act(office.chen, claim, "late-interest", **given | {"days": "x"}).status_code == 422
    stranger = make.colleague(make.office(), "ASSESSOR")
    assert act(stranger, claim, "late-interest", **given).status_code == 404
    assert LateInterest.objects.get().state == "PROPOSED"
    assert act(office.chen, claim, "late-interest", **given).status_code == 302
    assert LateInterest.objects.get().state == "GRANTED"
    assert "已安排，等待银行" in text(place(office.chen, claim, "late"))
    assert act(office.chen, claim, "late-interest", **given).status_code == 404


def test_a_lapse_found_mistaken_is_undone_by_two_people_from_the_page_of_cover(office):
    claim = make.claim_in_review(office_id=office.id)
    assert "出险当日保单有效" in text(place(office.chen, claim, "cover"))
    refused = act(office.chen, claim, "state-lapse", ground="PAID", reason="回单显示已经扣款")
    assert refused.status_code == 409
    assert "没有可以更正的中止" in text(refused)
    Policy.objects.filter(pk=Claim.objects.get(pk=claim.claim_id).policy_id).update(
        state="SUSPENDED", suspended_on=date(2026, 1, 5), suspended_for="PREMIUM"
    )
    short = act(office.chen, claim, "state-lapse", ground="OTHER", reason="误")
    assert short.status_code == 422
    assert 'value="OTHER" selected' in " ".join(text(short).split())
    assert (
        act(office.chen, claim, "state-lapse", ground="PAID", reason="回单显示已经扣款").status_code
        == 302
    )
    assert "等待另一位有复核权限的同事" in text(place(office.chen, claim, "cover"))
    finding = MistakenLapse.objects.get()
    assert (
        act(office.chen, claim, "answer-lapse", finding=finding.pk, agrees="yes").status_code == 403
    )
    assert "保障没有空档" in text(place(office.fu, claim, "cover"))
    assert (
        act(office.fu, claim, "answer-lapse", finding=finding.pk, agrees="yes").status_code == 302
    )
    assert "出险当日保单有效" in text(place(office.chen, claim, "cover"))
