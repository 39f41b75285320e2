"""What happened to a customer, in plain words: what it was about, the sum, and repeats as one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from yilu.journal.queries import EventRow
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.payments import queries as payments
from yilu.servicing import queries as servicing

SUMS = ("amount", "total", "paid", "pays", "collects", "owed_premium", "principal")
"""The facts that are a sum of the event, the first one that is there."""
UNPAID = ("payments.collection_failed", "renewals.order_failed")
"""Events whose reason is one of a payment's."""
TOGETHER = timedelta(minutes=10)
"""The same thing several times within so long is one line with a count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRow:
    """
    Something that happened, newest first; ``id`` is that of its earliest event.

    ``what`` is a product, a kind of request or what else it was about, ``number`` tells it from others.
    """

    id: int
    label: str
    about: Ref
    at: datetime
    what: str = ""
    number: str = ""
    amount: Decimal | None = None
    reason: str = ""
    times: int = 1


_NAMES = """
    select 'policy', p.id, r.name, right(p.number, 4)
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.id = any(%(policy)s::bigint[])
    union all
    select 'servicing_request', s.id, s.kind, coalesce(right(s.number, 4), '')
      from servicing_request s where s.id = any(%(servicing_request)s::bigint[])
    union all
    select 'claim', c.id, '', c.number from claims_claim c where c.id = any(%(claim)s::bigint[])
    union all
    select 'application', a.id, '', a.number
      from underwriting_application a where a.id = any(%(application)s::bigint[])
"""
_OF = {"claim": _("赔案"), "application": _("投保申请")}


def rows_of(found: Sequence[EventRow]) -> tuple[TimelineRow, ...]:
    """Events as a person reads them; one statement however many."""
    names = _names(found)
    rows: list[TimelineRow] = []
    for event in found:
        what, number = names.get((event.about.kind, event.about.id), ("", ""))
        row = TimelineRow(
            id=event.id, label=event.label, about=event.about, at=event.at, what=what,
            number=number, amount=_sum(event), reason=_reason(event),
        )  # fmt: skip
        last = rows[-1] if rows else None
        if last is not None and _same(last, row):
            rows[-1] = replace(last, id=row.id, times=last.times + 1)
        else:
            rows.append(row)
    return tuple(rows)


def _names(found: Sequence[EventRow]) -> dict[tuple[str, int], tuple[str, str]]:
    kinds = ("policy", "servicing_request", "claim", "application")
    given = {kind: sorted({e.about.id for e in found if e.about.kind == kind}) for kind in kinds}
    if not any(given.values()):
        return {}
    return {
        (kind, id): (_what(kind, name), number) for kind, id, name, number in tx.rows(_NAMES, given)
    }


def _what(kind: str, name: str) -> str:
    if kind == "servicing_request":
        return servicing.name_of(name)
    return _OF.get(kind, name)


def _sum(event: EventRow) -> Decimal | None:
    for name in SUMS:
        told = event.facts.get(name)
        if isinstance(told, str) and told:
            try:
                amount = Decimal(told)
            except InvalidOperation:
                continue
            if amount:
                return amount
    return None


def _reason(event: EventRow) -> str:
    """Why money did not move, in the words the customer read; other reasons are codes of their rooms."""
    if event.kind not in UNPAID:
        return ""
    return payments.reason_label(str(event.facts.get("reason", "")))


def _same(a: TimelineRow, b: TimelineRow) -> bool:
    alike = (a.label, a.about.kind, a.what, a.number, a.amount, a.reason) == (
        b.label, b.about.kind, b.what, b.number, b.amount, b.reason,
    )  # fmt: skip
    return alike and abs(a.at - b.at) <= TOGETHER
