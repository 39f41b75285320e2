"""Follow a problem case until the customer has an answer (问题件跟踪与解决)."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import events
from yilu.contact.models import Problem
from yilu.contact.places import ANSWER
from yilu.contact.refusals import BadProblem, ProblemNotFound, SellerMayNotSolve
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people.queries import Access
from yilu.work import operations as work

from . import following_up
from .problems import LENGTH, note_step


@tx.use_case
def track_problem(*, problem_id: int, note: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Write down what was done meanwhile.

    :raises ProblemNotFound: none, or of other offices. :raises ProblemOver: it is solved.
    :raises BadProblem: no words. :raises SellerMayNotSolve: mis-selling, by whoever sold.
    :raises NotAllowed: without contact.handle or contact.sales.
    """
    row = _held(problem_id, access)
    _refuse_seller(row, actor)
    note_step(row, note=note, actor=actor, at=at)


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
    _refuse_seller(row, actor)
    row.state, row.solved_at, row.solved_by = "SOLVED", at, str(actor)
    row.answer = sealing.seal(answer, ANSWER)
    row.save()
    work.close_items(about=row.ref, at=at)
    if row.side == Problem.Side.SERVICE and row.party_id is not None:
        messaging.queue(
            "contact.problem_solved", to=Ref("party", row.party_id), about=row.ref, at=at,
            facts={"number": row.number},
        )  # fmt: skip
    if row.kind in ("UNREACHABLE", "WRONG_NUMBER"):
        following_up.go_on_after(row, at=at)
    fact = events.ProblemSolved(problem=row.kind, days=max(0, (at - row.opened_at).days))
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)


def _refuse_seller(row: Problem, actor: Ref) -> None:
    """:raises SellerMayNotSolve: whoever sold, be it an agent or a colleague who prepared the application."""
    if row.kind == Problem.Kind.MIS_SELLING and (
        actor == Ref("agent", row.seller_id or 0) or str(actor) == row.sold_by
    ):
        raise SellerMayNotSolve


def _held(problem_id: int, access: Access) -> Problem:
    row = Problem.objects.select_for_update(of=("self",)).filter(pk=problem_id).first()
    if row is None:
        raise ProblemNotFound
    right = "contact.sales" if row.side == "SALES" else "contact.handle"
    if not access.may(right, office_id=row.office_id):
        access.require(right)
        raise ProblemNotFound
    return row
