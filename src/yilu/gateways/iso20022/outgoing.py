"""Write a customer credit transfer initiation (pain.001.001.09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from yilu.gateways.iso20022 import checking

NAME = "pain.001.001"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
MESSAGE = "pain.001.001.09"
CLEARING = "CNAPS"
"""China National Advanced Payment System: the clearing system of ISO's external code list."""
PURPOSE = "INSC"
"""Payment of an insurance claim, in ISO's external purpose code list."""


@dataclass(frozen=True, slots=True)
class PayerAccount:
    """Our own account and the bank that keeps it; ``bank`` as CNAPS member (行别代码) or name."""

    name: str
    number: str = field(repr=False)
    bank_code: str
    bank_name: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment in the file; ``end_to_end_id`` is the key under which it is executed once."""

    instruction_id: str
    end_to_end_id: str
    amount: Decimal
    bank_code: str
    bank_name: str
    account_number: str = field(repr=False)
    holder_name: str = field(repr=False)
    remark: str = ""


@dataclass(frozen=True, slots=True)
class TransferFile:
    """A batch of payments from one account on one day."""

    message_id: str
    made_at: datetime
    execute_on: date
    payer: PayerAccount
    transfers: tuple[Transfer, ...]

    @property
    def control_sum(self) -> Decimal:
        """The sum of all amounts."""
        return sum((t.amount for t in self.transfers), Decimal(0))


Tree = Sequence[tuple[str, Any]]


def write_transfers(file: TransferFile) -> bytes:
    """
    The message as UTF-8, held against its definition before it is handed out.

    Characters that XML cannot carry are left out of names and remarks; a text that is too long for
    its place is cut, an account number or a key never is.

    :raises checking.FileRefused: if it would not be such a message (an empty batch, a key too long).
    """
    count, total = str(len(file.transfers)), _yuan(file.control_sum)
    tree: Tree = [
        ("GrpHdr", [
            ("MsgId", file.message_id), ("CreDtTm", _time(file.made_at)), ("NbOfTxs", count),
            ("CtrlSum", total), ("InitgPty", [("Nm", _text(file.payer.name, 140))]),
        ]),
        ("PmtInf", [
            ("PmtInfId", file.message_id), ("PmtMtd", "TRF"), ("BtchBookg", "false"),
            ("NbOfTxs", count), ("CtrlSum", total),
            ("PmtTpInf", [("SvcLvl", [("Cd", "NURG")])]),
            ("ReqdExctnDt", [("Dt", file.execute_on.isoformat())]),
            ("Dbtr", [("Nm", _text(file.payer.name, 140))]),
            ("DbtrAcct", [*_account(file.payer.number), ("Ccy", "CNY")]),
            ("DbtrAgt", _bank(file.payer.bank_code, file.payer.bank_name)),
            ("ChrgBr", "DEBT"),
            *(("CdtTrfTxInf", _transfer(t)) for t in file.transfers),
        ]),
    ]  # fmt: skip
    body = _xml([("CstmrCdtTrfInitn", tree)])
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}">{body}</Document>\n'
    )
    made = content.encode()
    checking.read(made, NAME)
    return made


def _transfer(t: Transfer) -> Tree:
    return [
        ("PmtId", [("InstrId", t.instruction_id), ("EndToEndId", t.end_to_end_id)]),
        ("Amt", [("InstdAmt", t.amount)]),
        ("CdtrAgt", _bank(t.bank_code, t.bank_name)),
        ("Cdtr", [("Nm", _text(t.holder_name, 140))]),
        ("CdtrAcct", _account(t.account_number)),
        ("Purp", [("Cd", PURPOSE)]),
        ("RmtInf", [("Ustrd", _text(t.remark, 140) or "-")]),
    ]


def _account(number: str) -> list[tuple[str, Any]]:
    return [("Id", [("Othr", [("Id", number)])])]


def _bank(code: str, name: str) -> Tree:
    member = [("ClrSysMmbId", [("ClrSysId", [("Cd", CLEARING)]), ("MmbId", code)])]
    return [("FinInstnId", [*member, ("Nm", _text(name, 140))])]


def _xml(tree: Tree) -> str:
    made = []
    for name, value in tree:
        if isinstance(value, Decimal):
            made.append(f'<{name} Ccy="CNY">{_yuan(value)}</{name}>')
        elif isinstance(value, str):
            made.append(f"<{name}>{escape(value)}</{name}>")
        else:
            made.append(f"<{name}>{_xml(value)}</{name}>")
    return "".join(made)


def _yuan(amount: Decimal) -> str:
    """With two places, always: what has more is no amount of ours."""
    exact = amount.quantize(Decimal("0.01"))
    if exact != amount:
        raise ValueError("an amount in yuan has two places")
    return f"{exact:f}"


def _time(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()


def _text(text: str, most: int) -> str:
    """What XML can carry of a text, in one line, cut to its place."""
    carried = "".join(c if c.isprintable() else " " for c in text if _carried(c))
    return " ".join(carried.split())[:most]


def _carried(char: str) -> bool:
    return (
        char in "\t\n\r"
        or " " <= char <= "\ud7ff"
        or "\ue000" <= char <= "\ufffd"
        or char > "\uffff"
    )
