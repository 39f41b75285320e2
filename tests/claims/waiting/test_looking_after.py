"""Colleagues and the worker look after what waits."""

from datetime import date, timedelta

import pytest

from tests import make
from tests.claims import papers
from tests.claims.waiting.acts import TEXT, act, agree, keep, refuse, the_row, told
from tests.documents.papers import picture
from yilu.claims import jobs, operations
from yilu.claims.models import Claim
from yilu.documents.models import Upload
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed, Refusal
from yilu.kernel.refs import Ref
from yilu.obligations.models import Clock
from yilu.people import queries as people_queries
from yilu.people.models import Consent
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


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
