"""Collect payments due into a file for the bank; release it, give it out, or discard it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from yilu.gateways import iso20022
from yilu.journal import operations as journal
from yilu.kernel import masks, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.payments import events, rules, storage
from yilu.payments.models import Batch, BatchEntry, Payout
from yilu.payments.operations import hearing
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work

QUEUE = "payments.batch"


class NothingDue(Refusal):
    """No payment waits for a file."""

    code = "nothing_due"
    message = _("目前没有等待以文件付款的款项")
    hint = _("新的付款登记后会出现在这里；已在其他批次里的付款不会重复制单。")


class BatchNotFound(NotFound):
    """There is no such batch."""

    code = "batch_not_found"
    message = _("没有找到这个付款批次")


class NotForTheMaker(NotAllowed):
    """Whoever made the batch cannot release it too."""

    code = "not_for_the_maker"
    message = _("制单人不能复核自己的批次")
    hint = _("请由另一位有付款权限的同事复核。")


class BatchMovedOn(Refusal):
    """It was released, given out or discarded meanwhile."""

    code = "batch_moved_on"
    message = _("这个批次的状态已经变化，不能这样办理")
    hint = _("请刷新页面查看最新状态；文件交给银行后只能等待银行回执。")


class BadExecutionDay(Invalid):
    """The bank executes nothing in the past, nor far ahead."""

    code = "bad_execution_day"
    message = _("付款日须在今天起的三十天以内")


_TAKE = """
    with due as (
        select p.id from payments_payout p
          join people_party party on party.id = p.to_party_id
         where p.state = 'REQUESTED' and not p.held and p.identity_awaited_at is null
           and p.channel = 'WIRE' and p.due_at <= %(at)s::timestamptz
           and p.amount >= %(least)s::numeric and party.office_id = any(%(offices)s::bigint[])
         order by p.due_at, p.id limit %(most)s::int for update of p skip locked)
    update payments_payout p set state = 'SENDING', channel = 'FILE', leased_until = null,
           attempts = p.attempts + 1
      from due where p.id = due.id
    returning p.id
"""


@tx.use_case
def make_batch(
    *, access: Access, actor: Ref, at: datetime, execute_on: date | None = None
) -> int | None:
    """
    Collect what waits for a file, of the maker's offices, into one batch; return its id.

    Each payment is in one batch at most, whatever two people do at the same moment. One whose account
    was closed meanwhile ends as returned by the bank and is left out; None if nothing else waited. From a total on
    (``BANK_FILES_FOUR_EYES``) a second person must release it; below, the file is ready.

    :raises NotAllowed: without claims.pay up to the largest payment. :raises NothingDue: none waits.
    :raises BadExecutionDay: not within thirty days from today.
    """
    access.require("claims.pay")
    today = day_of(at)
    execute_on = execute_on or today
    if not 0 <= (execute_on - today).days <= 30:
        raise BadExecutionDay
    payouts = _take(access, at)
    if not payouts:
        return None
    total = sum((p.amount for p in payouts), ZERO)
    access.require("claims.pay", amount=max(p.amount for p in payouts))
    second = total >= yuan(settings.BANK_FILES_FOUR_EYES)
    batch = _keep(payouts, total, execute_on, actor, at)
    journal.record(
        events.BatchMade(count=len(payouts), total=str(total), needs_second=second),
        about=batch.ref, actor=actor, at=at,
    )  # fmt: skip
    if second:
        work.open_item(
            QUEUE, about=batch.ref, office_id=access.office_id, at=at, priority=30, amount=total,
            title="付款批次待复核",
        )  # fmt: skip
    else:
        _make_ready(batch, payouts)
    return int(batch.pk)


@tx.use_case
def release_batch(*, batch_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    The second pair of eyes: make the file of a proposed batch.

    :raises NotForTheMaker: the one who made it. :raises NotAllowed: without claims.pay up to the
        largest payment. :raises BatchMovedOn: it is not proposed any more.
    """
    batch = _locked(batch_id, access)
    if batch.state != Batch.State.PROPOSED:
        raise BatchMovedOn
    if batch.made_by == str(actor):
        raise NotForTheMaker
    payouts = _payouts_of(batch)
    access.require("claims.pay", amount=max(p.amount for p in payouts))
    batch.released_by, batch.released_at = str(actor), at
    _make_ready(batch, payouts)
    journal.record(
        events.BatchReleased(total=str(batch.total)), about=batch.ref, actor=actor, at=at
    )
    work.close_items(about=batch.ref, queue=QUEUE, at=at)


@tx.use_case
def discard_batch(*, batch_id: int, note: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Discard a batch whose file nobody took: its payments wait for another one.

    :raises BatchMovedOn: once its file was given out; the bank may have it. :raises Invalid: no reason.
    """
    if not note.strip():
        raise Invalid(_("请写明作废的原因"))
    batch = _locked(batch_id, access)
    if batch.state not in (Batch.State.PROPOSED, Batch.State.READY) or batch.given_out_at:
        raise BatchMovedOn
    payouts = _payouts_of(batch)
    Payout.objects.filter(pk__in=[p.pk for p in payouts]).update(
        state=Payout.State.REQUESTED, channel=Payout.Channel.WIRE, due_at=at
    )
    batch.entries.update(live=False)
    batch.state, batch.ended_at, batch.note = Batch.State.DISCARDED, at, note.strip()[:200]
    batch.save()
    journal.record(events.BatchDiscarded(count=len(payouts)), about=batch.ref, actor=actor, at=at)
    work.close_items(about=batch.ref, queue=QUEUE, at=at)


@tx.use_case
def give_out_file(*, batch_id: int, access: Access, actor: Ref, at: datetime) -> tuple[str, bytes]:
    """
    Hand the file to somebody who carries it to the bank: its name and content. Every time is recorded.

    Taken twice it is the same message under the same id, which the bank executes once.

    :raises BatchMovedOn: there is no file yet, or it was discarded. :raises NotAllowed: no claims.pay.
    """
    batch = _locked(batch_id, access)
    if batch.state in (Batch.State.PROPOSED, Batch.State.DISCARDED):
        raise BatchMovedOn
    content = storage.drawer.get(batch.storage_key)
    batch.given_out_times += 1
    if batch.given_out_at is None:
        batch.given_out_at, batch.state = at, Batch.State.SENT
        Payout.objects.filter(pk__in=batch.entries.values("payout_id"), sent_at=None).update(
            sent_at=at
        )
    batch.save()
    journal.record(
        events.BatchGivenOut(sha256=batch.sha256, times=batch.given_out_times),
        about=batch.ref, actor=actor, at=at,
    )  # fmt: skip
    return f"{batch.message_id}.xml", content


def _take(access: Access, at: datetime) -> list[Payout]:
    least = rules.by_wire_below(settings.BANK_FILES)
    if least is None:
        raise NothingDue(_("没有启用付款文件"), hint=_("请由系统运维设置 YILU_BANK_FILES。"))
    taken = tx.rows(
        _TAKE,
        {
            "at": at, "least": least, "offices": sorted(access.offices_for("claims.pay")),
            "most": rules.BATCH_MAX,
        },
    )  # fmt: skip
    if not taken:
        raise NothingDue
    payouts = list(Payout.objects.filter(pk__in=[row[0] for row in taken]).order_by("pk"))
    known = people.list_payment_details([(p.to_party_id, p.account_id) for p in payouts])
    for payout in [p for p in payouts if p.account_id not in known]:
        hearing.end(payout, Payout.State.REJECTED, "ACCOUNT_CLOSED", SYSTEM, at)
    return [p for p in payouts if p.account_id in known]


def _keep(
    payouts: list[Payout], total: Decimal, execute_on: date, actor: Ref, at: datetime
) -> Batch:
    number = tx.rows("select nextval(pg_get_serial_sequence('payments_batch', 'id'))")[0][0]
    offices, _staff = people.offices_of(parties=[p.to_party_id for p in payouts], staff=())
    batch = Batch.objects.create(
        pk=number, message_id=rules.message_id(number, day_of(at)), state=Batch.State.PROPOSED,
        count=len(payouts), total=total, execute_on=execute_on, made_by=str(actor), made_at=at,
        offices=sorted(set(offices.values())),
    )  # fmt: skip
    BatchEntry.objects.bulk_create(
        [
            BatchEntry(batch=batch, position=n, payout=p, end_to_end_id=p.bank_key.hex)
            for n, p in enumerate(payouts, 1)
        ]
    )
    return batch


def _make_ready(batch: Batch, payouts: list[Payout]) -> None:
    """Write the file, seal it, and note on each payment which account it goes to."""
    details = people.list_payment_details([(p.to_party_id, p.account_id) for p in payouts])
    if any(p.account_id not in details for p in payouts):
        raise BatchMovedOn(
            _("有收款账户在制单后被停用"),
            hint=_("请作废这个批次后重新制单，停用的账户会自动转为退回处理。"),
        )
    number, bank_code = settings.BANK_ACCOUNT.split("|")
    transfers = []
    for payout in payouts:
        account = details[payout.account_id]
        transfers.append(_transfer(payout, account))
        payout.masked_number, payout.bank_name = (
            masks.mask_account(account.number),
            account.bank_name,
        )
    content = iso20022.write_transfers(
        iso20022.TransferFile(
            batch.message_id,
            batch.made_at,
            batch.execute_on,
            iso20022.PayerAccount(
                settings.INSURER_NAME,
                number,
                people.clearing_code(bank_code),
                people.bank_name(bank_code),
            ),
            tuple(transfers),
        )
    )
    batch.sha256 = hashlib.sha256(content).hexdigest()
    batch.storage_key = storage.drawer.keep(content, batch.sha256)
    batch.state = Batch.State.READY
    batch.save()
    Payout.objects.bulk_update(payouts, ["masked_number", "bank_name"])


def _transfer(payout: Payout, account: Any) -> iso20022.Transfer:
    return iso20022.Transfer(
        instruction_id=str(payout.pk),
        end_to_end_id=payout.bank_key.hex,
        amount=payout.amount,
        bank_code=people.clearing_code(account.bank_code),
        bank_name=account.bank_name,
        account_number=account.number,
        holder_name=account.holder_name,
        remark=f"{settings.INSURER_SHORT_NAME} {payout.about}",
    )


def _locked(batch_id: int, access: Access) -> Batch:
    access.require("claims.pay")
    batch = (
        Batch.within(access.offices_for("claims.pay"))
        .select_for_update()
        .filter(pk=batch_id)
        .first()
    )
    if batch is None:
        raise BatchNotFound
    return batch


def _payouts_of(batch: Batch) -> list[Payout]:
    ids = batch.entries.filter(live=True).values("payout_id")
    return list(Payout.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
