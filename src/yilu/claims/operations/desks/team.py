"""Several people on one case (多人协作): who holds which part, and whom a note calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.claims import events
from yilu.claims.models import CasePart, Mention
from yilu.claims.operations.around import Note, write_note_on
from yilu.claims.operations.holding import hold
from yilu.claims.operations.refusals import need_reason
from yilu.claims.rules.authority import rights_for_part
from yilu.claims.rules.lifecycle import ENDED
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work

MENTIONS_MAX = 5


class CaseOver(Refusal):
    """Nothing is left to share out."""

    code = "case_over"
    message = "赔案已经结束，不能再分派"


class PartNotTheirs(NotFound):
    """No such open part, or somebody else's."""

    code = "part_not_theirs"
    message = "没有找到由您负责的这一部分"


@tx.use_case
def give_part(
    *, claim_id: int, area: str, staff_id: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Give a part of the case to a colleague (分工); who held it before is relieved.

    A lead gives to anybody who can do the part, an assessor takes a part or passes their own on.

    :raises CaseOver: the claim has ended. :raises Invalid: no such part, or a colleague who may not.
    """
    held = hold(claim_id)
    if not access.may("work.lead", office_id=held.office_id):
        access.require("claims.assess", office_id=held.office_id)
    if held.state in ENDED:
        raise CaseOver
    if area not in CasePart.Area.values:
        raise Invalid("请选择案件的哪一部分")
    theirs = people.staff_access(staff_id)
    if not any(theirs.may(right, office_id=held.office_id) for right in rights_for_part(area)):
        raise Invalid(_("这位同事不能办理这一部分，请另选一位"))
    before = CasePart.objects.filter(claim_id=held.id, area=area, done_at=None).first()
    if before is not None:
        if before.staff_id == staff_id:
            return
        CasePart.objects.filter(pk=before.pk).update(done_at=at, result="转交")
        work.close_items(about=Ref("case_part", before.pk), at=at, outcome="HANDED_OVER")
    made = CasePart.objects.create(
        claim_id=held.id, area=area, staff_id=staff_id, given_by=str(actor), given_at=at
    )
    journal.record(
        events.PartGiven(area=area, staff_id=staff_id),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if staff_id != access.staff_id:
        work.open_item(
            "claims.part", about=Ref("case_part", made.pk), office_id=held.office_id, at=at,
            title=f"{made.get_area_display()}：{held.number}", party_id=held.claimant_id,
            staff_id=staff_id,
        )  # fmt: skip


@tx.use_case
def finish_part(
    *, claim_id: int, area: str, result: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    The holder says what came of their part; it stands in the shared log for all.

    :raises PartNotTheirs: not held by this person. :raises ReasonMissing: without a result.
    """
    held = hold(claim_id)
    access.require("claims.view", office_id=held.office_id)
    part = CasePart.objects.filter(
        claim_id=held.id, area=area, staff_id=access.staff_id, done_at=None
    ).first()
    if part is None:
        raise PartNotTheirs
    words = need_reason(result, what=_("这一部分的结果"))
    CasePart.objects.filter(pk=part.pk).update(done_at=at, result=words)
    work.close_items(about=Ref("case_part", part.pk), at=at)
    note = Note(kind="NOTE", text=f"【{part.get_area_display()}办结】{words}")
    write_note_on(held, note, actor=actor, at=at)
    journal.record(
        events.PartDone(area=area), about=held.ref, actor=actor, at=at, party=held.claimant_id
    )


@tx.use_case
def note_and_call(
    *, claim_id: int, note: Note, staff_ids: Sequence[int], access: Access, actor: Ref, at: datetime
) -> int:
    """
    Add to the shared log and call colleagues by name: each finds it among their own work.

    :raises Invalid: too many, or somebody who may not see the case. Else as ``write_note``.
    """
    held = hold(claim_id)
    access.require("claims.view", office_id=held.office_id)
    called = sorted(set(staff_ids) - {access.staff_id})
    if len(called) > MENTIONS_MAX:
        raise Invalid("一次最多提及 5 位同事")
    for staff_id in called:
        if not people.staff_access(staff_id).may("claims.view", office_id=held.office_id):
            raise Invalid(_("提及的同事没有查看该机构赔案的权限"))
    note_id = write_note_on(held, note, actor=actor, at=at)
    for staff_id in called:
        made = Mention.objects.create(note_id=note_id, staff_id=staff_id)
        journal.record(
            events.ColleagueMentioned(note_id=note_id, staff_id=staff_id),
            about=held.ref, actor=actor, at=at, party=held.claimant_id,
        )  # fmt: skip
        work.open_item(
            "claims.mention", about=Ref("mention", made.pk), office_id=held.office_id, at=at,
            title=f"请您查看：{held.number}", party_id=held.claimant_id, staff_id=staff_id,
        )  # fmt: skip
    return note_id


@tx.use_case
def answer_mentions(*, claim_id: int, access: Access, actor: Ref, at: datetime) -> int:
    """Say that one has seen every note of a claim that calls one; how many there were. Twice is once."""
    held = hold(claim_id)
    open_ones = Mention.objects.filter(
        note__claim_id=held.id, staff_id=access.staff_id, answered_at=None
    )
    ids = list(open_ones.values_list("pk", flat=True))
    Mention.objects.filter(pk__in=ids).update(answered_at=at)
    for each in ids:
        work.close_items(about=Ref("mention", each), at=at)
    return len(ids)
