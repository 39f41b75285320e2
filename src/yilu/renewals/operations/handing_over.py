"""When an agent leaves: holders are told within thirty days, and somebody looks after them again."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Stale
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.policies import operations as policies
from yilu.renewals import events
from yilu.renewals.models import Handover
from yilu.renewals.operations.reminding import named
from yilu.renewals.rules import days
from yilu.work import operations as work

ORPHANS = "renewals.orphans"
NAMED_EACH = 4
"""So many contracts of a state are named in the message, the others counted."""


class HandoverNotFound(NotFound):
    """There is no such handover, or it is another office's: in the same words."""

    code = "handover_not_found"
    message = _("没有找到这位待承接的客户")


class AssignedAlready(Stale):
    """Somebody else gave the customer to an agent meanwhile."""

    code = "handover_assigned"
    message = _("这位客户已经有承接人")
    hint = _("请刷新列表。")


class NotASuccessor(Invalid):
    """A successor is an agent in office, of the same office, and not the one who left."""

    code = "not_a_successor"
    message = _("请选择本机构在职的代理人")


# Whose policies named the agent; the customers of the agent are people's own matter.
_ORPHANS = """
    insert into renewals_handover (party_id, office_id, former_id, successor_id, policies_count, left_on,
           tell_by, assigned_by)
    select p.holder_id, min(p.office_id), %(agent)s::bigint, null, count(*), %(left)s::date,
           %(tell_by)s::date, ''
      from policies_policy p
     where p.agent_id = %(agent)s::bigint and p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED')
     group by p.holder_id
    on conflict (party_id, former_id) do nothing
    returning id, party_id, office_id
"""

# By rule: the agent of the same office with the fewest customers; of equals the one longest there.
_LEAST_BUSY = """
    select a.id from people_agent a
     where a.active and a.office_id = %(office)s::bigint and a.id <> %(former)s::bigint
     order by (select count(*) from people_party c where c.agent_id = a.id and c.merged_into_id is null), a.id
     limit 1
"""


@tx.step
def take_note_of_exit(
    *, agent_id: int, successor_id: int | None, left_on: date, at: datetime
) -> int:
    """
    List every holder whose agent left, give each a successor, and tell them; how many.

    A successor named at the exit takes all. Otherwise the rule finds one (same office, fewest customers);
    where there is none the customer waits on the managers' list, and is told all the same: by whom they
    are served until then. The thirty days run from ``left_on``, the day of the exit.
    """
    made = tx.rows(
        _ORPHANS,
        {
            "agent": agent_id, "left": left_on,
            "tell_by": left_on + timedelta(days=days.TELL_OF_EXIT_DAYS),
        },
    )  # fmt: skip
    for handover_id, party_id, office_id in made:
        fact = events.CustomerOrphaned(
            agent_id=agent_id, left_on=left_on.isoformat(), office_id=office_id
        )
        about = Ref("handover", handover_id)
        journal.record(fact, about=about, actor=SYSTEM, at=at, party=party_id)
        handover = Handover.objects.select_for_update(of=("self",)).get(pk=handover_id)
        # Whoever serves the customer already serves these policies too.
        found = successor_id or people.get_party(party_id).agent_id or _by_rule(office_id, agent_id)
        if found is not None:
            _assign(handover, found, SYSTEM, at)
        else:
            work.open_item(
                ORPHANS, about=about, office_id=office_id, at=at, party_id=party_id,
                title="代理人离职，客户待指派承接人",
                due_at=at + timedelta(days=days.TELL_OF_EXIT_DAYS) - (day_of(at) - left_on),
            )  # fmt: skip
        _tell(handover, at)
    return len(made)


@tx.use_case
def assign_successor(
    *, handover_id: int, agent_id: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A manager gives an orphaned customer to an agent of the office; the customer is told.

    :raises HandoverNotFound: none, or another office's. :raises AssignedAlready: done meanwhile.
    :raises NotASuccessor: not an active agent of that office.
    """
    access.require("renewals.handle")
    handover = Handover.objects.select_for_update(of=("self",)).filter(pk=handover_id).first()
    if handover is None or not access.may("renewals.handle", handover.office_id):
        raise HandoverNotFound
    if handover.successor_id is not None:
        raise AssignedAlready
    in_office = {agent.id for agent in people.list_agents([handover.office_id])}
    if agent_id not in in_office or agent_id == handover.former_id:
        raise NotASuccessor
    _assign(handover, agent_id, actor, at)
    _tell(handover, at)


def _by_rule(office_id: int, former_id: int) -> int | None:
    found = tx.rows(_LEAST_BUSY, {"office": office_id, "former": former_id})
    return int(found[0][0]) if found else None


def _assign(handover: Handover, agent_id: int, actor: Ref, at: datetime) -> None:
    handover.successor_id, handover.assigned_at, handover.assigned_by = agent_id, at, str(actor)
    handover.save()
    policies.serve_by(holder_id=handover.party_id, former_id=handover.former_id, agent_id=agent_id)
    people_operations.serve_party_by(
        party_id=handover.party_id, former_id=handover.former_id, agent_id=agent_id
    )
    tx.changed(
        "update renewals_premiumdue set agent_id = %s::bigint where holder_id = %s::bigint and state = 'OPEN'",
        [agent_id, handover.party_id],
    )
    fact = events.SuccessorAssigned(successor_id=agent_id, by_rule=actor == SYSTEM)
    journal.record(fact, about=handover.ref, actor=actor, at=at, party=handover.party_id)
    work.close_items(about=handover.ref, at=at)


# Whoever serves them now: by the time of telling the successor may already.
_STATES = """
    select p.state, r.name, p.number
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.holder_id = %s::bigint and p.agent_id = any(%s::bigint[])
       and p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED')
     order by p.id
"""


def _states(handover: Handover) -> dict[str, str]:
    """How the contracts stand, each named under its state; a dash where none is in it."""
    agents = [handover.former_id, handover.successor_id or handover.former_id]
    by_state: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for state, product, number in tx.rows(_STATES, [handover.party_id, agents]):
        by_state[state].append((product, number))
    return {
        name: named(by_state[state], most=NAMED_EACH) if by_state[state] else "—"
        for name, state in (("valid", "IN_FORCE"), ("grace", "GRACE"), ("suspended", "SUSPENDED"))
    }


def _tell(handover: Handover, at: datetime) -> None:
    to = Ref("party", handover.party_id)
    given = _states(handover)
    if handover.successor_id is None:
        messaging.queue("renewals.agent_left", to=to, about=handover.ref, at=at, facts=given)
    else:
        given["agent"] = people.get_agent(handover.successor_id).name
        messaging.queue("renewals.agent_follows", to=to, about=handover.ref, at=at, facts=given)
    if handover.told_at is None:
        handover.told_at = at
        handover.save(update_fields=["told_at"])
    fact = events.ExitTold(agent_id=handover.former_id, successor_id=handover.successor_id)
    journal.record(fact, about=handover.ref, actor=SYSTEM, at=at, party=handover.party_id)
