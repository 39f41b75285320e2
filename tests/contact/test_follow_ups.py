"""Every new long-term policy is followed up within its cooling-off period."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.contact.desk import Desk, person
from tests.make import NOON
from yilu.contact import jobs, operations, queries
from yilu.contact.models import FollowUp, FollowUpAttempt, Problem
from yilu.contact.operations import agents_line, following_up
from yilu.contact.rules import follow_ups as rules
from yilu.journal.operations import recording
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations.models import Clock
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.work import operations as work
from yilu.work.models import Item

LONG = "critical-illness"
YES = dict.fromkeys(rules.BY_CODE, "YES")
DAY = timedelta(days=1)
LADDER = rules.Ladder(calls=6, visit_days=3, letter_days=1, hours=(9, 20))
MADE = {
    "effective_on": date(2026, 3, 5), "formed_on": date(2026, 3, 4), "sum_insured": Decimal(200_000),
    "premium": Decimal("5200.00"), "pay_mode": "YEARLY", "pay_years": 20,
}  # fmt: skip


class TestOnRecord:
    """What the holder confirmed by themselves when they applied is not asked again, and may be denied (E46)."""

    ASKED = {code: "YES" for code in rules.BY_CODE if code not in ("read", "recording")}

    @pytest.fixture
    def row(self, transactional_db):
        make.standards_in_force()
        policy = make.policy(make.office(), product_code=LONG, **MADE)
        return begin_with(policy, on_record=("read", "recording", "self"))

    @staticmethod
    def answered(row, answers):
        return operations.complete_electronically(
            policy_id=row.policy_id, answers=answers, actor=Ref("party", row.party_id), at=NOON
        )

    def test_is_told_and_not_asked(self, row):
        assert row.spared == ("read", "recording"), "who it is, is always asked"
        with pytest.raises(operations.BadAnswers):
            self.answered(row, {**self.ASKED, "loss": "RECORD"})
        assert self.answered(row, self.ASKED) == "GOOD"
        view = queries.follow_up_for_holder(row.policy_id, row.party_id, at=NOON)
        kept = {each.question.code: each.answer for each in view.answers}
        assert (kept["read"], kept["recording"], kept["loss"]) == ("RECORD", "RECORD", "YES")

    @pytest.mark.parametrize("denied", ["recording", "read"])
    def test_may_be_denied_and_goes_to_somebody_outside_sales(self, row, denied):
        assert self.answered(row, {**self.ASKED, denied: "NO"}) == "MIS_SELLING"
        assert Problem.objects.get().side == "SERVICE"

    def test_of_a_family_is_only_what_each_policy_has(self, row):
        child = make.policy(row.office_id, product_code=LONG, holder_id=row.party_id, **MADE)
        begin_with(child, on_record=("read", "bought"), beside_policy=row.policy_id)
        view = queries.follow_up_for_holder(child.id, row.party_id, at=NOON)
        assert [each.code for each in view.spared] == ["read"]
        with pytest.raises(operations.BadAnswers):
            self.answered(row, self.ASKED)
        assert self.answered(row, {**self.ASKED, "recording": "YES"}) == "GOOD"

    def test_is_asked_all_the_same_where_managers_say_so(self, transactional_db, monkeypatch):
        make.standards_in_force()
        monkeypatch.setattr(following_up, "spares_on", lambda on: False)
        row = begin_with(make.policy(make.office(), product_code=LONG, **MADE), on_record=("read",))
        assert row.spared == ()
        with pytest.raises(operations.BadAnswers):
            self.answered(row, self.ASKED)


@tx.use_case
def begin_with(policy, **given):
    return following_up.begin(policy.id, at=NOON, **given)


class TestRules:
    def test_seven_questions_and_the_one_about_the_recording_are_asked(self):
        assert len(rules.QUESTIONS) == 8
        assert rules.QUESTIONS[-1].code == "recording"
        assert all(question.citation for question in rules.QUESTIONS)

    def test_what_the_answers_say(self):
        assert rules.finding(YES, explained=True) == "GOOD"
        assert rules.finding({**YES, "loss": "EXPLAINED"}, explained=True) == "GOOD"
        assert rules.finding({**YES, "loss": "NO"}, explained=True) == "MIS_SELLING"
        assert rules.finding({**YES, "loss": "NO"}, explained=False) == "TO_EXPLAIN"
        assert rules.finding({**YES, "bought": "NO"}, explained=False) == "MIS_SELLING"
        assert rules.finding({"self": "NO"}, explained=True) == "NOT_HOLDER"
        assert rules.finding({"self": "YES"}, explained=True) == "INCOMPLETE"

    @given(st.integers(0, 9), st.booleans(), st.integers(-2, 20), st.integers(0, 23))
    def test_the_ladder_only_goes_up_and_always_ends(self, calls, wrong, left, hour):
        at = datetime(2026, 3, 4, hour, 30, tzinfo=CHINA)
        until = day_of(at) + left * DAY
        rung = rules.next_rung(
            state="CALLING", calls=calls, wrong_number=wrong, until=until, at=at, ladder=LADDER
        )
        if left < 0:
            assert rung is None
        elif calls >= 6 or wrong or left <= 3:
            assert rung.state == "VISITING"
        else:
            assert rung.state == "CALLING"
            assert rules.may_call(rung.next_at, LADDER.hours)
            assert rung.next_at >= at

    @given(st.integers(0, 5), st.integers(0, 23), st.integers(0, 59))
    def test_nobody_is_called_at_night(self, calls, hour, minute):
        at = datetime(2026, 3, 4, hour, minute, tzinfo=CHINA)
        assert rules.may_call(rules.next_call(calls, at, LADDER.hours), LADDER.hours)


def test_every_kind_somebody_reacts_to_exists():
    assert set(recording.subscribed_kinds()) <= set(REGISTRY)


@pytest.fixture
def desk(db):
    make.standards_in_force()
    return Desk()


@pytest.fixture
def seat(desk):
    return person(desk.office, "CALL_AGENT")


@pytest.fixture
def agent(desk):
    return make.agent(desk.office)


@pytest.fixture
def visit(desk, agent):
    return begun(desk, agent)


def begun(desk, agent=None) -> FollowUp:
    """A new policy on the list: by the sweep, as if its event had been lost."""
    make.policy(
        desk.office, product_code=LONG, holder_id=make.party(desk.office, agent_id=agent),
        agent_id=agent, **MADE,
    )  # fmt: skip
    jobs.follow_up(NOON)
    return FollowUp.objects.latest("pk")


def attempt(visit, seat, outcome, at, **given) -> str:
    return operations.note_attempt(
        follow_up_id=visit.pk, outcome=outcome, **{**seat.told(at), **given}
    )


def test_the_sweep_finds_a_policy_nobody_put_on_the_list_and_only_once(desk, visit):
    assert (visit.state, visit.until) == ("CALLING", day_of(NOON) + 15 * DAY)
    jobs.follow_up(NOON)
    tx.use_case(following_up.begin)(visit.policy_id, at=NOON)
    assert FollowUp.objects.count() == 1


def test_a_short_policy_is_not_followed_up(desk):
    make.policy(desk.office)
    jobs.follow_up(NOON)
    assert not FollowUp.objects.exists()


def test_a_good_call_completes_it_and_stops_the_work(desk, seat, visit):
    found = operations.complete(follow_up_id=visit.pk, answers=YES, **seat.told(NOON))
    assert found == "GOOD"
    visit.refresh_from_db()
    assert (visit.state, visit.way) == ("DONE", "PHONE")
    with pytest.raises(operations.FollowUpOver):
        operations.complete(follow_up_id=visit.pk, answers=YES, **seat.told(NOON))
    report = queries.coverage(desk.boss.access, day_of(NOON), day_of(NOON), at=NOON)
    assert (report.policies, report.done, report.reached) == (1, 1, 1)


def test_mis_selling_never_goes_to_the_colleague_who_sold_at_the_counter(desk, seat, agent, visit):
    FollowUp.objects.filter(pk=visit.pk).update(sold_by=f"staff:{seat.staff_id}")
    operations.complete(follow_up_id=visit.pk, answers={**YES, "cover": "NO"}, **seat.told(NOON))
    case = Problem.objects.get(kind="MIS_SELLING")
    item = Item.objects.get(queue_id="contact.problem")
    with pytest.raises(work.NothingWaiting):
        work.take_next(queue="contact.problem", **seat.told(NOON))
    with pytest.raises(work.NotForYou):
        work.take_item(item_id=item.pk, **seat.told(NOON))
    for act, words in ((operations.solve_problem, "answer"), (operations.track_problem, "note")):
        with pytest.raises(operations.SellerMayNotSolve):
            act(problem_id=case.pk, **{words: "没事"}, **seat.told(NOON))
    other = desk.seat({"general": 1})
    work.take_item(item_id=item.pk, **other.told(NOON))
    with pytest.raises(work.NotForYou):
        work.hand_over(item_id=item.pk, to=seat.access, reason="你熟", **other.told(NOON))
    operations.solve_problem(problem_id=case.pk, answer="已说明并办理退保", **other.told(NOON))
    case.refresh_from_db()
    assert case.state == "SOLVED"


def test_mis_selling_is_solved_by_somebody_other_than_the_seller(desk, seat, agent, visit):
    operations.complete(
        follow_up_id=visit.pk, answers={**YES, "cover": "NO"}, words={"cover": "业务员说什么都保"},
        **seat.told(NOON),
    )  # fmt: skip
    case = Problem.objects.get(kind="MIS_SELLING")
    assert (case.side, case.seller_id) == ("SERVICE", agent)
    clock = Clock.objects.get(subject=f"problem:{case.pk}")
    assert clock.state == "RUNNING"
    with pytest.raises(operations.SellerMayNotSolve):
        operations.solve_problem(
            problem_id=case.pk,
            answer="没事",
            access=seat.access,
            actor=Ref("agent", agent),
            at=NOON,
        )
    with pytest.raises(operations.ProblemNotFound):
        operations.report_step(
            problem_id=case.pk, note="客户记错了", agent=people.agent_access(agent),
            actor=Ref("agent", agent), at=NOON,
        )  # fmt: skip
    operations.solve_problem(problem_id=case.pk, answer="已说明并办理退保", **seat.told(NOON + DAY))
    clock.refresh_from_db()
    assert clock.state == "MET"


def test_six_calls_in_vain_go_to_the_branch_and_the_sales_side(desk, seat, agent, visit):
    at = NOON
    for n in range(6):
        assert Problem.objects.count() == 0
        state = attempt(visit, seat, "NO_ANSWER", at)
        assert state == ("VISITING" if n == 5 else "CALLING")
        at += DAY
    case = Problem.objects.get()
    assert (case.kind, case.side, case.agent_id) == ("UNREACHABLE", "SALES", agent)
    boss = desk.boss
    operations.solve_problem(problem_id=case.pk, answer="客户换号，已更新", **boss.told(at))
    visit.refresh_from_db()
    assert (visit.state, visit.calls) == ("CALLING", 0)


def test_how_often_and_until_when_is_for_managers_to_set(seat, visit):
    make.figure_set("contact.follow_up_calls", "2")
    make.figure_set("contact.calls_to_hour", "17")
    with pytest.raises(operations.NotAtThisHour):
        attempt(visit, seat, "NO_ANSWER", NOON.replace(hour=10))  # 18:00 in China
    assert attempt(visit, seat, "NO_ANSWER", NOON) == "CALLING"
    assert attempt(visit, seat, "NO_ANSWER", NOON + DAY) == "VISITING"
    assert Problem.objects.get().kind == "UNREACHABLE"


def test_a_wrong_number_goes_to_the_sales_side_at_once(seat, visit):
    assert attempt(visit, seat, "WRONG_NUMBER", NOON) == "VISITING"
    assert Problem.objects.get().kind == "WRONG_NUMBER"


def test_time_takes_it_up_the_ladder_and_the_report_lists_who_was_not_reached(desk, visit):
    for days, state in ((11, "CALLING"), (12, "VISITING"), (14, "LETTER"), (16, "EXCEPTION")):
        jobs.follow_up(NOON + days * DAY)
        visit.refresh_from_db()
        assert visit.state == state, days
    assert FollowUpAttempt.objects.get().kind == "LETTER"
    late = NOON + 20 * DAY
    report = queries.coverage(desk.boss.access, day_of(NOON), day_of(NOON), at=late)
    assert [line.why for line in report.exceptions] == ["UNREACHABLE"]
    assert report.accounted == report.policies == 1


def test_the_report_names_a_policy_nobody_began(desk, django_assert_num_queries):
    for _each in range(2):
        make.policy(desk.office, product_code=LONG, **MADE)
    with django_assert_num_queries(4):  # however many policies there are
        report = queries.coverage(desk.boss.access, day_of(NOON), day_of(NOON), at=NOON, limit=1)
    assert [line.why for line in report.exceptions] == ["NOT_BEGUN"]
    assert (report.excepted, report.accounted, report.policies) == (2, 2, 2)


def test_the_holder_answers_on_their_own_page_and_nobody_else_does(seat, visit):
    told = {"policy_id": visit.policy_id, "at": NOON}
    with pytest.raises(operations.FollowUpNotFound):
        operations.complete_electronically(
            answers=YES, actor=Ref("party", visit.party_id + 1), **told
        )
    me = Ref("party", visit.party_id)
    for bad in ({}, {**YES, "loss": "MAYBE"}, {**YES, "colour": "YES"}, {**YES, "self": "NO"}):
        with pytest.raises(operations.BadAnswers):
            operations.complete_electronically(answers=bad, actor=me, **told)
    unsure = {**YES, "loss": "NO"}
    assert operations.complete_electronically(answers=unsure, actor=me, **told) == "TO_EXPLAIN"
    visit.refresh_from_db()
    assert visit.closed_at is None
    assert operations.complete_electronically(answers=YES, actor=me, **told) == "GOOD"
    assert operations.complete_electronically(answers=YES, actor=me, **told) == "GOOD"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"outcome": "SHOUTED"}, operations.BadAnswers),
        ({"outcome": "LATER"}, operations.BadAnswers),
        ({"outcome": "BUSY", "at": NOON + timedelta(hours=12)}, operations.NotAtThisHour),
    ],
)
def test_a_try_that_cannot_be_is_refused_and_nothing_is_written(seat, visit, given, refusal):
    at = given.pop("at", NOON)
    with pytest.raises(refusal):
        attempt(visit, seat, given["outcome"], at)
    assert not FollowUpAttempt.objects.exists()


def test_another_branch_neither_sees_nor_calls(desk, visit):
    stranger = person(make.office(), "CALL_AGENT")
    with pytest.raises(operations.FollowUpNotFound):
        attempt(visit, stranger, "BUSY", NOON)
    with pytest.raises(operations.FollowUpNotFound):
        queries.get_follow_up(visit.pk, stranger.access, at=NOON)


def test_an_agent_sees_their_own_customers_alone_and_hands_over_when_leaving(
    desk, seat, agent, visit
):
    attempt(visit, seat, "WRONG_NUMBER", NOON)
    mine, other = people.agent_access(agent), people.agent_access(make.agent(desk.office))
    assert [case.kind for case in queries.problems_of_agent(mine)] == ["WRONG_NUMBER"]
    assert queries.problems_of_agent(other) == []
    assert queries.follow_ups_of_agent(other, at=NOON) == []
    case = Problem.objects.get()
    with pytest.raises(operations.ProblemNotFound):
        operations.report_step(
            problem_id=case.pk,
            note="在外地",
            agent=other,
            actor=Ref("agent", other.agent_id),
            at=NOON,
        )
    operations.report_step(
        problem_id=case.pk,
        note="客户在外地，周末回来",
        agent=mine,
        actor=Ref("agent", agent),
        at=NOON,
    )
    with pytest.raises(people.PartyNotFound):
        operations.raise_problem(
            party_id=visit.party_id, what="想改地址", agent=other, actor=Ref("agent", other.agent_id),
            at=NOON,
        )  # fmt: skip
    people_operations.let_agent_go(
        agent_id=agent, successor_id=other.agent_id, actor=SYSTEM, at=NOON
    )
    tx.use_case(agents_line.hand_over_cases)(agent, other.agent_id, at=NOON)
    case.refresh_from_db()
    assert (case.agent_id, case.seller_id) == (other.agent_id, agent)
