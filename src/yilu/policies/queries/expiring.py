"""Contracts whose cover ends soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yilu.kernel import tx


@dataclass(frozen=True, slots=True)
class Expiring:
    """A policy in force that ends on a day by its own terms: whose, and which product."""

    policy_id: int
    holder_id: int
    product: str
    ends_on: date


def expiring(first: date, last: date) -> list[Expiring]:
    """Every policy in force that ends in a span of days, both included; riders end with their main policy."""
    rows = tx.rows(
        """
        select p.id, p.holder_id, r.name, p.ends_on
          from policies_policy p
          join products_productversion v on v.id = p.product_version_id
          join products_product r on r.id = v.product_id
         where p.state = 'IN_FORCE' and p.main_id is null
           and p.ends_on between %s::date and %s::date
         order by p.id
        """,
        [first, last],
    )
    return [Expiring(*row) for row in rows]
