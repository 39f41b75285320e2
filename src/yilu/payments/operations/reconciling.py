"""Hold our books against the bank's daily statement."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext_noop as _

from yilu.gateways.bank import Booking
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed, NotFound
from yilu.kernel.money import ZERO
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import events, rules
from yilu.payments.models import Difference, Payout, Statement
from yilu.payments.operations import hearing
from yilu.people import queries as people
from yilu.work import operations as work

_LINES = """
    insert into payments_statementline (statement_id, bank_reference, bank_key, amount, booked_at)
    select %(statement)s::bigint, reference, key, amount, booked_at
      from json_to_recordset(%(lines)s::json)
           as row(reference text, key text, amount numeric, booked_at timestamptz)
"""

# What the statement and our books say differently: one statement whatever the number of payments.
_DIFFERENCES = """
    with line as (
        select bank_key, count(*) as times, sum(amount) as total, min(amount) as amount,
               case when bank_key ~ '^[0-9a-f]{32}$' then bank_key::uuid end as as_uuid
          from payments_statementline where statement_id = %(statement)s::bigint group by bank_key),
    ours as (
        select line.bank_key, p.id, p.amount, p.state
          from line join payments_payout p on p.bank_key = line.as_uuid),
    found (kind, bank_key, payout_id, ours, theirs) as (
        select 'UNKNOWN_TO_US', line.bank_key, null::bigint, null::numeric, line.total
          from line left join ours using (bank_key) where ours.id is null
        union all
        select 'AMOUNT', bank_key, ours.id, ours.amount, line.amount
          from line join ours using (bank_key) where line.times = 1 and line.amount <> ours.amount
        union all
        select 'PAID_TWICE', bank_key, ours.id, ours.amount, line.total
          from line join ours using (bank_key) where line.times > 1
        union all
        select 'PAID_AFTER_REJECTION', bank_key, ours.id, ours.amount, line.amount
          from line join ours using (bank_key) where ours.state in ('REJECTED', 'CANCELLED')
        union all
        select 'NOT_ON_STATEMENT', replace(p.bank_key::text, '-', ''), p.id, p.amount, null
          from payments_payout p
         where p.state = 'SETTLED' and p.channel = %(channel)s and p.ended_at >= %(start)s::timestamptz
           and p.ended_at < %(end)s::timestamptz
           and not exists (select 1 from payments_statementline l
                            where l.bank_key = replace(p.bank_key::text, '-', '')))
    insert into payments_difference
           (day, kind, bank_key, payout_id, ours, theirs, state, found_at, resolution)
    select %(day)s::date, kind, bank_key, payout_id, ours, theirs, 'OPEN', %(at)s::timestamptz, '' from found
    on conflict (day, kind, bank_key) do nothing
    returning id, kind, payout_id
"""

_GONE = """
    update payments_difference d
       set state = 'RESOLVED', resolved_at = %(at)s::timestamptz, resolution = '银行更正后的对账单已无此差异'
     where d.day = %(day)s::date and d.state = 'OPEN' and d.kind = 'NOT_ON_STATEMENT'
       and exists (select 1 from payments_statementline l where l.bank_key = d.bank_key)
    returning d.payout_id
"""


class DifferenceNotFound(NotFound):
    """There is no such difference, or it is resolved."""

    code = "difference_not_found"
    message = "没有找到待处理的对账差异"
    hint = "它可能已由同事处理，请刷新列表。"


@tx.use_case
def reconcile(*, statement_date: date, lines: Sequence[Booking], at: datetime) -> int:
    """
    Compare what the bank says it booked on a day with our payments; the number of new differences.

    See ``hold_against``: this is the statement of the direct connection.
    """
    return hold_against(statement_date=statement_date, lines=lines, channel="WIRE", at=at)


@tx.step
def hold_against(
    *, statement_date: date, lines: Sequence[Booking], channel: str, at: datetime
) -> int:
    """
    Compare a day's bookings of one channel with our payments; return the number of new differences.

    A payment whose end we had not heard and that stands on the statement with its amount is settled by
    it. Every other disagreement becomes a difference, a work item and an event, once: running again
    with the same statement changes nothing, with a corrected one only what it corrects.
    """
    statement = _keep_statement(statement_date, channel, lines, at)
    _settle_unheard(statement, at)
    start, end = rules.bounds(statement_date)
    given = {
        "statement": statement.pk, "day": statement_date, "start": start, "end": end, "at": at,
        "channel": channel,
    }  # fmt: skip
    found = tx.rows(_DIFFERENCES, given)
    for difference_id, kind, payout_id in found:
        _report(difference_id, kind, payout_id, statement_date, at)
    for (payout_id,) in tx.rows(_GONE, given):
        if payout_id is not None:
            work.close_items(about=Ref("payout", payout_id), queue=hearing.QUEUE, at=at)
    return len(found)


@tx.use_case
def resolve_difference(*, difference_id: int, resolution: str, actor: Ref, at: datetime) -> None:
    """
    Close a difference with what was found out.

    :raises NotAllowed: without payments.reconcile over the beneficiary's office (the head office where
        there is no beneficiary). :raises DifferenceNotFound: if it is not open. :raises Invalid: without
        a word of explanation.
    """
    if not resolution.strip():
        raise Invalid(_("请写明差异的原因和处理结果"))
    difference = Difference.objects.select_related("payout").filter(pk=difference_id).first()
    if difference is None:
        raise DifferenceNotFound
    office_id = (
        people.get_party(difference.payout.to_party_id).office_id
        if difference.payout is not None
        else hearing.head_office_id()
    )
    if actor != SYSTEM:
        if actor.kind != "staff":
            raise NotAllowed
        people.staff_access(actor.id).require("payments.reconcile", office_id)
    resolved = Difference.objects.filter(pk=difference_id, state=Difference.State.OPEN).update(
        state=Difference.State.RESOLVED, resolved_at=at, resolution=resolution.strip()[:200]
    )
    if not resolved:
        raise DifferenceNotFound
    journal.record(
        events.DifferenceResolved(statement_date=difference.day.isoformat(), difference=difference.kind),
        about=_subject(difference.pk, difference.payout_id), actor=actor, at=at,
    )  # fmt: skip
    work.close_items(
        about=_subject(difference.pk, difference.payout_id), queue=hearing.QUEUE, at=at
    )


def _keep_statement(day: date, channel: str, lines: Sequence[Booking], at: datetime) -> Statement:
    """The statement with its lines; lines are written anew only if the statement changed."""
    payload = orjson.dumps(
        [
            {
                "reference": b.reference,
                "key": _tidy_key(b.key),
                "amount": str(b.amount),
                "booked_at": b.booked_at,
            }
            for b in sorted(lines, key=lambda b: b.reference)
        ]
    )
    digest = hashlib.sha256(payload).hexdigest()
    total = sum((b.amount for b in lines), ZERO)
    statement, is_new = Statement.objects.select_for_update().get_or_create(
        day=day,
        channel=channel,
        defaults={
            "digest": digest, "lines_count": len(lines), "total": total, "taken_at": at, "reconciled_at": at,
        },
    )  # fmt: skip
    if not is_new and statement.digest == digest:
        return statement
    if not is_new:
        statement.lines.all().delete()
        statement.digest, statement.lines_count, statement.total = digest, len(lines), total
        statement.taken_at = statement.reconciled_at = at
        statement.save()
    tx.changed(_LINES, {"statement": statement.pk, "lines": payload.decode()})
    return statement


def _settle_unheard(statement: Statement, at: datetime) -> None:
    """The statement is the bank's word too: apply it where we had not heard the end."""
    waiting = tx.rows(
        """
        select p.id, l.bank_reference, l.amount
          from payments_statementline l
          join payments_payout p on p.bank_key = l.bank_key::uuid
         where l.statement_id = %s::bigint and l.bank_key ~ '^[0-9a-f]{32}$'
           and p.state in ('REQUESTED', 'SENDING', 'SENT', 'UNCLEAR') and p.amount = l.amount
         order by p.id
        """,
        [statement.pk],
    )
    payouts = hearing.locked(row[0] for row in waiting)
    for payout_id, reference, amount in waiting:
        hearing.apply(
            payouts[payout_id], said="SETTLED", reason="", reference=reference, amount=Decimal(amount),
            actor=hearing.BANK, at=at,
        )  # fmt: skip


@tx.step
def report_difference(
    *,
    day: date,
    kind: str,
    key: str,
    payout_id: int | None,
    ours: Decimal | None,
    theirs: Decimal | None,
    at: datetime,
) -> None:
    """Keep one difference that a file shows besides its bookings: a row, work, an event; once."""
    made = tx.rows(
        """
        insert into payments_difference
               (day, kind, bank_key, payout_id, ours, theirs, state, found_at, resolution)
        values (%s::date, %s, %s, %s::bigint, %s::numeric, %s::numeric, 'OPEN', %s::timestamptz, '')
        on conflict (day, kind, bank_key) do nothing returning id
        """,
        [day, kind, key, payout_id, ours, theirs, at],
    )
    if made:
        _report(int(made[0][0]), kind, payout_id, day, at)


def _report(difference_id: int, kind: str, payout_id: int | None, day: date, at: datetime) -> None:
    about = _subject(difference_id, payout_id)
    title = f"对账差异：{Difference.Kind(kind).label}（{day.isoformat()}）"
    payout = Payout.objects.filter(pk=payout_id).first() if payout_id is not None else None
    party: dict[str, Any] = {}
    office_id = hearing.head_office_id()
    if payout is not None:
        office_id = people.get_party(payout.to_party_id).office_id
        party = {"party_id": payout.to_party_id, "amount": payout.amount}
    work.open_item(
        hearing.QUEUE, about=about, office_id=office_id, title=title, at=at, priority=30, **party
    )
    journal.record(
        events.DifferenceFound(statement_date=day.isoformat(), difference=kind),
        about=about,
        actor=SYSTEM,
        at=at,
    )


def _subject(difference_id: int, payout_id: int | None) -> Ref:
    return Ref("payout", payout_id) if payout_id is not None else Ref("difference", difference_id)


def _tidy_key(key: str) -> str:
    try:
        return UUID(key).hex
    except ValueError:
        return key[:64]
