"""Whoever is asked agrees or refuses, and the report files itself or waits no longer."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from tests import make
from tests.claims import papers
from tests.claims.test_all_or_nothing import crash_everywhere
from tests.claims.waiting.acts import agree, keep, refuse, the_row, told
from yilu.claims import operations
from yilu.claims.models import Claim, ContactNote
from yilu.claims.operations import steps
from yilu.documents.operations import Receipt
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.obligations.models import Clock
from yilu.people import operations as people
from yilu.people.models import Consent
from yilu.people.operations import ConsentTextChanged
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


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
