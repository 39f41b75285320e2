"""Payment files as the desk sees them: batches, what came back, money that came in, the daily picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Q

from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.payments import rules
from yilu.payments.models import BankCredit, BankFile, Batch, BatchEntry
from yilu.people.queries import Access


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch as lists show it."""

    id: int
    message_id: str
    state: str
    label: str
    count: int
    total: Decimal
    execute_on: date
    made_by: str
    made_at: datetime
    released_by: str
    given_out_at: datetime | None
    given_out_times: int
    note: str


@dataclass(frozen=True, slots=True)
class BatchEntryView:
    """A payment in a batch, with the bank's own codes and what they did."""

    position: int
    payout_id: int
    about: str
    amount: Decimal
    masked_number: str
    bank_name: str
    state: str
    label: str
    status: str
    reason: str
    reason_label: str
    info: str
    effect: str


@dataclass(frozen=True, slots=True)
class BankFileView:
    """A file the bank sent."""

    id: int
    kind: str
    label: str
    message_id: str
    batch_id: int | None
    day: date | None
    lines: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class CreditView:
    """Money that came in and is not known yet; the payer is masked."""

    id: int
    reference: str
    amount: Decimal
    booked_on: date
    payer: str
    repayment_reference: str
    state: str
    label: str
    receivable_id: int | None
    note: str


@dataclass(frozen=True, slots=True)
class DayView:
    """One day: what we say was paid, what the bank booked, what is open."""

    day: date
    ours: Decimal
    theirs: Decimal | None
    open_differences: int


@dataclass(frozen=True, slots=True)
class WaitingView:
    """What waits for a file; ``enabled`` False where files are not set up."""

    enabled: bool
    least: Decimal
    count: int
    total: Decimal
    four_eyes_from: Decimal


def waiting_for_file(access: Access) -> WaitingView:
    """Payments a new batch would take now. :raises NotAllowed: without claims.pay."""
    access.require("claims.pay")
    least = rules.by_wire_below(settings.BANK_FILES)
    four_eyes = Decimal(settings.BANK_FILES_FOUR_EYES)
    if least is None:
        return WaitingView(False, ZERO, 0, ZERO, four_eyes)
    count, total = tx.rows(
        """
        select count(*), coalesce(sum(p.amount), 0) from payments_payout p
          join people_party party on party.id = p.to_party_id
         where p.state = 'REQUESTED' and not p.held and p.identity_awaited_at is null
           and p.channel = 'WIRE' and p.amount >= %s::numeric
           and party.office_id = any(%s::bigint[])
        """,
        [least, sorted(access.offices_for("claims.pay"))],
    )[0]
    return WaitingView(True, least, int(count), total, four_eyes)


def list_batches(
    access: Access, *, after: int | None = None, limit: int = 30
) -> tuple[BatchView, ...]:
    """Batches of one's offices, latest first, before ``after``. :raises NotAllowed: without claims.pay."""
    access.require("claims.pay")
    found = Batch.within(access.offices_for("claims.pay")).order_by("-pk")
    if after is not None:
        found = found.filter(pk__lt=after)
    return tuple(_batch(b) for b in found[:limit])


def get_batch(access: Access, batch_id: int) -> BatchView | None:
    """One batch; None if there is none or it is another office's. :raises NotAllowed: without claims.pay."""
    access.require("claims.pay")
    batch = Batch.within(access.offices_for("claims.pay")).filter(pk=batch_id).first()
    return _batch(batch) if batch is not None else None


def batch_of(payout_id: int) -> tuple[int, str] | None:
    """The batch whose file a payment went in: id and message id; None if the bank was told directly."""
    found = BatchEntry.objects.filter(payout_id=payout_id, live=True).values_list(
        "batch_id", "batch__message_id"
    )
    return found.first()


def list_batch_entries(
    access: Access, batch_id: int, *, after: int = 0, limit: int = 100
) -> tuple[BatchEntryView, ...]:
    """The payments of a batch one sees, from after a position. :raises NotAllowed: without claims.pay."""
    access.require("claims.pay")
    found = BatchEntry.objects.select_related("payout").filter(
        batch__in=Batch.within(access.offices_for("claims.pay")).filter(pk=batch_id),
        position__gt=after,
    )
    return tuple(
        BatchEntryView(
            e.position, e.payout_id, e.payout.about, e.payout.amount, e.payout.masked_number,
            e.payout.bank_name, e.payout.state, e.payout.get_state_display(), e.status, e.reason,
            e.payout.get_reason_display(), e.info, e.effect,
        )
        for e in found.order_by("position")[:limit]
    )  # fmt: skip


def list_bank_files(
    access: Access, batch_id: int | None = None, limit: int = 20
) -> tuple[BankFileView, ...]:
    """Files the bank sent, but on batches one does not see; latest first. :raises NotAllowed: without claims.pay."""
    access.require("claims.pay")
    seen = Q(batch=None) | Q(batch__in=Batch.within(access.offices_for("claims.pay")))
    found = BankFile.objects.filter(seen).order_by("-pk")
    if batch_id is not None:
        found = found.filter(batch_id=batch_id)
    return tuple(
        BankFileView(
            f.pk, f.kind, f.get_kind_display(), f.message_id, f.batch_id, f.day, f.lines_count, f.taken_at
        )
        for f in found[:limit]
    )  # fmt: skip


def list_credits(
    access: Access, *, only_open: bool = True, after: int | None = None, limit: int = 50
) -> tuple[CreditView, ...]:
    """Money that came in, latest first. :raises NotAllowed: without payments.reconcile."""
    access.require("payments.reconcile")
    found = BankCredit.objects.order_by("-pk")
    if only_open:
        found = found.filter(state=BankCredit.State.OPEN)
    if after is not None:
        found = found.filter(pk__lt=after)
    return tuple(
        CreditView(
            c.pk, c.reference, c.amount, c.booked_on, c.payer, c.repayment_reference, c.state,
            c.get_state_display(), c.receivable_id, c.note,
        )
        for c in found[:limit]
    )  # fmt: skip


def daily_picture(access: Access, until: date, days: int = 14) -> tuple[DayView, ...]:
    """
    Day by day what we settled, what the bank booked, and differences still open, oldest first.

    :raises NotAllowed: without payments.reconcile.
    """
    access.require("payments.reconcile")
    first = until - timedelta(days=days - 1)
    start, _ = rules.bounds(first)
    _, end = rules.bounds(until)
    ours = dict(
        tx.rows(
            """
            select (ended_at at time zone 'Asia/Shanghai')::date, sum(amount) from payments_payout
             where state = 'SETTLED' and ended_at >= %s::timestamptz and ended_at < %s::timestamptz group by 1
            """,
            [start, end],
        )
    )
    theirs = dict(
        tx.rows(
            "select day, sum(total) from payments_statement where day between %s::date and %s::date group by 1",
            [first, until],
        )
    )
    open_ = dict(
        tx.rows(
            "select day, count(*) from payments_difference where state = 'OPEN'"
            " and day between %s::date and %s::date group by 1",
            [first, until],
        )
    )
    return tuple(
        DayView(day, ours.get(day, ZERO), theirs.get(day), open_.get(day, 0))
        for day in (first + timedelta(days=n) for n in range(days))
    )


def _batch(b: Batch) -> BatchView:
    return BatchView(
        b.pk, b.message_id, b.state, b.get_state_display(), b.count, b.total, b.execute_on, b.made_by,
        b.made_at, b.released_by, b.given_out_at, b.given_out_times, b.note,
    )  # fmt: skip
