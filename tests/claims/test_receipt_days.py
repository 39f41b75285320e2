"""Papers typed in later than they came: the law's periods count from the day they were here (解释二 15)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.claims import papers
from yilu.claims import operations
from yilu.claims.models import ContactNote, LateInterest
from yilu.claims.operations import Missing, steps
from yilu.claims.rules.papers import HERE, MISSING, Fulfilment, Line
from yilu.documents import jobs as reading
from yilu.documents.operations import BadReceiptDay, Receipt, came_by_letter, checked_receipt
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.obligations.models import Clock
from yilu.payments.models import Payout

pytestmark = pytest.mark.django_db(transaction=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")
REPORTED = make.NOON
TYPED = REPORTED + timedelta(days=6)  # Tuesday 10 March
WHY = "邮寄件先存放在收发室"


@pytest.fixture(autouse=True)
def _files_and_clock_of_this_test(settings, tmp_path, monkeypatch):
    settings.FILES = tmp_path / "files"
    monkeypatch.setattr(reading, "_now", lambda: TYPED)


@pytest.fixture
def clerk(office):
    access, actor = make.colleague(office, "REGISTRAR", "ASSESSOR")
    return {"access": access, "actor": actor}


def clock(claim, code):
    return Clock.objects.get(subject=f"claim:{claim.claim_id}", code=code)


def midnight(day):
    return datetime.combine(day, datetime.min.time(), SHANGHAI)


def complete(claim, clerk, receipt=None, at=TYPED):
    """The one paper a small claim needs, brought by a person and read soon after."""
    papers.hand_in(claim.claim_id, papers.e_invoice(), at=at, receipt=receipt, **clerk)
    papers.read_all(at)


class TestADayOfReceipt:
    def test_starts_the_laws_clocks_and_leaves_our_pledges_to_the_moment_we_knew(
        self, claim, clerk, claim_of
    ):
        came = day_of(REPORTED) + timedelta(days=2)
        complete(claim, clerk, Receipt(came))
        row = claim_of(claim.claim_id)
        assert (row.state, row.documents_at, row.complete_on) == ("PAYING", midnight(came), came)
        assert clock(claim, "law.decide_five_working_days").started_at == midnight(came)
        assert clock(claim, "law.advance_sixty_days").started_at == midnight(came)
        assert clock(claim, "pledge.small_claim_ten_minutes").started_at == row.registered_at

    def test_of_the_first_paper_counts_though_the_last_comes_days_later(
        self, claim, clerk, lin, claim_of
    ):
        papers.hand_in(
            claim.claim_id, papers.picture("OTHER"), actor=Ref("party", lin), at=REPORTED
        )
        complete(claim, clerk, Receipt(day_of(REPORTED) + timedelta(days=2)))
        row = claim_of(claim.claim_id)
        assert row.complete_on == day_of(REPORTED) + timedelta(days=2)
        assert clock(claim, "law.decide_thirty_days").started_at == REPORTED
        assert clock(claim, "pledge.small_claim_ten_minutes").started_at == row.registered_at

    def test_found_after_the_clocks_had_begun_moves_their_start_back(self, claim, clerk, lin):
        papers.hand_in(
            claim.claim_id, papers.picture("OTHER"), actor=Ref("party", lin),
            at=TYPED - timedelta(hours=2),
        )  # fmt: skip
        came = day_of(REPORTED) + timedelta(days=2)
        papers.hand_in(claim.claim_id, papers.e_invoice(), at=TYPED, receipt=Receipt(came), **clerk)
        assert clock(claim, "law.decide_thirty_days").started_at == midnight(came)
        assert clock(claim, "law.advance_sixty_days").started_at == midnight(came)

    def test_is_the_day_a_paper_came_by_itself_though_it_is_read_the_day_after(
        self, claim, lin, claim_of
    ):
        """Reading is ours: the law does not wait for it."""
        papers.hand_in(claim.claim_id, papers.e_invoice(), actor=Ref("party", lin), at=REPORTED)
        papers.read_all(TYPED)
        row = claim_of(claim.claim_id)
        assert day_of(row.registered_at) == day_of(TYPED)
        assert row.complete_on == day_of(REPORTED)
        assert clock(claim, "law.decide_thirty_days").started_at == REPORTED

    def test_of_today_needs_no_telling(self, claim, clerk):
        complete(claim, clerk, Receipt(day_of(TYPED)))
        [upload] = papers.uploads(claim.claim_id)
        assert not upload.typed_late
        assert clock(claim, "law.decide_thirty_days").started_at == TYPED

    def test_missed_by_weeks_is_late_though_typed_in_decided_and_paid_in_one_day(
        self, claim, clerk, claim_of, monkeypatch
    ):
        at = REPORTED + timedelta(days=45)
        monkeypatch.setattr(reading, "_now", lambda: at)
        complete(claim, clerk, Receipt(day_of(REPORTED), WHY), at)
        thirty = clock(claim, "law.decide_thirty_days")
        assert (thirty.state, day_of(thirty.due_at)) == (
            "MET_LATE", day_of(REPORTED) + timedelta(days=30)
        )  # fmt: skip
        payout = Payout.objects.get()
        tx.use_case(steps.close_paid_claim)(
            claim_id=claim.claim_id, payout_id=payout.pk, amount=str(payout.amount),
            purpose=payout.purpose, at=at,
        )  # fmt: skip
        assert LateInterest.objects.get().days == 15

    def test_is_no_customers_to_say(self, claim, lin):
        papers.hand_in(
            claim.claim_id, papers.picture("OTHER"), actor=Ref("party", lin), at=TYPED,
            receipt=Receipt(day_of(REPORTED)),
        )  # fmt: skip
        [upload] = papers.uploads(claim.claim_id)
        assert (upload.received_on, upload.typed_late) == (day_of(TYPED), False)

    @pytest.mark.parametrize(
        ("days", "words"),
        [(1, "不能晚于今天"), (-7, "不能早于")],
        ids=["to come", "before the report"],
    )
    def test_that_cannot_be_changes_nothing(self, claim, clerk, days, words):
        with pytest.raises(BadReceiptDay) as refused:
            papers.hand_in(
                claim.claim_id, papers.picture(), at=TYPED,
                receipt=Receipt(day_of(TYPED) + timedelta(days=days)), **clerk,
            )  # fmt: skip
        assert words in str(refused.value.message)
        assert papers.uploads(claim.claim_id) == ()

    def test_of_long_ago_needs_a_reason_that_stays_with_the_paper(self, claim, clerk):
        later, came = REPORTED + timedelta(days=9), day_of(REPORTED) + timedelta(days=1)
        with pytest.raises(BadReceiptDay):
            papers.hand_in(
                claim.claim_id, papers.picture(), at=later, receipt=Receipt(came), **clerk
            )
        papers.hand_in(
            claim.claim_id, papers.picture(), at=later, receipt=Receipt(came, WHY), **clerk
        )
        [upload] = papers.uploads(claim.claim_id)
        assert (upload.received_on, upload.received_why) == (came, WHY)


class TestAReportOnPaper:
    def test_lets_the_papers_that_came_with_it_count_from_its_day(
        self, office, lin, clerk, claim_of
    ):
        came = day_of(REPORTED) - timedelta(days=1)
        made = make.reported_claim(
            lin, office_id=office, channel="PHONE", receipt=Receipt(came, WHY), **clerk
        )
        row = claim_of(made.claim_id)
        assert row.received_on == came
        assert ContactNote.objects.get(claim_id=made.claim_id).text == WHY
        papers.hand_in(
            made.claim_id, papers.picture("OTHER"), at=REPORTED, receipt=Receipt(came), **clerk
        )
        assert papers.uploads(made.claim_id)[0].received_on == came
        assert claim_of(made.claim_id).documents_at == midnight(came)

    def test_is_none_where_the_customer_reports_alone_or_before_the_loss(
        self, office, lin, clerk, claim_of
    ):
        made = make.reported_claim(lin, office_id=office, receipt=Receipt(day_of(REPORTED)))
        assert claim_of(made.claim_id).received_on is None
        with pytest.raises(BadReceiptDay):
            make.reported_claim(
                make.insured(office), office_id=office, receipt=Receipt(date(2025, 12, 20), WHY), **clerk
            )  # fmt: skip


class TestASupplement:
    def test_ends_the_pause_on_the_day_it_came(self, lin, office, clerk):
        claim = make.claim_in_review(holder_id=lin, office_id=office)
        operations.request_supplement(
            claim_id=claim.claim_id, missing=[Missing("出院小结", ("DISCHARGE",))], note="",
            at=REPORTED, **clerk,
        )  # fmt: skip
        operations.note_notice_arrival(
            claim_id=claim.claim_id, proof="柜面签收", at=REPORTED + timedelta(hours=1), **clerk
        )
        came = day_of(REPORTED) + timedelta(days=2)
        papers.hand_in(
            claim.claim_id, papers.picture("DISCHARGE"), at=TYPED, receipt=Receipt(came), **clerk
        )
        running = clock(claim, "law.decide_thirty_days")
        assert (running.state, running.running_since) == ("RUNNING", midnight(came))
        # Thirty days from the 4th, of which the 5th and the 6th were not ours to use.
        assert day_of(running.due_at) == day_of(REPORTED) + timedelta(days=32)

    def test_of_several_papers_came_with_the_last(self, lin, office, clerk):
        claim = make.claim_in_review(holder_id=lin, office_id=office)
        operations.request_supplement(
            claim_id=claim.claim_id, note="", at=REPORTED,
            missing=[Missing("出院小结", ("DISCHARGE",)), Missing("事故证明", ("ACCIDENT_PROOF",))],
            **clerk,
        )  # fmt: skip
        operations.note_notice_arrival(
            claim_id=claim.claim_id, proof="柜面签收", at=REPORTED + timedelta(hours=1), **clerk
        )
        fourth, second = (day_of(REPORTED) + timedelta(days=n) for n in (4, 2))
        papers.hand_in(
            claim.claim_id, papers.picture("DISCHARGE"), at=TYPED, receipt=Receipt(fourth), **clerk
        )
        assert clock(claim, "law.decide_thirty_days").state == "PAUSED"
        papers.hand_in(
            claim.claim_id, papers.picture("ACCIDENT_PROOF"), at=TYPED, receipt=Receipt(second),
            **clerk,
        )  # fmt: skip
        assert clock(claim, "law.decide_thirty_days").running_since == midnight(fourth)


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.lists(days, max_size=3)), max_size=5))
def test_papers_are_complete_with_the_last_line_and_a_line_with_its_first_file(told):
    came, lines = {}, []
    for required, known, files in told:
        ids = tuple(range(len(came), len(came) + len(files)))
        came.update(zip(ids, files, strict=True))
        state = HERE if files or known else MISSING
        lines.append(Line("x", "x", required, state, ids, known=known))
    on = Fulfilment(tuple(lines)).complete_on(came)
    needed = [f for required, known, f in told if required and not known]
    if all(needed) and needed:
        assert on == max(min(files) for files in needed)
    else:
        assert on is None


@given(days, days, days, st.text(max_size=10))
def test_a_day_that_counts_is_within_its_bounds(on, begun, today, why):
    at = midnight(today) + timedelta(hours=9)
    try:
        kept = checked_receipt(Receipt(on, why), not_before=begun, at=at)
    except BadReceiptDay:
        assert not begun <= on <= today or today - on > timedelta(days=7)
    else:
        assert on == today if kept is None else begun <= kept.on < today


@given(days, days, days)
def test_what_came_with_a_letter_is_always_taken(on, begun, today):
    on, begun = min(on, today), min(begun, today)
    letter = came_by_letter(on, begun, today)
    kept = checked_receipt(letter, not_before=begun, at=midnight(today) + timedelta(hours=9))
    assert kept in (None, letter)
    assert begun <= letter.on <= today
