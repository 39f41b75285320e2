"""The reader: what events count for, once, whatever happens on the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from tests import make
from tests.make import NOON
from tests.scorecards.telling import kept, read, tell
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.scorecards import operations, queries
from yilu.scorecards.models import HeardSubject

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = {"since": date(2026, 3, 1), "until": date(2026, 4, 1)}


def value(code, **given):
    return queries.figure(code, **{**MARCH, **given}).value


def cases(code, page=1, **given):
    return queries.counted(queries.Slice(code=code, **{**MARCH, **given}), page)


def test_figures_of_a_month_come_to_what_happened(counted):
    assert value("claim_days") == Decimal("2.00")
    assert value("closed_rate") == Decimal("66.67")
    assert value("paid_per_claim") == Decimal("1000.50")
    assert value("paid_per_day") == Decimal("64.55")
    assert value("online_claims") == Decimal("66.67")
    assert value("answer_rate") == Decimal("66.67")
    assert value("service_level_20s") == Decimal("33.33")
    assert value("nps") == Decimal("33.33")
    assert value("complaints_per_10000") == Decimal("2000.00")
    assert value("complaints_content") is None


def test_figures_are_split_by_office_person_channel_customers_and_time(counted):
    seat, office = str(counted["seat"]), str(counted["office"])
    split = {d: queries.by("closed_rate", d, **MARCH) for d in ("OFFICE", "CHANNEL", "CUSTOMERS")}
    assert [(k, f.value) for k, _n, f in split["OFFICE"]] == [(office, Decimal("66.67"))]
    assert {k: f.value for k, _n, f in split["CHANNEL"]} == {"APP": 50, "PHONE": 100}
    assert {k for k, _n, _f in split["CUSTOMERS"]} == {"NEW"}  # their policies are young
    days = queries.over_time(["closed_rate"], "DAY", **MARCH)["closed_rate"]
    assert [day for day, _f in days] == [date(2026, 3, n) for n in (5, 6, 7)]
    by_person = {k: f.numerator for k, _n, f in queries.by("answer_rate", "PERSON", **MARCH)}
    assert by_person == {seat: 2, "0": 0}
    assert value("answer_rate", narrow=("PERSON", seat)) == 100
    assert value("closed_rate", narrow=("CHANNEL", "APP"), customers="NEW") == 50
    assert value("closed_rate", offices=[counted["office"] + 1]) is None
    rates = queries.by("complaints_per_10000", "OFFICE", **MARCH)
    assert [f.value for _k, _n, f in rates] == [Decimal("2000.00")]
    months = queries.over_time(["complaints_per_10000"], "MONTH", **MARCH)
    assert [f.denominator for _day, f in months["complaints_per_10000"]] == [5]


def test_a_year_of_every_figure_is_one_statement(counted, django_assert_num_queries):
    codes = [kpi.code for kpi in queries.list_kpis()]
    with django_assert_num_queries(1):
        found = queries.figures(codes, since=date(2025, 11, 9), until=date(2026, 11, 9))
    assert found["claim_days"].value == 2
    assert found["claim_days"].reached is False
    assert found["nps"].target == 50


def test_cases_behind_a_figure_are_told_newest_first(counted):
    page = cases("closed_rate", offices=(counted["office"],))
    assert [str(row.about) for row in page.rows] == ["claim:3", "claim:2", "claim:1"]
    missed = cases("closed_rate", missed_only=True)
    assert [str(row.about) for row in missed.rows] == ["claim:3"]
    assert cases("answer_rate", person=counted["seat"]).rows[0].counted
    assert cases("closed_rate", page=2).rows == ()
    rows, more = queries.every_case(queries.Slice(code="closed_rate", **MARCH))
    assert (len(rows), more) == (3, False)
    with pytest.raises(queries.UnknownKpi):
        cases("no_such")


def test_later_events_change_what_a_case_counted_for(counted):
    claim = Ref("claim", 1)
    tell("claims.claim_reopened", claim, NOON + timedelta(days=9), counted["old"], reason="APPEAL")
    tell("claims.claim_merged", Ref("claim", 3), NOON + timedelta(days=9), counted["new"])
    read(NOON)
    assert value("closed_rate") == 50
    assert [str(r.about) for r in cases("closed_rate", missed_only=True).rows] == ["claim:1"]
    tell("claims.claim_closed", claim, NOON + timedelta(days=10), counted["old"], outcome="PAID")
    read(NOON)
    assert value("closed_rate") == 100
    assert value("claim_days") == 2  # an end is counted once for a beginning


def test_a_conversation_that_another_goes_on_with_solved_nothing(office):
    first, second = Ref("conversation", 71), Ref("conversation", 72)
    for about in (first, second):
        tell("contact.wrapped_up", about, NOON, resolved=True)
    read(NOON)
    assert value("first_contact_resolution") == 100
    tell("contact.conversation_opened", Ref("conversation", 73), NOON, follows=71)
    read(NOON)
    assert value("first_contact_resolution") == 50


def test_a_customer_of_more_than_a_year_is_an_old_one(office):
    party = make.party(office)
    make.policy(office, holder_id=party)
    for days in (10, 500):
        tell(
            "voice.rating_taken",
            Ref("feedback", days),
            NOON + timedelta(days=days),
            party,
            recommend=9,
            stars=5,
            office_id=office,
        )
    read(NOON)
    told = queries.by("nps", "CUSTOMERS", since=date(2026, 3, 1), until=date(2028, 1, 1))
    assert {key for key, _name, _figure in told} == {"NEW", "OLD"}


class TestPromises:
    def test_kept_and_broken_promises_count_once_each(self, office):
        kept_one, broken = Ref("feedback", 81), Ref("feedback", 82)
        for about in (kept_one, broken):
            tell("voice.handling_opened", about, NOON, feedback_id=about.id, office_id=office)
        tell("voice.feedback_replied", kept_one, NOON + timedelta(hours=1), round=1)
        from yilu.obligations import operations as obligations

        obligations.tick(NOON + timedelta(days=9))
        read(NOON)
        assert value("on_time:pledge.feedback_one_day") == 50
        tell("voice.feedback_replied", broken, NOON + timedelta(days=10), round=1)
        read(NOON)
        figure = queries.figure("on_time", since=date(2026, 3, 1), until=date(2026, 5, 1))
        assert (figure.numerator, figure.denominator) == (1, 2)
        missed = cases("on_time", until=date(2026, 5, 1), missed_only=True)
        assert [str(row.about) for row in missed.rows] == ["feedback:82"]

    def test_every_promise_has_a_title_and_an_unknown_one_is_refused(self, shipped):
        told = {kpi.code: kpi for kpi in queries.list_kpis(promises=True)}
        assert told["on_time:law.pay_ten_days"].title == "达成赔付协议后十日内付款"
        assert queries.get_kpi("on_time:law.pay_ten_days").citation
        for code in ("on_time:law.no_such", "nps:law.pay_ten_days", "x"):
            with pytest.raises(queries.UnknownKpi):
                queries.get_kpi(code)
            with pytest.raises(queries.UnknownKpi):
                queries.figure(code, **MARCH)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        pytest.param(date(2026, 3, 1), date(2026, 4, 1), id="a month, by days"),
        pytest.param(date(2026, 2, 20), date(2026, 3, 6), id="days across a month, by days"),
        pytest.param(date(2026, 1, 12), date(2026, 3, 20), id="odd days, by months"),
    ],
)
def test_the_dashboard_comes_to_what_its_parts_come_to(counted, since, until):
    """One statement for all of it: each part the same as asked for by itself."""
    span = {"since": since, "until": until, "offices": [counted["office"]]}
    codes = ["closed_rate", "claim_days", "nps", "complaints_per_10000", "paid_per_day"]
    tiles = queries.dashboard(codes, **span)
    courses = queries.over_time(codes, queries.grain_of(since, until), **span)
    assert any(tile.whole.value for tile in tiles.values())
    for code, tile in tiles.items():
        assert tile.whole == queries.figure(code, **span)
        new = queries.figure(code, **span, customers="NEW")
        assert (tile.new.value, tile.new.denominator) == (new.value, new.denominator)
        assert tile.course == tuple((day, figure.value) for day, figure in courses[code])


def test_a_course_by_months_puts_each_day_into_its_month(counted):
    span = {"since": date(2026, 2, 20), "until": date(2026, 3, 25)}
    (month,) = queries.over_time(["closed_rate"], "MONTH", **span)["closed_rate"]
    assert month == (date(2026, 3, 1), queries.figure("closed_rate", **span))


class TestOnce:
    def test_counting_anew_comes_to_the_same(self, counted):
        before = kept()
        operations.begin_anew(NOON)
        assert kept() == ([], [])
        read(NOON, limit=3)
        assert kept() == before
        assert queries.read_so_far().events > 20

    def test_the_command_counts_the_journal_again(self, counted, capsys):
        before = kept()
        call_command("count_anew", "--now")
        assert kept() == before
        with translation.override("zh-hans"):  # whatever the test before spoke
            call_command("count_anew")
        assert kept() == ([], [])
        assert "从头重新计算" in capsys.readouterr().out

    def test_reading_twice_adds_nothing(self, counted):
        before = kept()
        assert operations.follow(at=NOON) == 0
        assert kept() == before

    def test_a_reader_that_dies_leaves_nothing(self, counted, monkeypatch):
        before = kept()
        tell(
            "claims.claim_closed",
            Ref("claim", 3),
            NOON + timedelta(days=5),
            counted["new"],
            outcome="PAID",
        )
        with monkeypatch.context() as broken:
            broken.setattr("yilu.scorecards.operations.rows.save", lambda _s: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                operations.follow(at=NOON)
        assert kept() == before
        read(NOON)
        assert value("closed_rate") == 100

    def test_two_workers_count_each_event_once(self, counted):
        before = kept()
        operations.begin_anew(NOON)

        def work(_):
            try:
                for _round in range(40):
                    operations.follow(at=NOON, limit=2)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, range(2)))
        read(NOON)
        assert kept() == before

    def test_a_batch_costs_a_handful_of_statements(self, counted, django_assert_max_num_queries):
        for id in range(200, 230):
            tell(
                "claims.claim_reported",
                Ref("claim", id),
                NOON,
                counted["old"],
                office_id=counted["office"],
            )
        with django_assert_max_num_queries(16):
            operations.follow(at=NOON)


def test_sums_and_cases_agree(counted):
    assert (
        tx.rows(
            """
        select t.series from (
            select series, sum(numerator) n from scorecards_tally where span = 'D' and split = ''
             group by 1) t
          join (select series, count(*) filter (where counted) n from scorecards_countedcase group by 1) c
               using (series)
         where t.n <> c.n
        """
        )
        == []
    )


class TestByProductAndRole:
    @pytest.fixture
    def handled(self, office):
        """Thirty claims of one product, each approved by one assessor and rated, and one of no policy."""
        assessor, party = make.staff(office, "ASSESSOR"), make.party(office)
        policy = make.policy(office, holder_id=party)
        for number in range(1, 32):
            about = Ref("claim", number)
            tell(
                "claims.claim_reported", about, NOON, party, office_id=office, channel="APP",
                policy_id=policy.id if number < 31 else 0, came_by="WECHAT" if number < 4 else "BROWSER",
            )  # fmt: skip
            tell("claims.claim_approved", about, NOON, by=Ref("staff", assessor))
            if number < 31:
                rated(number, 10 if number < 25 else 3, party, office)
        read(NOON)
        return {"assessor": assessor, "office": office, "party": party}

    def test_a_figure_is_split_by_product_and_by_role_of_who_decided(self, handled):
        assessor = str(handled["assessor"])
        told = queries.splits("error_rate", ["PERSON", "ROLE", "PRODUCT", "OFFICE"], **MARCH)
        (mine,) = told["PERSON"]
        assert (mine[0], mine[2].denominator) == (assessor, 31)
        assert [(k, n, f.denominator) for k, n, f in told["ROLE"]] == [("ASSESSOR", "理赔审核", 31)]
        (product, name, figure), (nothing, _name, rest) = told["PRODUCT"]
        assert (figure.denominator, nothing, rest.denominator) == (30, "", 1)
        assert name != product
        narrow = ("PRODUCT", product)
        assert queries.figure("error_rate", **MARCH, narrow=narrow).denominator == 30
        assert (
            queries.dashboard(["error_rate"], **MARCH, narrow=narrow)["error_rate"].whole.numerator
            == 0
        )
        assert {
            len(rows)
            for rows in queries.splits(
                "nps", ["OFFICE", "CUSTOMERS"], **MARCH, narrow=narrow
            ).values()
        } == {1}
        assert len(cases("error_rate", product=product, role="ASSESSOR").rows) == 30
        assert cases("error_rate", role="REVIEWER").rows == ()

    def test_a_person_has_the_score_of_those_they_helped_from_thirty_answers_on(self, handled):
        ((key, _name, nps),) = queries.by("nps", "PERSON", **MARCH)
        assert (key, nps.value, nps.thin) == (str(handled["assessor"]), 60, False)
        assert nps.low < 60 < nps.high
        other = make.staff(handled["office"], "ASSESSOR")
        tell("claims.claim_approved", Ref("claim", 31), NOON, by=Ref("staff", other))
        rated(31, 0, handled["party"], handled["office"])
        read(NOON)
        told = {key: nps for key, _name, nps in queries.by("nps", "PERSON", **MARCH)}
        few = told[str(other)]
        assert (few.value, few.low, few.thin, few.reached) == (None, None, True, None)
        one = queries.figure("nps", **MARCH, narrow=("PERSON", str(other)))
        assert (one.value, one.thin) == (None, True)

    def test_the_share_reported_by_wechat_is_known(self, handled):
        assert value("wechat_claims") == Decimal("9.68")

    def test_what_fell_silent_is_forgotten_and_stays_counted(self, handled):
        before = kept()
        assert operations.forget_silent(NOON + timedelta(days=700)) == 0
        assert operations.forget_silent(NOON + timedelta(days=800)) > 30
        assert (kept(), HeardSubject.objects.count()) == (before, 0)


def rated(number, recommend, party, office):
    tell(
        "voice.rating_taken", Ref("feedback", number), NOON, party, recommend=recommend, stars=5,
        office_id=office, rated=f"claim:{number}",
    )  # fmt: skip


def test_before_and_after_have_their_figures(office):
    """Satisfaction with claims in points, premiums and years paid in time, new customers' applications (A133)."""
    new, old = make.party(office), make.party(office)
    make.policy(office, holder_id=old, effective_on=date(2024, 1, 1))
    for number, (stars, journey) in enumerate(
        [(5, "claim"), (4, "claim"), (1, "contact"), (None, "claim")]
    ):
        tell(
            "voice.rating_taken", Ref("feedback", number), NOON, new, stars=stars, recommend=9,
            journey=journey, office_id=office, third_party=False, rated="",
        )  # fmt: skip
    for number, party in ((1, new), (2, new), (3, old)):
        tell(
            "underwriting.application_started", Ref("application", number), NOON, party,
            channel="APP", product="critical-illness", office_id=office,
        )  # fmt: skip
    tell("underwriting.policy_issued", Ref("application", 1), NOON, new)
    for policy_id, paid in ((1, True), (2, True), (3, False), (4, True)):
        about = {"about": Ref("policy", policy_id), "at": NOON, "party": new}
        facts = {
            "product": "critical-illness",
            "channel": "AGENT",
            "office_id": office,
            "paid": paid,
        }
        tell("renewals.premium_observed", **about, **facts, amount="250.00")
        yearly = "7000.49" if paid else "979.51"
        tell("renewals.second_year_observed", **about, **facts, yearly=yearly)
        tell(
            "renewals.third_year_observed",
            **about,
            **facts,
            yearly="" if policy_id == 4 else yearly,
        )
        tell(
            "renewals.new_year_offered", Ref("new_year", policy_id), NOON, new, policy_id=policy_id
        )
    for policy_id, then in ((1, "taken"), (2, "taken"), (3, "stopped"), (4, "missed")):
        tell(
            f"renewals.new_year_{then}", Ref("new_year", policy_id), NOON, new, policy_id=policy_id
        )
    tell("renewals.new_year_called_off", Ref("new_year", 2), NOON, new, policy_id=2)
    read(NOON)
    assert value("claims_satisfaction") == 90
    assert (value("conversion"), value("new_conversion")) == (Decimal("33.33"), 50)
    assert (value("premiums_paid"), value("second_year_paid")) == (75, 75)
    by_amount = [value(f"{each}_amount") for each in ("premiums_paid", "second_year", "third_year")]
    assert by_amount == [
        75,
        Decimal("95.54"),
        Decimal("93.46"),
    ]  # 21,000 of 21,980; 14,000 of 14,980
    assert (value("third_year_paid"), value("second_year_amount", narrow=("CHANNEL", "AGENT"))) == (
        75, Decimal("95.54"),
    )  # fmt: skip
    (dear,) = cases("second_year_amount", missed_only=True).rows
    assert (str(dear.about), dear.value) == ("policy:3", Decimal("979.51"))
    assert value("years_renewed") == Decimal("33.33")
    assert value("premiums_paid", narrow=("CHANNEL", "AGENT")) == 75
    split = {k: f.value for k, _n, f in queries.by("conversion", "CUSTOMERS", **MARCH)}
    assert split == {"NEW": 50, "OLD": 0}
    (unpaid,) = cases("second_year_paid", missed_only=True).rows
    assert str(unpaid.about) == "policy:3"
    assert [str(row.about) for row in cases("new_conversion", missed_only=True).rows] == [
        "application:2"
    ]
