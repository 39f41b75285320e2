"""A year's claims, added up and printed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pypdfium2
import pytest

from tests import make
from yilu.insight import jobs, operations
from yilu.insight.models import ClaimsDay
from yilu.insight.queries import claims_years as queries
from yilu.insight.queries.claims_years import YearsCount, programme_years
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.money import in_large_units

pytestmark = pytest.mark.django_db
YEAR = make.NOON.year
HOUR = timedelta(hours=1)


@pytest.fixture
def office():
    make.standards_in_force()
    return make.office()


def closed(
    office_id, *, reported, papers=None, decided=None, ended, outcome="PAID", paid="1000.00"
):
    """A claim that went its way at these moments: the row alone, as the report reads it."""
    made = make.reported_claim(office_id=office_id)
    tx.changed(
        "update claims_claim set reported_at = %s, documents_at = %s, decided_at = %s, closed_at = %s,"
        " outcome = %s, paid_amount = %s::numeric, state = 'CLOSED' where id = %s",
        [reported, papers, decided, ended, outcome, paid, made.claim_id],
    )
    return made.claim_id


def waited(claim_id, since, until):
    tx.changed(
        "insert into claims_supplementnotice (claim_id, ordinal, items, note, requested_by, requested_at,"
        " resumes_in, arrival_proof, received_at, receipt_proof)"
        " values (%s, 1, '[]', '', 'staff:1', %s, 'REVIEW', '', %s, '')",
        [claim_id, since, until],
    )


def year_of(*offices):
    operations.add_up_claims(year=YEAR, at=make.NOON)
    return queries.claims_year(YEAR, offices or None)


class TestAddUpClaims:
    def test_tells_who_had_the_time(self, office):
        at = make.NOON - timedelta(days=10)
        one = closed(
            office, reported=at, papers=at + 2 * HOUR, decided=at + 12 * HOUR, ended=at + 13 * HOUR
        )
        waited(one, at + 3 * HOUR, at + 9 * HOUR)

        told = year_of()

        hours = {name: round(days * 24, 6) for name, days in told.whole.parts.items()}
        assert hours == {"customer": 8, "us": 4, "bank": 1}
        assert told.whole.days * 24 == pytest.approx(5)
        assert told.whole.in_a_day == 1
        assert told.whole.in_an_hour == 0

    def test_the_parts_add_up_whatever_is_missing(self, office):
        at = make.NOON - timedelta(days=3)
        closed(office, reported=at, ended=at + HOUR, outcome="DECLINED", paid="0.00")
        odd = closed(office, reported=at, papers=at, decided=at + HOUR, ended=at + 2 * HOUR)
        waited(odd, at, at + timedelta(days=9))  # it was closed while something was still asked for

        whole = year_of().whole

        assert min(whole.customer, whole.us, whole.bank) >= 0
        assert whole.customer + whole.us + whole.bank == 3 * 3600

    def test_counts_what_was_paid_and_what_was_not(self, office):
        at = make.NOON - timedelta(days=3)
        for outcome, paid in (("PAID", "300.00"), ("PAID", "100.00"), ("DECLINED", "0.00")):
            closed(
                office,
                reported=at,
                papers=at,
                decided=at,
                ended=at + HOUR / 10,
                outcome=outcome,
                paid=paid,
            )
        for outcome in ("WITHDRAWN", "MERGED"):
            closed(office, reported=at, ended=at, outcome=outcome, paid="0.00")

        told = year_of()

        assert (told.whole.closed, told.whole.paid, told.whole.amount) == (3, 2, Decimal("400.00"))
        assert told.whole.average == Decimal("200.00")
        assert told.whole.share("paid") == pytest.approx(200 / 3)
        assert told.whole.in_ten_minutes == 3
        assert [m.closed for m in told.months][make.NOON.month - 1] == 3

    def test_twice_is_once_and_a_reopened_claim_leaves_its_day(self, office):
        at = make.NOON - timedelta(days=3)
        claim = closed(office, reported=at, ended=at + HOUR)
        assert year_of().whole.closed == year_of().whole.closed == 1

        tx.changed("update claims_claim set closed_at = null, outcome = '' where id = %s", [claim])
        assert year_of().whole.closed == 0
        assert not ClaimsDay.objects.exists()

    def test_the_year_turns_at_midnight_in_beijing(self, office):
        eve = datetime(YEAR - 1, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight on New Year's Day
        closed(office, reported=eve - HOUR, ended=eve)
        assert year_of().whole.closed == 1
        operations.add_up_claims(year=YEAR - 1, at=make.NOON)
        assert queries.claims_year(YEAR - 1, None).whole.closed == 0

    def test_shows_a_branch_its_own(self, office):
        at = make.NOON - timedelta(days=3)
        closed(office, reported=at, ended=at + HOUR)
        other = make.office()
        assert year_of(other).whole.closed == 0
        assert year_of(office).whole.closed == 1
        assert year_of(other).whole.days is None

    @pytest.mark.parametrize("year", [1999, YEAR + 1])
    def test_refuses_a_year_that_is_none(self, year):
        with pytest.raises(operations.NoSuchYear):
            operations.add_up_claims(year=year, at=make.NOON)


class TestTheSplit:
    """Personal and group business apart, people once, electronic invoices, payments in advance (A180, A186)."""

    AT = make.NOON - timedelta(days=3)

    def closed(self, office_id, *, group=False, hours=1):
        claim = closed(office_id, reported=self.AT, papers=self.AT, ended=self.AT + hours * HOUR)
        if group:
            tx.changed(
                "update policies_policy set channel = 'GROUP' where id = (select policy_id from claims_claim where id = %s)",
                [claim],
            )
        return claim

    def one_person(self, *claims):
        tx.changed(
            "update claims_claim set insured_id = (select min(insured_id) from claims_claim where id = any(%s::bigint[]))"
            " where id = any(%s::bigint[])",
            [list(claims)] * 2,
        )

    def test_personal_and_group_business_stand_apart(self, office):
        self.closed(office, hours=24)
        self.closed(office, group=True, hours=72)
        told = year_of()
        assert {name: round(f.days, 2) for name, f in told.businesses} == {
            "个人业务": 1,
            "团体业务": 3,
        }
        (year,) = queries.years_apart(YEAR, None)
        assert (year.whole.closed, year.personal.closed, year.group.closed) == (2, 1, 1)
        assert (year.whole.days, year.personal.days) == (2, 1)
        assert (year.persons, year.group_persons) == (2, 1)

    def test_whoever_had_two_claims_is_one_person(self, office):
        other = make.office()
        self.one_person(self.closed(office), self.closed(office), self.closed(other, group=True))
        assert year_of().persons == 1
        assert year_of(office).persons == 1
        assert year_of(office, other).persons == 1, "all offices with a claim: nobody twice"
        third = make.office()
        self.closed(third)
        assert year_of().persons == 2
        assert year_of(office, other).persons == 2, "of some offices one counts at each"

    @pytest.mark.parametrize(
        ("source", "live", "counts"),
        [("OFD", True, 1), ("QR", True, 1), ("OCR", True, 0), ("XML", False, 0)],
    )
    def test_an_electronic_invoice_is_one_read_from_its_file_or_code(
        self, office, source, live, counts
    ):
        claim = self.closed(office)
        tx.changed(
            "insert into documents_upload (subject, party_id, kind, state, live, refusal, source, layout, filename,"
            " media_type, sha256, size, pages, storage_key, notes, request_key, handed_in_by, received_at, attempts, version)"
            " values ('claim:' || %s, 1, 'INVOICE', 'SETTLED', %s::bool, '', %s, '', '', '', repeat('0', 64), 1, 1, '',"
            " '{}', '', 'staff:1', %s, 1, 1)",
            [claim, live, source, self.AT],
        )
        assert year_of().whole.e_invoices == counts

    def test_what_was_paid_in_advance_counts_on_its_day_whatever_became_of_the_claim(self, office):
        open_one = make.reported_claim(office_id=office).claim_id
        for state, kind in (
            ("STANDS", "ADVANCE"),
            ("SUPERSEDED", "ADVANCE"),
            ("STANDS", "EX_GRATIA"),
        ):
            tx.changed(
                "insert into claims_decision (claim_id, kind, state, amount, digest, machine_verdict, overrides,"
                " override_reason, reason, clause, on_scene, decided_by, decided_at, approved_by, rule)"
                " values (%s, %s, %s, 500, '', '', false, '', '', '', false, 'staff:1', %s, 'staff:2', '')",
                [open_one, kind, state, self.AT],
            )
        for state, at in (("DONE", self.AT), ("ASKED", None)):
            tx.changed(
                "insert into claims_careorder (claim_id, kind, amount, words, state, asked_by, asked_at, decided_by, decided_at, outcome)"
                " values (%s, 'ADVANCE', 70, '', %s, 'staff:1', %s, '', %s, '')",
                [open_one, state, self.AT, at],
            )
        whole = year_of().whole
        assert (whole.closed, whole.advances, whole.advanced) == (0, 2, Decimal("570.00"))
        assert queries.years_apart(YEAR, None) == ()

    def test_years_added_up_before_the_split_are_added_up_again(self, office):
        self.closed(office)
        operations.add_up_claims(year=YEAR, at=make.NOON)
        assert queries.years_not_split() == []
        ClaimsDay.objects.update(business="")
        assert queries.years_not_split() == [YEAR]
        jobs.add_up_claims(make.NOON + timedelta(days=800))
        assert queries.years_not_split() == []


class TestTheReport:
    @pytest.fixture
    def manager(self, office):
        return make.colleague(make.head_office(), "SERVICE_MANAGER")

    def ask(self, who, year=YEAR):
        operations.ask_claims_report(year=year, access=who[0], actor=who[1], at=make.NOON)

    def test_is_printed_with_its_digest_in_the_journal(self, office, manager):
        at = make.NOON - timedelta(days=3)
        closed(office, reported=at, ended=at + HOUR, paid="12345.00")
        self.ask(manager)
        jobs.print_claims_year(YEAR)

        content = queries.claims_report(YEAR)
        text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_bounded()
        assert f"{YEAR} 年度理赔服务报告" in text
        assert "1.23 万元" in text or "1.24 万元" in text
        kept = queries.claims_year(YEAR, None)
        printed = Event.objects.get(kind="insight.claims_report_printed")
        assert printed.facts["sha256"] == kept.sha256 != ""

    def test_is_the_whole_insurer_s_and_nobody_else_s(self, office):
        with pytest.raises(NotAllowed):
            self.ask(make.colleague(office, "TEAM_LEAD"))
        with pytest.raises(NotAllowed):
            self.ask(make.colleague(make.head_office(), "ASSESSOR"))

    def test_of_an_empty_year_is_refused(self, manager):
        for year in (YEAR, 1990, 9999):
            with pytest.raises(operations.NothingToPrint):
                self.ask(manager, year)
        with pytest.raises(queries.NoReport):
            queries.claims_report(YEAR)


def test_amounts_are_said_as_reports_say_them():
    said = {"59900000000": "599.00 亿元", "12345": "1.23 万元", "980": "980.00 元"}
    assert {n: in_large_units(Decimal(n)) for n in said} == said


def test_each_programme_has_its_year_beside_the_one_before(office):
    other = make.office()
    for place, day, programme, channel, closed_, amount in (
        (office, date(2026, 1, 1), "FAST", "APP", 3, "300.00"),
        (office, date(2026, 3, 2), "FAST", "PROACTIVE", 2, "50.50"),
        (office, date(2025, 12, 31), "FAST", "APP", 4, "40.00"),
        (office, date(2024, 12, 31), "FAST", "APP", 9, "9.00"),
        (other, date(2026, 3, 2), "DISASTER", "APP", 7, "7.00"),
    ):  # fmt: skip
        ClaimsDay.objects.create(
            day=day, office_id=place, claim_type="MEDICAL", programme=programme, channel=channel,
            closed=closed_, paid=closed_, amount=amount, by_machine=0, in_ten_minutes=0, in_an_hour=0,
            in_a_day=0, customer=0, us=0, bank=0,
        )  # fmt: skip
    told = programme_years(2026, [office])
    assert {key: (y.closed, str(y.amount), y.closed_before) for key, y in told.items()} == {
        "programme:FAST": (5, "350.50", 4), "channel:APP": (3, "300.00", 4),
        "channel:PROACTIVE": (2, "50.50", 0), "all": (5, "350.50", 4),
    }  # fmt: skip
    assert told["all"].amount_before == 40
    assert programme_years(2026, [office, other])["programme:DISASTER"].closed == 7
    assert programme_years(2026, [make.office()]) == {"all": YearsCount(0, 0, 0, 0)}
