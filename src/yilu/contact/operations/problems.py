"""What could not be solved at once gets an owner and a clock (问题件)."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import events
from yilu.contact.models import Conversation, Problem, ProblemStep
from yilu.contact.places import ANSWER, STEP, WHAT
from yilu.contact.refusals import BadProblem, ProblemNotFound, ProblemOver, SellerMayNotSolve
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.work import operations as work

from . import following_up

QUEUES = {"SERVICE": "contact.problem", "SALES": "contact.sales_problem"}
LENGTH = 500


@tx.step
def open_problem(
    *, kind: str, side: str, what: str, office_id: int, party_id: int | None, actor: Ref, at: datetime,
    conversation: Conversation | None = None, policy_id: int | None = None,
    agent_id: int | None = None,
) -> Problem:  # fmt: skip
    """Open a problem case with its work item; the clock is the obligation's. One a subject at a time."""
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
        seller_id=agent_id, what=sealing.seal(what, WHAT), opened_by=str(actor), opened_at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    work.open_item(
        QUEUES[side], about=row.ref, office_id=office_id, at=at, party_id=party_id,
        title=f"{Problem.Kind(kind).label} {row.number}", priority=20 if kind == "MIS_SELLING" else 40,
    )  # fmt: skip
    fact = events.ProblemOpened(problem=kind, side=side, office_id=office_id, policy_id=policy_id)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=party_id)
    return row


@tx.step
def open_for_conversation(row: Conversation, *, what: str, actor: Ref, at: datetime) -> int:
    """A consultation that could not be answered at once becomes a case (咨询转问题件); its id."""
    return open_problem(
        kind="CONSULT", side="SERVICE", what=what, office_id=row.office_id, party_id=row.party_id,
        conversation=row, actor=actor, at=at,
    ).pk  # fmt: skip


@tx.use_case
def track_problem(*, problem_id: int, note: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Write down what was done meanwhile.

    :raises ProblemNotFound: none, or of other offices. :raises ProblemOver: it is solved.
    :raises BadProblem: no words. :raises NotAllowed: without contact.handle or contact.sales.
    """
    row = _held(problem_id, access)
    note_step(row, note=note, actor=actor, at=at)


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


@tx.use_case
def solve_problem(
    *, problem_id: int, answer: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    The customer has the answer: the case and its clock end. Twice is once.

    :raises ProblemNotFound: none, or of other offices. :raises BadProblem: no words.
    :raises SellerMayNotSolve: mis-selling, solved by the seller.
    :raises NotAllowed: without contact.handle or contact.sales.
    """
    row = _held(problem_id, access)
    if row.state == "SOLVED":
        return
    answer = answer.strip()
    if not answer or len(answer) > LENGTH:
        raise BadProblem
    if actor == Ref("agent", row.seller_id or 0):
        raise SellerMayNotSolve
    row.state, row.solved_at, row.solved_by = "SOLVED", at, str(actor)
    row.answer = sealing.seal(answer, ANSWER)
    row.save()
    work.close_items(about=row.ref, at=at)
    if row.kind in ("UNREACHABLE", "WRONG_NUMBER"):
        following_up.go_on_after(row, at=at)
    fact = events.ProblemSolved(problem=row.kind, days=max(0, (at - row.opened_at).days))
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)


def _held(problem_id: int, access: Access) -> Problem:
    row = Problem.objects.select_for_update(of=("self",)).filter(pk=problem_id).first()
    if row is None:
        raise ProblemNotFound
    right = "contact.sales" if row.side == "SALES" else "contact.handle"
    if not access.may(right, office_id=row.office_id):
        access.require(right)
        raise ProblemNotFound
    return row
