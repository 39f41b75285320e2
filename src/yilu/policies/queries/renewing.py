"""The years of one cover: what renews what, and whether its holder lets us renew by ourselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.kernel import tx
from yilu.policies.models import Policy, RenewalConsent
from yilu.policies.queries.cards import label_of
from yilu.policies.rules import renewing
from yilu.policies.rules.renewing import (
    TEXT_NOW,
    TEXTS,
    extra_of,
    grace_ends,
    is_guaranteed,
    last_day,
    opens_on,
)
from yilu.products import queries as products

__all__ = [
    "ConsentView",
    "YearOfCover",
    "consents_standing",
    "extra_of",
    "grace_ends",
    "is_guaranteed",
    "is_renewable",
    "last_day",
    "opens_on",
    "renewal_consents",
    "renewal_text",
    "years_of",
    "years_of_many",
]


@dataclass(frozen=True, slots=True)
class YearOfCover:
    """One contract of an unbroken row of renewals (保障年度)."""

    policy_id: int
    number: str
    product_name: str
    version: str
    effective_on: date
    ends_on: date | None
    premium: Decimal
    state: str
    state_label: str
    is_this: bool


_YEARS = """
    select p.id, q.id, q.number, v.name, v.version, q.effective_on, q.ends_on, q.premium, q.state, q.ending,
           q.effective_on - (now() at time zone 'Asia/Shanghai')::date, q.id = p.id
      from policies_policy p
      join policies_policy q on q.id = coalesce(p.lineage_id, p.id) or q.lineage_id = coalesce(p.lineage_id, p.id)
      join products_productversion v on v.id = q.product_version_id
     where p.id = any(%s::bigint[]) and (q.ending <> 'NOT_BEGUN' or q.id = p.id)
     order by p.id, q.effective_on, q.id
"""


def years_of(policy_id: int) -> tuple[YearOfCover, ...]:
    """Every year of the cover that a contract belongs to, the first one first; itself alone where it is the only one."""
    return years_of_many([policy_id]).get(policy_id, ())


def years_of_many(policy_ids: Sequence[int]) -> dict[int, tuple[YearOfCover, ...]]:
    """``years_of`` each of these contracts, in one statement."""
    found: dict[int, list[YearOfCover]] = {}
    for row in tx.rows(_YEARS, [list(policy_ids)]):
        of, id, number, name, version, starts, ends, premium, state, ending, ahead, is_this = row
        label = str(Policy.Ending(ending).label) if ending else label_of(state, starts, ahead)
        found.setdefault(of, []).append(
            YearOfCover(
                id, number, name, version, starts, ends, premium, state, label, is_this
            )
        )  # fmt: skip
    return {of: tuple(years) for of, years in found.items()}


@dataclass(frozen=True, slots=True)
class ConsentView:
    """The holder's consent to automatic renewal, as screens show it (自动续保授权)."""

    holder_id: int
    text_version: str
    text: str
    way_label: str
    given_at: datetime
    given_by: str
    withdrawn_at: datetime | None
    withdrawn_by: str

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


def renewal_consents(policy_id: int, limit: int = 10) -> tuple[ConsentView, ...]:
    """Everything the holders of a cover said about automatic renewal, the latest first."""
    first = Policy.objects.filter(pk=policy_id).values_list("lineage_id", flat=True).first()
    rows = RenewalConsent.objects.filter(policy_id=first or policy_id).order_by("-pk")[:limit]
    return tuple(
        ConsentView(
            row.holder_id, row.text_version, TEXTS.get(row.text_version, ""),
            str(row.get_way_display()), row.given_at, row.given_by, row.withdrawn_at,
            row.withdrawn_by,
        )
        for row in rows
    )  # fmt: skip


def consents_standing(policy_ids: Sequence[int]) -> frozenset[int]:
    """Those of these contracts whose present holder lets us renew, in one statement."""
    rows = tx.rows(
        """
        select p.id from policies_policy p
          join policies_renewalconsent c on c.policy_id = coalesce(p.lineage_id, p.id)
           and c.withdrawn_at is null and c.holder_id = p.holder_id
         where p.id = any(%s::bigint[])
        """,
        [list(policy_ids)],
    )
    return frozenset(id for (id,) in rows)


def renewal_text() -> tuple[str, str]:
    """The version and the words of what a holder agrees to today."""
    return TEXT_NOW, TEXTS[TEXT_NOW]


def is_renewable(version_id: int) -> bool:
    """Whether a contract under this wording may have a year after it."""
    return renewing.is_renewable(products.get_terms(version_id))
