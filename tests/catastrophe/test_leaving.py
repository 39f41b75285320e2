"""Whoever leaves has no measure left to carry out: the lead has it, by the same time …"""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOON
from yilu.catastrophe import operations as catastrophe
from yilu.catastrophe.models import MeasureTask
from yilu.journal import operations as journal
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people

pytestmark = pytest.mark.django_db(transaction=True)


def test_open_measures_go_on_by_the_same_time_and_done_ones_stay(story):
    owner, as_owner = make.colleague(story.head, "TEAM_LEAD")
    event_id = story.declare()
    first, second = MeasureTask.objects.filter(event_id=event_id).order_by("pk")[:2]
    due = NOON + timedelta(hours=3)
    for each in (first, second):
        catastrophe.assign_measure(
            event_id=event_id, measure=each.measure, owner_id=owner.staff_id, due_at=due,
            access=story.lead, actor=story.actor, at=NOON,
        )  # fmt: skip
    catastrophe.carry_out(
        event_id=event_id,
        measure=first.measure,
        words="已开通",
        access=owner,
        actor=as_owner,
        at=NOON,
    )

    people.let_staff_go(staff_id=owner.staff_id, actor=SYSTEM, at=NOON)
    while journal.run_reactions(NOON):
        pass

    assert MeasureTask.objects.get(pk=first.pk).owner_id == owner.staff_id
    passed = MeasureTask.objects.get(pk=second.pk)
    assert (passed.owner_id, passed.due_at) == (story.lead.staff_id, due)
