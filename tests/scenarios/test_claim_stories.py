"""理赔故事: claims from the first call to the end, told through the operations and the worker."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from demo import papers as own
from demo.claims import within_the_list
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.scenarios.world import card, confirmed, photo
from yilu.claims import operations, queries
from yilu.claims.operations import Missing, Paper, Verdict
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)
SATURDAY = 5


def test_a_small_claim_from_the_phone_to_the_money_in_ten_minutes(world, office):
    lin = make.insured(office)
    claim = make.reported_claim(
        lin, office_id=office, account_id=card(lin), claimed_amount=Decimal("900.00"), at=world.now
    )
    world.pass_(minutes=20)
    bill = within_the_list(
        own.make_bill("林客户", 7, issued_on=date(2026, 3, 3), largest=Decimal(900))
    )
    handed_in_at = world.pass_(minutes=1)
    operations.hand_in_documents(
        claim_id=claim.claim_id, papers=[Paper("INVOICE", "电子票据.xml", own.xml(bill))],
        actor=Ref("party", lin), at=world.now,
    )  # fmt: skip
    world.pass_(minutes=2)
    world.pass_(minutes=3)

    seen = world.progress(claim, lin)
    assert (seen.card.state, seen.card.programme) == ("CLOSED", "FAST")
    assert seen.card.paid_amount == seen.calculation.benefit > 0
    assert sum(n.amount for n in seen.calculation.lines) == seen.calculation.benefit
    assert all(n.explanation for n in seen.calculation.lines)
    paid = Event.objects.get(kind="claims.claim_paid")
    assert paid.happened_at - handed_in_at <= timedelta(minutes=10)
    assert not any(c.breached for c in seen.clocks)
    assert world.clock(claim, "pledge.small_claim_ten_minutes").met_at
    told = world.messages(claim)
    assert len(told) >= 5
    assert told[0] == "claims.reported"
    assert {"claims.approved", "claims.paid", "claims.closed_rate_us"} <= set(told)
    assert not Item.objects.exclude(state="DONE").exists()

    operations.rate_claim(
        claim_id=claim.claim_id, stars=5, recommend=10, comment="没想到这么快", actor=Ref("party", lin),
        at=world.now,
    )  # fmt: skip
    assert world.progress(claim, lin).rating.stars == 5


def test_a_critical_illness_is_decided_within_one_day(world, office):
    lin = make.insured(office)
    policy = make.policy(
        office, product_code="critical-illness", holder_id=lin, sum_insured=Decimal(200_000),
        premium=Decimal(5000), effective_on=date(2023, 1, 1), with_social_insurance=False,
    )  # fmt: skip
    gu, chen, lead = (make.colleague(office, r) for r in ("CONSULTANT", "ASSESSOR", "TEAM_LEAD"))
    terms = operations_terms(policy.id)
    claim = make.reported_claim(
        lin, office_id=office, policy_number=policy.number, claim_type="CRITICAL_ILLNESS",
        account_id=card(lin), at=world.now,
        loss=operations.Loss(
            diagnoses=(operations.Diagnosis(condition=terms, confirmed_on=date(2026, 3, 1)),)
        ),
    )  # fmt: skip
    assert Item.objects.get(queue_id="claims.consultant").state == "OPEN"
    operations.assign_consultant(
        claim_id=claim.claim_id, staff_id=gu[1].id, access=gu[0], actor=gu[1], at=world.now
    )
    world.pass_(minutes=30)
    for kind in ("DIAGNOSIS", "OTHER"):
        operations.hand_in_documents(
            claim_id=claim.claim_id, papers=[photo(kind)], actor=Ref("party", lin), at=world.now
        )
        confirmed(kind)
    operations.take_over_documents(claim_id=claim.claim_id, actor=SYSTEM, at=world.now)

    seen = world.desk(claim, chen)
    assert (seen.card.state, seen.card.programme) == ("REVIEW", "ONE_DAY_CRITICAL")
    assert seen.calculation.benefit == Decimal("200000.00")
    assert world.clock(claim, "pledge.critical_illness_one_day").state == "RUNNING"
    operations.decide(
        claim_id=claim.claim_id, verdict=Verdict(digest=seen.digest, kind="APPROVE"), access=chen[0],
        actor=chen[1], at=world.now,
    )  # fmt: skip
    assert world.progress(claim, lin).card.state == "SECOND_REVIEW"
    world.pass_(minutes=40)
    operations.confirm_decision(
        claim_id=claim.claim_id, digest=world.desk(claim, lead).digest, agrees=True, reason="",
        access=lead[0], actor=lead[1], at=world.now,
    )  # fmt: skip
    world.pass_(minutes=5)

    assert world.progress(claim, lin).card.state == "CLOSED"
    clock = world.clock(claim, "pledge.critical_illness_one_day")
    assert clock.met_at
    assert not clock.breached


def operations_terms(policy_id):
    """The first listed illness of a policy's wording."""
    from yilu.policies import queries as policies

    terms = policies.get_policy(policy_id, date(2026, 3, 1)).terms
    return terms.for_claim("CRITICAL_ILLNESS")[0].conditions[0].code


def test_a_supplement_stops_the_clock_of_the_law(world, office):
    lin = make.insured(office)
    chen = make.colleague(office, "ASSESSOR")
    claim = make.claim_in_review(
        holder_id=lin, office_id=office, account_id=card(lin), at=world.now
    )
    due_before = world.clock(claim, "law.decide_thirty_days").due_at
    operations.request_supplement(
        claim_id=claim.claim_id, note="", access=chen[0], actor=chen[1], at=world.now,
        missing=[Missing("出院小结", ("DISCHARGE",), code="discharge")],
    )  # fmt: skip
    assert world.clock(claim, "law.decide_thirty_days").state == "RUNNING", "sent is not arrived"
    world.pass_(hours=1)
    world.open_letter(claim, "SUPPLEMENT", lin)
    assert world.clock(claim, "law.decide_thirty_days").state == "PAUSED"

    world.pass_(days=10)
    operations.hand_in_documents(
        claim_id=claim.claim_id, papers=[photo("DISCHARGE")], actor=Ref("party", lin), at=world.now
    )
    confirmed("DISCHARGE")
    clock = world.clock(claim, "law.decide_thirty_days")
    assert clock.state == "RUNNING"
    assert timedelta(days=9, hours=20) < clock.due_at - due_before <= timedelta(days=10, hours=1)
    [pause] = clock.pauses
    assert pause.paused_proof.startswith(("message:", "letter:"))
    assert pause.resumed_proof.startswith("upload:")

    again = {
        "claim_id": claim.claim_id, "at": world.now, "note": "首次通知漏列了费用清单",
        "missing": [Missing("费用清单", ("FEE_LIST",), code="fee_list")],
    }  # fmt: skip
    with pytest.raises(operations.SecondNoticeNeedsSupervisor):
        operations.request_supplement(access=chen[0], actor=chen[1], **again)
    fang = make.colleague(office, "TEAM_LEAD")
    operations.request_supplement(access=fang[0], actor=fang[1], **again)
    assert world.progress(claim, lin).card.state == "SUPPLEMENT"
    operations.waive_supplement(
        claim_id=claim.claim_id, reason="客户已在柜面出示原件", access=chen[0], actor=chen[1],
        at=world.now,
    )  # fmt: skip
    # Confirming the file made it a new version: the desk is read anew before deciding.
    operations.decide(
        claim_id=claim.claim_id, verdict=Verdict(digest=world.desk(claim, chen).digest, kind="APPROVE"),
        access=chen[0], actor=chen[1], at=world.now,
    )  # fmt: skip
    world.pass_(minutes=5)
    assert world.progress(claim, lin).card.state == "CLOSED"


def test_a_decline_is_a_persons_with_clause_letter_and_appeal(world, office, client):
    lin = make.insured(office)
    chen, fu = make.colleague(office, "ASSESSOR"), make.colleague(office, "REVIEWER")
    lines = [{"name": "烤瓷牙", "category": "自费", "amount": "9000.00"}]
    claim = make.claim_in_review(
        holder_id=lin, office_id=office, account_id=card(lin), at=world.now,
        loss=operations.Loss(circumstances=("DENTAL",)),
        invoices=[make.invoice(lines=lines, total="9000.00", fund_paid="0.00")],
    )  # fmt: skip
    seen = world.desk(claim, chen)
    assert seen.machine_verdict == "LOOK"
    assert seen.calculation.grounds
    world.pass_(hours=3)
    operations.decide(
        claim_id=claim.claim_id, access=chen[0], actor=chen[1], at=world.now,
        verdict=Verdict(
            digest=seen.digest, kind="DECLINE", reason="牙齿修复不属于保险责任", clauses=("3.4",)
        ),
    )  # fmt: skip
    clock = world.clock(claim, "law.denial_notice_three_days")
    assert clock.state == "RUNNING"
    world.pass_(hours=2)
    letter = world.open_letter(claim, "DENIAL", lin)
    assert letter.content.startswith(b"%PDF")
    file = SimpleUploadedFile("denial.pdf", letter.content, "application/pdf")
    proven = client.post("/verify", {"file": file}, follow=True)
    assert "一个字没改过" in proven.content.decode()
    altered = SimpleUploadedFile("denial.pdf", letter.content + b" ", "application/pdf")
    assert client.post("/verify", {"file": altered}, follow=True).status_code == 404
    assert world.clock(claim, "law.denial_notice_three_days").met_at
    page = world.progress(claim, lin)
    assert (page.card.state, page.decision.clause) == ("CLOSED", "3.4")
    assert page.decision.reason == "牙齿修复不属于保险责任"
    assert [n.kind for n in page.letters] == ["DENIAL"]
    assert not Payout.objects.exists()

    operations.reopen_claim(
        claim_id=claim.claim_id, cause="APPEAL", text="牙是车祸撞断的，请再看看", actor=Ref("party", lin),
        at=world.now,
    )  # fmt: skip
    operations.grant_ex_gratia(
        claim_id=claim.claim_id, amount=Decimal("1000.00"), reason="客户困难，酌情慰问", access=fu[0],
        actor=fu[1], at=world.now,
    )  # fmt: skip
    world.pass_(minutes=5)
    assert world.progress(claim, lin).card.paid_amount == Decimal("1000.00")


def test_a_rejected_payment_is_corrected_and_paid_once(world, office):
    lin = make.insured(office)
    claim = make.reported_claim(lin, office_id=office, account_id=card(lin, "0001"), at=world.now)
    operations.hand_in_invoices(
        claim_id=claim.claim_id,
        provider_id=1,
        invoices=[make.invoice()],
        actor=SYSTEM,
        at=world.now,
    )
    world.pass_(minutes=3)
    page = world.progress(claim, lin)
    assert page.card.state == "PAYOUT_PROBLEM"
    assert "CORRECT_ACCOUNT" in page.can
    world.pass_(hours=1)
    operations.correct_account(
        claim_id=claim.claim_id, account_id=card(lin), actor=Ref("party", lin), at=world.now
    )
    world.pass_(minutes=3)
    page = world.progress(claim, lin)
    assert page.card.state == "CLOSED"
    assert page.card.paid_amount == page.card.benefit_amount
    assert [p.state for p in page.payouts] == ["REJECTED", "SETTLED"]


def test_a_hospital_offers_and_the_customer_taps_once(world, office):
    lin = make.insured(office)
    make.consent(lin, "MEDICAL_DATA_FETCH")
    card(lin)
    offer_id = operations.offer_proactive_claim(
        policy_number=make.medical_policy(office, holder_id=lin).number, party_id=lin,
        claim_type="MEDICAL", provider_id=1, invoices=[make.invoice()], actor=Ref("provider", 1),
        at=world.now,
    )  # fmt: skip
    world.pass_(hours=5)
    done = operations.confirm_offer(offer_id=offer_id, actor=Ref("party", lin), at=world.now)
    world.pass_(minutes=3)
    card_ = queries.get_for_customer(done.claim_id, lin)
    assert (card_.state, card_.channel_label) == ("CLOSED", "主动理赔")
    assert not queries.list_offers(lin, at=world.now)


def test_the_machine_pays_in_the_night_of_the_spring_festival(world, office):
    world.now = datetime(2026, 2, 17, 17, 40, tzinfo=UTC)  # 01:40 on the first day of the year
    lin = make.insured(office)
    claim = make.reported_claim(
        lin, office_id=office, account_id=card(lin), at=world.now, loss_date=date(2026, 2, 16)
    )
    operations.hand_in_invoices(
        claim_id=claim.claim_id, provider_id=1, actor=SYSTEM, at=world.now,
        invoices=[
            make.invoice(issued_on="2026-02-17", admitted_on="2026-02-16", discharged_on="2026-02-17")
        ],
    )  # fmt: skip
    world.pass_(minutes=4)
    assert world.progress(claim, lin).card.state == "CLOSED"
    assert world.clock(claim, "pledge.small_claim_ten_minutes").met_at
    # What may wait for daylight waits: nobody is woken to rate us.
    assert Message.objects.get(template="claims.closed_rate_us").state == "QUEUED"


def test_a_report_in_a_holiday_night_counts_the_makeup_workday(world, office):
    world.now = datetime(2026, 2, 17, 17, 40, tzinfo=UTC)  # 01:40 on 18 February, in the holidays
    lin = make.insured(office)
    chen = make.colleague(office, "ASSESSOR")
    claim = make.claim_in_review(
        holder_id=lin, office_id=office, account_id=card(lin), at=world.now, loss_date=date(2026, 2, 10),
        invoices=[
            make.invoice(
                each="6000.00", fund_paid="0.00", issued_on="2026-02-16", admitted_on="2026-02-10",
                discharged_on="2026-02-16", hospital_days="6",
            )
        ],
    )  # fmt: skip
    # Work begins again on Tuesday the 24th; Saturday the 28th is worked in exchange (调休).
    target = world.clock(claim, "target.assess")
    five = world.clock(claim, "law.decide_five_working_days")
    thirty = world.clock(claim, "law.decide_thirty_days")
    assert f"{target.due_local:%m-%d %H:%M}" == "02-25 18:00", "sixteen hours of work"
    assert five.due_local.date() == date(2026, 2, 28)
    assert five.due_local.weekday() == SATURDAY
    assert thirty.due_local.date() == date(2026, 3, 20)
    assert not five.provisional

    world.now = datetime(2026, 2, 28, 8, 0, tzinfo=UTC)  # that Saturday, four in the afternoon
    world.work()
    left = world.clock(claim, "law.decide_five_working_days")
    assert (left.state, left.breached) == ("RUNNING", False)
    assert 0 < left.working_left <= 120
    operations.decide(
        claim_id=claim.claim_id, verdict=Verdict(digest=world.desk(claim, chen).digest, kind="APPROVE"),
        access=chen[0], actor=chen[1], at=world.now,
    )  # fmt: skip
    world.pass_(minutes=5)
    met = world.clock(claim, "law.decide_five_working_days")
    assert (met.state, met.breached) == ("MET", False)
    assert world.progress(claim, lin).card.state == "CLOSED"
