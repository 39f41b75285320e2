"""The ledger: an owner, a plan, a delivery, a close-out with evidence by somebody else."""

from datetime import timedelta

import pytest

from tests import make
from tests.journeys.telling import read, tell
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.journeys import operations as journeys
from yilu.journeys import queries
from yilu.journeys.models import Breakpoint, Problem, ProblemNote
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations.models import Clock
from yilu.people import operations as operations_of_people
from yilu.people import queries as people
from yilu.people.models import StaffRole
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)
NOON = make.NOON
WORDS = "借款超过三十万元的客户在自助页面断掉，一周内多次发生。"


class Ledger:
    """An owner, a colleague who closes, and two breaks of one kind."""

    def __init__(self, office):
        self.office = office
        self.owner, self.other = (make.staff(office, "SERVICE_MANAGER") for _ in range(2))
        for number in (1, 2):
            about = Ref("servicing_request", number)
            told = {"request": "policy_loan", "office_id": office}
            tell("servicing.request_started", about, NOON, 7, door="CUSTOMER", **told)
            tell("servicing.self_service_blocked", about, NOON, 7, request="policy_loan")
        read(NOON)

    def by(self, staff_id, at=NOON):
        return {"access": people.staff_access(staff_id), "actor": Ref("staff", staff_id), "at": at}

    def open(self, **given):
        told = {
            "title": "借款超限断点多", "text": WORDS, "journey": "servicing.policy_loan",
            "step": "fill", "kind": "OVER_LIMIT", "severity": 2, "common": True,
            "owner_id": self.owner, "office_id": self.office, **self.by(self.other), **given,
        }  # fmt: skip
        return journeys.open_problem(**told)

    def deliver(self, problem_id):
        told = {"problem_id": problem_id, "text": "额度提示前移到填写页，直接给视频入口。"}
        journeys.plan(**told, **self.by(self.owner))
        journeys.deliver(**told, **self.by(self.owner, NOON + timedelta(hours=30)))


@pytest.fixture
def ledger(office):
    return Ledger(office)


def test_a_common_problem_has_an_owner_its_breaks_and_two_clocks(ledger):
    problem_id = ledger.open()
    row = Problem.objects.get()
    assert Breakpoint.objects.filter(problem=row).count() == 2
    codes = set(Clock.objects.filter(subject=str(row.ref)).values_list("code", flat=True))
    assert codes == {"pledge.problem_plan_24_hours", "pledge.problem_delivered_72_hours"}
    item = Item.objects.get(queue="journeys.problem")
    assert item.staff_id == ledger.owner
    (listed,) = queries.list_problems(people.staff_access(ledger.other), NOON)
    assert (listed.id, listed.breaks, listed.state_label) == (problem_id, 2, "待提方案")


def test_it_is_sorted_by_the_six_changes_and_into_a_programme_with_its_sums(ledger, office):
    first = ledger.open(change="PROCESS", programme=" 畅易续 ")
    told = {"title": "扣款失败主动来电", "kind": "", "step": "", "programme": "畅易续"}
    second = ledger.open(**told, is_initiative=True)
    ledger.open(**{**told, "title": "还没有归类的一件", "programme": ""})
    access = people.staff_access(ledger.other)
    sums = {each.code: (each.open, each.closed) for each in queries.by_change(access)}
    assert (sums["PROCESS"], sums["SYSTEM"], sums[""], len(sums)) == ((1, 0), (0, 0), (2, 0), 7)
    sorting = {"problem_id": second, "is_initiative": True, **ledger.by(ledger.owner)}
    journeys.sort_problem(**sorting, change="SERVICE", programme="畅易续")
    for wrong in ({"change": "WEATHER", "programme": ""}, {"change": "", "programme": "长" * 41}):
        with pytest.raises(journeys.WrongProblem):
            journeys.sort_problem(**sorting, **wrong)
    ledger.deliver(first)
    closing = {"problem_id": first, "evidence": "上线两周，同类断点由 12 起降到 1 起。"}
    journeys.close_problem(**closing, **ledger.by(ledger.other))
    assert queries.by_programme(access) == (queries.ProgrammeSum("畅易续", 1, 1, 1, 2, 2),)
    sums = {each.code: (each.open, each.closed) for each in queries.by_change(access)}
    assert (sums["PROCESS"], sums["SERVICE"], sums[""]) == ((0, 1), (1, 0), (1, 0))
    listed = queries.list_problems(access, NOON, change="SERVICE", programme="畅易续")
    assert [row.id for row in listed] == [second]
    far = people.staff_access(make.staff(make.office(), "SERVICE_MANAGER"))
    assert queries.by_programme(far) == ()
    told = {**sorting, "access": far, "change": "", "programme": ""}
    with pytest.raises(journeys.ProblemNotFound):
        journeys.sort_problem(**told)


def test_it_is_closed_with_evidence_by_somebody_else(ledger):
    problem_id = ledger.open()
    closing = {
        "problem_id": problem_id,
        "evidence": "上线两周，同类断点由 12 起降到 1 起，截图见附件。",
    }
    with pytest.raises(journeys.ProblemNotThere):
        journeys.close_problem(**closing, **ledger.by(ledger.other))
    ledger.deliver(problem_id)
    with pytest.raises(journeys.OwnProblem):
        journeys.close_problem(**closing, **ledger.by(ledger.owner))
    with pytest.raises(journeys.EvidenceNeeded):
        journeys.close_problem(problem_id=problem_id, evidence="好了", **ledger.by(ledger.other))
    for _ in range(2):
        journeys.close_problem(**closing, **ledger.by(ledger.other))
    row = Problem.objects.get()
    assert (row.state, row.closed_by) == ("CLOSED", f"staff:{ledger.other}")
    assert Item.objects.get(queue="journeys.problem").state == "DONE"
    assert not Clock.objects.filter(subject=str(row.ref), state="RUNNING").exists()
    seen = queries.get_problem(problem_id, people.staff_access(ledger.owner), NOON)
    assert [e.kind for e in seen.events][:1] == ["journeys.problem_closed"]


def test_once_delivered_a_colleague_finds_it_in_their_work_and_the_page_names_who_may_close_it(
    ledger,
):
    problem_id = ledger.open()
    make.staff(ledger.office, "CALL_AGENT")
    make.staff(make.office(), "SERVICE_MANAGER")
    ledger.deliver(problem_id)
    item = Item.objects.get(queue="journeys.close_out")
    assert (item.state, item.staff_id) == ("OPEN", None)
    seen = queries.get_problem(problem_id, people.staff_access(ledger.owner), NOON)
    other = Ref("staff", ledger.other)
    assert seen.closers == (people.names_of([other])[other],)

    later = NOON + timedelta(hours=31)
    checked = ledger.by(ledger.other, later)
    journeys.reopen(problem_id=problem_id, text="本周又出现三起，原因相同", **checked)
    assert Item.objects.get(queue="journeys.close_out").state == "DONE"

    journeys.deliver(problem_id=problem_id, text=WORDS, **ledger.by(ledger.owner, later))
    journeys.close_problem(problem_id=problem_id, evidence=WORDS, **checked)
    assert not Item.objects.filter(subject=item.subject).exclude(state="DONE").exists()


def test_it_is_reviewed_again_and_again(ledger):
    problem_id = ledger.open(review_days=3)
    due = NOON + timedelta(days=3)
    assert journeys.remind_reviews(due - timedelta(days=1)).did == 0
    assert journeys.remind_reviews(due).did == 1
    journeys.review(
        problem_id=problem_id, text="方案在评审，断点没有增加", **ledger.by(ledger.other, due)
    )
    assert journeys.remind_reviews(due).did == 0
    seen = queries.get_problem(problem_id, people.staff_access(ledger.owner), due)
    assert (seen.notes[0].breaks, seen.row.review_on) == (2, (due + timedelta(days=3)).date())


def test_a_break_of_long_ago_waits_for_nobody(ledger):
    problem_id = ledger.open()
    Breakpoint.objects.filter(pk=Breakpoint.objects.first().pk).update(state="PAST")
    journeys.review(problem_id=problem_id, text="本周没有新的断点", **ledger.by(ledger.owner))
    seen = queries.get_problem(problem_id, people.staff_access(ledger.owner), NOON)
    assert (seen.row.breaks, seen.row.open_breaks, seen.notes[0].breaks) == (2, 1, 1)


def test_what_comes_back_is_opened_again(ledger):
    problem_id = ledger.open()
    with pytest.raises(journeys.ProblemNotThere):
        journeys.reopen(
            problem_id=problem_id, text="又出现了三起同样的断点", **ledger.by(ledger.other)
        )
    ledger.deliver(problem_id)
    journeys.close_problem(
        problem_id=problem_id, evidence="两周内没有新的同类断点", **ledger.by(ledger.other)
    )
    with pytest.raises(journeys.ProblemNotThere):
        journeys.review(problem_id=problem_id, text="看一看情况", **ledger.by(ledger.other))
    journeys.reopen(
        problem_id=problem_id, text="本周又出现三起，原因相同", **ledger.by(ledger.other)
    )
    row = Problem.objects.get()
    assert (row.state, row.evidence) == ("PLANNED", "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "短"}, {"text": "太短"}, {"journey": "nothing"}, {"step": "nowhere"},
        {"owner_id": 10**9}, {"severity": 9}, {"review_days": 0},
    ],
    ids=str,
)  # fmt: skip
def test_an_entry_that_says_too_little_is_refused(ledger, wrong):
    with pytest.raises(journeys.WrongProblem):
        ledger.open(**wrong)
    assert not Problem.objects.exists()


def test_another_office_and_one_without_the_right_are_refused(ledger):
    problem_id = ledger.open()
    far = make.staff(make.office(), "SERVICE_MANAGER")
    with pytest.raises(journeys.ProblemNotFound):
        journeys.plan(problem_id=problem_id, text=WORDS, **ledger.by(far))
    seat = make.staff(ledger.office, "CALL_AGENT")
    with pytest.raises(NotAllowed):
        journeys.plan(problem_id=problem_id, text=WORDS, **ledger.by(seat))
    with pytest.raises(NotAllowed):
        ledger.open(**ledger.by(seat))
    assert Problem.objects.get().state == "OPEN"


class TestLeaving:
    """An owner who leaves, or loses the right, owns no problem any more."""

    def react(self):
        while journal.run_reactions(at=NOON):
            pass

    def test_the_successor_owns_it_with_plan_and_clocks_as_they_were(self, ledger):
        ledger.deliver(ledger.open())
        clocks = list(Clock.objects.order_by("id").values_list("code", "state", "due_at"))
        lead, named = (make.staff(ledger.office, "SERVICE_MANAGER") for _ in range(2))

        operations_of_people.let_staff_go(
            staff_id=ledger.owner, successor_id=named, actor=SYSTEM, at=NOON
        )
        self.react()
        self.react()

        row = Problem.objects.get()
        assert (row.owner_id, row.state) == (named, "DELIVERED")
        (note,) = ProblemNote.objects.all()
        assert note.by == str(SYSTEM)
        item = Item.objects.get(queue="journeys.problem", state__in=("OPEN", "TAKEN"))
        assert item.staff_id == named
        (told,) = Event.objects.filter(kind="journeys.problem_handed_over")
        assert told.facts["to_staff_id"] == named
        assert list(Clock.objects.order_by("id").values_list("code", "state", "due_at")) == clocks
        with pytest.raises(journeys.OwnProblem):
            journeys.close_problem(problem_id=row.pk, evidence=WORDS, **ledger.by(named))
        journeys.close_problem(problem_id=row.pk, evidence=WORDS, **ledger.by(lead))

    def test_the_lead_owns_it_when_the_role_ends_by_its_date(self, ledger):
        problem_id = ledger.open()
        StaffRole.objects.filter(staff_id=ledger.owner).update(valid_to=NOON.date())

        operations_of_people.end_roles_by_date(at=NOON)
        self.react()

        assert Problem.objects.get(pk=problem_id).owner_id == ledger.other

    def test_a_closed_one_keeps_its_owner(self, ledger):
        problem_id = ledger.open()
        ledger.deliver(problem_id)
        journeys.close_problem(problem_id=problem_id, evidence=WORDS, **ledger.by(ledger.other))

        operations_of_people.let_staff_go(staff_id=ledger.owner, actor=SYSTEM, at=NOON)
        self.react()

        assert Problem.objects.get().owner_id == ledger.owner
        assert not ProblemNote.objects.exists()
