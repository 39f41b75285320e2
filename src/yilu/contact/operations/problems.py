"""What could not be solved at once gets an owner and a clock (问题件)."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import events
from yilu.contact.models import Conversation, Problem, ProblemStep
from yilu.contact.places import STEP, WHAT
from yilu.contact.refusals import BadProblem, ProblemOver
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.work import operations as work

QUEUES = {"SERVICE": "contact.problem", "SALES": "contact.sales_problem"}
LENGTH = 500


@tx.step
def open_problem(
    *, kind: str, side: str, what: str, office_id: int, party_id: int | None, actor: Ref, at: datetime,
    conversation: Conversation | None = None, policy_id: int | None = None,
    agent_id: int | None = None, sold_by: str = "",
) -> Problem:  # fmt: skip
    """
    Open a problem case with its work item; the clock is the obligation's. One a subject at a time.

    ``sold_by``: the ref of who sold; of a case of mis-selling the item never goes to that colleague.
    """
    what = what.strip()
    if not what or len(what) > LENGTH:
        raise BadProblem
    same = Problem.objects.filter(kind=kind, state="OPEN")
    if policy_id is not None:
        earlier = same.filter(policy_id=policy_id).first()
    else:
        earlier = same.filter(conversation=conversation).first() if conversation else None
    if earlier is not None:
        return earlier
    [(serial,)] = tx.rows("select nextval(pg_get_serial_sequence('contact_problem', 'id'))")
    row = Problem(
        pk=serial, number=f"WT{at:%y}{serial:010d}", kind=kind, side=side, conversation=conversation,
        policy_id=policy_id, party_id=party_id, office_id=office_id, agent_id=agent_id,
        seller_id=agent_id, sold_by=sold_by, what=sealing.seal(what, WHAT), opened_by=str(actor), opened_at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    seller = Ref.parse(sold_by) if sold_by and kind == "MIS_SELLING" else None
    work.open_item(
        QUEUES[side], about=row.ref, office_id=office_id, at=at, party_id=party_id,
        barred_staff_id=seller.id if seller is not None and seller.kind == "staff" else None,
        title=f"{Problem.Kind(kind).label} {row.number}", priority=20 if kind == "MIS_SELLING" else 40,
    )  # fmt: skip
    fact = events.ProblemOpened(
        problem=kind, side=side, office_id=office_id, policy_id=policy_id,
        concerns=str(conversation.ref) if conversation else "",
    )  # fmt: skip
    journal.record(fact, about=row.ref, actor=actor, at=at, party=party_id)
    return row


@tx.step
def open_for_conversation(row: Conversation, *, what: str, actor: Ref, at: datetime) -> int:
    """A consultation that could not be answered at once becomes a case (咨询转问题件); its id."""
    return open_problem(
        kind="CONSULT", side="SERVICE", what=what, office_id=row.office_id, party_id=row.party_id,
        conversation=row, actor=actor, at=at,
    ).pk  # fmt: skip


@tx.step
def note_step(row: Problem, *, note: str, actor: Ref, at: datetime) -> None:
    """One more step on the way to a solution."""
    note = note.strip()
    if not note or len(note) > LENGTH:
        raise BadProblem
    if row.state == "SOLVED":
        raise ProblemOver
    row.steps += 1
    row.save(update_fields=["steps"])
    ProblemStep.objects.create(
        problem=row,
        ordinal=row.steps,
        note=sealing.seal(note, STEP),
        made_by=str(actor),
        made_at=at,
    )
    fact = events.ProblemTracked(step=row.steps)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
