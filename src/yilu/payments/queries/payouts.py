"""What screens and other rooms may know about payments. Accounts are masked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from yilu.kernel.refs import Ref
from yilu.payments.models import BankNotice, Difference, Payout, Statement
from yilu.payments.operations.reissuing import PayoutNotFound
from yilu.people.queries import Access


@dataclass(frozen=True, slots=True)
class PayoutView:
    """A payment as screens show it; ``label`` and ``reason_label`` are Chinese."""

    id: int
    about: str
    to_party: int
    account_id: int
    bank_name: str
    masked_number: str
    amount: Decimal
    purpose: str
    purpose_label: str
    state: str
    label: str
    reason: str
    reason_label: str
    bank_reference: str
    requested_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    replaces_id: int | None
    held: bool
    awaits_identity: bool
    note: str
    attempts: int
    due_at: datetime
    problem: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One thing the bank said about a payment."""

    said: str
    reason: str
    effect: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A disagreement with the bank's statement."""

    id: int
    day: date
    kind: str
    label: str
    payout_id: int | None
    ours: Decimal | None
    theirs: Decimal | None
    state: str
    found_at: datetime
    resolution: str


@dataclass(frozen=True, slots=True)
class StatementPart:
    """What one channel's statement of a day holds."""

    channel_label: str
    lines: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class StatementView:
    """A reconciled day: the statement of each channel, and what is still open of the whole day."""

    day: date
    parts: tuple[StatementPart, ...]
    open_differences: int


def list_payouts(about: Ref) -> tuple[PayoutView, ...]:
    """Every payment about a subject, oldest first. The asker's right to the subject is the caller's."""
    return tuple(_view(p) for p in Payout.objects.filter(about=str(about)).order_by("id"))


def is_promised(about: Ref, key: str) -> bool:
    """Whether a payment was promised under this key, whatever has become of it."""
    return Payout.objects.filter(about=str(about), key=key).exists()


def list_paid_to(party_id: int, *, limit: int = 20) -> tuple[PayoutView, ...]:
    """Payments to a person, newest first. The asker's right to the person is the caller's."""
    return tuple(
        _view(p) for p in Payout.objects.filter(to_party_id=party_id).order_by("-id")[:limit]
    )


def find_payout(payout_id: int) -> PayoutView | None:
    """One payment by id."""
    payout = Payout.objects.filter(pk=payout_id).first()
    return _view(payout) if payout is not None else None


def list_notices(payout_id: int) -> tuple[NoticeView, ...]:
    """What the bank said about a payment, in the order it was heard."""
    notices = BankNotice.objects.filter(payout_id=payout_id).order_by("id")
    return tuple(NoticeView(n.said, n.reason, n.effect, n.received_at) for n in notices)


def list_unsettled(access: Access, limit: int = 100) -> tuple[PayoutView, ...]:
    """
    Payments without an end, longest waiting first, for the payments desk: beneficiaries of the
    offices over which the asker holds payments.reconcile.
    """
    access.require("payments.reconcile")
    offices = access.offices_for("payments.reconcile")
    found = Payout.objects.filter(
        state__in=["REQUESTED", "SENDING", "SENT", "UNCLEAR"], to_party__office_id__in=offices
    ).order_by("due_at", "id")
    return tuple(_view(p) for p in found[:limit])


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment that waits until it is known who its payee is."""

    id: int
    about: str
    purpose_label: str
    amount: Decimal
    since: datetime


def waiting_for_identity(party_id: int) -> tuple[Waiting, ...]:
    """What waits for this person's identity, oldest first. The asker's right to the person is the caller's."""
    found = Payout.objects.filter(to_party_id=party_id, identity_awaited_at__isnull=False)
    return tuple(
        Waiting(p.pk, p.about, p.get_purpose_display(), p.amount, p.identity_awaited_at)
        for p in found.order_by("pk")[:50]
        if p.identity_awaited_at is not None
    )


def payees_awaited(*, after: int = 0, limit: int = 200) -> tuple[int, ...]:
    """Whose identity some payment waits for: a page of them by id, those after one."""
    found = Payout.objects.filter(identity_awaited_at__isnull=False, to_party_id__gt=after)
    return tuple(
        found.order_by("to_party_id").values_list("to_party_id", flat=True).distinct()[:limit]
    )


REASONS: dict[str, str] = {value: str(label) for value, label in Payout.Reason.choices}
"""Why the bank refuses, by code, in Chinese."""
GROUPS = ("PROBLEMS", "WAITING", "SETTLED")
"""What the payments desk lists apart: what needs a person, what is under way, what has arrived."""


@dataclass(frozen=True, slots=True)
class PayoutPage:
    """Some payments and, if there are more, the id that asks for the next ones."""

    rows: tuple[PayoutView, ...]
    next: int | None


def desk_page(
    access: Access, group: str = "PROBLEMS", *, after: int | None = None, limit: int = 50
) -> PayoutPage:
    """
    Payments for the payments desk by key, latest first; problems are the unclear ones, those held
    back, and those the bank refused that nobody has paid again.

    Beneficiaries of the offices over which the asker holds claims.pay. :raises NotAllowed: without it.
    """
    access.require("claims.pay")
    found = Payout.objects.filter(to_party__office_id__in=access.offices_for("claims.pay"))
    if group == "SETTLED":
        found = found.filter(state=Payout.State.SETTLED)
    elif group == "WAITING":
        found = found.filter(state__in=["REQUESTED", "SENDING", "SENT"], held=False)
    else:
        # The first condition is the index's own, word for word.
        found = found.filter(Q(state__in=["UNCLEAR", "REJECTED"]) | Q(held=True)).exclude(
            state=Payout.State.REJECTED, replaced_by__isnull=False
        )
    if after is not None:
        found = found.filter(pk__lt=after)
    rows = list(found.order_by("-pk")[: limit + 1])
    more = rows[limit - 1].pk if len(rows) > limit else None
    return PayoutPage(tuple(_view(p) for p in rows[:limit]), more)


def see_payout(access: Access, payout_id: int) -> PayoutView:
    """
    One payment, for staff with claims.pay or payments.reconcile over the beneficiary's office.

    :raises PayoutNotFound: if there is none, or it is not for them to see: in the same words.
    """
    payout = Payout.objects.select_related("to_party").filter(pk=payout_id).first()
    if payout is None or not any(
        access.may(right, payout.to_party.office_id)
        for right in ("claims.pay", "payments.reconcile")
    ):
        raise PayoutNotFound
    return _view(payout)


def key_at_the_bank(access: Access, payout_id: int) -> str:
    """Under which key the bank knows a payment. :raises PayoutNotFound: as ``see_payout``."""
    see_payout(access, payout_id)
    return str(Payout.objects.values_list("bank_key", flat=True).get(pk=payout_id).hex)


def find_replacement(payout_id: int) -> int | None:
    """The payment that was made in place of this one, if any."""
    return Payout.objects.filter(replaces_id=payout_id).values_list("pk", flat=True).first()


def list_differences(
    access: Access, *, only_open: bool = True, after: int = 0, limit: int = 50
) -> tuple[DifferenceView, ...]:
    """Differences with the bank by id, from after ``after``. :raises NotAllowed: without the right."""
    access.require("payments.reconcile")
    found = Difference.objects.filter(pk__gt=after).order_by("pk")
    if only_open:
        found = found.filter(state=Difference.State.OPEN)
    return tuple(
        DifferenceView(
            d.pk, d.day, d.kind, d.get_kind_display(), d.payout_id, d.ours, d.theirs, d.state, d.found_at,
            d.resolution,
        )
        for d in found[:limit]
    )  # fmt: skip


def list_statements(access: Access, limit: int = 31) -> tuple[StatementView, ...]:
    """The latest reconciled days, one row a day. :raises NotAllowed: without the right."""
    access.require("payments.reconcile")
    days = list(Statement.objects.order_by("-day").values_list("day", flat=True).distinct()[:limit])
    parts: dict[date, list[StatementPart]] = {day: [] for day in days}
    for s in Statement.objects.filter(day__in=days).order_by("pk"):
        parts[s.day].append(StatementPart(s.get_channel_display(), s.lines_count, s.total))
    still_open = Difference.objects.filter(state=Difference.State.OPEN, day__in=days)
    counts = Counter(still_open.values_list("day", flat=True))
    return tuple(StatementView(day, tuple(parts[day]), counts[day]) for day in days)


def is_reconciled(day: date, channel: str | None = None) -> bool:
    """Whether the statement of a day is here, of one channel or of any."""
    found = Statement.objects.filter(day=day)
    return (found if channel is None else found.filter(channel=channel)).exists()


def _view(p: Payout) -> PayoutView:
    return PayoutView(
        id=p.pk,
        about=p.about,
        to_party=p.to_party_id,
        account_id=p.account_id,
        bank_name=p.bank_name,
        masked_number=p.masked_number,
        amount=p.amount,
        purpose=p.purpose,
        purpose_label=p.get_purpose_display(),
        state=p.state,
        label=p.get_state_display(),
        reason=p.reason,
        reason_label=p.get_reason_display(),
        bank_reference=p.bank_reference,
        requested_at=p.requested_at,
        sent_at=p.sent_at,
        ended_at=p.ended_at,
        replaces_id=p.replaces_id,
        held=p.held,
        awaits_identity=p.identity_awaited_at is not None,
        note=p.problem if p.state in {"SETTLED", "REJECTED"} else "",
        attempts=p.attempts,
        due_at=p.due_at,
        problem=p.problem,
    )
