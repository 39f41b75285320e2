"""A report for somebody who has not agreed to the use of health data is kept, not refused."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from tests import make
from tests.claims import papers
from tests.claims.test_all_or_nothing import crash_everywhere
from tests.documents.papers import picture
from yilu.claims import jobs, operations
from yilu.claims.models import Claim, ContactNote, WaitingReport
from yilu.claims.operations import steps
from yilu.documents.models import Upload
from yilu.documents.operations import Receipt
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed, Refusal
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations.models import Clock
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.people.models import Consent
from yilu.people.operations import ConsentTextChanged
from yilu.policies.queries import PolicyNotFound, PolicyNotInForce
from yilu.work.models import Item

pytestmark = pytest.mark.django_db

TEXT = people_queries.consent_text("HEALTH_DATA").version


@pytest.fixture
def hua(office):
    """A customer who has agreed to nothing."""
    return make.party(office, birth_date=date(1985, 6, 15))


@pytest.fixture
def policy(office, hua):
    return make.medical_policy(office, holder_id=hua)


@pytest.fixture
def seat(office):
    """A colleague who takes reports: access and ref."""
    return make.colleague(office, "INTAKE")


@pytest.fixture
def lead(office):
    return make.colleague(office, "TEAM_LEAD")


@pytest.fixture
def kept(policy, hua, seat):
    """Hua's loss, reported by the seat."""
    return keep(policy, hua, seat)


def keep(policy, party_id, colleague, **told):
    access, actor = colleague
    told = {"channel": "PHONE", "claimed_amount": Decimal("850.00"), **told}
    return operations.report_or_keep(
        report=make.report(policy.number, party_id, **told),
        actor=actor,
        access=access,
        at=make.NOON,
    )


def the_row():
    return WaitingReport.objects.get()


def told(template):
    return Message.objects.filter(template=template)


def agree(kept, party_id, *, at=make.NOON, version=TEXT):
    return operations.agree_to_report(
        waiting_id=kept.waiting_id, text_version=version, actor=Ref("party", party_id), at=at
    )


def refuse(kept, party_id, answer="REFUSED", **given):
    operations.refuse_report(
        waiting_id=kept.waiting_id,
        answer=answer,
        actor=Ref("party", party_id),
        at=make.NOON,
        **given,
    )


def act(operation, kept, colleague, *, at=make.NOON, **given):
    access, actor = colleague
    return operation(waiting_id=kept.waiting_id, access=access, actor=actor, at=at, **given)


class TestKeeping:
    def test_nothing_is_lost_and_the_customer_is_asked_at_once(self, kept, hua, office, seat):
        row = the_row()
        assert (row.state, row.subject_id, row.first_on) == ("WAITING", hua, date(2026, 3, 4))
        assert row.said["amount"] == "850.00"
        asked = told("claims.consent_wanted").get()
        assert asked.recipient == f"party:{hua}"
        assert asked.facts["link"].endswith(f"/c/waiting-reports/{row.pk}")
        assert asked.facts["who"].startswith("客服人员")
        assert Item.objects.get(queue_id="claims.waiting").office_id == office
        clock = Clock.objects.get(subject=str(row.ref))
        assert (clock.code, clock.state) == ("pledge.waiting_report_spoken", "RUNNING")
        assert not Claim.objects.exists()

    def test_the_same_tap_and_the_same_loss_wait_once(self, policy, hua, seat):
        first = keep(policy, hua, seat, request_key="tap")
        again = keep(policy, hua, seat, request_key="tap")
        other = keep(policy, hua, seat, request_key="another")

        assert {first.waiting_id, again.waiting_id, other.waiting_id} == {the_row().pk}
        assert (first.is_new, again.is_new, other.is_new) == (True, False, False)
        assert told("claims.consent_wanted").count() == 1
        with pytest.raises(operations.SaidOtherwise):
            keep(policy, hua, seat, request_key="tap", loss_date=date(2026, 2, 2))

    def test_who_agreed_before_is_reported_for_as_ever(self, policy, hua, seat):
        make.consent(hua)

        made = keep(policy, hua, seat)

        assert Claim.objects.get().pk == made.claim_id
        assert not WaitingReport.objects.exists()

    def test_what_would_be_refused_anyway_is_refused(self, policy, hua, seat, office):
        with pytest.raises(PolicyNotInForce):
            keep(policy, hua, seat, loss_date=date(2025, 8, 31))
        with pytest.raises(NotAllowed):
            keep(policy, hua, make.colleague(make.office(), "INTAKE"))
        with pytest.raises(PolicyNotFound):
            operations.report_or_keep(
                report=make.report(policy.number, hua, channel="AGENT"),
                actor=Ref("agent", make.agent(office)), at=make.NOON,
            )  # fmt: skip
        assert not WaitingReport.objects.exists()

    def test_a_customers_own_consent_is_asked_on_the_spot(self, policy, hua):
        with pytest.raises(operations.ConsentMissing) as missing:
            operations.report_or_keep(
                report=make.report(policy.number, hua), actor=Ref("party", hua), at=make.NOON
            )
        assert missing.value.of == hua

    def test_a_wife_reports_and_her_husband_is_asked(self, office, hua):
        wife = make.insured(office)
        policy = make.medical_policy(office, holder_id=wife, insured_id=hua)

        made = operations.report_or_keep(
            report=make.report(policy.number, wife, account_id=None), actor=Ref("party", wife),
            at=make.NOON,
        )  # fmt: skip
        assert (made.subject_id, told("claims.consent_wanted").get().recipient) == (
            hua, f"party:{hua}",
        )  # fmt: skip

        refuse(made, hua)

        answer = told("claims.waiting_answered").get()
        assert (answer.recipient, answer.facts["outcome"]) == (f"party:{wife}", "客户不同意")

    def test_a_childs_parent_and_the_next_of_kin_are_asked_themselves(self, office, hua, seat):
        child = make.party(office, identity_number=make.resident_id(date(2018, 5, 1)))
        policy = make.medical_policy(office, holder_id=hua, insured_id=child)

        assert keep(policy, hua, seat, account_id=None).subject_id == hua

    def test_a_guardians_consent_counts_for_a_grown_up_who_cannot_act(self, office, hua, seat):
        son = make.insured(office)
        policy = make.medical_policy(office, holder_id=son, insured_id=hua)
        name = tx.use_case(people.name_guardian)
        name(ward_id=hua, guardian_id=son, ground="APPOINTED", actor=seat[1], at=make.NOON)

        made = keep(policy, son, seat, account_id=None)
        people.withdraw_consent(
            party_id=son, purpose="HEALTH_DATA", actor=Ref("party", son), at=make.NOON
        )
        papers.react()

        claim = Claim.objects.get(pk=made.claim_id)
        assert (claim.state, "CONSENT_WITHDRAWN" in claim.reasons) == ("REVIEW", True)
        later = keep(policy, son, seat, account_id=None, loss_date=date(2026, 2, 2))
        assert later.subject_id == son


class TestAgreeing:
    def test_the_report_files_itself_and_counts_from_its_first_day(self, kept, hua, seat):
        later = make.NOON + timedelta(days=9)

        claim_id = agree(kept, hua, at=later)

        claim = Claim.objects.get()
        assert (claim.pk, claim.state, claim.claimed_amount) == (
            claim_id,
            "REPORTED",
            Decimal("850"),
        )
        assert claim.received_on == date(2026, 3, 4)
        reported = Event.objects.get(kind="claims.claim_reported")
        assert (reported.actor, reported.facts["received_on"]) == (str(seat[1]), "2026-03-04")
        assert "先行保留" in ContactNote.objects.get().text
        row = the_row()
        assert (row.state, row.claim_id, row.basis, row.said) == ("FILED", claim_id, "CONSENT", {})
        assert Item.objects.get(queue_id="claims.waiting").state == "DONE"
        assert Clock.objects.get(subject=str(row.ref)).state in ("MET", "MET_LATE")
        news = told("claims.waiting_news").get()
        assert (news.recipient, news.facts["outcome"]) == (str(seat[1]), "已转为正式报案")
        assert told("claims.reported").get().recipient == f"party:{hua}"

    def test_twice_and_the_workers_reaction_make_one_claim(self, kept, hua):
        first, second = agree(kept, hua), agree(kept, hua)
        papers.react()
        papers.react()

        assert first == second
        assert Claim.objects.count() == Consent.objects.count() == 1
        assert Event.objects.filter(kind="claims.waiting_report_filed").count() == 1

    def test_a_consent_given_elsewhere_files_it_too(self, kept, hua):
        make.consent(hua, "MARKETING")
        papers.react()
        assert not Claim.objects.exists()

        make.consent(hua)
        papers.react()

        assert the_row().claim_id == Claim.objects.get().pk

    def test_a_consent_taken_back_before_the_worker_came_files_nothing(self, kept, hua):
        make.consent(hua)
        people.withdraw_consent(
            party_id=hua, purpose="HEALTH_DATA", actor=Ref("party", hua), at=make.NOON
        )
        papers.react()

        assert the_row().state == "WAITING"
        assert not Claim.objects.exists()

    def test_it_joins_what_the_customer_reported_meanwhile(self, kept, hua, policy):
        make.consent(hua)
        own = operations.report_claim(
            report=make.report(policy.number, hua), actor=Ref("party", hua), at=make.NOON
        )
        papers.react()

        assert Claim.objects.get().pk == own.claim_id
        assert (the_row().claim_id, the_row().basis) == (own.claim_id, "JOINED")

    def test_an_account_closed_meanwhile_is_named_later(self, policy, hua, seat):
        account = make.account(hua)
        keep(policy, hua, seat, account_id=account)
        people.close_account(
            party_id=hua, account_id=account, actor=Ref("party", hua), at=make.NOON
        )
        make.consent(hua)
        papers.react()

        assert Claim.objects.get().account_id is None

    def test_what_cannot_be_filed_stays_and_a_person_gets_it(self, kept, hua):
        mark_death = tx.use_case(people.note_death)
        mark_death(party_id=hua, died_on=date(2026, 3, 3), about=Ref("claim", 0), at=make.NOON)
        make.consent(hua)
        papers.react()

        row = the_row()
        assert (row.state, row.problem) == ("WAITING", "deceased_claimant")
        assert not Claim.objects.exists()
        assert Event.objects.filter(kind="claims.waiting_report_stuck").count() == 1

    def test_it_is_theirs_alone_and_under_the_text_in_force(self, kept, hua, lin):
        with pytest.raises(operations.WaitingReportNotFound):
            agree(kept, lin)
        with pytest.raises(ConsentTextChanged):
            agree(kept, hua, version="2019-01")
        assert (the_row().state, Consent.objects.filter(party_id=hua).count()) == ("WAITING", 0)

    def test_an_agents_earlier_day_on_paper_stays_the_first(self, policy, hua, seat):
        kept = keep(policy, hua, seat, receipt=Receipt(date(2026, 3, 2)))

        agree(kept, hua, at=make.NOON + timedelta(days=120))

        assert Claim.objects.get().received_on == date(2026, 3, 2)

    def test_a_worker_killed_in_the_middle_leaves_all_or_nothing(self, kept, hua, monkeypatch):
        make.consent(hua)
        act = tx.use_case(partial(steps.file_what_waited, hua, at=make.NOON))

        done, crashes = crash_everywhere(monkeypatch, act)

        assert done == 1
        assert crashes > 5
        assert act() == 0
        assert Claim.objects.count() == 1


class TestRefusing:
    def test_a_no_keeps_the_day_forgets_the_rest_and_offers_the_counter(self, kept, hua, seat):
        refuse(kept, hua)
        refuse(kept, hua)

        row = the_row()
        assert (row.state, row.said, row.loss_date, row.first_on) == (
            "REFUSED", {}, date(2026, 3, 1), date(2026, 3, 4),
        )  # fmt: skip
        assert told("claims.waiting_news").get().facts["outcome"] == "客户不同意"
        assert Item.objects.get(queue_id="claims.waiting").state == "OPEN"
        make.consent(hua)
        papers.react()
        assert not Claim.objects.exists()

    def test_who_refused_may_still_agree(self, kept, hua):
        refuse(kept, hua)

        assert agree(kept, hua) == Claim.objects.get().pk

    def test_i_did_not_ask_for_this_brings_a_lead(self, kept, hua):
        refuse(kept, hua, "DISOWNED", words="不认识这个人")

        assert the_row().reason == "不认识这个人"
        item = Item.objects.get(queue_id="claims.disowned")
        assert item.priority == 10
        assert Item.objects.get(queue_id="claims.waiting").state == "DONE"
        with pytest.raises(operations.WaitingReportOver):
            agree(kept, hua)
        with pytest.raises(operations.WaitingReportOver):
            refuse(kept, hua)

    def test_nobody_else_says_no_and_only_in_two_ways(self, kept, hua, lin):
        with pytest.raises(operations.WaitingReportNotFound):
            refuse(kept, lin)
        with pytest.raises(operations.BadAnswer):
            refuse(kept, hua, "MAYBE")
        agree(kept, hua)
        with pytest.raises(operations.WaitingReportOver):
            refuse(kept, hua)

    def test_the_reporter_takes_it_back_until_it_is_answered(self, kept, hua, seat, lead):
        with pytest.raises(operations.WaitingReportNotFound):
            operations.take_report_back(waiting_id=kept.waiting_id, actor=lead[1], at=make.NOON)
        operations.take_report_back(waiting_id=kept.waiting_id, actor=seat[1], at=make.NOON)

        assert the_row().state == "ENDED"
        assert told("claims.waiting_ended").get().recipient == f"party:{hua}"
        make.consent(hua)
        papers.react()
        assert not Claim.objects.exists()

    def test_a_cancel_after_the_consent_says_that_it_is_over(self, kept, hua, seat):
        agree(kept, hua)

        with pytest.raises(operations.WaitingReportOver):
            operations.take_report_back(waiting_id=kept.waiting_id, actor=seat[1], at=make.NOON)
        assert (the_row().state, Claim.objects.count()) == ("FILED", 1)


class TestDesk:
    def test_a_call_keeps_the_promise_and_no_answer_does_not(self, kept, seat):
        act(operations.call_about_report, kept, seat, how="NO_ANSWER", words="无人接听")
        assert Clock.objects.get().state == "RUNNING"

        act(operations.call_about_report, kept, seat, how="CALL", words="客户说晚上看")

        assert Clock.objects.get().state == "MET"
        assert [row[2] for row in the_row().calls] == ["NO_ANSWER", "CALL"]
        assert Item.objects.get().state == "DONE"
        with pytest.raises(operations.BadCall):
            act(operations.call_about_report, kept, seat, how="LETTER", words="写信")
        for again_on in (date(2026, 3, 4), date(2026, 5, 1)):
            with pytest.raises(operations.BadAgainDay):
                act(
                    operations.call_about_report, kept, seat, how="CALL", words="再联系",
                    again_on=again_on,
                )  # fmt: skip

    def test_a_signed_sheet_counts_and_is_kept_with_the_claim(self, kept, hua, seat):
        claim_id = act(
            operations.take_paper_consent, kept, seat, text_version=TEXT, filename="同意书.png",
            content=picture(),
        )  # fmt: skip

        consent = Consent.objects.get()
        assert (consent.party_id, consent.channel) == (hua, "PAPER")
        assert Upload.objects.get().subject == f"claim:{claim_id}"
        assert the_row().basis == "PAPER"

    def test_no_sheet_or_a_bad_one_changes_nothing(self, kept, seat):
        sheet = {"text_version": TEXT, "filename": "同意书.png"}
        with pytest.raises(operations.PaperMissing):
            act(operations.take_paper_consent, kept, seat, **sheet, content=b"")
        with pytest.raises(Refusal):
            act(operations.take_paper_consent, kept, seat, **sheet, content=b"no picture")
        assert (the_row().state, Consent.objects.count(), Claim.objects.count()) == (
            "WAITING",
            0,
            0,
        )

    def test_who_cannot_say_is_not_blocked_but_only_people_look(self, kept, hua, lead, seat):
        with pytest.raises(NotAllowed):
            act(operations.file_without_consent, kept, seat, reason="重症监护室，昏迷，家属在场")

        claim_id = act(
            operations.file_without_consent, kept, lead, reason="重症监护室，昏迷，家属在场"
        )

        claim = Claim.objects.get()
        assert (claim.pk, claim.state, claim.reasons) == (claim_id, "REPORTED", ["CONSENT_UNABLE"])
        assert (the_row().basis, Consent.objects.count()) == ("UNABLE", 0)
        name = people_queries.get_party(hua).name
        papers.hand_in(claim_id, papers.e_invoice(name), actor=Ref("party", hua))
        papers.read_all()
        claim.refresh_from_db()
        assert (claim.state, claim.reasons[0]) == ("REVIEW", "CONSENT_UNABLE")

    def test_whoever_reported_does_not_find_that_themselves(self, policy, hua, lead):
        kept = keep(policy, hua, lead)

        with pytest.raises(operations.NotForOneself):
            act(operations.file_without_consent, kept, lead, reason="重症监护室，昏迷，家属在场")
        assert the_row().state == "WAITING"

    def test_a_refusal_is_a_word(self, kept, hua, lead):
        refuse(kept, hua)

        with pytest.raises(operations.WaitingReportOver):
            act(operations.file_without_consent, kept, lead, reason="重症监护室，昏迷，家属在场")

    def test_a_person_ends_it_with_a_reason(self, kept, hua, seat):
        with pytest.raises(operations.ReasonMissing):
            act(operations.end_waiting_report, kept, seat, reason=" ")

        act(operations.end_waiting_report, kept, seat, reason="客户改为自行报案")

        assert (the_row().state, the_row().said) == ("ENDED", {})
        assert Item.objects.get().state == "DONE"
        with pytest.raises(operations.WaitingReportOver):
            agree(kept, hua)

    @pytest.mark.parametrize(
        ("operation", "given"),
        [
            (operations.call_about_report, {"how": "CALL", "words": "已说明"}),
            (operations.send_consent_link_again, {}),
            (operations.take_paper_consent, {"text_version": TEXT, "filename": "a.png", "content": b"x"}),
            (operations.end_waiting_report, {"reason": "客户不再申请"}),
            (operations.file_without_consent, {"reason": "重症监护室，昏迷，家属在场"}),
        ],
    )  # fmt: skip
    def test_it_is_the_offices_own(self, kept, operation, given):
        with pytest.raises(NotAllowed):
            act(operation, kept, make.colleague(make.office(), "TEAM_LEAD"), **given)
        assert the_row().state == "WAITING"


class TestSweep:
    def sweep(self, days):
        jobs.look_after_waiting_reports(make.NOON + timedelta(days=days))

    def test_reminds_every_few_days_then_gives_it_to_a_person_and_ends_nothing(self, kept):
        self.sweep(1)
        assert told("claims.consent_reminder").count() == 0
        self.sweep(2)
        self.sweep(2)
        assert (told("claims.consent_reminder").count(), the_row().reminders) == (1, 1)
        Item.objects.update(state="DONE", closed_at=make.NOON)

        self.sweep(10)
        self.sweep(20)

        row = the_row()
        assert (row.state, row.overdue_at is None, row.look_at) == ("WAITING", False, None)
        assert told("claims.consent_reminder").count() == 1
        assert Item.objects.get(queue_id="claims.waiting", state="OPEN").priority == 20
        clock = Clock.objects.get(code="pledge.waiting_report_decided")
        assert clock.state == "RUNNING"

    def test_waiting_further_is_a_persons_decision_with_a_day(self, kept, hua, seat):
        self.sweep(10)
        later = make.NOON + timedelta(days=11)

        act(
            operations.call_about_report, kept, seat, at=later, how="VISIT", words="约好下周上门",
            again_on=date(2026, 3, 20),
        )  # fmt: skip

        assert Clock.objects.get(code="pledge.waiting_report_decided").state == "MET"
        self.sweep(13)
        assert told("claims.consent_reminder").count() == 1
        self.sweep(16)
        assert Event.objects.filter(kind="claims.waiting_report_overdue").count() == 2

    def test_goes_through_all_pages(self, policy, hua, seat, monkeypatch):
        for day in (1, 2, 3):
            keep(policy, hua, seat, loss_date=date(2026, 2, day))
        at = make.NOON + timedelta(days=2)

        first = operations.look_after_waiting_reports(at=at, limit=2)
        second = operations.look_after_waiting_reports(at=at, after=first.last, limit=2)

        assert (first.did, second.did, second.last) == (2, 1, 0)
        assert told("claims.consent_reminder").count() == 3
