"""Write to the ledger of a policy's money: every entry adds up to zero, and is written once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import orjson

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.money import yuan
from yilu.kernel.refs import Ref
from yilu.policies.models import ACCOUNTS, LedgerEntry


class PostedOtherwise(Refusal):
    """The same movement was written before with other amounts: one of the two is a mistake."""

    code = "posted_otherwise"
    message = "这笔款项已经登记过，且金额与本次不同"
    hint = "请刷新页面核对保单账务，不要重复提交。"


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry to write: what goes into each account; the legs add up to zero."""

    policy_id: int
    entry: str
    legs: Mapping[str, Decimal]
    about: Ref
    on: date


@tx.step
def post(
    *, policy_id: int, entry: str, legs: Mapping[str, Decimal], about: Ref, actor: Ref, at: datetime
) -> bool:
    """
    Write one movement of a policy's money; False where it was written before.

    ``entry`` is a ``LedgerEntry.Kind``; a leg names an account and what goes into it (out of it:
    negative). The same entry about the same subject is written once.

    :raises ValueError: legs that do not add up to zero, no such account or entry: a bug.
    :raises PostedOtherwise: it was written before with other amounts.
    """
    posting = Posting(policy_id, entry, legs, about, day_of(at))
    if post_many([posting], actor=actor, at=at):
        return True
    kept = LedgerEntry.objects.values(*ACCOUNTS).get(
        policy_id=policy_id, kind=entry, about=str(about)
    )
    if any(kept[account] != legs.get(account, 0) for account in ACCOUNTS):
        raise PostedOtherwise
    return False


_POST = f"""
    insert into policies_ledgerentry (policy_id, kind, about, "on", {", ".join(ACCOUNTS)}, posted_by, posted_at)
    select policy_id, kind, about, "on", {", ".join(f"coalesce({a}, 0)" for a in ACCOUNTS)}, %s, %s::timestamptz
      from json_to_recordset(%s::json) as row(policy_id bigint, kind text, about text, "on" date,
           {", ".join(f"{a} numeric" for a in ACCOUNTS)})
    on conflict do nothing
    returning policy_id
"""


@tx.step
def post_many(postings: Sequence[Posting], *, actor: Ref, at: datetime) -> frozenset[int]:
    """
    Write many movements in one statement; the policies of those that were new.

    For runs over many policies: what was written before is passed over silently.
    """
    if not postings:
        return frozenset()
    rows = [_row(posting) for posting in postings]
    made = tx.rows(_POST, [str(actor), at, orjson.dumps(rows).decode()])
    return frozenset(policy_id for (policy_id,) in made)


def _row(posting: Posting) -> dict[str, object]:
    legs = {account: yuan(amount) for account, amount in posting.legs.items() if amount}
    if sum(legs.values()) != 0 or not legs.keys() <= set(ACCOUNTS):
        raise ValueError(f"{posting.entry} does not add up: {posting.legs}")
    return {
        "policy_id": posting.policy_id,
        "kind": LedgerEntry.Kind(posting.entry).value,
        "about": str(posting.about),
        "on": posting.on,
        **{account: str(amount) for account, amount in legs.items()},
    }
