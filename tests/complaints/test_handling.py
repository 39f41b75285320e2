"""A complaint has one owner from the first word to the last, and every period of the law."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
import python_calamine
import time_machine

from tests import make
from tests.complaints.house import WORDS, after, arrives, kinds
from tests.make import NOON
from tests.web.signing import signed_in
from yilu.complaints import operations as complaints
from yilu.complaints import queries
from yilu.complaints.models import Complaint
from yilu.complaints.operations import Told
from yilu.complaints.rules import handling as rules
from yilu.journal.models import Event
from yilu.journal.operations import Happened
from yilu.journeys.reactions import look_at_what_others_will_meet
from yilu.kernel import tx
from yilu.kernel.days import CHINA
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.letters.models import IssuedLetter
from yilu.obligations import operations as clock_ticks
from yilu.obligations import queries as obligations
from yilu.payments.models import Payout
from yilu.payments.operations import NotTheirAccount
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


class TestReceive:
    def test_whoever_hears_it_answers_for_it_and_the_clocks_run(self, house):
        got = house.receive()
        case = queries.get_for_staff(got.id, house.seat)
        assert (case.row.owner_id, case.row.state, case.words) == (
            house.seat.staff_id,
            "OPEN",
            WORDS,
        )
        assert not got.joined
        assert Item.objects.get(queue__code="complaints.case").staff_id == house.seat.staff_id
        assert house.clocks(got.id) == {
            ("law.complaint_15_days", "RUNNING"),
            ("pledge.complaint_10_days", "RUNNING"),
            ("pledge.complaint_first_call", "RUNNING"),
        }
        row = Complaint.objects.get()
        assert WORDS.encode() not in bytes(row.words)
        assert WORDS not in str(Event.objects.get(kind="complaints.received").facts)

    def test_taken_on_the_phone_page_it_goes_to_the_least_burdened(self, house):
        first = house.receive()
        second = house.receive(by_seat=False, channel="APP", business="SALES", reason="MISLED")
        rows = {row.id: row for row in queries.list_for_customer(house.lin)}
        assert rows[first.id].owner_id == house.seat.staff_id
        assert rows[second.id].owner_id != house.seat.staff_id

    def test_the_same_matter_again_joins_the_open_case(self, house):
        first = house.receive()
        again = house.receive(by_seat=False, channel="APP", words="已经第二次投诉了！")
        assert (again.id, again.joined) == (first.id, True)
        case = queries.get_for_staff(first.id, house.seat)
        assert case.row.times_received == 2
        assert [word.text for word in case.log] == ["已经第二次投诉了！"]

    def test_twenty_together_are_major_and_the_regulators_number_is_kept(self, house):
        got = house.receive(
            persons=20, representatives=["甲", "乙"], regulator_number="ZB-1", channel="REGULATOR"
        )
        assert queries.get_for_staff(got.id, house.seat).row.major
        assert Item.objects.filter(queue__code="complaints.major").exists()

    def test_a_letter_typed_in_later_counts_from_the_day_it_came(self, house):
        """办法 18: the days begin with the receipt; typing it in late gains us nothing."""
        came = NOON.date() - timedelta(days=3)
        got = house.receive(channel="LETTER", received_on=came)
        assert (
            queries.get_for_staff(got.id, house.seat).row.received_at.astimezone(CHINA).date()
            == came
        )
        clocks = obligations.list_clocks(Ref("complaint", got.id), NOON)
        days = {c.code: c.due_at.astimezone(CHINA).date() for c in clocks}
        assert days["law.complaint_15_days"] == came + timedelta(days=15)
        house.by("lead", complaints.find_complex, got.id, reason="须调取三年前的资料核对")
        clocks = obligations.list_clocks(Ref("complaint", got.id), NOON)
        days = {c.code: c.due_at.astimezone(CHINA).date() for c in clocks}
        assert days["law.complaint_30_days"] == came + timedelta(days=30)

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            ({"words": "不"}, complaints.BadComplaint),
            ({"words": "长" * 4001}, complaints.BadComplaint),
            ({"business": "TEA"}, complaints.BadComplaint),
            ({"reason": ""}, complaints.BadComplaint),
            ({"persons": 0}, complaints.BadComplaint),
            ({"representatives": list("甲乙丙丁戊己")}, complaints.TooManyRepresentatives),
            ({"channel": "REGULATOR"}, complaints.BadComplaint),
            ({"channel": "PIGEON"}, complaints.BadComplaint),
            ({"received_on": NOON.date() + timedelta(days=1)}, complaints.BadComplaint),
            ({"received_on": NOON.date() - timedelta(days=91)}, complaints.BadComplaint),
        ],
    )
    def test_refuses_what_cannot_be_and_keeps_nothing(self, house, wrong, refusal):
        with pytest.raises(refusal):
            house.receive(**wrong)
        assert not Complaint.objects.exists()
        assert kinds() == []

    def test_nobody_complains_for_another_and_a_colleague_needs_the_right(self, house):
        other = Ref("party", make.party(house.office))
        told = Told(business="CLAIMS", reason="SLOW", words=WORDS)
        with pytest.raises(NotAllowed):
            complaints.receive(party_id=house.lin, channel="APP", told=told, actor=other, at=NOON)
        far, far_ref = make.colleague(make.office(), "CALL_AGENT", username="far")
        with pytest.raises(NotAllowed):
            complaints.receive(
                party_id=house.lin, channel="PHONE", told=told, access=far, actor=far_ref, at=NOON
            )


class TestSteppingAside:
    def test_who_is_complained_about_never_owns_it(self, house):
        got = house.receive(against=[house.seat.staff_id])
        row = queries.list_for_customer(house.lin)[0]
        assert row.owner_id != house.seat.staff_id
        with pytest.raises(complaints.StepAside):
            house.decide(got.id)

    def test_said_later_it_goes_to_somebody_else(self, house):
        got = house.receive()
        house.by("seat", complaints.name_concerned, got.id, staff_id=house.seat.staff_id)
        row = queries.list_for_customer(house.lin)[0]
        assert row.owner_id != house.seat.staff_id
        assert "complaints.owner_changed" in kinds()
        with pytest.raises(complaints.StepAside):
            house.by("seat", complaints.note_word, got.id, kind="CALL", text="通话")

    def test_the_lead_may_name_another_owner_with_a_reason(self, house):
        got = house.receive()
        with pytest.raises(complaints.BadComplaint):
            house.by(
                "lead", complaints.change_owner, got.id, staff_id=house.lead.staff_id, reason=""
            )
        house.by(
            "lead", complaints.change_owner, got.id, staff_id=house.lead.staff_id, reason="休假"
        )
        assert queries.list_for_customer(house.lin)[0].owner_id == house.lead.staff_id


class TestPeriods:
    def test_complex_is_thirty_days_from_receipt_and_longer_needs_another_superior(self, house):
        got = house.receive()
        with pytest.raises(complaints.NotNow):
            house.by("officer", complaints.extend, got.id, reason="仍在核实")
        house.by("officer", complaints.find_complex, got.id, after(10), reason="涉及多家医院")
        (clock,) = (
            c
            for c in obligations.list_clocks(Ref("complaint", got.id), after(10))
            if c.code == "law.complaint_30_days"
        )
        assert (clock.due_at - NOON).days in {29, 30}
        with pytest.raises(complaints.SameEyes):
            house.by("officer", complaints.extend, got.id, after(20), reason="仍在核实")
        other, other_ref = make.colleague(house.office, "COMPLAINT_OFFICER", username="other")
        complaints.extend(
            complaint_id=got.id, reason="仍在核实", access=other, actor=other_ref, at=after(20)
        )
        states = house.clocks(got.id, after(20))
        assert ("law.complaint_60_days", "RUNNING") in states
        assert ("law.complaint_30_days", "CANCELLED") in states
        assert ("law.complaint_15_days", "CANCELLED") in states

    def test_new_facts_begin_the_period_anew(self, house):
        got = house.receive()
        complaints.add_facts(
            complaint_id=got.id, words="又发现录音与说法不符", actor=house.me, at=after(9)
        )
        due = {
            c.due_at
            for c in obligations.list_clocks(Ref("complaint", got.id), after(9))
            if c.code == "law.complaint_15_days" and c.state == "RUNNING"
        }
        assert len(due) == 1
        assert (due.pop() - NOON).days >= 23

    def test_a_view_from_outside_stops_the_clock_once_the_complainant_knows(self, house):
        got = house.receive()
        with pytest.raises(complaints.BadComplaint):
            house.by(
                "lead", complaints.ask_outside, got.id, kind="MEDIATION", body="调解中心", proof=""
            )
        house.by(
            "lead", complaints.ask_outside, got.id, after(2), kind="MEDIATION", body="调解中心",
            proof="短信8812",
        )  # fmt: skip
        assert ("law.complaint_15_days", "PAUSED") in house.clocks(got.id, after(3))
        with pytest.raises(complaints.NotNow):
            house.by(
                "lead", complaints.ask_outside, got.id, after(3), kind="APPRAISAL", body="鉴定所",
                proof="短信",
            )  # fmt: skip
        house.by("lead", complaints.end_outside, got.id, after(12), result="双方达成一致")
        assert ("law.complaint_15_days", "RUNNING") in house.clocks(got.id, after(12))

    def test_the_owners_item_is_due_when_the_next_promise_is(self, house):
        got = house.receive()

        def due():
            return Item.objects.get(queue__code="complaints.case").due_at

        promised = {
            c.code: c.due_at for c in obligations.list_clocks(Ref("complaint", got.id), NOON)
        }
        assert due() == promised.pop("pledge.complaint_first_call")
        house.by("seat", complaints.note_word, got.id, kind="INQUIRY", text="查了录音")
        assert due() < min(promised.values())  # nobody has spoken with them yet
        house.by("seat", complaints.note_word, got.id, kind="CALL", text="已致电")
        assert due() == min(promised.values())


class TestAnswer:
    def test_a_person_answers_with_a_letter_and_every_clock_ends(self, house):
        got = house.receive()
        house.by(
            "seat", complaints.note_word, got.id, kind="CALL", text="已致电致歉", proof="录音1"
        )
        house.decide(got.id, at=after(1))
        case = queries.get_for_customer(got.id, house.lin)
        assert (case.row.state, case.row.outcome_label) == ("DECIDED", "投诉成立")
        assert "资料应一次性告知" in case.findings
        assert IssuedLetter.objects.get().kind == "COMPLAINT"
        assert {state for _, state in house.clocks(got.id, after(1))} == {"MET"}
        assert not Item.objects.filter(state="OPEN").exists()

    def test_a_tier_gives_what_it_may_and_pays_the_complainants_own_account(self, house):
        got = house.receive()
        own, strangers = (
            make.account(house.lin),
            make.account(make.party(house.office, name="周某")),
        )
        with pytest.raises(complaints.AboveTier):
            house.decide(got.id, amount=Decimal("800.00"), account_id=own)
        assert house.by("seat", complaints.escalate, got.id, reason="超出权限") == 2
        with pytest.raises(NotAllowed):
            house.decide(got.id, amount=Decimal("800.00"), account_id=own)
        with pytest.raises(NotTheirAccount):
            house.decide(got.id, "lead", amount=Decimal("800.00"), account_id=strangers)
        assert Complaint.objects.get().state == "OPEN"
        house.decide(got.id, "lead", amount=Decimal("800.00"), account_id=own)
        assert Payout.objects.get().amount == Decimal("800.00")
        with pytest.raises(complaints.NotNow):
            house.decide(got.id, "lead")

    def test_what_a_tier_may_give_is_for_managers_to_set(self, house):
        make.figure_set("complaints.first_tier_limit", "300")
        got, own = house.receive(), make.account(house.lin)
        with pytest.raises(complaints.AboveTier):
            house.decide(got.id, amount=Decimal("300.01"), account_id=own)
        house.decide(got.id, amount=Decimal("300.00"), account_id=own)
        assert queries.limits_of_tiers(make.NOON) == {
            1: Decimal(300), 2: Decimal(10_000), 3: Decimal(200_000),
        }  # fmt: skip

    @pytest.mark.parametrize(
        "wrong", [{"findings": ""}, {"basis": " "}, {"measures": "好"}, {"outcome": "MAYBE"},
                  {"amount": Decimal("-1.00")}, {"amount": Decimal("1.00")}],
    )  # fmt: skip
    def test_nothing_of_an_answer_may_be_missing(self, house, wrong):
        got = house.receive()
        with pytest.raises(complaints.BadComplaint):
            house.decide(got.id, **wrong)
        assert not IssuedLetter.objects.exists()

    def test_content_closes_it_and_not_content_goes_one_tier_up(self, house):
        got = house.receive()
        house.decide(got.id)
        complaints.say_content(
            complaint_id=got.id, content=False, words="没有说到重点", actor=house.me, at=after(2)
        )
        case = queries.get_for_staff(got.id, house.seat)
        assert (case.row.state, case.row.round, case.row.tier) == ("OPEN", 2, 2)
        assert case.row.owner_id == house.seat.staff_id, "who answers for it stays"
        house.decide(got.id, "lead", at=after(3))
        complaints.say_content(complaint_id=got.id, content=True, actor=house.me, at=after(4))
        assert queries.get_for_staff(got.id, house.seat).row.state == "CLOSED"
        with pytest.raises(complaints.NotNow):
            complaints.say_content(complaint_id=got.id, content=False, actor=house.me, at=after(5))

    def test_silence_closes_it_after_the_days_for_a_review(self, house):
        got = house.receive()
        house.decide(got.id)
        arrives(got.id, 1)
        assert complaints.close_answered(at=after(20)) == 0
        assert complaints.close_answered(at=after(33)) == 1
        assert complaints.close_answered(at=after(33)) == 0


class TestReview:
    def test_somebody_else_looks_again_within_thirty_days(self, house):
        got = house.receive()
        house.decide(got.id, "officer")
        arrives(got.id, 1)
        complaints.ask_review(complaint_id=got.id, words="依据不充分", actor=house.me, at=after(10))
        assert ("law.complaint_review_30_days", "RUNNING") in house.clocks(got.id, after(10))
        told = {"changed": True, "findings": "原核实有遗漏。", "measures": "补发说明。"}
        with pytest.raises(complaints.SameEyes):
            house.by("officer", complaints.decide_review, got.id, after(11), **told)
        other, other_ref = make.colleague(house.office, "COMPLAINT_OFFICER", username="other")
        complaints.decide_review(
            complaint_id=got.id, access=other, actor=other_ref, at=after(12), **told
        )
        case = queries.get_for_staff(got.id, house.seat)
        assert (case.row.state, case.review.changed) == ("CLOSED", True)
        assert set(IssuedLetter.objects.values_list("kind", flat=True)) == {"COMPLAINT", "REVIEWED"}

    def test_is_refused_after_the_days_and_open_while_nobody_knows_it_arrived(self, house):
        got = house.receive()
        with pytest.raises(complaints.NotNow):
            complaints.ask_review(complaint_id=got.id, words="依据不足", actor=house.me, at=NOON)
        house.decide(got.id)
        arrives(got.id, 1)
        arrives(got.id, 25)  # only the first arrival counts
        with pytest.raises(complaints.ReviewTooLate):
            complaints.ask_review(
                complaint_id=got.id, words="依据不足", actor=house.me, at=after(33)
            )
        assert rules.review_open(None, after(99).date())


def test_withdrawing_ends_it_the_same_day_and_twice_is_once(house):
    got = house.receive()
    for _ in range(2):
        complaints.withdraw(complaint_id=got.id, actor=house.me, at=after(1))
    assert kinds().count("complaints.withdrawn") == 1
    assert {state for _, state in house.clocks(got.id, after(1))} == {"CANCELLED"}


def test_a_root_cause_is_named_once_it_is_answered_and_counted(house):
    got = house.receive()
    given = {"cause": "PROCESS", "words": "补件通知分三次发出", "common": True}
    with pytest.raises(complaints.NotNow):
        house.by("lead", complaints.name_cause, got.id, **given)
    house.decide(got.id)
    house.by("lead", complaints.name_cause, got.id, **given)
    told = queries.figures(NOON.date(), after(1).date(), house.lead)
    assert (told.received, told.answered, told.upheld, told.on_time) == (1, 1, 1, 1.0)
    assert [(c.label, c.number) for c in told.by_cause] == [("流程有断点", 1)]
    assert Event.objects.get(kind="complaints.cause_named").facts["common"] is True


def test_a_review_that_is_late_does_not_make_the_answer_late(house):
    got = house.receive()
    house.decide(got.id)
    arrives(got.id, 1)
    complaints.ask_review(complaint_id=got.id, words="依据不足", actor=house.me, at=after(2))
    clock_ticks.tick(after(60))
    clocks = dict(house.clocks(got.id, after(60)))
    assert clocks["law.complaint_review_30_days"] == "BREACHED"
    assert queries.figures(NOON.date(), after(61).date(), house.lead).on_time == 1.0


def test_a_refused_answer_keeps_what_was_typed_and_the_year_is_a_file_by_region(house):
    with time_machine.travel(NOON, tick=False):
        got = house.receive()
        web = signed_in(house.seat_ref)
        typed = {
            "outcome": "PARTLY",
            "findings": "通话里没有说清补哪一份。",
            "basis": "一次性告知",
            "measures": "",
            "amount": "30",
        }
        kept = web.post(f"/staff/complaints/{got.id}/answer", typed)
        page = kept.content.decode()
        assert kept.status_code == 422
        assert 'value="PARTLY" required checked' in " ".join(page.split())
        assert "通话里没有说清补哪一份。</textarea>" in page
        assert 'value="30"' in page
        assert Complaint.objects.get().state == "OPEN"
        lead = signed_in(house.lead_ref)
        refused = lead.post(f"/staff/complaints/{got.id}/outside", {"body": "某鉴定所"})
        assert '<details class="mt-2" open>' in refused.content.decode()
        assert 'value="某鉴定所"' in refused.content.decode()
        told = queries.figures(NOON.date(), after(1).date(), house.lead)
        assert told.by_office == ((house.office, 1),)
        file = io.BytesIO(lead.get("/staff/complaints/year/file").content)
        sheet = python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
        rows = {tuple(row[:2]): row[2] for row in sheet.to_python()}
        assert (rows["总数", "收到"], rows["业务环节", "理赔"]) == (1, 1)


class TestStrangers:
    def test_another_customer_and_another_branch_hear_the_same_words(self, house):
        got = house.receive()
        stranger = Ref("party", make.party(house.office))
        far, far_ref = make.colleague(make.office(), "COMPLAINT_OFFICER", username="far")
        for refused in (
            lambda: queries.get_for_customer(got.id, stranger.id),
            lambda: queries.get_for_staff(got.id, far),
            lambda: complaints.withdraw(complaint_id=got.id, actor=stranger, at=NOON),
            lambda: complaints.note_word(
                complaint_id=got.id, kind="CALL", text="x", access=far, actor=far_ref, at=NOON
            ),
            lambda: queries.get_for_customer(10**9, house.lin),
        ):
            with pytest.raises(complaints.ComplaintNotFound):
                refused()
        assert queries.list_for_staff(far) == ()


@pytest.mark.parametrize("common", [True, False])
def test_a_common_cause_becomes_somebodys_task_for_the_ledger(house, common):
    got = house.receive()
    house.decide(got.id)
    house.by(
        "lead", complaints.name_cause, got.id, common=common, cause="PROCESS", words="分三次通知"
    )
    said = Event.objects.get(kind="complaints.cause_named")
    event = Happened(
        id=said.pk, kind=said.kind, about=Ref("complaint", got.id), actor=house.lead_ref,
        party_id=house.lin, at=NOON, facts=said.facts,
    )  # fmt: skip
    tx.use_case(look_at_what_others_will_meet)(event)
    assert Item.objects.filter(queue__code="journeys.problem").exists() is common
