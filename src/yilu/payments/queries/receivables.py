"""Money that is to come back, and payments that the bank sent back, as the desk sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.payments import rules
from yilu.payments.models import Payout, Receivable, Repayment
from yilu.payments.operations.recovering import ReceivableNotFound, plan_of
from yilu.people import queries as people
from yilu.people.queries import Access

RECEIVABLE_GROUPS = ("OPEN", "LATE", "ENDED")


@dataclass(frozen=True, slots=True)
class ReceivableView:
    """Money somebody is to give back."""

    id: int
    about: str
    from_party: int
    reference: str
    amount: Decimal
    repaid: Decimal
    reason: str
    reason_label: str
    state: str
    label: str
    due_on: date
    asked_at: datetime | None
    asked_times: int
    opened_at: datetime
    ended_at: datetime | None
    note: str
    plan: tuple[rules.Part, ...] = ()

    @property
    def left(self) -> Decimal:
        """What is still open."""
        return self.amount - self.repaid

    @property
    def asked(self) -> Decimal:
        """What its payer is asked for now: the parts due by ``due_on``, or all that is left."""
        return rules.asked_by(self.plan, self.repaid, self.due_on) if self.plan else self.left

    @property
    def parts(self) -> tuple[tuple[date, Decimal, bool], ...]:
        """Each part of the plan, and whether it is back."""
        still = {day for day, _amount in rules.open_parts(self.plan, self.repaid)}
        return tuple((day, amount, day not in still) for day, amount in self.plan)


@dataclass(frozen=True, slots=True)
class RepaymentView:
    """A part that came back."""

    amount: Decimal
    booked_on: date
    noted_by: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class RejectView:
    """A payment the bank sent back and nobody has sent again; ``days`` since then."""

    id: int
    about: str
    to_party: int
    account_id: int
    amount: Decimal
    bank_name: str
    masked_number: str
    reason: str
    reason_label: str
    ended_at: datetime
    days: int
    other_accounts: int


def list_receivables(
    access: Access, group: str = "OPEN", *, on: date, after: int | None = None, limit: int = 50
) -> tuple[ReceivableView, ...]:
    """
    Receivables of the offices over which the asker holds claims.pay, latest first.

    :raises NotAllowed: without claims.pay.
    """
    access.require("claims.pay")
    found = Receivable.objects.filter(from_party__office_id__in=access.offices_for("claims.pay"))
    if group == "ENDED":
        found = found.exclude(state=Receivable.State.OPEN)
    else:
        found = found.filter(state=Receivable.State.OPEN)
        if group == "LATE":
            found = found.filter(due_on__lt=on)
    if after is not None:
        found = found.filter(pk__lt=after)
    return tuple(_view(r) for r in found.order_by("-pk")[:limit])


def see_receivable(access: Access, receivable_id: int) -> ReceivableView:
    """
    One receivable, for staff with claims.pay or payments.write_off over the payer's office.

    :raises ReceivableNotFound: if there is none, or it is not for them to see: in the same words.
    """
    found = Receivable.objects.filter(pk=receivable_id).first()
    if found is None:
        raise ReceivableNotFound
    office_id = people.get_party(found.from_party_id).office_id
    if not any(access.may(right, office_id) for right in ("claims.pay", "payments.write_off")):
        raise ReceivableNotFound
    return _view(found)


def find_receivable(receivable_id: int) -> ReceivableView | None:
    """One receivable by id, for other rooms; the right to its subject is the caller's matter."""
    found = Receivable.objects.filter(pk=receivable_id).first()
    return _view(found) if found is not None else None


def list_receivables_about(about: Ref) -> tuple[ReceivableView, ...]:
    """Every receivable about a subject; the asker's right to the subject is the caller's matter."""
    return tuple(_view(r) for r in Receivable.objects.filter(about=str(about)).order_by("id"))


def list_owed_by(party_id: int, *, limit: int = 20) -> tuple[ReceivableView, ...]:
    """
    What a person was asked to give back, and how much of it came; newest first.

    The asker's right to the person is the caller's.
    """
    return tuple(
        _view(r) for r in Receivable.objects.filter(from_party_id=party_id).order_by("-id")[:limit]
    )


def list_repayments(receivable_id: int) -> tuple[RepaymentView, ...]:
    """What came back of a receivable, in its order."""
    return tuple(
        RepaymentView(r.amount, r.booked_on, r.noted_by, r.noted_at)
        for r in Repayment.objects.filter(receivable_id=receivable_id).order_by("id")
    )


def list_rejects(
    access: Access, *, at: datetime, after: int | None = None, limit: int = 50
) -> tuple[RejectView, ...]:
    """
    Payments the bank sent back that nobody has sent again, longest waiting first.

    :raises NotAllowed: without claims.pay.
    """
    access.require("claims.pay")
    found = Payout.objects.filter(
        state=Payout.State.REJECTED, replaced_by__isnull=True,
        to_party__office_id__in=access.offices_for("claims.pay"),
    )  # fmt: skip
    if after is not None:
        found = found.filter(pk__gt=after)
    rows = list(found.order_by("pk")[:limit])
    accounts = people.accounts_by_party(p.to_party_id for p in rows)
    return tuple(
        RejectView(
            p.pk, p.about, p.to_party_id, p.account_id, p.amount, p.bank_name, p.masked_number, p.reason,
            p.get_reason_display(), p.ended_at or p.requested_at,
            (day_of(at) - day_of(p.ended_at or p.requested_at)).days,
            len(accounts[p.to_party_id] - {p.account_id}),
        )
        for p in rows
    )  # fmt: skip


def _view(r: Receivable) -> ReceivableView:
    return ReceivableView(
        r.pk, r.about, r.from_party_id, r.reference, r.amount, r.repaid, r.reason, r.get_reason_display(),
        r.state, r.get_state_display(), r.due_on, r.asked_at, r.asked_times, r.opened_at, r.ended_at, r.note,
        plan_of(r),
    )  # fmt: skip
