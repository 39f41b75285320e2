"""What reactions do: one step each, safe twice."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.servicing.operations import reviewing
from yilu.servicing.operations.effecting import PROBLEM, finish, money_came
from yilu.servicing.operations.holding import case_of, hold_for_us, kind_of
from yilu.servicing.rules.standing import WAITING_MONEY
from yilu.work import operations as work


@tx.step
def collection_settled(*, request_id: int, amount: str, at: datetime) -> None:
    """The customer's money is here."""
    row = hold_for_us(request_id)
    if row.state != WAITING_MONEY or row.collected_at is not None:
        return
    kind = kind_of(row.kind)
    try:
        case = case_of(row, kind, day_of(at), verified=True)
    except Refusal:
        case = None
    money_came(row, kind, case, amount=amount, at=at)


@tx.step
def collection_failed(*, request_id: int, reason: str, at: datetime) -> None:
    """A try to collect failed: the customer is told, and may try again."""
    row = hold_for_us(request_id)
    if row.state != WAITING_MONEY or row.collected_at is not None:
        return
    kind = kind_of(row.kind)
    messaging.queue(
        "servicing.please_pay", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"request": row.number or "", "kind": kind.name, "amount": str(row.collects)},
    )  # fmt: skip


@tx.step
def payout_settled(*, request_id: int, at: datetime) -> None:
    """What we paid has arrived: done."""
    row = hold_for_us(request_id)
    if row.state == WAITING_MONEY and row.applied_at is not None:
        work.close_items(about=row.ref, at=at)  # the bank may have sent it back before
        finish(row, kind_of(row.kind), actor=Ref("system", 0), at=at)


@tx.step
def payout_rejected(*, request_id: int, at: datetime) -> None:
    """The bank sent it back: somebody helps the customer to another account."""
    row = hold_for_us(request_id)
    kind = kind_of(row.kind)
    work.open_item(
        PROBLEM, about=row.ref, office_id=row.office_id, at=at, title=f"{kind.name} {row.number}",
        amount=row.pays or None, party_id=row.party_id, priority=30,
    )  # fmt: skip
    messaging.queue(
        "servicing.account_needed", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"request": row.number or "", "kind": kind.name, "amount": str(row.pays)},
    )  # fmt: skip


@tx.step
def papers_notice_arrived(*, request_id: int, proof: str, at: datetime) -> None:
    """The notice of what is missing reached the customer."""
    reviewing.notice_arrived(row=hold_for_us(request_id), proof=proof, at=at)


@tx.step
def tell_account_added(*, party_id: int, account_id: int, at: datetime) -> None:
    """Somebody of ours wrote an account down for a person: they hear of it, whoever asked for it."""
    account = people.get_payable_account(party_id, account_id)
    messaging.queue(
        "servicing.account_added", to=Ref("party", party_id), about=Ref("party", party_id), at=at,
        facts={"bank": account.bank_name, "tail": account.masked_number[-4:]},
        once=f"account:{account_id}",
    )  # fmt: skip
