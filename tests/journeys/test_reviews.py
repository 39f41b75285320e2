"""The weekly review: drawn up by itself, held by people, its decisions carried until they are done."""

import hashlib
from datetime import date, timedelta

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.journeys.telling import read, tell
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.journeys import jobs, queries
from yilu.journeys import operations as journeys
from yilu.journeys.models import Problem, ReviewDecision, ReviewPoint, WeeklyReview
from yilu.journeys.rules import weekly
from yilu.journeys.rules.weekly import Matter
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations import operations as obligations
from yilu.obligations.models import Clock
from yilu.people import operations as operations_of_people
from yilu.people import queries as people
from yilu.work.models import Item

NOON = make.NOON
NEXT = NOON + timedelta(days=7)
WORDS = "借款超过三十万元的客户在自助页面断掉，一周内多次发生。"


class TestAgenda:
    """The pure part."""

    @given(st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1)))
    def test_it_looks_back_on_the_whole_week_before_and_is_held_within_this_one(self, day):
        week = weekly.week_before(day)
        assert week.weekday() == 0
        assert week + timedelta(days=7) <= day <= weekly.meet_by(week)
        assert weekly.meet_by(week) < week + timedelta(days=14)

    @given(st.lists(st.tuples(st.sampled_from(weekly.ORDER), st.integers(0, 9)), max_size=150))
    def test_by_kind_the_heaviest_first_and_never_more_than_people_can_talk_about(self, told):
        found = [Matter(kind, f"{n}", "", (weight,)) for n, (kind, weight) in enumerate(told)]
        shown = weekly.agenda(found)
        kinds = [each.kind for each in shown]
        assert kinds == sorted(kinds, key=weekly.ORDER.index)
        for kind in weekly.ORDER:
            all_of = sorted((each.weight for each in found if each.kind == kind), reverse=True)
            assert [each.weight for each in shown if each.kind == kind] == all_of[
                : weekly.MOST[kind]
            ]


class Week:
    """A common problem whose plan is late, three breaks of one kind, and two leads."""

    def __init__(self, office):
        self.office = office
        self.owner, self.lead = (make.staff(office, "SERVICE_MANAGER") for _ in range(2))
        self.problem = journeys.open_problem(
            title="借款超限断点多", text=WORDS, journey="servicing.policy_loan",
            severity=2, common=True, owner_id=self.owner, office_id=office,
            **self.by(self.lead, NOON),
        )  # fmt: skip
        for number in (1, 2, 3):
            about = Ref("servicing_request", number)
            told = {"request": "policy_loan", "office_id": office}
            tell("servicing.request_started", about, NOON, 7, door="CUSTOMER", **told)
            tell("servicing.self_service_blocked", about, NOON, 7, request="policy_loan")
        read(NOON)
        obligations.tick(NOON + timedelta(days=4))

    def by(self, staff_id, at=NEXT):
        return {"access": people.staff_access(staff_id), "actor": Ref("staff", staff_id), "at": at}

    def draw(self, at=NEXT):
        journeys.draw_reviews(at)
        return WeeklyReview.objects.get(office_id=self.office, week=weekly.week_before(day_of(at)))

    def point(self, review, kind):
        return ReviewPoint.objects.filter(review=review, kind=kind).earliest("position")

    def decide(self, review, **told):
        given = {
            "review_id": review.pk, "point_id": self.point(review, "PROBLEM").pk,
            "text": "额度提示前移到填写页", "owner_id": self.owner,
            "due_on": day_of(NEXT) + timedelta(days=3), **self.by(self.lead), **told,
        }  # fmt: skip
        return ReviewDecision.objects.get(pk=journeys.decide_point(**given))

    def note_the_rest(self, review):
        for point in ReviewPoint.objects.filter(review=review, note=""):
            told = {"review_id": review.pk, "point_id": point.pk, "text": "已经在办，下周再看"}
            journeys.note_point(**told, **self.by(self.lead))

    def hold(self, review, **told):
        given = {
            "review_id": review.pk, "present": [self.owner, self.lead],
            "minutes": "本周断点集中在借款，方案下周上线。", **self.by(self.lead), **told,
        }  # fmt: skip
        journeys.hold_review(**given)


@pytest.fixture
def week(office):
    return Week(office)


pytestmark = pytest.mark.django_db(transaction=True)


def test_it_is_drawn_up_once_from_problems_late_promises_and_breaks(week):
    review = week.draw()
    assert journeys.draw_reviews(NEXT).did == 0
    assert (review.week, review.meet_by) == (
        weekly.week_before(day_of(NEXT)), weekly.meet_by(review.week),
    )  # fmt: skip
    points = list(ReviewPoint.objects.filter(review=review).order_by("position"))
    assert [each.kind for each in points] == ["PROBLEM", "LATE", "LATE", "BREAKS"]
    problem, *late, breaks = points
    assert problem.subject == f"ledger_problem:{week.problem}"
    assert {each.code for each in late} == {
        "pledge.problem_plan_24_hours", "pledge.problem_delivered_72_hours",
    }  # fmt: skip
    assert late[0].facts == {"lately": 1, "every": 1, "longest": [problem.subject]}
    assert (breaks.facts["now"], breaks.facts["before"], breaks.facts["kind"]) == (
        3,
        0,
        "OVER_LIMIT",
    )
    assert Item.objects.get(subject=str(review.ref), queue="journeys.problem").state == "OPEN"
    clock = Clock.objects.get(subject=str(review.ref), code="pledge.weekly_review")
    assert day_of(clock.due_at) == review.meet_by


def test_an_office_without_anything_to_look_at_has_no_review(week):
    quiet = make.office()
    week.draw()
    assert not WeeklyReview.objects.filter(office_id=quiet).exists()


def test_a_decision_has_an_owner_their_work_and_a_clock_to_its_day(week):
    review = week.draw()
    made = week.decide(review)
    assert week.decide(review) == made
    item = Item.objects.get(subject=str(made.ref))
    assert item.staff_id == week.owner
    clock = Clock.objects.get(subject=str(made.ref))
    assert (clock.code, day_of(clock.due_at)) == ("pledge.review_decision", made.due_on)
    with pytest.raises(journeys.NotTheOwner):
        journeys.finish_decision(decision_id=made.pk, outcome="已经上线了", **week.by(week.lead))
    for _ in range(2):
        journeys.finish_decision(decision_id=made.pk, outcome="已经上线了", **week.by(week.owner))
    made.refresh_from_db()
    assert (made.state, made.outcome) == ("DONE", "已经上线了")
    item.refresh_from_db()
    clock.refresh_from_db()
    assert (item.state, clock.state) == ("DONE", "MET")
    assert Event.objects.filter(kind="journeys.review_decision_done").count() == 1


def test_only_somebody_else_drops_it(week):
    made = week.decide(week.draw())
    with pytest.raises(journeys.OwnDecision):
        journeys.drop_decision(decision_id=made.pk, reason="不需要了", **week.by(week.owner))
    with pytest.raises(journeys.EvidenceNeeded):
        journeys.drop_decision(decision_id=made.pk, reason="不", **week.by(week.lead))
    journeys.drop_decision(
        decision_id=made.pk, reason="页面整体改版，不再需要", **week.by(week.lead)
    )
    with pytest.raises(journeys.DecisionEnded):
        journeys.finish_decision(decision_id=made.pk, outcome="已经上线了", **week.by(week.owner))
    assert not Clock.objects.filter(subject=str(made.ref), state="RUNNING").exists()


def test_it_is_held_when_every_point_was_talked_about_and_stays_as_it_is(week):
    review = week.draw()
    week.decide(review)
    with pytest.raises(journeys.PointsLeft):
        week.hold(review)
    week.note_the_rest(review)
    for wrong in ({"present": [week.lead]}, {"present": [week.lead, 10**9]}):
        with pytest.raises(journeys.WrongDecision):
            week.hold(review, **wrong)
    with pytest.raises(journeys.EvidenceNeeded):
        week.hold(review, minutes="都好")
    week.hold(review)
    for again in (week.hold, week.decide):
        with pytest.raises(journeys.ReviewOver):
            again(review)
    review.refresh_from_db()
    assert (review.state, review.present) == ("HELD", sorted([week.owner, week.lead]))
    assert Item.objects.get(subject=str(review.ref)).state == "DONE"
    assert Clock.objects.get(subject=str(review.ref)).state == "MET"
    seen = queries.get_review(review.pk, people.staff_access(week.owner), NEXT)
    assert (seen.left, seen.row.decisions, len(seen.present)) == (0, 1, 2)


def test_its_minutes_are_printed_once_with_their_digest_in_the_journal(week):
    review = week.draw()
    week.decide(review)
    week.note_the_rest(review)
    reader = people.staff_access(week.lead)
    with pytest.raises(journeys.NoMinutes):
        queries.minutes_of(review.pk, reader)
    week.hold(review)
    jobs.print_minutes(review.pk)
    content = queries.minutes_of(review.pk, reader)
    jobs.print_minutes(review.pk)  # a job that was not ticked off
    text = "".join(
        page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content)
    )
    for said in (
        "服务周复盘纪要",
        "额度提示前移到填写页",
        "借款超限断点多",
        "已经在办",
        "方案下周上线",
    ):
        assert said in text
    (printed,) = Event.objects.filter(kind="journeys.minutes_printed")
    digest = hashlib.sha256(content).hexdigest()
    assert printed.facts["sha256"] == digest
    assert queries.get_review(review.pk, reader, NEXT).sha256 == digest


def test_what_is_not_done_is_carried_into_the_next_review_first(week):
    made = week.decide(week.draw())
    review = week.draw(NEXT + timedelta(days=7))
    first = ReviewPoint.objects.get(review=review, position=0)
    assert (first.kind, first.subject, first.facts) == ("CARRIED", str(made.ref), {"late": 4})
    made.refresh_from_db()
    assert made.carried == 1
    seen = queries.get_review(review.pk, people.staff_access(week.owner), NEXT + timedelta(days=7))
    assert seen.points[0].earlier.late
    assert seen.points[0].earlier.text == made.text


def test_a_review_nobody_held_is_missed_when_the_next_is_drawn(week):
    first = week.draw()
    obligations.tick(NEXT + timedelta(days=7))
    week.draw(NEXT + timedelta(days=7))
    first.refresh_from_db()
    assert first.state == "MISSED"
    assert Item.objects.get(subject=str(first.ref), queue="journeys.problem").state == "DONE"
    assert Clock.objects.get(subject=str(first.ref)).state == "MET_LATE"
    with pytest.raises(journeys.ReviewOver):
        week.note_the_rest(first)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "短"}, {"owner_id": 10**9}, {"due_on": day_of(NEXT) - timedelta(days=1)},
        {"due_on": day_of(NEXT) + timedelta(days=91)},
    ],
    ids=str,
)  # fmt: skip
def test_a_decision_that_says_too_little_is_refused(week, wrong):
    review = week.draw()
    with pytest.raises(journeys.WrongDecision):
        week.decide(review, **wrong)
    assert not ReviewDecision.objects.exists()


def test_another_office_and_one_without_the_right_are_refused(week):
    review = week.draw()
    far = make.staff(make.office(), "SERVICE_MANAGER")
    with pytest.raises(journeys.ReviewNotFound):
        week.decide(review, **week.by(far))
    with pytest.raises(journeys.ReviewNotFound):
        queries.get_review(review.pk, people.staff_access(far), NEXT)
    assert queries.list_reviews(people.staff_access(far)) == []
    seat = make.staff(week.office, "CALL_AGENT")
    with pytest.raises(NotAllowed):
        week.decide(review, **week.by(seat))
    with pytest.raises(journeys.WrongDecision):
        week.decide(review, owner_id=seat)
    made = week.decide(review)
    with pytest.raises(journeys.ReviewNotFound):
        journeys.drop_decision(decision_id=made.pk, reason="不需要了", **week.by(far))


def test_the_successor_owns_the_decisions_of_who_leaves(week):
    made = week.decide(week.draw())
    operations_of_people.let_staff_go(
        staff_id=week.owner, successor_id=week.lead, actor=SYSTEM, at=NEXT
    )
    while journal.run_reactions(at=NEXT):
        pass
    made.refresh_from_db()
    assert (made.owner_id, made.state) == (week.lead, "OPEN")
    item = Item.objects.get(subject=str(made.ref), state__in=("OPEN", "TAKEN"))
    assert item.staff_id == week.lead
    assert Problem.objects.get().owner_id == week.lead
