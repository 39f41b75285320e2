"""Whoever leaves holds no open case up: parts, calls and steps of an investigation are somebody else's."""

import pytest

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from tests.make import NOON
from yilu.claims import operations
from yilu.claims.models import CasePart, InvestigationStep, Mention
from yilu.claims.operations import Note, Step
from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


@pytest.fixture
def held(office):
    """One colleague holds a part, is called by a note and is to visit a hospital; who it is."""
    leaver = make.colleague(office.id, "ASSESSOR", "INVESTIGATOR")
    claim = make.claim_in_review(office_id=office.id)
    staff_id = leaver[0].staff_id
    operations.give_part(**told(claim, office.chen, area="MEDICAL", staff_id=staff_id))
    note = Note(kind="NOTE", text="请看第三张票据")
    operations.note_and_call(**told(claim, office.chen, note=note, staff_ids=[staff_id]))
    operations.open_investigation(
        **told(claim, office.chen, reason="HOSPITAL_RECORDS", question="是否真实住院")
    )
    step = Step(kind="HOSPITAL", task="走访住院部调阅病历", owner_id=staff_id)
    operations.plan_step(**told(claim, office.cha, step=step))
    return staff_id


def react():
    for _twice in range(2):
        while journal.run_reactions(NOON):
            pass


def holders():
    return {
        CasePart.objects.get(done_at=None).staff_id, Mention.objects.get().staff_id,
        InvestigationStep.objects.get().owner_id,
        *Item.objects.filter(
            queue__in=["claims.part", "claims.mention", "claims.investigation_step"],
            state="TAKEN",
        ).values_list("staff_id", flat=True),
    }  # fmt: skip


def test_the_successor_named_has_all_of_it_at_the_same_times(office, held):
    heir = make.colleague(office.id, "ASSESSOR", "INVESTIGATOR")[0].staff_id
    due = InvestigationStep.objects.get().due_at
    people.let_staff_go(staff_id=held, successor_id=heir, actor=SYSTEM, at=NOON)
    react()
    assert holders() == {heir}
    assert InvestigationStep.objects.get().due_at == due
    told_once = Event.objects.get(kind="claims.investigation_step_handed_over").facts
    assert (told_once["from_staff_id"], told_once["to_staff_id"]) == (held, heir)
    assert Item.objects.filter(queue="claims.part", state="TAKEN").count() == 1


def test_without_one_it_goes_to_a_colleague_of_the_office_who_may_do_each(office, held):
    people.let_staff_go(staff_id=held, actor=SYSTEM, at=NOON)
    react()
    assert held not in holders()
    owner = InvestigationStep.objects.get().owner_id
    assert owner in (office.cha[0].staff_id, office.zhu[0].staff_id)


def test_who_was_called_already_is_not_called_twice(office, held):
    heir = office.fu[0].staff_id
    Mention.objects.create(note_id=Mention.objects.get().note_id, staff_id=heir)
    people.let_staff_go(staff_id=held, successor_id=heir, actor=SYSTEM, at=NOON)
    react()
    assert Mention.objects.get(answered_at=None).staff_id == heir
    assert not Item.objects.filter(queue="claims.mention").exclude(state="DONE").exists()


def test_whoever_lost_one_role_keeps_what_another_allows(office, held):
    people.end_role(staff_id=held, role="INVESTIGATOR", office_id=office.id, actor=SYSTEM, at=NOON)
    react()
    assert CasePart.objects.get(done_at=None).staff_id == held
    assert Mention.objects.get().staff_id == held
    assert InvestigationStep.objects.get().owner_id != held
