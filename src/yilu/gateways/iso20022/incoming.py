"""Read what the bank sends back: the payment status report (pain.002) and the statement (camt.053)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from xml.etree.ElementTree import Element

from yilu.gateways.iso20022 import checking
from yilu.gateways.iso20022.checking import Fault, FileRefused

CHINA_OFFSET = "+08:00"


@dataclass(frozen=True, slots=True)
class TransactionStatus:
    """What became of one payment: the bank's status and reason codes as they stand in the message."""

    end_to_end_id: str
    instruction_id: str
    status: str
    reason: str = ""
    info: str = ""
    amount: Decimal | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A pain.002: about which of our messages, the group's status, and each payment's."""

    message_id: str
    made_at: datetime
    original_message_id: str
    original_message: str
    group_status: str
    group_reason: str
    original_count: int | None
    original_sum: Decimal | None
    transactions: tuple[TransactionStatus, ...]


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """One payment inside an entry."""

    end_to_end_id: str
    amount: Decimal
    payer_name: str = field(default="", repr=False)
    remark: str = field(default="", repr=False)
    creditor_reference: str = ""
    return_reason: str = ""


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One booking on the account; ``is_credit``: money came in."""

    reference: str
    amount: Decimal
    is_credit: bool
    booked_on: date
    details: tuple[EntryDetail, ...]


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """A camt.053 of one account: booked entries between an opening and a closing balance."""

    message_id: str
    statement_id: str
    account_number: str = field(repr=False)
    currency: str
    on: date
    opening: Decimal
    closing: Decimal
    entries: tuple[AccountEntry, ...]


def read_status_report(content: bytes) -> StatusReport:
    """:raises FileRefused: unless it is a pain.002 after its definition that agrees with itself."""
    report = checking.read(content, "pain.002.001")[0]
    group = report.find("OrgnlGrpInfAndSts")
    assert group is not None
    transactions = tuple(
        _status(each, payment.findtext("PmtInfSts") or "")
        for payment in report.findall("OrgnlPmtInfAndSts")
        for each in payment.findall("TxInfAndSts")
    )
    _counts_agree(report, transactions)
    statuses = {p.findtext("PmtInfSts") for p in report.findall("OrgnlPmtInfAndSts")} - {None}
    return StatusReport(
        message_id=report.findtext("GrpHdr/MsgId") or "",
        made_at=_time(report.findtext("GrpHdr/CreDtTm") or ""),
        original_message_id=group.findtext("OrgnlMsgId") or "",
        original_message=group.findtext("OrgnlMsgNmId") or "",
        group_status=group.findtext("GrpSts") or (str(statuses.pop()) if len(statuses) == 1 else ""),
        group_reason=_reason(group) or next(
            (_reason(p) for p in report.findall("OrgnlPmtInfAndSts") if _reason(p)), ""
        ),
        original_count=_number(group.findtext("OrgnlNbOfTxs")),
        original_sum=_amount(group.findtext("OrgnlCtrlSum")),
        transactions=transactions,
    )  # fmt: skip


def _status(each: Element, of_group: str) -> TransactionStatus:
    info = "；".join(a.text or "" for a in each.findall("StsRsnInf/AddtlInf"))
    instructed = each.find("OrgnlTxRef/Amt/InstdAmt")
    if instructed is not None and instructed.get("Ccy") != "CNY":
        raise FileRefused(Fault("OrgnlTxRef/Amt", "币种不是人民币"))
    return TransactionStatus(
        end_to_end_id=each.findtext("OrgnlEndToEndId") or "",
        instruction_id=each.findtext("OrgnlInstrId") or "",
        status=each.findtext("TxSts") or of_group,
        reason=_reason(each),
        info=info[:140],
        amount=None if instructed is None else _amount(instructed.text),
        reference=each.findtext("AcctSvcrRef") or "",
    )


def _counts_agree(report: Element, transactions: tuple[TransactionStatus, ...]) -> None:
    """Where the message says how many have which status, it must be so."""
    said: dict[str, int] = {}
    for each in report.iter("NbOfTxsPerSts"):
        status = each.findtext("DtldSts") or ""
        said[status] = max(said.get(status, 0), _number(each.findtext("DtldNbOfTxs")) or 0)
    if not transactions:
        return
    for status, count in said.items():
        found = sum(1 for t in transactions if t.status == status)
        if found and found != count:
            raise FileRefused(
                Fault("NbOfTxsPerSts", f"状态 {status[:4]} 写明 {count} 笔，实际 {found} 笔")
            )


def read_statement(content: bytes) -> AccountStatement:
    """
    The one statement of a camt.053, whose figures agree with themselves.

    :raises FileRefused: not such a message; more than one statement; not in yuan; opening balance and
        entries do not make the closing balance; its own totals or an entry's parts do not add up.
    """
    message = checking.read(content, "camt.053.001")[0]
    statements = message.findall("Stmt")
    if len(statements) != 1:
        raise FileRefused(Fault("Stmt", "一个文件只能有一个账户一天的对账单"))
    statement = statements[0]
    opening, closing, on = _balances(statement)
    entries = tuple(_entries(statement))
    moved = sum((e.amount if e.is_credit else -e.amount for e in entries), Decimal(0))
    if opening + moved != closing:
        raise FileRefused(
            Fault("Bal", f"期初余额 {opening} 加减发生额 {moved} 不等于期末余额 {closing}")
        )
    _totals_agree(statement, entries)
    account = statement.findtext("Acct/Id/Othr/Id") or statement.findtext("Acct/Id/IBAN") or ""
    return AccountStatement(
        message_id=message.findtext("GrpHdr/MsgId") or "",
        statement_id=statement.findtext("Id") or "",
        account_number=account, currency="CNY", on=on, opening=opening, closing=closing,
        entries=entries,
    )  # fmt: skip


def _balances(statement: Element) -> tuple[Decimal, Decimal, date]:
    found: dict[str, tuple[Decimal, date]] = {}
    for balance in statement.findall("Bal"):
        code = balance.findtext("Tp/CdOrPrtry/Cd") or ""
        on = balance.findtext("Dt/Dt") or (balance.findtext("Dt/DtTm") or "")[:10]
        amount = _yuan(balance.find("Amt"))
        signed = amount if balance.findtext("CdtDbtInd") == "CRDT" else -amount
        if code in found:
            raise FileRefused(Fault("Bal", f"余额 {code} 出现两次"))
        found[code] = (signed, date.fromisoformat(on[:10]))
    opening = found.get("OPBD") or found.get("PRCD")
    closing = found.get("CLBD")
    if opening is None or closing is None:
        raise FileRefused(Fault("Bal", "缺少期初余额（OPBD 或 PRCD）或期末余额（CLBD）"))
    return opening[0], closing[0], closing[1]


def _entries(statement: Element) -> Iterator[AccountEntry]:
    """Entries that are booked; what is only announced moves no balance."""
    for n, entry in enumerate(statement.findall("Ntry"), 1):
        if entry.findtext("Sts/Cd") != "BOOK":
            continue
        amount = _yuan(entry.find("Amt"))
        reference = entry.findtext("AcctSvcrRef") or entry.findtext("NtryRef") or ""
        if not reference:
            raise FileRefused(Fault(f"Ntry[{n}]", "缺少银行流水号（AcctSvcrRef 或 NtryRef）"))
        booked = entry.findtext("BookgDt/Dt") or (entry.findtext("BookgDt/DtTm") or "")[:10]
        if not booked:
            raise FileRefused(Fault(f"Ntry[{n}]", "缺少记账日期"))
        parts = entry.findall("NtryDtls/TxDtls")
        details = tuple(_detail(part, amount, alone=len(parts) == 1) for part in parts)
        if details and sum((d.amount for d in details), Decimal(0)) != amount:
            raise FileRefused(Fault(f"Ntry[{n}]", "明细金额之和不等于该笔金额"))
        yield AccountEntry(
            reference=reference, amount=amount, is_credit=entry.findtext("CdtDbtInd") == "CRDT",
            booked_on=date.fromisoformat(booked[:10]), details=details,
        )  # fmt: skip


def _detail(part: Element, of_entry: Decimal, *, alone: bool) -> EntryDetail:
    written = part.find("Amt")
    if written is None and not alone:
        raise FileRefused(Fault("TxDtls", "一笔多明细的，每项明细都要有金额"))
    payer = part.findtext("RltdPties/Dbtr/Pty/Nm") or ""
    return EntryDetail(
        end_to_end_id=part.findtext("Refs/EndToEndId") or "",
        amount=of_entry if written is None else _yuan(written),
        payer_name=payer,
        remark=" ".join(u.text or "" for u in part.findall("RmtInf/Ustrd")),
        creditor_reference=part.findtext("RmtInf/Strd/CdtrRefInf/Ref") or "",
        return_reason=part.findtext("RtrInf/Rsn/Cd") or "",
    )


def _totals_agree(statement: Element, entries: tuple[AccountEntry, ...]) -> None:
    """The statement's own totals, where it gives them, over the entries that are booked."""
    if any(entry.findtext("Sts/Cd") != "BOOK" for entry in statement.findall("Ntry")):
        return  # its totals may count what is only announced
    for name, chosen in (
        ("TtlNtries", entries),
        ("TtlCdtNtries", tuple(e for e in entries if e.is_credit)),
        ("TtlDbtNtries", tuple(e for e in entries if not e.is_credit)),
    ):
        total = statement.find(f"TxsSummry/{name}")
        if total is None:
            continue
        count, amount = _number(total.findtext("NbOfNtries")), _amount(total.findtext("Sum"))
        if count is not None and count != len(chosen):
            raise FileRefused(Fault(f"TxsSummry/{name}", f"写明 {count} 笔，实际 {len(chosen)} 笔"))
        if amount is not None and amount != sum((e.amount for e in chosen), Decimal(0)):
            raise FileRefused(Fault(f"TxsSummry/{name}", "合计金额与各笔之和不符"))


def _reason(part: Element) -> str:
    info = "StsRsnInf/Rsn"
    return part.findtext(f"{info}/Cd") or part.findtext(f"{info}/Prtry") or ""


def _yuan(element: Element | None) -> Decimal:
    if element is None or element.get("Ccy") != "CNY":
        raise FileRefused(Fault("Amt", "币种不是人民币"))
    amount = _amount(element.text)
    if amount is None or amount != amount.quantize(Decimal("0.01")):
        raise FileRefused(Fault("Amt", "人民币金额最多两位小数"))
    return amount.quantize(Decimal("0.01"))


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text.strip())


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _time(text: str) -> datetime:
    """A time; one without a zone is China's."""
    whole, dot, rest = text.partition(".")
    zone = rest.lstrip("0123456789") if dot else ""
    read = datetime.fromisoformat(whole + zone)
    return read if read.tzinfo else datetime.fromisoformat(whole + CHINA_OFFSET)
