"""Progress follows the journal: what is where, since when, how it got there."""

from collections import Counter
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import transaction

from tests import make
from tests.journeys.telling import read, tell
from yilu.journeys import operations as journeys
from yilu.journeys import queries
from yilu.journeys.models import (
    Breakpoint,
    EventEdge,
    FlowDay,
    Follower,
    HereNow,
    JourneyCase,
    Offer,
    StepDay,
    StepPassage,
)
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)
NOON = make.NOON


def later(**time):
    return NOON + timedelta(**time)


def claim(number, office, party=7, at=NOON, **facts):
    about = Ref("claim", number)
    tell(
        "claims.claim_reported", about, at, party,
        **{"office_id": office, "channel": "APP", "claim_type": "MEDICAL", **facts},
    )  # fmt: skip
    return about


def here():
    """How many cases are at each step now."""
    found = Counter()
    for code, step, count in HereNow.objects.filter(count__gt=0).values_list(
        "code", "step", "count"
    ):
        found[code, step] += count
    return found


def test_a_claim_is_followed_from_the_report_to_the_money(office):
    about = claim(1, office)
    tell("claims.claim_registered", about, later(hours=2), 7)
    tell("claims.payout_promised", about, later(hours=3), 7)
    read(later(hours=4))
    case = JourneyCase.objects.get()
    assert (case.code, case.step, case.touchpoint, case.office_id) == (
        "claim",
        "paying",
        "BANK",
        office,
    )
    assert case.trail == "report>review>paying"
    tell("claims.claim_paid", about, later(hours=5), 7)
    tell("claims.claim_closed", about, later(hours=5), 7, outcome="PAID")
    read(later(hours=6))
    case.refresh_from_db()
    assert (case.step, case.outcome, case.ended_at) == ("done", "DONE", later(hours=5))
    assert case.deviations == 0
    passages = list(StepPassage.objects.order_by("ordinal").values_list("step", "left_at"))
    assert passages[0] == ("report", later(hours=2))
    assert [step for step, _ in passages] == ["report", "review", "paying", "done"]
    assert not Breakpoint.objects.exists()


def test_what_happens_is_counted_once_however_often_it_is_read(office):
    about = claim(1, office)
    tell("claims.claim_registered", about, later(hours=2), 7)
    read(NOON)
    Follower.objects.get()
    assert journeys.follow(at=NOON) == 0
    day = StepDay.objects.get(step="report")
    assert (day.entered, day.left) == (1, 1)
    assert FlowDay.objects.get(source="report").count == 1
    (edge,) = queries.edges("claim", NOON.date())
    assert (edge.source, edge.target) == ("claims.claim_reported", "claims.claim_registered")
    assert queries.edges("claim", NOON.date(), [office]) == (edge,)
    assert queries.edges("claim", NOON.date(), [office + 1]) == ()


def test_one_reading_or_many_come_to_the_same(office):
    for number in range(3):
        about = claim(number + 1, office)
        for hours, kind in enumerate(("claims.claim_registered", "claims.payout_promised"), 1):
            tell(kind, about, later(hours=hours), 7)
    while journeys.follow(at=NOON, limit=2):
        pass
    by_two = sorted(JourneyCase.objects.values_list("subject", "trail", "passages"))
    counted = sorted(FlowDay.objects.values_list("source", "target", "count"))
    assert here() == {("claim", "paying"): 3}
    for model in (Follower, StepPassage, JourneyCase, HereNow, FlowDay, StepDay, EventEdge):
        model.objects.all().delete()
    read(NOON)
    assert sorted(JourneyCase.objects.values_list("subject", "trail", "passages")) == by_two
    assert sorted(FlowDay.objects.values_list("source", "target", "count")) == counted
    assert here() == {("claim", "paying"): 3}


def test_how_many_are_where_now_goes_with_the_cases(office):
    """Into a step, on, to another office, to the end and back: the kept sums are those of the cases."""
    other = make.office()
    first, second = claim(1, office), claim(2, office)
    read(NOON)
    assert here() == {("claim", "report"): 2}
    claim(1, other, at=later(minutes=30))
    tell("claims.claim_registered", first, later(hours=1), 7)
    tell("claims.claim_withdrawn", second, later(hours=1), 7)
    read(later(hours=1))
    assert here() == {("claim", "review"): 1}
    (kept,) = HereNow.objects.filter(count__gt=0)
    assert kept.office_id == other
    tell("claims.claim_reopened", second, later(hours=2), 7)
    read(later(hours=2))
    assert here() == {("claim", "review"): 2}
    kept_rows = sorted(HereNow.objects.filter(count__gt=0).values_list())
    with transaction.atomic():
        HereNow.objects.all().delete()
        tx.changed(import_module("yilu.journeys.migrations.0008_here_now").COUNT)
    assert sorted(HereNow.objects.values_list()) == kept_rows


class TestByBranch:
    """What flows and how long it takes is counted for the office it happens at."""

    @pytest.fixture
    def two(self, office):
        other = make.office()
        for number, (where, hours) in enumerate(((office, 2), (office, 2), (other, 30)), 1):
            about = claim(number, where)
            tell("claims.claim_registered", about, later(hours=1), 7)
            tell("claims.claim_closed", about, later(hours=hours), 7, outcome="PAID")
        tell("claims.payout_failed", claim(4, other), later(hours=30), 7)
        read(later(hours=31))
        return office, other

    def test_each_office_has_its_own_figures_and_medians(self, two):
        here, other = two
        days = (NOON.date(), later(days=2).date())
        found = {b.office_id: b for b in queries.by_branch({here: {here}, other: {other}}, *days)}
        assert (found[here].ended, found[other].ended) == (2, 1)
        assert found[here].median == pytest.approx(2 * 3600, rel=0.03)
        assert found[other].median == pytest.approx(30 * 3600, rel=0.03)
        assert (found[here].whole.breaks, found[here].whole.now) == (0, 0)
        assert (found[other].whole.now, found[other].whole.open) == (1, 1)
        (both,) = queries.by_branch({here: {here, other}}, *days, "claim")
        assert (both.ended, both.whole.now) == (3, 1)

    def test_the_picture_counts_the_viewers_offices_only(self, two):
        here, other = two
        days = (NOON.date(), later(days=2).date())
        for office, hours in ((here, 2), (other, 30)):
            (line,) = (x for x in queries.panorama({office}, *days).lines if x.code == "claim")
            assert line.median == pytest.approx(hours * 3600, rel=0.03)
        assert queries.by_branch({}, *days) == ()
        assert sum(x.count for x in queries.links({other}, "claim", *days)) == 3
        assert queries.links(set(), "claim", *days) == ()

    def test_what_was_kept_without_offices_is_worked_out_again(self, two):
        migration = import_module("yilu.journeys.migrations.0002_flow_by_office")
        columns = ("day", "code", "source", "target", "office_id", "bucket", "count")
        kept = sorted(FlowDay.objects.values_list(*columns))
        with transaction.atomic():
            tx.changed(migration.KEEP_FINALS)
            FlowDay.objects.all().delete()
            tx.changed(migration.REBUILD)
        assert sorted(FlowDay.objects.values_list(*columns)) == kept


def test_each_servicing_kind_is_a_journey_of_its_own(office):
    for number, kind in enumerate(("policy_loan", "surrender")):
        tell(
            "servicing.request_started", Ref("servicing_request", number + 1), NOON, 7,
            request=kind, door="AGENT", office_id=office,
        )  # fmt: skip
    read(NOON)
    found = set(JourneyCase.objects.values_list("code", "touchpoint"))
    assert found == {("servicing.policy_loan", "AGENT"), ("servicing.surrender", "AGENT")}


def test_a_way_nobody_declared_is_a_deviation(office):
    about = claim(1, office)
    tell("claims.payout_promised", about, later(hours=1), 7)
    read(NOON)
    case = JourneyCase.objects.get()
    assert (case.step, case.deviations) == ("paying", 1)
    assert not StepPassage.objects.get(step="paying").declared


def test_a_reopened_claim_goes_on(office):
    about = claim(1, office)
    tell("claims.claim_withdrawn", about, later(hours=1), 7)
    tell("claims.claim_reopened", about, later(hours=2), 7)
    read(NOON)
    case = JourneyCase.objects.get()
    assert (case.step, case.ended_at, case.outcome, case.deviations) == ("review", None, "", 0)


class TestBreaks:
    """What breaks is found once; somebody or something goes on."""

    def blocked(self, office, at=NOON):
        about = Ref("servicing_request", 1)
        tell(
            "servicing.request_started", about, at, 7,
            request="policy_loan", door="CUSTOMER", office_id=office,
        )  # fmt: skip
        tell("servicing.self_service_blocked", about, at, 7, request="policy_loan", reason="LIMIT")
        return about

    def test_a_failure_on_the_page_is_offered_a_way_on(self, office):
        self.blocked(office)
        read(NOON)
        found = Breakpoint.objects.get()
        assert (found.kind, found.code, found.step, found.state) == (
            "OVER_LIMIT", "servicing.policy_loan", "fill", "OFFERED",
        )  # fmt: skip
        assert Offer.objects.get().ways == ["VIDEO", "CHAT", "ADVISER", "COUNTER"]
        assert not Item.objects.filter(subject=found.subject).exists()

    def test_the_quick_way_and_the_thorough_way_find_it_once(self, office):
        from yilu.journal import operations as journal

        self.blocked(office)
        journal.run_reactions(NOON, 100)
        assert Offer.objects.count() == 1
        read(NOON)
        assert (Breakpoint.objects.count(), Offer.objects.count()) == (1, 1)

    def test_an_offer_nobody_answers_becomes_somebodys_task(self, office):
        self.blocked(office)
        read(NOON)
        assert journeys.expire_offers(at=later(minutes=11)) == 1
        assert journeys.expire_offers(at=later(minutes=12)) == 0
        assert Offer.objects.get().state == "EXPIRED"
        item = Item.objects.get()
        assert item.title == "超过自助限额：保单借款"
        assert Breakpoint.objects.get().state == "TASKED"

    def test_a_step_beyond_its_standard_is_found_once(self, office):
        claim(1, office)
        read(NOON)
        assert journeys.find_late(at=later(days=2)) == 0
        assert journeys.find_late(at=later(days=3, minutes=1)) == 1
        assert journeys.find_late(at=later(days=4)) == 0
        found = Breakpoint.objects.get()
        assert (found.kind, found.step, found.state) == ("ABANDONED_FORM", "report", "TASKED")
        assert StepDay.objects.filter(step="report", late=1).count() == 1

    def test_moving_on_closes_the_break(self, office):
        about = claim(1, office)
        read(NOON)
        journeys.find_late(at=later(days=3, minutes=1))
        tell("claims.claim_registered", about, later(days=4), 7)
        read(later(days=4))
        found = Breakpoint.objects.get()
        assert (found.state, found.how) == ("CLOSED", "MOVED_ON")
        assert Item.objects.get().state == "DONE"

    def test_taking_it_back_closes_the_break_otherwise(self, office):
        about = self.blocked(office)
        tell("servicing.request_withdrawn", about, later(minutes=1), 7)
        read(later(minutes=2))
        assert Breakpoint.objects.get().how == "TAKEN_BACK"

    def test_a_failed_payment_is_found_where_it_happens_and_stays_open(self, office):
        about = claim(1, office)
        tell("claims.claim_registered", about, later(hours=1), 7)
        tell("claims.payout_promised", about, later(hours=2), 7)
        tell("claims.payout_failed", about, later(hours=3), 7)
        read(later(hours=3))
        found = Breakpoint.objects.get()
        assert (found.kind, found.step, found.state) == ("FAILED_PAYMENT", "returned", "TASKED")

    def test_silence_is_found(self, office):
        about = claim(1, office)
        tell("claims.claim_registered", about, later(hours=1), 7)
        read(NOON)
        assert journeys.find_quiet(at=later(days=15)) == 0
        assert journeys.find_quiet(at=later(days=15, hours=2)) == 1
        assert journeys.find_quiet(at=later(days=16)) == 0
        assert Breakpoint.objects.get().kind == "SILENCE"

    def test_history_troubles_nobody(self, office):
        self.blocked(office)
        read(later(days=3))
        assert Breakpoint.objects.get().state == "PAST"
        assert not Item.objects.exists()
        assert not Offer.objects.exists()

    def test_trying_again_and_again_is_a_break(self, office):
        about = claim(1, office)
        for minutes in range(6):
            tell("claims.documents_received", about, later(minutes=minutes), 7, complete=False)
        read(NOON)
        assert Breakpoint.objects.get().kind == "ATTEMPTS"
