"""A request signed on paper counts from the day it came, not from the day somebody typed it in (E30)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.documents.papers import picture
from tests.make import NOON
from tests.servicing.hall import Valuable
from tests.servicing.test_review import clock
from yilu.documents import queries as documents
from yilu.documents.operations import BadReceiptDay, Receipt
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.payments.models import Payout
from yilu.policies import operations as policies
from yilu.policies.models import Policy
from yilu.servicing import operations as servicing
from yilu.servicing.operations import steps

pytestmark = pytest.mark.django_db
TODAY, DAY = day_of(NOON), timedelta(days=1)
WHY = "邮寄件先存放在收发室"


def midnight(on):
    return datetime.combine(on, datetime.min.time(), ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def hall():
    return Valuable()


def at_the_counter(hall, receipt):
    """Signed on paper, typed in by a colleague who has seen the customer's identity."""
    by = {"actor": hall.actor, "by": hall.access}
    request_id = hall.start(
        "surrender", hall.to_account(reason="MONEY"), door="COUNTER", receipt=receipt, **by
    )
    servicing.note_identity_seen(request_id=request_id, proof="FACE", **hall.staff())
    digest = hall.quote(request_id, at=NOON, **by).digest
    servicing.confirm_request(request_id=request_id, digest=digest, at=NOON, **by)
    return request_id


class TestARequestOnPaper:
    def test_runs_its_thirty_days_from_the_day_it_came(self, hall):
        request_id = at_the_counter(hall, Receipt(TODAY - 9 * DAY, WHY))
        row = hall.row(request_id)
        assert (row.received_on, row.received_why) == (TODAY - 9 * DAY, WHY)
        thirty = clock(request_id, "law.surrender_30_days")
        assert thirty.started_at == midnight(TODAY - 9 * DAY)
        assert day_of(thirty.due_at) == TODAY + 21 * DAY

    def test_that_came_today_runs_from_the_moment_it_was_handed_in(self, hall):
        request_id = at_the_counter(hall, Receipt(TODAY))
        assert hall.row(request_id).received_on is None
        assert clock(request_id, "law.surrender_30_days").started_at == NOON

    @pytest.mark.parametrize(
        "receipt", [Receipt(TODAY + DAY), Receipt(TODAY - 8 * DAY), Receipt(TODAY - 91 * DAY, WHY)],
        ids=["to come", "long ago without a reason", "longer than anybody means"],
    )  # fmt: skip
    def test_of_a_day_that_cannot_be_is_not_taken(self, hall, receipt):
        with pytest.raises(BadReceiptDay):
            at_the_counter(hall, receipt)

    def test_is_no_customers_to_date_back(self, hall):
        request_id = hall.start("agent_change", {"reason": "MOVED", "agent": "OFFICE"})
        digest = hall.quote(request_id, actor=hall.me, at=NOON).digest
        servicing.confirm_request(
            request_id=request_id, digest=digest, actor=hall.me, at=NOON,
            receipt=Receipt(TODAY - 5 * DAY),
        )  # fmt: skip
        assert hall.row(request_id).received_on is None


class TestWhereValueGoesBack:
    """The sums and the cooling-off period are those of the day the paper came, not of our typing."""

    def delivered(self, hall, days_ago):
        Policy.objects.filter(pk=hall.policy.id).update(received_on=TODAY - days_ago * DAY)

    def return_it(self, hall, receipt, at=NOON):
        by = {"actor": hall.actor, "by": hall.access}
        request_id = hall.start(
            "cooling_off", hall.to_account(), door="COUNTER", receipt=receipt, at=at, **by
        )
        servicing.note_identity_seen(
            request_id=request_id, proof="FACE", **{**hall.staff(), "at": at}
        )
        quoted = hall.quote(request_id, at=at, **by)
        servicing.confirm_request(request_id=request_id, digest=quoted.digest, at=at, **by)
        return hall.row(request_id)

    def test_a_return_that_came_within_the_period_is_in_time(self, hall):
        self.delivered(hall, days_ago=20)  # fifteen days: over since five
        with pytest.raises(policies.CoolingOffOver):
            self.return_it(hall, None)
        row = self.return_it(hall, Receipt(TODAY - 5 * DAY))
        assert (row.received_on, row.effective_on) == (TODAY - 5 * DAY, TODAY - 5 * DAY)

    def test_one_that_came_a_day_late_is_not(self, hall):
        self.delivered(hall, days_ago=20)
        with pytest.raises(policies.CoolingOffOver):
            self.return_it(hall, Receipt(TODAY - 4 * DAY))

    def test_a_customer_cannot_say_that_it_came_earlier(self, hall):
        self.delivered(hall, days_ago=20)
        with pytest.raises(policies.CoolingOffOver):
            hall.start("cooling_off", hall.to_account(), receipt=Receipt(TODAY - 5 * DAY))

    def test_somebody_else_approves_it_a_week_later_for_the_sum_of_that_day(self, hall):
        worth = hall.values(TODAY - 80 * DAY).surrender_value
        assert worth != hall.values().surrender_value
        request_id = at_the_counter(hall, Receipt(TODAY - 80 * DAY, WHY))
        row = hall.row(request_id)
        assert (row.state, row.pays) == ("IN_REVIEW", worth)
        servicing.approve_request(
            request_id=request_id, digest=row.digest, **hall.second(at=NOON + 7 * DAY)
        )
        assert hall.row(request_id).effective_on == TODAY - 80 * DAY
        assert Payout.objects.get(about=str(row.ref)).amount == worth

    def test_a_day_told_only_at_the_end_does_not_pass_with_todays_sums(self, hall):
        by = {"actor": hall.actor, "by": hall.access}
        request_id = hall.start("surrender", hall.to_account(reason="MONEY"), door="COUNTER", **by)
        servicing.note_identity_seen(request_id=request_id, proof="FACE", **hall.staff())
        digest = hall.quote(request_id, at=NOON, **by).digest
        with pytest.raises(servicing.QuoteChanged):
            servicing.confirm_request(
                request_id=request_id, digest=digest, at=NOON, receipt=Receipt(TODAY - DAY), **by
            )
        assert hall.row(request_id).confirmed_at is None

    def test_begun_again_without_the_day_counts_from_today(self, hall):
        by = {"actor": hall.actor, "by": hall.access, "door": "COUNTER"}
        hall.start("surrender", hall.to_account(), receipt=Receipt(TODAY - DAY), **by)
        again = hall.start("surrender", hall.to_account(), **by)
        assert hall.row(again).received_on is None


class TestPapersAskedFor:
    def waiting(self, hall):
        request_id = hall.in_review()
        servicing.accept_request(request_id=request_id, **hall.staff())
        servicing.ask_papers(
            request_id=request_id, missing=["户口簿本人页"], note="", **hall.staff()
        )
        tx.use_case(steps.papers_notice_arrived)(request_id=request_id, proof="message:1", at=NOON)
        return request_id

    def bring(self, hall, request_id, receipt, at):
        return servicing.add_papers(
            request_id=request_id, filename="户口簿.png", content=picture(), actor=hall.actor,
            by=hall.access, at=at, receipt=receipt,
        )  # fmt: skip

    def test_end_the_pause_on_the_day_they_came(self, hall):
        request_id, later = self.waiting(hall), NOON + 6 * DAY
        upload_id = self.bring(hall, request_id, Receipt(TODAY + 2 * DAY), later)
        running = clock(request_id, "law.servicing_finish_5_days", later)
        # Wednesday's request, here again on Friday the 6th: five working days after that one.
        assert (running.state, day_of(running.due_at)) == ("RUNNING", TODAY + 9 * DAY)
        assert documents.get_upload(upload_id).received_on == TODAY + 2 * DAY

    def test_never_came_before_the_request(self, hall):
        request_id = self.waiting(hall)
        with pytest.raises(BadReceiptDay):
            self.bring(hall, request_id, Receipt(TODAY - DAY), NOON + DAY)
        assert clock(request_id, "law.servicing_finish_5_days").state == "PAUSED"
