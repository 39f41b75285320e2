"""A hold (留存指令): placed by one person, lifted by another; nothing of the contract is deleted in between."""

from datetime import date, timedelta

import pytest

from tests import make
from tests.make import NOON
from tests.retention.sweep import read_all
from tests.web.signing import signed_in
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.policies import operations as policies
from yilu.retention import operations, queries
from yilu.retention.models import Hold

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "客户起诉，法院已经立案"


class Case:
    """A contract that ended, and two colleagues who may hold what belongs to it."""

    def __init__(self):
        self.office = make.office()
        self.policy = make.policy(self.office, holder_id=make.party(self.office))
        policies.terminate_policy(
            policy_id=self.policy.id, ending="SURRENDERED", on=date(2026, 3, 1), actor=SYSTEM, at=NOON
        )  # fmt: skip
        self.one = make.colleague(self.office, "COMPLAINT_OFFICER")
        self.two = make.colleague(self.office, "SERVICE_MANAGER")

    def place(self, who=None, **given):
        access, actor = who or self.one
        told = {
            "policy_id": self.policy.id, "party_id": 1, "office_id": self.office, "cause": "LAWSUIT",
            "case_number": "（2026）沪01民初1号", "words": WORDS, **given,
        }  # fmt: skip
        return operations.place_hold(**told, access=access, actor=actor, at=NOON)

    def lift(self, hold_id, who=None, words="判决已经生效", at=NOON):
        access, actor = who or self.two
        operations.lift_hold(hold_id=hold_id, words=words, access=access, actor=actor, at=at)

    def kept(self, at=NOON):
        read_all(at)
        about = frozenset({Ref("policy", self.policy.id)})
        return queries.kept([queries.Recorded(about, None, date(2026, 3, 1))], at)[0]


def test_nothing_ends_while_it_stands_and_the_law_counts_two_years_from_its_end():
    case = Case()
    assert case.kept().until == date(2031, 3, 1)
    hold = case.place()
    assert (case.kept().until, case.kept().why) == (None, "OPEN")
    lifted_at = NOON + timedelta(days=365 * 5)
    case.lift(hold, at=lifted_at)
    case.lift(hold, at=lifted_at + timedelta(days=9))  # twice is once
    assert (case.kept(lifted_at).until, case.kept(lifted_at).why) == (date(2033, 3, 3), "DISPUTE")


def test_it_counts_from_the_moment_it_is_placed():
    case = Case()
    read_all(NOON)
    case.place()
    about = frozenset({Ref("policy", case.policy.id)})
    (kept,) = queries.kept([queries.Recorded(about, None, date(2026, 3, 1))], NOON)
    assert kept.why == "OPEN"


def test_whoever_placed_it_does_not_lift_it():
    case = Case()
    hold = case.place()
    with pytest.raises(operations.OwnHold):
        case.lift(hold, who=case.one)
    assert Hold.objects.get().lifted_at is None


@pytest.mark.parametrize(
    "given",
    [{"cause": "ANGER"}, {"words": "  起诉 "}, {"words": "长" * 301}, {"case_number": "号" * 61}],
)
def test_it_says_why(given):
    case = Case()
    with pytest.raises(operations.BadHold):
        case.place(**given)
    hold = case.place()
    with pytest.raises(operations.BadHold):
        case.lift(hold, words="好了")
    assert Hold.objects.get().lifted_at is None


def test_the_same_stands_once_and_anew_after_it_was_lifted():
    case = Case()
    hold = case.place()
    with pytest.raises(operations.AlreadyHeld):
        case.place(who=case.two)
    case.place(case_number="（2026）沪01民初2号")
    case.lift(hold)
    case.place()
    assert Hold.objects.count() == 3


def test_others_neither_place_it_nor_lift_it():
    case = Case()
    elsewhere = make.colleague(make.office(), "COMPLAINT_OFFICER")
    auditor = make.colleague(case.office, "AUDITOR")
    for who in (elsewhere, auditor):
        with pytest.raises(NotAllowed):
            case.place(who=who)
    hold = case.place()
    with pytest.raises(operations.HoldNotFound):
        case.lift(hold, who=elsewhere)
    with pytest.raises(NotAllowed):
        case.lift(hold, who=auditor)
    assert Hold.objects.get().lifted_at is None
    assert queries.list_holds(elsewhere[0]).rows == ()
    assert [row.id for row in queries.list_holds(auditor[0]).rows] == [hold]


def test_the_list_is_turned_page_by_page():
    case = Case()
    ids = [case.place(case_number=str(n)) for n in range(3)]
    first = queries.list_holds(case.one[0], limit=2)
    assert ([row.id for row in first.rows], first.next) == ([ids[2], ids[1]], ids[1])
    rest = queries.list_holds(case.one[0], before=first.next, limit=2)
    assert ([row.id for row in rest.rows], rest.next) == ([ids[0]], 0)


def test_the_page_places_lists_and_lifts_it():
    case = Case()
    one, two = signed_in(case.one[1]), signed_in(case.two[1])
    assert "没有有效的留存指令" in one.get("/staff/holds").content.decode()
    holder = policies_holder(case)
    here = f"/staff/holds/place?party={holder}"
    assert case.policy.number in one.get(here).content.decode()
    told = {"policy": case.policy.id, "cause": "LAWSUIT", "case_number": "1号", "words": WORDS}
    wrong = one.post(here, {**told, "words": "诉"})
    assert (wrong.status_code, "至少五个字" in wrong.content.decode()) == (422, True)
    assert one.post(here, told).status_code == 302
    mine, theirs = (each.get("/staff/holds").content.decode() for each in (one, two))
    assert case.policy.number in mine
    assert "由另一位同事解除" in mine
    assert "由另一位同事解除" not in theirs
    hold = Hold.objects.get()
    two.post(f"/staff/holds/{hold.pk}/lift", {"words": "判决已经生效"})
    assert case.policy.number not in two.get("/staff/holds").content.decode()
    assert "判决已经生效" in two.get("/staff/holds?lifted=1").content.decode()


def policies_holder(case):
    from yilu.policies.models import Policy

    return Policy.objects.get(pk=case.policy.id).holder_id
