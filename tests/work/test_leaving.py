"""When somebody leaves or loses a role, nothing they had taken stays with them …"""

import pytest

from tests import make
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import operations as people
from yilu.work import operations as work
from yilu.work import queries
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


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


def react():
    while journal.run_reactions(at=make.NOON):
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
