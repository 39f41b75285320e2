"""Whose identity was checked, and whose is still to be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.models import IdentityCheck
from yilu.people.queries.staff import names_of

IN_REGISTER = frozenset({"RESIDENT_ID", "RESIDENCE_PERMIT", "FOREIGN_RESIDENT_ID"})
"""Documents whose numbers the register knows; the originals of all others are seen by people."""


@dataclass(frozen=True, slots=True)
class IdentityCheckView:
    """
    The latest check of somebody's identity; ``holds``: it stands, and its document is in date.

    ``recorded_by`` and ``confirmed_by`` are names; empty where it was the register.
    """

    state: str
    state_label: str
    how_label: str
    document_label: str
    valid_to: date | None
    recorded_by: str
    recorded_id: int
    recorded_at: datetime
    confirmed_by: str
    holds: bool


_UNCHECKED = """
    select p.id from people_party p
     where p.id = any(%s::bigint[]) and p.kind = 'PERSON'
       and not (p.id = any(%s::bigint[]) and p.identity_index is not null)
       and not exists (select from people_identitycheck k
                        where k.party_id = p.id and k.state = 'STANDS'
                          and (k.valid_to is null or k.valid_to >= %s::date))
"""


def unchecked(
    party_ids: Collection[int], on: date, *, contract: Collection[int] = ()
) -> frozenset[int]:
    """
    Who of these persons is not checked on a day, in one statement.

    ``contract``: those the contract itself was made with or on. They were identified when it was made, so a number on
    record is enough of them (反洗钱法 29). Organisations are identified where they are enrolled.
    """
    if not party_ids:
        return frozenset()
    return frozenset(r[0] for r in tx.rows(_UNCHECKED, [list(party_ids), list(contract), on]))


def identity_check_of(party_id: int, on: date) -> IdentityCheckView | None:
    """The latest check of somebody's identity; None: there was none."""
    found = IdentityCheck.objects.filter(party_id=party_id).order_by("-id").first()
    if found is None:
        return None
    by, second = Ref.parse(found.recorded_by), found.confirmed_by
    staff = [r for r in (by, Ref.parse(second) if second else None) if r and r.kind == "staff"]
    named = names_of(staff)
    return IdentityCheckView(
        state=found.state, state_label=found.get_state_display(), how_label=found.get_how_display(),
        document_label=found.get_document_display(), valid_to=found.valid_to,
        recorded_by=named.get(by, ""), recorded_id=by.id if by.kind == "staff" else 0,
        recorded_at=found.recorded_at,
        confirmed_by=named.get(Ref.parse(second), "") if second else "",
        holds=found.state == "STANDS" and (found.valid_to is None or found.valid_to >= on),
    )  # fmt: skip
