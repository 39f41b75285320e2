"""The agents' line (服务直通车): agents speak for their customers, and help to find them again."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import events
from yilu.contact.models import Problem
from yilu.contact.refusals import ProblemNotFound
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.people.queries import AgentAccess

from . import problems


@tx.use_case
def raise_problem(*, party_id: int, what: str, agent: AgentAccess, actor: Ref, at: datetime) -> int:
    """
    An agent tells us of a problem of one of their customers; the case's id.

    :raises PartyNotFound: nobody, or another agent's customer: the same words.
    :raises BadProblem: no words, or too many.
    """
    party = people.see_party(agent, party_id)
    return problems.open_problem(
        kind="AGENT", side="SERVICE", what=what, office_id=party.office_id, party_id=party_id,
        agent_id=agent.agent_id, actor=actor, at=at,
    ).pk  # fmt: skip


@tx.use_case
def report_step(
    *, problem_id: int, note: str, agent: AgentAccess, actor: Ref, at: datetime
) -> None:
    """
    An agent says what they found out about a case of one of their customers.

    :raises ProblemNotFound: none, or another agent's: the same words.
    :raises ProblemOver: solved. :raises BadProblem: no words, or too many.
    """
    row = (
        Problem.objects.select_for_update(of=("self",))
        .filter(pk=problem_id, agent_id__in=agent.agent_ids)
        .exclude(kind="MIS_SELLING")
        .first()
    )
    if row is None:
        raise ProblemNotFound
    problems.note_step(row, note=note, actor=actor, at=at)


@tx.step
def hand_over_cases(agent_id: int, successor_id: int | None, *, at: datetime) -> None:
    """
    An agent left: whoever looks after the customer now goes on with the open cases, else the office.

    Who sold stays known: mis-selling is not solved by them in any other role either.
    """
    rows = Problem.objects.select_for_update(of=("self",)).filter(agent_id=agent_id, state="OPEN")
    for row in rows.order_by("pk"):
        row.agent_id = successor_id
        row.save(update_fields=["agent"])
        fact = events.ProblemHandedOver(from_agent_id=agent_id, to_agent_id=successor_id)
        journal.record(fact, about=row.ref, actor=SYSTEM, at=at, party=row.party_id)
