"""The sender's side of a payment: take it up, note what came of it. The network is in ``jobs``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from yilu.gateways import bank
from yilu.kernel import masks, tx
from yilu.kernel.refs import SYSTEM
from yilu.payments import rules
from yilu.payments.models import Payout
from yilu.payments.operations import hearing
from yilu.people import queries as people


@dataclass(frozen=True, slots=True)
class Due:
    """
    A payment in the sender's hands (在途付款).

    ``ask_first``: it may have left us before. ``instruction`` is there if it may be sent; None for one
    the bank has taken. ``no_account``: it may be sent, but its account was closed meanwhile.
    """

    id: int
    ask_first: bool
    attempts: int
    bank_key: str
    instruction: bank.Instruction | None
    no_account: bool


@tx.use_case
def take_due(*, at: datetime, below: Decimal | None = None) -> Due | None:
    """
    Take up the payment that waits longest, for a minute; None if none is due.

    Payments in a file are never touched, nor new ones of ``below`` yuan or more: they wait for a file. What
    waits until its payee is known waits here.

    Two senders never hold the same one. REQUESTED ones are to be sent; what a crashed sender left SENDING
    is to be asked about first; about SENT and unclear ones the bank is only asked, never told.
    """
    taken = tx.rows(
        """
        with due as (
            select id, state from payments_payout
             where state in ('REQUESTED', 'SENDING', 'SENT', 'UNCLEAR')
               and due_at <= %(at)s::timestamptz and not held and channel = 'WIRE'
               and identity_awaited_at is null
               and (state <> 'REQUESTED' or %(below)s::numeric is null or amount < %(below)s::numeric)
               and (leased_until is null or leased_until <= %(at)s::timestamptz)
               and (state <> 'UNCLEAR' or problem = 'NO_ANSWER')
             order by lane, due_at, id limit 1 for update skip locked)
        update payments_payout p
           set state = case when due.state = 'REQUESTED' then 'SENDING' else due.state end,
               leased_until = %(until)s::timestamptz, attempts = p.attempts + 1
          from due where p.id = due.id
        returning p.id, due.state, p.attempts, p.bank_key, p.to_party_id, p.account_id, p.amount, p.about
        """,
        {"at": at, "until": at + rules.LEASE, "below": below},
    )
    if not taken:
        return None
    payout_id, state, attempts, bank_key, to_party, account_id, amount, about = taken[0]
    instruction, no_account = None, False
    if state in {"REQUESTED", "SENDING"}:
        instruction = _instruction(payout_id, bank_key.hex, to_party, account_id, amount, about)
        no_account = instruction is None
    return Due(payout_id, state != "REQUESTED", attempts, bank_key.hex, instruction, no_account)


def _instruction(
    payout_id: int, bank_key: str, to_party: int, account_id: int, amount: Decimal, about: str
) -> bank.Instruction | None:
    """What the bank must know, and the account as screens may show it; None if it was closed."""
    try:
        account = people.get_payment_details(to_party, account_id)
    except people.AccountNotFound:
        return None
    tx.changed(
        "update payments_payout set masked_number = %s, bank_name = %s where id = %s::bigint"
        " and masked_number = ''",
        [masks.mask_account(account.number), account.bank_name, payout_id],
    )
    return bank.Instruction(
        key=bank_key,
        amount=amount,
        bank_code=account.bank_code,
        account_number=account.number,
        holder_name=account.holder_name,
        remark=f"{settings.INSURER_SHORT_NAME} {about}",
    )


@tx.use_case
def record_not_sent(
    *, payout_id: int, attempts: int, unheard: bool, problem: str, at: datetime
) -> None:
    """
    The bank could not be reached: it is tried again a little later.

    ``unheard`` says that the bank cannot have it from an earlier try either; otherwise it is asked about
    first again.
    """
    payout = _in_hand(payout_id, attempts)
    if payout is None:
        return
    if payout.state == Payout.State.SENDING and unheard:
        payout.state = Payout.State.REQUESTED
    if payout.state != Payout.State.UNCLEAR:
        payout.problem = f"NOT_SENT {problem}"[:200]
    payout.leased_until, payout.due_at = None, at + rules.pause_after(attempts)
    payout.save()


@tx.use_case
def record_no_answer(*, payout_id: int, attempts: int, at: datetime) -> None:
    """
    The bank may have got it. It stays in hand, and the bank is asked by key before it is sent again.

    After six tries a person is told; asking goes on every half hour.
    """
    payout = _in_hand(payout_id, attempts)
    if payout is None:
        return
    payout.sent_at = payout.sent_at or at
    payout.leased_until = None
    payout.due_at = at + rules.pause_after(attempts)
    if attempts >= rules.UNCLEAR_AFTER_ATTEMPTS or payout.state == Payout.State.UNCLEAR:
        hearing.make_unclear(payout, rules.NO_ANSWER, at)
    else:
        payout.save()


@tx.use_case
def record_denied(*, payout_id: int, attempts: int, at: datetime) -> None:
    """The bank says it never got a payment it had taken, or refuses its key: a person must look."""
    payout = _in_hand(payout_id, attempts)
    if payout is not None:
        payout.sent_at = payout.sent_at or at
        hearing.make_unclear(payout, rules.CONTRADICTION, at)


@tx.use_case
def record_no_account(*, payout_id: int, attempts: int, at: datetime) -> None:
    """The account was closed before the payment left: the same as if the bank had refused it."""
    payout = _in_hand(payout_id, attempts)
    if payout is not None and payout.state == Payout.State.SENDING:
        hearing.end(payout, Payout.State.REJECTED, "ACCOUNT_CLOSED", SYSTEM, at)


def _in_hand(payout_id: int, attempts: int) -> Payout | None:
    """The locked payment, if this try is still the latest and nobody said otherwise meanwhile."""
    return (
        Payout.objects.select_for_update(of=("self",))
        .filter(pk=payout_id, attempts=attempts, state__in=["SENDING", "SENT", "UNCLEAR"])
        .first()
    )
