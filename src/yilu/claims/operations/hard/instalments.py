"""The part of an undecided claim that can be determined, paid by day sixty (保险法 25)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Q

from yilu.claims import events
from yilu.claims.models import Calculation, Claim, ClaimType, Instalment
from yilu.claims.operations import sharing
from yilu.claims.operations.extra import pay_in_advance
from yilu.claims.operations.holding import Held, hold, write
from yilu.claims.operations.refusals import AccountMissing, BadAmount, need_reason
from yilu.claims.rules.lifecycle import Action, sources
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Access
from yilu.work import operations as work

DAYS = 60
AHEAD_DAYS = 2
"""Paid so many days before the sixtieth, so that the bank has its day."""
ASKED_DAYS = 15
"""So long before the sixtieth day a person is asked what can be determined."""


@tx.use_case
def state_undisputed_part(
    *, claim_id: int, amount: Decimal, reason: str, access: Access, actor: Ref, at: datetime
) -> date:
    """
    Say what can be determined already: it is paid by day sixty if nothing is decided until then.

    Said again, the later word stands until it is paid. Returns the sixtieth day.

    :raises NotPossibleNow: decided, or no papers yet. :raises BadAmount: more than is calculated.
    :raises NotAllowed: above the person's authority.
    """
    held = hold(claim_id)
    try:
        read = yuan(amount)
    except (ValueError, TypeError):
        raise BadAmount from None
    access.require("claims.decide", office_id=held.office_id, amount=read)
    held.require(Action.PAY_UNDISPUTED)
    latest = Calculation.objects.filter(claim_id=held.id).order_by("-ordinal").first()
    if latest is None or read <= ZERO or sharing.advanced(held.id) + read > latest.benefit:
        raise BadAmount("先行给付的金额超过目前理算的金额")
    begun = day_of(held.documents_at or held.registered_at or held.reported_at)
    due_on = begun + timedelta(days=DAYS)
    Instalment.objects.filter(claim_id=held.id, paid_at=None).delete()
    if Instalment.objects.filter(claim_id=held.id).exists():
        raise BadAmount("已经先行给付过，其余部分请核定后支付")
    Instalment.objects.create(
        claim_id=held.id, amount=read, reason=need_reason(reason), due_on=due_on,
        stated_by=str(actor), stated_at=at,
    )  # fmt: skip
    write(held, at=at)
    journal.record(
        events.InstalmentStated(amount=str(read), due_on=due_on.isoformat()),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    return due_on


@tx.use_case
def pay_instalment(*, claim_id: int, at: datetime) -> int | None:
    """
    Pay the stated part of one claim whose sixtieth day is near; the payout's id (by the clock).

    Decided meanwhile: dropped, for the decision pays all. Where an account is missing a person is
    asked and it waits; where the payee must be identified first, that is asked for and it follows by itself.
    Twice is once.
    """
    return pay_stated(hold(claim_id), at=at)


@tx.step
def pay_stated(held: Held, *, at: datetime) -> int | None:
    """The same of a claim that is held, in the caller's own change."""
    stated = (
        Instalment.objects.select_for_update(of=("self",))
        .filter(claim_id=held.id, paid_at=None, dropped_at=None)
        .first()
    )
    if stated is None:
        return None
    if not held.can(Action.PAY_UNDISPUTED):
        Instalment.objects.filter(pk=stated.pk).update(dropped_at=at)
        return None
    try:
        with tx.savepoint():
            payout_id = pay_in_advance(
                held, amount=stated.amount, reason=stated.reason, actor=SYSTEM, at=at
            )
    except (AccountMissing, BadAmount):
        work.open_item(
            "claims.payout_problem", about=held.ref, office_id=held.office_id, at=at, priority=10,
            title="六十日先行给付：缺少收款账户或金额已变，请办理", party_id=held.claimant_id,
            amount=stated.amount,
        )  # fmt: skip
        return None
    if payout_id is not None:
        Instalment.objects.filter(pk=stated.pk).update(paid_at=at)
    return payout_id


@tx.step
def pay_stated_if_due(held: Held, *, at: datetime) -> int | None:
    """What waited for its payee alone goes at once, where its day has come."""
    last = day_of(at) + timedelta(days=AHEAD_DAYS)
    due = Instalment.objects.filter(claim_id=held.id, due_on__lte=last).exists()
    return pay_stated(held, at=at) if due else None


@tx.use_case
def ask_what_is_determined(
    *, today: date, at: datetime, after: int = 0, limit: int = 200
) -> journal.Page:
    """Ask the desks of claims near their sixtieth day what can be determined: a page of them by id."""
    not_yet = today - timedelta(days=DAYS - ASKED_DAYS - 1)
    near = Claim.objects.filter(
        pk__gt=after,
        state__in=[s.value for s in sources(Action.PAY_UNDISPUTED)],
        registered_at__lt=datetime.combine(not_yet, time(), CHINA),
        instalment__isnull=True,
    ).exclude(Q(claim_type=ClaimType.WAIVER))
    rows = list(near.order_by("pk")[:limit])
    for row in rows:
        assert row.registered_at is not None
        last = day_of(row.registered_at) + timedelta(days=DAYS)
        work.open_item(
            "claims.review", about=row.ref, office_id=row.office_id, at=at, priority=20,
            title=f"第六十日 {last.isoformat()} 前先行给付可确定的部分", party_id=row.claimant_id,
        )  # fmt: skip
    return journal.Page(len(rows), rows[-1].pk if rows else 0)


def due_instalments(today: date, *, after: int = 0, limit: int = 100) -> list[int]:
    """The claims whose stated part must go out now, by id: those after one."""
    waiting = Instalment.objects.filter(
        paid_at=None, dropped_at=None, due_on__lte=today + timedelta(days=AHEAD_DAYS),
        claim_id__gt=after,
    )  # fmt: skip
    return list(waiting.order_by("claim_id").values_list("claim_id", flat=True)[:limit])


def stated_by(claim_id: int) -> Ref | None:
    """Who said what can be determined, where anybody has."""
    found = Instalment.objects.filter(claim_id=claim_id).first()
    return Ref.parse(found.stated_by) if found else None
