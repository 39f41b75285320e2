"""A lapsed contract comes back: what is owed, the health declaration, the thirty days of law."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext

from tests import make
from tests.documents.papers import picture
from tests.servicing.hall import NOON, Valuable, settle
from yilu.kernel import tx
from yilu.kernel.errors import said
from yilu.policies import queries as contracts
from yilu.policies.models import Policy
from yilu.servicing import operations as servicing
from yilu.servicing.operations import reviewing

pytestmark = pytest.mark.django_db


class TestReinstatement:
    @pytest.fixture
    def lapsed(self):
        hall = Valuable(effective_on=date(2022, 12, 1), paid_to=date(2025, 12, 1))
        hall.lapse(owed=8000)
        return hall

    def test_owed_premiums_and_interest_come_in_and_cover_goes_on(self, lapsed):
        state, quote, row = lapsed.done("reinstatement", {"health": "SAME", "true": "yes"})
        assert (state, quote.collects) == ("WAITING_MONEY", Decimal("8101.92"))  # 93 days
        settle(row.pk, str(quote.collects))
        lapsed.life.refresh_from_db()
        assert (lapsed.life.state, lapsed.life.paid_to) == ("IN_FORCE", date(2026, 12, 1))
        assert lapsed.life.gaps == [["2026-01-31", "2026-03-04"]]
        books = contracts.balances(lapsed.life.pk)
        assert books["late_interest"] == Decimal("101.92")
        waits = contracts.get_policy(lapsed.life.pk, date(2026, 3, 5)).contract.waits_from
        assert waits == date(2026, 3, 4)
        seen = lapsed.seen(row.pk)
        assert [r.label for r in seen.effect][-1] == "等待期"
        with translation.override("en"):  # also what was kept with the confirmation
            note = said(seen.quote.lines[0].note, gettext)
        assert "101.92" in note
        assert "应交" not in note

    def test_a_change_of_health_goes_to_a_person(self, lapsed):
        form = {"health": "CHANGED", "changes": "去年住院一次", "true": "yes"}
        state, _, _ = lapsed.done("reinstatement", form)
        assert state == "IN_REVIEW"
        lapsed.life.refresh_from_db()
        assert lapsed.life.state == "SUSPENDED"

    def test_silence_of_thirty_days_is_consent(self, lapsed):
        form = {"health": "CHANGED", "changes": "去年住院一次", "true": "yes"}
        _, quote, row = lapsed.done("reinstatement", form)
        assert servicing.consent_by_silence(at=NOON + timedelta(days=30)).did == 0
        assert servicing.consent_by_silence(at=NOON + timedelta(days=31)).did == 1
        assert servicing.consent_by_silence(at=NOON + timedelta(days=31)).did == 0
        assert lapsed.row(row.pk).state == "WAITING_MONEY"
        settle(row.pk, str(quote.collects))
        lapsed.life.refresh_from_db()
        assert lapsed.life.state == "IN_FORCE"

    @pytest.mark.parametrize("came", [None, 20])
    def test_missing_papers_do_not_stop_the_thirty_days_of_law(self, lapsed, came):
        make.standards_in_force()
        form = {"health": "CHANGED", "changes": "去年住院一次", "true": "yes"}
        _, _, row = lapsed.done("reinstatement", form)
        servicing.ask_papers(request_id=row.pk, missing=["出院小结"], note="", **lapsed.staff())
        tx.use_case(reviewing.notice_arrived)(
            row=lapsed.row(row.pk), proof="message:1", at=NOON + timedelta(days=1)
        )
        if came:
            servicing.add_papers(
                request_id=row.pk, filename="小结.png", content=picture(), actor=lapsed.me,
                at=NOON + timedelta(days=came),
            )  # fmt: skip
        for day, did in ((30, 0), (31, 1)):
            assert servicing.consent_by_silence(at=NOON + timedelta(days=day)).did == did

    def test_who_refuses_within_the_thirty_days_has_answered(self, lapsed):
        form = {"health": "CHANGED", "changes": "去年住院一次", "true": "yes"}
        _, _, row = lapsed.done("reinstatement", form)
        servicing.ask_papers(request_id=row.pk, missing=["出院小结"], note="", **lapsed.staff())
        servicing.refuse_request(
            request_id=row.pk, reasons=["健康状况较投保时明显变差，且没有收到出院小结"],
            **lapsed.staff() | {"at": NOON + timedelta(days=29)},
        )  # fmt: skip
        assert servicing.consent_by_silence(at=NOON + timedelta(days=60)).did == 0

    def test_after_two_years_the_other_ways_are_named(self, lapsed):
        Policy.objects.filter(pk=lapsed.life.pk).update(suspended_on=date(2024, 3, 3))
        said = lapsed.refused("reinstatement", {"health": "SAME", "true": "yes"})
        assert said.code == "too_late_to_reinstate"
        assert "现金价值" in said.hint

    def test_what_needs_cover_points_here(self, lapsed):
        for kind, form in (
            ("policy_loan", lapsed.to_account(amount="1000")),
            ("sum_reduction", lapsed.to_account(sum_after="150000")),
        ):
            said = lapsed.refused(kind, form)
            assert (said.code, "复效" in said.hint) == ("policy_lapsed", True)
