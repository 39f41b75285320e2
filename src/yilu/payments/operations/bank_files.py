"""Take in what the bank sends back as files: the answer to a batch, and a day's statement."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError

from yilu.gateways import iso20022
from yilu.gateways.bank import Booking
from yilu.journal import operations as journal
from yilu.kernel import masks, tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import Invalid, Refusal, Sentence
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.payments import events, rules, storage
from yilu.payments.models import BankCredit, BankFile, Batch, BatchEntry, Payout, Receivable
from yilu.payments.operations import hearing, reconciling, recovering
from yilu.payments.operations.hearing import BANK
from yilu.people.queries import Access
from yilu.work import operations as work


class UnreadableBankFile(Invalid):
    """Not such a message, or one that does not agree with itself; the sentence says where and how."""

    code = "unreadable_bank_file"
    message = _("银行文件不符合报文定义，没有处理")
    hint = _("请向银行索取更正后的文件；不要手工改动文件内容。")


class SeenBefore(Refusal):
    """The very same message was taken: taking it again would change nothing, and is refused."""

    code = "bank_file_seen"
    message = _("这个文件已经处理过，没有重复处理")
    hint = _("请在文件列表中查看上次的处理结果。")


class UnknownBatch(Invalid):
    """The answer is to a file that we never gave out."""

    code = "unknown_batch"
    message = _("回执对应的付款文件不是我方交出的，没有处理")
    hint = _("请核对是否选错了文件，或联系银行。")


class UnknownPaymentInFile(Invalid):
    """One of the answered payments is not in the batch."""

    code = "unknown_payment_in_file"
    message = _("回执中有不属于这个批次的付款，整份文件没有处理")
    hint = _("请联系银行核实后重新取得回执。")


class WrongTotals(Invalid):
    """Number or sum of payments differ from the batch's."""

    code = "wrong_totals"
    message = _("回执写明的笔数或合计与批次不符，整份文件没有处理")
    hint = _("请联系银行核实后重新取得回执。")


class AnotherAccount(Invalid):
    """The statement is of an account that is not ours."""

    code = "another_account"
    message = _("对账单不是本公司付款账户的，没有处理")
    hint = _("请核对账号，选择本公司付款账户的对账单。")


class NoDayYet(Invalid):
    """The day of the statement is not over."""

    code = "no_day_yet"
    message = _("对账单的日期还没有结束，没有处理")
    hint = _("请在次日取得完整的对账单。")


class StatementTakenAlready(Refusal):
    """The day has its statement; another one would contradict it."""

    code = "statement_taken"
    message = _("这一天的对账单文件已经处理过")
    hint = _("如银行更正了对账单，请按对账差异逐笔说明。")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file did: the file's id, and how many ended how."""

    file_id: int
    settled: int = 0
    rejected: int = 0
    under_way: int = 0
    unclear: int = 0
    differences: int = 0
    repayments: int = 0


@tx.use_case
def take_in_status_report(*, content: bytes, access: Access, actor: Ref, at: datetime) -> Taken:
    """
    Let a pain.002 take effect, payment by payment, all or nothing.

    Each payment hears the bank's word as if it had come over the wire: an end is told once, two ends
    that exclude each other make it unclear. A report on the whole group without payments speaks of
    all of them.

    :raises UnreadableBankFile, SeenBefore, UnknownBatch, UnknownPaymentInFile, WrongTotals: as they
        say; nothing was changed. :raises NotAllowed: without payments.reconcile.
    """
    access.require("payments.reconcile")
    try:
        report = iso20022.read_status_report(content)
    except iso20022.FileRefused as fault:
        raise _unreadable(fault) from None
    batch = _batch_of(report, access)
    file = _keep_file(
        BankFile.Kind.STATUS_REPORT, report.message_id, content, actor, at, batch=batch
    )
    said = _said(report, batch)
    counts = dict.fromkeys(("SETTLED", "REJECTED", "PROCESSING", "CONTRADICTION"), 0)
    payouts = hearing.locked(entry.payout_id for entry, _status in said)
    for entry, status in said:
        counts[_apply(entry, payouts[entry.payout_id], status, at)] += 1
    BatchEntry.objects.bulk_update(
        [entry for entry, _status in said], ["status", "reason", "info", "effect"], batch_size=500
    )
    _close_if_ended(batch, at)
    file.lines_count = len(said)
    file.save(update_fields=["lines_count"])
    taken = Taken(
        file.pk,
        counts["SETTLED"],
        counts["REJECTED"],
        counts["PROCESSING"],
        counts["CONTRADICTION"],
    )
    journal.record(
        events.StatusReportTaken(
            batch_id=batch.pk, settled=taken.settled, rejected=taken.rejected,
            under_way=taken.under_way, unclear=taken.unclear,
        ),
        about=batch.ref, actor=actor, at=at,
    )  # fmt: skip
    return taken


@tx.use_case
def take_in_statement(*, content: bytes, access: Access, actor: Ref, at: datetime) -> Taken:
    """
    Hold a camt.053 against our books: payments, repayments, what came back, and whether it follows.

    Money out is compared with our payments like the direct connection's statement. Money in is matched
    with a receivable by its reference (as far as it is open), with a payment that came back by its
    key, and is otherwise a person's work.

    :raises UnreadableBankFile: not a camt.053, or it does not add up. :raises AnotherAccount: not ours.
    :raises SeenBefore, StatementTakenAlready: the file, or the day, was taken.
    :raises NoDayYet: the day is not over. :raises NotAllowed: without payments.reconcile.
    """
    access.require("payments.reconcile")
    try:
        statement = iso20022.read_statement(content)
    except iso20022.FileRefused as fault:
        raise _unreadable(fault) from None
    if statement.account_number != settings.BANK_ACCOUNT.split("|")[0]:
        raise AnotherAccount
    if statement.on >= day_of(at):
        raise NoDayYet
    file = _keep_file(
        BankFile.Kind.STATEMENT, statement.message_id, content, actor, at, statement=statement
    )
    found = reconciling.hold_against(
        statement_date=statement.on, lines=tuple(_bookings(statement)), channel="FILE", at=at
    )
    found += _gap(file, at)
    repayments, returned = _credits(file, statement, at)
    journal.record(
        events.StatementTaken(
            statement_date=statement.on.isoformat(), entries=len(statement.entries),
            differences=found + returned, repayments=repayments,
        ),
        about=Ref("bank_file", file.pk), actor=actor, at=at,
    )  # fmt: skip
    return Taken(file.pk, differences=found + returned, repayments=repayments)


def _unreadable(fault: iso20022.FileRefused) -> UnreadableBankFile:
    first = fault.faults[0]
    return UnreadableBankFile(
        Sentence(
            _("银行文件不符合报文定义，没有处理。{path}：{reason}"),
            path=first.path,
            reason=first.reason,
        )
    )


def _keep_file(
    kind: str,
    message_id: str,
    content: bytes,
    actor: Ref,
    at: datetime,
    *,
    batch: Batch | None = None,
    statement: iso20022.AccountStatement | None = None,
) -> BankFile:
    sha256 = hashlib.sha256(content).hexdigest()
    key = storage.drawer.keep(content, sha256)
    if (
        BankFile.objects.filter(kind=kind, message_id=message_id).exists()
        or BankFile.objects.filter(sha256=sha256).exists()
    ):
        raise SeenBefore
    if statement is not None and BankFile.objects.filter(kind=kind, day=statement.on).exists():
        raise StatementTakenAlready
    try:
        with tx.savepoint():
            return BankFile.objects.create(
                kind=kind, message_id=message_id, sha256=sha256, storage_key=key, batch=batch,
                day=statement.on if statement else None,
                opening=statement.opening if statement else None,
                closing=statement.closing if statement else None,
                lines_count=len(statement.entries) if statement else 0,
                taken_by=str(actor), taken_at=at,
            )  # fmt: skip
    except IntegrityError:  # two people at the same moment
        raise SeenBefore from None


def _batch_of(report: iso20022.StatusReport, access: Access) -> Batch:
    mine = Batch.within(access.offices_for("payments.reconcile")).select_for_update()
    batch = mine.filter(message_id=report.original_message_id).first()
    if batch is None or batch.given_out_at is None:
        raise UnknownBatch
    if not report.original_message.startswith("pain.001"):
        raise UnknownBatch
    if report.original_count not in (None, batch.count):
        raise WrongTotals
    if report.original_sum not in (None, batch.total):
        raise WrongTotals
    return batch


def _said(
    report: iso20022.StatusReport, batch: Batch
) -> list[tuple[BatchEntry, iso20022.TransactionStatus]]:
    entries = {e.end_to_end_id: e for e in batch.entries.order_by("payout_id")}
    if not report.transactions:
        if rules.said_by(report.group_status) is None:
            raise UnreadableBankFile(_("回执没有写明整批或逐笔的结果，没有处理"))
        if report.group_status == "PART":
            raise UnreadableBankFile(_("回执写明部分成功，却没有逐笔结果，没有处理"))
        return [
            (e, iso20022.TransactionStatus(key, "", report.group_status, report.group_reason))
            for key, e in entries.items()
        ]
    by_key: dict[str, iso20022.TransactionStatus] = {}
    for each in report.transactions:
        if each.end_to_end_id not in entries or each.end_to_end_id in by_key:
            raise UnknownPaymentInFile
        if rules.said_by(each.status) is None:
            raise UnreadableBankFile(
                Sentence(
                    _("回执中有不认识的状态代码 {code}，没有处理"), code=each.status[:4] or "-"
                )
            )
        by_key[each.end_to_end_id] = each
    return [(entries[key], by_key[key]) for key in entries if key in by_key]


def _apply(
    entry: BatchEntry, payout: Payout, status: iso20022.TransactionStatus, at: datetime
) -> str:
    """One locked payment hears it; what it is now, in the words of ``Taken``. The caller saves the entry."""
    said = rules.said_by(status.status)
    assert said is not None
    reason = rules.REASONS_BY_CODE.get(status.reason, "OTHER") if said == "REJECTED" else ""
    effect = hearing.apply(
        payout, said=said, reason=reason, reference=status.reference, amount=status.amount,
        actor=BANK, at=at,
    )  # fmt: skip
    entry.status, entry.reason, entry.info = status.status, status.reason[:35], status.info[:140]
    entry.effect = effect
    return "CONTRADICTION" if payout.state == Payout.State.UNCLEAR else said


def _close_if_ended(batch: Batch, at: datetime) -> None:
    waiting = batch.entries.exclude(payout__state__in=["SETTLED", "REJECTED"]).exists()
    batch.state = Batch.State.ANSWERED if waiting else Batch.State.CLOSED
    batch.ended_at = None if waiting else at
    batch.save()


def _bookings(statement: iso20022.AccountStatement) -> list[Booking]:
    """Money out, one line a payment, at noon of its day: a statement knows days only."""
    lines = []
    for entry in statement.entries:
        if entry.is_credit:
            continue
        noon = datetime.combine(entry.booked_on, time(12), tzinfo=CHINA)
        details = entry.details or (iso20022.EntryDetail("", entry.amount),)
        for n, detail in enumerate(details, 1):
            reference = entry.reference if len(details) == 1 else f"{entry.reference}/{n}"
            lines.append(Booking(reference, detail.end_to_end_id or reference, detail.amount, noon))
    return lines


def _gap(file: BankFile, at: datetime) -> int:
    """A statement opens with the balance at which the one before it closed."""
    before = (
        BankFile.objects.filter(kind=BankFile.Kind.STATEMENT, day__lt=file.day)
        .order_by("-day")
        .first()
    )
    if before is None or before.closing == file.opening or file.day is None:
        return 0
    reconciling.report_difference(
        day=file.day, kind="BALANCE_GAP", key=file.message_id, payout_id=None,
        ours=_small(before.closing), theirs=_small(file.opening), at=at,
    )  # fmt: skip
    return 1


def _small(amount: Decimal | None) -> Decimal | None:
    """A balance beyond what a difference can show is left out there; the file has it."""
    return amount if amount is not None and abs(amount) < Decimal(10) ** 12 else None


def _credits(file: BankFile, statement: iso20022.AccountStatement, at: datetime) -> tuple[int, int]:
    """Keep and match what came in; how many were repayments, and how many payments came back."""
    repayments = returned = 0
    credits = [entry for entry in statement.entries if entry.is_credit]
    ours = hearing.locked_by_keys(d.end_to_end_id for entry in credits for d in entry.details)
    for entry in credits:
        details = entry.details or (iso20022.EntryDetail("", entry.amount),)
        for n, detail in enumerate(details, 1):
            reference = entry.reference if len(details) == 1 else f"{entry.reference}/{n}"
            credit = BankCredit.objects.create(
                file=file, reference=reference, amount=detail.amount, booked_on=entry.booked_on,
                payer=masks.mask_name(detail.payer_name)[:40] if detail.payer_name else "",
            )  # fmt: skip
            outcome = _match(credit, detail, ours.get(detail.end_to_end_id), at)
            repayments += outcome == BankCredit.State.REPAYMENT
            returned += outcome == BankCredit.State.RETURNED
    return repayments, returned


def _match(
    credit: BankCredit, detail: iso20022.EntryDetail, came_back: Payout | None, at: datetime
) -> str:
    if came_back is not None:
        hearing.apply(
            came_back, said="REJECTED", reason=rules.REASONS_BY_CODE.get(detail.return_reason, "OTHER"),
            reference=credit.reference, amount=None, actor=BANK, at=at,
        )  # fmt: skip
        reconciling.report_difference(
            day=credit.booked_on, kind="RETURNED", key=detail.end_to_end_id, payout_id=came_back.pk,
            ours=came_back.amount, theirs=credit.amount, at=at,
        )  # fmt: skip
        credit.state, credit.payout, credit.resolved_at = BankCredit.State.RETURNED, came_back, at
        credit.save()
        return credit.state
    written = " ".join((detail.creditor_reference, detail.end_to_end_id, detail.remark))
    references = rules.references_in(written)
    credit.repayment_reference = references[0] if len(references) == 1 else ""
    owed = (
        Receivable.objects.filter(reference=credit.repayment_reference, state="OPEN").first()
        if credit.repayment_reference
        else None
    )
    if owed is not None and credit.amount <= owed.amount - owed.repaid:
        recovering.note_repayment(
            receivable_id=owed.pk, amount=credit.amount, booked_on=credit.booked_on,
            key=f"credit:{credit.pk}", actor=SYSTEM, at=at,
        )  # fmt: skip
        credit.state, credit.receivable, credit.resolved_at = BankCredit.State.REPAYMENT, owed, at
        credit.resolved_by = str(SYSTEM)
        credit.save()
        return credit.state
    credit.save()
    work.open_item(
        hearing.QUEUE, about=credit.ref, office_id=hearing.head_office_id(), at=at, priority=50,
        title="有款项入账，请认领", amount=credit.amount,
    )  # fmt: skip
    return credit.state
