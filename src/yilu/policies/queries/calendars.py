"""When a holder's premiums fall due, policy by policy; what their contracts give, and when cover ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel import tx
from yilu.policies.queries.benefits import coming_benefits
from yilu.policies.rules.schedule import dues_until


@dataclass(frozen=True, slots=True)
class DueDay:
    """One premium to come (应交日); ``nth`` counts the holder's policies."""

    nth: int
    product_name: str
    due_on: date
    premium: Decimal


# Nothing is asked for while a question is open that stops collection.
_POLICIES = """
    select r.name, p.effective_on, p.ends_on, p.pay_mode, p.pay_years, p.paid_to, p.premium, p.waived_from
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.holder_id = %s::bigint and p.state in ('IN_FORCE', 'GRACE') and p.paid_to is not null
       and not exists (select from policies_premiumhold h where h.policy_id = p.id and h.released_at is null)
     order by p.id
"""


def due_days(holder_id: int, until: date) -> tuple[DueDay, ...]:
    """Every premium of a holder that falls due up to a day, from the first unpaid one on."""
    return tuple(
        DueDay(nth, row[0], due, row[6])
        for nth, row in enumerate(tx.rows(_POLICIES, [holder_id]), 1)
        for due in dues_until(row[1], row[2], row[3], row[4], row[5], until)
        if row[7] is None or due < row[7]
    )


@dataclass(frozen=True, slots=True)
class GivingDay:
    """A benefit to come, or the end of cover without one (``amount`` None); ``nth`` counts the policies."""

    nth: int
    product_name: str
    code: str
    on: date
    amount: Decimal | None


_LIVING = """
    select p.id, r.name, p.ends_on
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.holder_id = %s::bigint and p.state in ('IN_FORCE', 'GRACE') and p.main_id is null
     order by p.id
"""


def giving_days(holder_id: int, first: date, last: date) -> tuple[GivingDay, ...]:
    """What a holder's contracts give in a span of days, and which of them run out without a benefit."""
    rows = tx.rows(_LIVING, [holder_id])
    nth = {row[0]: (number, row[1]) for number, row in enumerate(rows, 1)}
    gives = coming_benefits(list(nth), first, last)
    paid_at_end = {(each.policy_id, each.due_on) for each in gives}
    given = [GivingDay(*nth[each.policy_id], each.code, each.due_on, each.amount) for each in gives]
    ends = [
        GivingDay(*nth[id], "END", ends_on, None)
        for id, _name, ends_on in rows
        if ends_on is not None and first <= ends_on <= last and (id, ends_on) not in paid_at_end
    ]
    return (*given, *ends)
