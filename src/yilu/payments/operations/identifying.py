"""Payments that wait until it is known who their payee is (核实收款人身份, 反洗钱法 29-31): let go, once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilu.kernel import tx
from yilu.kernel.refs import Ref


@dataclass(frozen=True, slots=True)
class LetGo:
    """A payment that has waited for its payee's identity and goes to the bank now."""

    id: int
    about: Ref
    to_party: int
    amount: Decimal


_RELEASE = """
    update payments_payout set identity_awaited_at = null, due_at = %(at)s::timestamptz
     where to_party_id = any(%(parties)s::bigint[]) and identity_awaited_at is not null
       and state = 'REQUESTED'
    returning id, about, to_party_id, amount
"""


@tx.step
def release_identified(*, parties: Collection[int], at: datetime) -> tuple[LetGo, ...]:
    """
    Let go what waited for the identity of these people; what it was, each payment once.

    Who they are is the caller's to know: whoever had it wait.
    """
    if not parties:
        return ()
    rows = tx.rows(_RELEASE, {"parties": list(parties), "at": at})
    return tuple(
        LetGo(id, Ref.parse(about), party, amount) for id, about, party, amount in sorted(rows)
    )
