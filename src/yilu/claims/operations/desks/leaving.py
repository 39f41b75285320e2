"""When a colleague leaves, or may do less: their parts, calls and steps of open cases are somebody else's (人员交接)."""

from __future__ import annotations

from datetime import datetime

from yilu.claims import events
from yilu.claims.models import CasePart, InvestigationStep, Mention
from yilu.claims.operations.hard.investigating import QUEUE as STEPS
from yilu.claims.rules.authority import rights_for_part
from yilu.claims.rules.lifecycle import ENDED
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.people.queries import Succession
from yilu.work import operations as work

PARTS, MENTIONS = "claims.part", "claims.mention"
LEFT = "原负责人离职或不再有权限，移交"
SEE, LOOK_INTO = "claims.view", "claims.investigate"


@tx.step
def pass_on(of: Succession, *, at: datetime) -> int:
    """
    What somebody held in cases that go on goes to the successor named, else to the lead; how many pieces.

    What another role still allows stays theirs, times do not move, and where nobody up to the head office
    may, it stays where it is. Twice is once.
    """
    return _parts(of, at) + _mentions(of, at) + _steps(of, at)


def _parts(of: Succession, at: datetime) -> int:
    open_parts = (
        CasePart.objects.select_for_update(of=("self",))
        .select_related("claim")
        .filter(staff_id=of.staff_id, done_at=None)
        .exclude(claim__state__in=ENDED)
    )
    passed = 0
    for part in open_parts.order_by("pk"):
        office_id, rights = part.claim.office_id, rights_for_part(part.area)
        if any(of.keeps(right, office_id) for right in rights):
            continue
        heirs = (of.heir(right, office_id) for right in rights)
        if (heir := next((each for each in heirs if each), None)) is None:
            continue
        CasePart.objects.filter(pk=part.pk).update(staff_id=heir, given_by=str(SYSTEM), given_at=at)
        fact = events.PartGiven(area=part.area, staff_id=heir)
        _give(PARTS, Ref("case_part", part.pk), heir, at)
        _say(fact, part.claim_id, part.claim.claimant_id, at)
        passed += 1
    return passed


def _mentions(of: Succession, at: datetime) -> int:
    """A question to somebody who is gone is asked of their heir; who was asked the same already is not asked twice."""
    open_ones = (
        Mention.objects.select_for_update(of=("self",))
        .select_related("note__claim")
        .filter(staff_id=of.staff_id, answered_at=None)
    )
    passed = 0
    for call in open_ones.order_by("pk"):
        claim = call.note.claim
        if of.keeps(SEE, claim.office_id) or (heir := of.heir(SEE, claim.office_id)) is None:
            continue
        about = Ref("mention", call.pk)
        if Mention.objects.filter(note_id=call.note_id, staff_id=heir).exists():
            Mention.objects.filter(pk=call.pk).update(answered_at=at)
            work.close_items(about=about, at=at, outcome="HANDED_OVER")
        else:
            Mention.objects.filter(pk=call.pk).update(staff_id=heir)
            _give(MENTIONS, about, heir, at)
            fact = events.ColleagueMentioned(note_id=call.note_id, staff_id=heir)
            _say(fact, claim.pk, claim.claimant_id, at)
        passed += 1
    return passed


def _steps(of: Succession, at: datetime) -> int:
    open_steps = (
        InvestigationStep.objects.select_for_update(of=("self",))
        .select_related("investigation__claim")
        .filter(owner_id=of.staff_id, investigation__closed_at=None)
        .exclude(state__in=["DONE", "DROPPED"])
    )
    passed = 0
    for step in open_steps.order_by("pk"):
        claim = step.investigation.claim
        if of.keeps(LOOK_INTO, claim.office_id):
            continue
        if (heir := of.heir(LOOK_INTO, claim.office_id)) is None:
            continue
        InvestigationStep.objects.filter(pk=step.pk).update(owner_id=heir)
        _give(STEPS, Ref("investigation_step", step.pk), heir, at)
        fact = events.InvestigationStepHandedOver(
            step_id=step.pk, from_staff_id=of.staff_id, to_staff_id=heir
        )
        _say(fact, claim.pk, claim.claimant_id, at)
        passed += 1
    return passed


def _give(queue: str, about: Ref, heir: int, at: datetime) -> None:
    to = people.staff_access(heir)
    work.give_item(queue, about=about, to=to, reason=LEFT, actor=SYSTEM, at=at)


def _say(fact: object, claim_id: int, claimant_id: int, at: datetime) -> None:
    journal.record(fact, about=Ref("claim", claim_id), actor=SYSTEM, at=at, party=claimant_id)
