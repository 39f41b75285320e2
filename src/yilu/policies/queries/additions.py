"""What dividends have bought of a contract, and whether they may (交清增额)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.policies.models import Policy
from yilu.policies.queries.values import worth_of
from yilu.policies.queries.worth import has_table
from yilu.products.queries import get_terms
from yilu.standards import queries as standards

TABLE = "policies.dividends"
"""The declared rates: a table whose new version another person than its author publishes."""


def participating(at: datetime) -> tuple[str, ...]:
    """The products that take part in dividends: those the declared table names; none without one."""
    try:
        table = standards.compiled_at(TABLE, at).table
    except standards.UnknownTable:
        return ()
    return tuple(table.inputs[0].choices)


@dataclass(frozen=True, slots=True)
class Addition:
    """
    One purchase: the policy year, the day, what it cost, what it bought. What was given back again
    is below zero, of the year 0.
    """

    year: int
    on: date
    amount: Decimal
    bought: Decimal


_BOUGHT = """
    select policy_id, year, "on", amount, sum from policies_paidupaddition
     where policy_id = any(%(ids)s::bigint[])
     union all
    select policy_id, 0, "on", -value, -sum from policies_additiongivenback
     where policy_id = any(%(ids)s::bigint[])
     order by 3, 2
"""


def additions_of(policy_ids: Sequence[int]) -> dict[int, tuple[Addition, ...]]:
    """What dividends have bought of these policies and what was given back, by day; one statement."""
    found: dict[int, tuple[Addition, ...]] = {}
    for policy_id, *told in tx.rows(_BOUGHT, {"ids": list(policy_ids)}):
        found[policy_id] = (*found.get(policy_id, ()), Addition(*told))
    return found


def bought_before(additions: Sequence[Addition], day: date) -> Decimal:
    """The sum that was bought before a day: what falls due on it is paid on this too."""
    return sum((each.bought for each in additions if each.on < day), ZERO)


def may_buy_additions(policy_id: int, products: Collection[str], on: date) -> bool:
    """
    Whether a dividend of the contract may buy a sum: a participating main contract with values, whose
    terms say so.
    """
    version = (
        Policy.objects.filter(pk=policy_id, main=None, product_version__product__code__in=products)
        .values_list("product_version_id", flat=True)
        .first()
    )
    if version is None or not get_terms(version).additions_clause:
        return False
    return has_table(worth_of(policy_id, on))
