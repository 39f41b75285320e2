"""Contracts that were made lately: for whoever welcomes, follows up or counts them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from yilu.kernel import tx
from yilu.kernel.days import CHINA
from yilu.products import queries as products

_COLUMNS = """
    select id, number, product_version_id, holder_id, office_id, agent_id, channel, pay_mode, issued_at,
           state in ('IN_FORCE', 'GRACE', 'SUSPENDED')
      from policies_policy
"""


@dataclass(frozen=True, slots=True)
class NewContract:
    """A contract when it was made. ``living``: it still is."""

    id: int
    number: str
    product_version_id: int
    holder_id: int
    office_id: int
    agent_id: int | None
    channel: str
    pay_mode: str
    issued_at: datetime
    living: bool


def new_contract(policy_id: int) -> NewContract | None:
    """One contract; None where there is none of this number."""
    rows = tx.rows(_COLUMNS + " where id = %s::bigint", [policy_id])
    return _contract(rows[0]) if rows else None


def issued_between(first: date, last: date) -> list[NewContract]:
    """Individual contracts made from one day to another, both included; riders go with their main."""
    begins = datetime.combine(first, time(), CHINA)
    ends = datetime.combine(last + timedelta(days=1), time(), CHINA)
    rows = tx.rows(
        _COLUMNS
        + """
     where issued_at >= %s::timestamptz and issued_at < %s::timestamptz
       and main_id is null and channel <> 'GROUP'
     order by id
    """,
        [begins, ends],
    )
    return [_contract(row) for row in rows]


def _contract(row: tuple[Any, ...]) -> NewContract:
    return NewContract(*row)


def first_formed(party_ids: Collection[int]) -> dict[int, date]:
    """The day each customer's first contract was formed, as holder or insured; two index ranges each."""
    if not party_ids:
        return {}
    rows = tx.rows(
        """
        select p.id, least(h.first, i.first)
          from unnest(%s::bigint[]) as p(id)
               cross join lateral (
               select min(formed_on) as first from policies_policy where holder_id = p.id) as h
               cross join lateral (
               select min(formed_on) as first from policies_policy where insured_id = p.id) as i
         where h.first is not null or i.first is not null
        """,
        [sorted(party_ids)],
    )
    return dict(rows)


def products_of(policy_ids: Collection[int]) -> dict[int, str]:
    """The product's code of each contract; one statement."""
    if not policy_ids:
        return {}
    rows = tx.rows(
        "select id, product_version_id from policies_policy where id = any(%s::bigint[])",
        [sorted(policy_ids)],
    )
    return {policy_id: products.get_terms(version_id).code for policy_id, version_id in rows}


def main_of(policy_id: int) -> int:
    """The main contract of a rider; a contract that is no rider is its own."""
    rows = tx.rows("select main_id from policies_policy where id = %s::bigint", [policy_id])
    return (rows[0][0] if rows else None) or policy_id
