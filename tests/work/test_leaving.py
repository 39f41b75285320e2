"""When somebody leaves or loses a role, nothing they had taken stays with them …"""

from datetime import timedelta

import pytest

from tests import make
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.people import queries as queries_of_people
from yilu.work import operations as work
from yilu.work import queries
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def leaver():
    work.declare_queues(at=make.NOON)
    office = make.office()
    return make.staff(office, "ASSESSOR", "PAYMENTS"), office


def taken(staff_id, office, queue, number):
    tx.use_case(work.open_item)(
        queue, about=Ref("claim", number), office_id=office, title="审核", at=make.NOON,
        staff_id=staff_id,
    )  # fmt: skip


def states():
    return list(Item.objects.order_by("id").values_list("state", "staff_id"))


def react(at=make.NOON):
    while journal.run_reactions(at=at):
        pass


def test_work_goes_to_the_successor_where_they_may_and_else_back_into_its_queue(leaver):
    person, office = leaver
    taken(person, office, "claims.review", 1)
    taken(person, office, "claims.payout_problem", 2)
    successor = make.staff(office, "ASSESSOR")

    people.let_staff_go(staff_id=person, successor_id=successor, actor=SYSTEM, at=make.NOON)
    react()
    react()

    assert states() == [("TAKEN", successor), ("OPEN", None)]
    assert queries.own_count(person) in (0, "0")


def test_whoever_loses_a_role_keeps_what_other_roles_allow(leaver):
    person, office = leaver
    taken(person, office, "claims.review", 1)
    taken(person, office, "claims.payout_problem", 2)

    people.end_role(staff_id=person, role="ASSESSOR", office_id=office, actor=SYSTEM, at=make.NOON)
    react()

    assert states() == [("OPEN", None), ("TAKEN", person)]


def test_a_successor_is_at_work_and_somebody_else(leaver):
    person, _office = leaver
    for successor in (person, 999_999):
        with pytest.raises(people.StaffNotFound):
            people.let_staff_go(staff_id=person, successor_id=successor, actor=SYSTEM, at=make.NOON)


class TestByDate:
    """A role that ends by its date is passed on as one that somebody took back."""

    def test_work_goes_back_on_the_last_day_and_is_told_once(self, leaver):
        _person, office = leaver
        cover = make.staff(office, "PAYMENTS")
        people.grant_role(
            staff_id=cover, role="ASSESSOR", office_id=office, valid_to=day_of(make.NOON + DAY),
            actor=SYSTEM, at=make.NOON,
        )  # fmt: skip
        taken(cover, office, "claims.review", 1)
        taken(cover, office, "claims.payout_problem", 2)

        assert people.end_roles_by_date(at=make.NOON) == 0
        react()
        assert states() == [("TAKEN", cover), ("TAKEN", cover)]

        assert people.end_roles_by_date(at=make.NOON + DAY) == 1
        assert people.end_roles_by_date(at=make.NOON + DAY) == 0
        react(make.NOON + DAY)

        assert states() == [("OPEN", None), ("TAKEN", cover)]
        told = Event.objects.get(kind="people.role_ended")
        assert (told.facts["staff_id"], told.facts["reason"]) == (cover, "DATE")

    def test_what_was_taken_back_by_hand_is_not_told_again(self, leaver):
        person, office = leaver
        people.end_role(
            staff_id=person, role="ASSESSOR", office_id=office, actor=SYSTEM, at=make.NOON
        )
        people.let_staff_go(staff_id=person, actor=SYSTEM, at=make.NOON)

        assert people.end_roles_by_date(at=make.NOON + DAY) == 0
        assert Event.objects.filter(kind="people.role_ended").count() == 1

    def test_the_day_s_end_of_many_is_told_a_page_at_a_time(self, leaver):
        _person, office = leaver
        for _ in range(3):
            covering = make.staff(office)
            people.grant_role(
                staff_id=covering, role="ASSESSOR", office_id=office,
                valid_to=day_of(make.NOON + DAY), actor=SYSTEM, at=make.NOON,
            )  # fmt: skip

        tolds = [people.end_roles_by_date(at=make.NOON + DAY, limit=2) for _ in range(3)]

        assert tolds == [2, 1, 0]


class TestHeir:
    """Who answers from now on: the successor, else the nearest lead, else a colleague, else nobody."""

    def test_the_nearest_lead_comes_before_a_colleague_and_a_further_lead(self, leaver):
        person, office = leaver
        colleague = make.staff(office, "COMPLAINT_OFFICER")
        further = make.staff(make.head_office(), "SERVICE_MANAGER")
        lead = make.staff(office, "SERVICE_MANAGER")
        of = queries_of_people.succession({"staff_id": person, "successor_id": None})

        assert of.heir("complaints.decide", office) == lead
        assert of.heir("complaints.decide", office, but=[lead]) == further
        assert of.heir("complaints.review", office) == colleague
        assert of.heir("system.operate", office) is None

    def test_the_successor_named_comes_first_where_they_may(self, leaver):
        person, office = leaver
        named = make.staff(office, "COMPLAINT_OFFICER")
        lead = make.staff(office, "SERVICE_MANAGER")
        of = queries_of_people.succession({"staff_id": person, "successor_id": named})

        assert of.heir("complaints.decide", office) == named
        assert of.heir("complaints.decide", office, but=[named]) == lead
        assert of.heir("journeys.manage", office) == lead
