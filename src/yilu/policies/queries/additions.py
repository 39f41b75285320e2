"""What dividends have bought of a contract, and whether they may (交清增额)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel.money import ZERO
from yilu.policies.models import PaidUpAddition, Policy
from yilu.policies.queries.values import worth_of
from yilu.policies.queries.worth import has_table


@dataclass(frozen=True, slots=True)
class Addition:
    """One purchase: the policy year, the day, what it cost, what it bought."""

    year: int
    on: date
    amount: Decimal
    bought: Decimal


def additions_of(policy_ids: Sequence[int]) -> dict[int, tuple[Addition, ...]]:
    """What dividends have bought of these policies, the earliest first; one statement."""
    found: dict[int, tuple[Addition, ...]] = {}
    for each in PaidUpAddition.objects.filter(policy_id__in=policy_ids).order_by("year"):
        bought = Addition(each.year, each.on, each.amount, each.sum)
        found[each.policy_id] = (*found.get(each.policy_id, ()), bought)
    return found


def bought_before(additions: Sequence[Addition], day: date) -> Decimal:
    """The sum that was bought before a day: what falls due on it is paid on this too."""
    return sum((each.bought for each in additions if each.on < day), ZERO)


def may_buy_additions(policy_id: int, products: Collection[str], on: date) -> bool:
    """Whether a dividend of the contract may buy a sum: a participating main contract with values."""
    found = Policy.objects.filter(
        pk=policy_id, main=None, product_version__product__code__in=products
    )
    return found.exists() and has_table(worth_of(policy_id, on))
