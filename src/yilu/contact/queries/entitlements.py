"""The services a customer has, by the table that managers edit."""

from __future__ import annotations

from datetime import datetime

from yilu.contact.rules.entitlements import TABLE, Entitlement
from yilu.kernel import tx
from yilu.standards import queries as standards

from .tiers import tier_of

# The branch of an office: itself, or the one above it; the head office stands for itself.
_WHERE = """
    select p.kind <> 'PERSON', coalesce(branch.code, own.code)
      from people_party p
      join people_office own on own.id = p.office_id
      left join people_office branch on branch.level = 'BRANCH' and starts_with(own.path, branch.path)
     where p.id = %s::bigint
"""


def services_of(party_id: int, *, at: datetime) -> tuple[Entitlement, ...]:
    """
    What a customer may use, by tier, by being a company, and by branch, as the table in force says.

    Nothing for a number that is nobody's, or where there is no such table.
    """
    found = tx.rows(_WHERE, [party_id])
    if not found:
        return ()
    corporate, branch = found[0]
    asked = {"tier": tier_of(party_id, at=at).level, "corporate": corporate, "branch": branch}
    try:
        said = standards.decide(TABLE, asked, at)
    except standards.UnknownTable:
        return ()
    each = zip(*(said.outputs[of] for of in ("name", "promise", "way")), said.rows, strict=True)
    return tuple(
        Entitlement(name, promise, way, f"{said.table} v{said.version} #{row}")
        for name, promise, way, row in each
    )
