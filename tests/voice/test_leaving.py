"""Whoever leaves leaves no customer without an answer: feedback and improvements are somebody else's …"""

from datetime import timedelta

import pytest

from tests import cast, make
from tests.make import NOON
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people
from yilu.voice import operations as voice
from yilu.voice.models import Handling, Improvement
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = {"topic_id": None, "title": "报案页少问一遍", "journey": "servicing"}


@pytest.fixture
def there(db):
    make.standards_in_force()
    return cast.assemble()


@pytest.fixture
def owner(there):
    return make.colleague(there.branch_a, "CONSULTANT")


@pytest.fixture
def taken(there, owner):
    """Lin's feedback, taken by somebody."""
    feedback_id = voice.take_comment(comment="请回复我", actor=there.as_lin, at=NOON)
    voice.take_feedback(feedback_id=feedback_id, access=owner[0], actor=owner[1], at=NOON)
    return feedback_id


def leaves(staff_id, **given):
    people.let_staff_go(staff_id=staff_id, actor=SYSTEM, at=NOON, **given)
    for _twice in range(2):
        while journal.run_reactions(NOON):
            pass


def waiting():
    return Item.objects.get(queue="voice.feedback", state__in=("OPEN", "TAKEN"))


def test_the_lead_answers_what_nobody_else_could(there, owner, taken):
    lead, as_lead = make.colleague(there.branch_a, "SERVICE_MANAGER")
    leaves(owner[0].staff_id)
    assert (Handling.objects.get().state, Handling.objects.get().owner_id) == (
        "TAKEN", lead.staff_id,
    )  # fmt: skip
    assert waiting().staff_id == lead.staff_id
    (told,) = Event.objects.filter(kind="voice.owner_changed")
    assert (told.facts["to_staff_id"], told.party_id) == (lead.staff_id, there.lin)
    voice.reply(feedback_id=taken, text="已经查到，今天到账。", access=lead, actor=as_lead, at=NOON)


def test_what_waits_for_the_customers_word_has_an_owner_again(there, owner, taken):
    named, _as_named = make.colleague(there.branch_a, "CONSULTANT")
    secret = voice.reply(
        feedback_id=taken, text="已经查到，今天到账。", access=owner[0], actor=owner[1], at=NOON
    ).rpartition("/")[2]
    leaves(owner[0].staff_id, successor_id=named.staff_id)
    voice.confirm(secret=secret, solved=False, words="还没到", at=NOON)
    assert waiting().staff_id == named.staff_id


def test_where_nobody_may_answer_it_waits_in_the_queue(there, owner, taken):
    leaves(owner[0].staff_id)
    assert (Handling.objects.get().state, Handling.objects.get().owner_id) == ("OPEN", None)
    assert waiting().staff_id is None


def test_whoever_may_still_answer_keeps_it(there, owner, taken):
    told = {"staff_id": owner[0].staff_id, "office_id": there.branch_a, "actor": SYSTEM, "at": NOON}
    people.grant_role(role="COUNTER", **told)
    people.end_role(role="CONSULTANT", **told)
    journal.run_reactions(NOON)
    assert Handling.objects.get().owner_id == owner[0].staff_id


def test_an_improvement_goes_to_the_lead(there, owner):
    lead, as_lead = make.colleague(there.branch_a, "SERVICE_MANAGER")
    voice.plan_improvement(
        **PLAN, owner_id=owner[0].staff_id, due_on=day_of(NOON) + timedelta(days=30),
        access=lead, actor=as_lead, at=NOON,
    )  # fmt: skip
    leaves(owner[0].staff_id)
    assert Improvement.objects.get().owner_id == lead.staff_id
