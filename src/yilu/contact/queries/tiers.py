"""How far ahead a customer is in the queue, and why: by declared facts and a table staff edit."""

from __future__ import annotations

from datetime import datetime

from yilu.contact.rules.tiers import BY_ARRIVAL, LONGEST_WHY, TABLE, Standing, Tier, asked_of
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.standards import queries as standards

# Everything the rule may look at, in one statement: four look-ups by key or index.
_STANDING = """
    select p.birth_date, coalesce(w.assisted, false), held.policies, held.oldest_on, tie.since
      from people_party p
      left join people_servicepreference w on w.party_id = p.id
     cross join lateral (
           select count(*)::int as policies, min(c.formed_on) as oldest_on from policies_policy c
            where c.holder_id = p.id and c.state in ('IN_FORCE', 'GRACE')) held
     cross join lateral (
           select max(t.since) as since from contact_disastertie t where t.party_id = p.id) tie
     where p.id = %s::bigint
"""


def tier_of(party_id: int | None, *, at: datetime) -> Tier:
    """
    A customer's tier by the table in force ``at``; by arrival for whoever nobody has identified.

    It never keeps anybody from being queued: without the table everybody goes by arrival. Where a
    statutory clock runs, ``rules.scoring`` gives it no weight.
    """
    found = tx.rows(_STANDING, [party_id]) if party_id is not None else []
    if not found:
        return BY_ARRIVAL
    birth_date, needs_help, policies, oldest_on, since = found[0]
    struck_on = day_of(since) if since is not None else None
    standing = Standing(birth_date, needs_help, policies, oldest_on, struck_on)
    try:
        said = standards.decide(TABLE, asked_of(standing, day_of(at)), at)
    except standards.UnknownTable:
        return BY_ARRIVAL
    rule = f"{said.table} v{said.version} #{said.rows[0]}"
    return Tier(int(said.outputs["tier"]), said.outputs["why"][:LONGEST_WHY], rule)
