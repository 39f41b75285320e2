"""A holder's payments and due dates; an agent's list of their customers'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.kernel import tx
from yilu.renewals.models import PremiumDue, PremiumOrder
from yilu.renewals.operations.span import AGREED


@dataclass(frozen=True, slots=True, kw_only=True)
class DueView:
    """A premium as screens show it on a day (应交保险费). ``way`` says what can be done about it."""

    id: int
    policy_id: int
    number: str
    product: str
    holder_id: int
    holder_name: str
    due_on: date
    grace_ends_on: date
    amount: Decimal
    state: str
    state_label: str
    by_debit: bool
    held: bool
    order_id: int | None
    collection_id: int | None
    failures: int
    reason: str
    window_ends_on: date | None
    day: date
    for_new_year: bool = False

    @property
    def way(self) -> str:
        """PAY, WAIT (being paid), HELD, REINSTATE, TOO_LATE or NONE."""
        if self.state == "LAPSED":
            late = self.window_ends_on is not None and self.day > self.window_ends_on
            return "TOO_LATE" if late else "REINSTATE"
        if self.state != "OPEN":
            return "NONE"
        if self.held:
            return "HELD"
        return "WAIT" if self.order_id is not None else "PAY"

    @property
    def needs_help(self) -> bool:
        """Paying it went wrong, or it is late: what else can be done is shown beside it."""
        return (
            self.state == "OPEN"
            and not self.held
            and not self.for_new_year
            and (self.failures > 0 or self.in_grace)
        )

    @property
    def in_grace(self) -> bool:
        return self.state == "OPEN" and self.due_on < self.day <= self.grace_ends_on

    @property
    def days_left(self) -> int:
        """To the due day, or to the end of grace once it has passed."""
        return ((self.grace_ends_on if self.in_grace else self.due_on) - self.day).days


_DUES = f"""
    select d.id, d.policy_id, p.number, r.name, d.holder_id, h.name, d.due_on, d.grace_ends_on, d.amount,
           d.state, p.pay_method = 'BANK_DEBIT' and p.premium_account_id is not null
               and (not d.for_new_year or {AGREED}),
           exists (select from policies_premiumhold x where x.policy_id = p.id and x.released_at is null),
           o.id, o.collection_id, d.failures, d.last_reason, d.window_ends_on, d.for_new_year
      from renewals_premiumdue d
      join policies_policy p on p.id = d.policy_id
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
      join people_party h on h.id = d.holder_id
      left join renewals_orderline l on l.due_id = d.id and l.live
      left join renewals_premiumorder o on o.id = l.order_id and o.state = 'PAYING'
"""


def list_dues(holder_id: int, day: date) -> tuple[DueView, ...]:
    """What a holder has to pay now or soon, and what lapsed and can be revived, soonest first."""
    return _views(
        _DUES + " where d.holder_id = %s::bigint and d.state in ('OPEN', 'LAPSED')"
        " order by d.due_on, d.id limit 100",
        [holder_id],
        day,
    )


def list_dues_for_agent(agent_id: int, day: date, limit: int = 200) -> tuple[DueView, ...]:
    """The open premiums of an agent's customers, soonest first."""
    return _views(
        _DUES + " where d.agent_id = %s::bigint and d.state = 'OPEN'"
        " order by d.due_on, d.id limit %s::int",
        [agent_id, limit],
        day,
    )


def next_by_policy(policy_ids: Sequence[int], day: date) -> dict[int, DueView]:
    """The earliest open or lapsed premium of each policy."""
    found = _views(
        _DUES + " where d.policy_id = any(%s::bigint[]) and d.state in ('OPEN', 'LAPSED')"
        " order by d.due_on desc",
        [list(policy_ids)],
        day,
    )
    return {view.policy_id: view for view in found}


def _views(sql: str, given: Sequence[Any], day: date) -> tuple[DueView, ...]:
    return tuple(
        DueView(
            id=row[0], policy_id=row[1], number=row[2], product=row[3], holder_id=row[4],
            holder_name=row[5], due_on=row[6], grace_ends_on=row[7], amount=row[8], state=row[9],
            state_label=str(PremiumDue.State(row[9]).label), by_debit=row[10], held=row[11],
            order_id=row[12], collection_id=row[13], failures=row[14], reason=row[15],
            window_ends_on=row[16], day=day, for_new_year=row[17],
        )
        for row in tx.rows(sql, given)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SuspensionView:
    """A contract that gives no cover now, why, and until when it can go on (效力中止)."""

    policy_id: int
    number: str
    product: str
    holder_id: int
    holder_name: str
    reason: str
    suspended_on: date
    window_ends_on: date
    day: date

    @property
    def too_late(self) -> bool:
        """The two years are over: a person is to decide."""
        return self.day > self.window_ends_on


_SUSPENSIONS = """
    select s.policy_id, p.number, r.name, p.holder_id, h.name, s.reason, s.suspended_on, s.window_ends_on,
           %(day)s::date
      from policies_policy p
      join renewals_suspension s on s.policy_id = p.id and s.ended_on is null
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
      join people_party h on h.id = p.holder_id
     where {whose} and p.state = 'SUSPENDED'
     order by s.window_ends_on, s.id limit %(limit)s::int
"""


def list_suspensions(holder_id: int, day: date, limit: int = 50) -> tuple[SuspensionView, ...]:
    """A holder's suspended contracts, the way back that closes soonest first."""
    sql = _SUSPENSIONS.format(whose="p.holder_id = %(holder)s::bigint")
    rows = tx.rows(sql, {"holder": holder_id, "day": day, "limit": limit})
    return tuple(SuspensionView(*row) for row in rows)


def list_suspensions_for_agent(
    agent_id: int, day: date, limit: int = 200
) -> tuple[SuspensionView, ...]:
    """Suspended contracts of an agent's customers that can still go on, the soonest to close first."""
    sql = _SUSPENSIONS.format(
        whose="p.agent_id = %(agent)s::bigint and s.window_ends_on >= %(day)s::date"
    )
    rows = tx.rows(sql, {"agent": agent_id, "day": day, "limit": limit})
    return tuple(SuspensionView(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as screens show it (缴费记录). ``failed``: it is still open after a payment that failed."""

    id: int
    kind_label: str
    total: Decimal
    count: int
    state: str
    state_label: str
    collection_id: int | None
    made_at: datetime
    failed: bool = False


def list_orders(holder_id: int, limit: int = 20) -> tuple[OrderView, ...]:
    """A holder's latest payments, newest first; what nobody ever paid in time is left out."""
    rows = (
        PremiumOrder.objects.filter(holder_id=holder_id)
        .exclude(reason="EXPIRED")
        .order_by("-id")
        .prefetch_related("lines")[:limit]
    )
    return tuple(
        OrderView(
            row.pk, str(row.get_kind_display()), row.total, len(row.lines.all()), row.state,
            str(row.get_state_display()), row.collection_id, row.made_at,
            row.state == PremiumOrder.State.PAYING and row.failures > 0,
        )
        for row in rows
    )  # fmt: skip


def benefits_waiting(holder_id: int) -> tuple[tuple[int, str, Decimal, date], ...]:
    """Money that waits for a holder: policy, name, amount, since when."""
    rows = tx.rows(
        """
        select n.policy_id, n.name, n.amount, n.due_on
          from renewals_benefitnotice n
          join policies_duebenefit b
            on b.policy_id = n.policy_id and b.code = n.code and b.due_on = n.due_on and b.state = 'DUE'
         where n.holder_id = %s::bigint order by n.due_on limit 50
        """,
        [holder_id],
    )
    return tuple(tuple(row) for row in rows)
