"""Files as a bank would send them, good ones unless told otherwise."""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

ACCOUNT = "1001234509876543210"
URN = "urn:iso:std:iso:20022:tech:xsd"


def report(
    *statuses, of="YL20260304000001", message_id="PSR1", group="PART", version="10", count=None,
    total=None, per_status=(),
):  # fmt: skip
    """A pain.002; each status as (end-to-end id, status, reason, amount)."""
    rows = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        + (f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else "")
        + "<AcctSvcrRef>BK1</AcctSvcrRef>"
        + (
            f'<OrgnlTxRef><Amt><InstdAmt Ccy="CNY">{amount}</InstdAmt></Amt></OrgnlTxRef>'
            if amount
            else ""
        )
        + "</TxInfAndSts>"
        for key, status, reason, amount in statuses
    )
    counted = "".join(
        f"<NbOfTxsPerSts><DtldNbOfTxs>{n}</DtldNbOfTxs><DtldSts>{s}</DtldSts></NbOfTxsPerSts>"
        for s, n in per_status
    )
    head = (
        (f"<OrgnlNbOfTxs>{count}</OrgnlNbOfTxs>" if count is not None else "")
        + (f"<OrgnlCtrlSum>{total}</OrgnlCtrlSum>" if total is not None else "")
        + (f"<GrpSts>{group}</GrpSts>" if group else "")
        + counted
    )
    payments = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{of}</OrgnlPmtInfId>{rows}</OrgnlPmtInfAndSts>"
        if rows
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{URN}:pain.002.001.{version}">'
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-03-04T13:00:00+08:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{of}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{head}"
        f"</OrgnlGrpInfAndSts>{payments}</CstmrPmtStsRpt></Document>"
    ).encode()


def entry(
    reference, amount, *, credit=False, end_to_end="", payer="", remark="", creditor_reference="", parts=None
):  # fmt: skip
    """One booked entry of a camt.053, and what it moves."""
    parts = parts or (amount,)

    def detail(of):
        refs = f"<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>" if end_to_end else ""
        who = (
            f"<RltdPties><Dbtr><Pty><Nm>{escape(payer)}</Nm></Pty></Dbtr></RltdPties>"
            if payer
            else ""
        )
        said = (f"<Ustrd>{escape(remark)}</Ustrd>" if remark else "") + (
            f"<Strd><CdtrRefInf><Ref>{creditor_reference}</Ref></CdtrRefInf></Strd>"
            if creditor_reference
            else ""
        )
        return (
            f'<TxDtls>{refs}<Amt Ccy="CNY">{of}</Amt><CdtDbtInd>{"CRDT" if credit else "DBIT"}</CdtDbtInd>'
            f"{who}{f'<RmtInf>{said}</RmtInf>' if said else ''}</TxDtls>"
        )

    text = (
        f'<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{"CRDT" if credit else "DBIT"}</CdtDbtInd>'
        "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-04</Dt></BookgDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef><BkTxCd><Prtry><Cd>TRF</Cd></Prtry></BkTxCd>"
        f"<NtryDtls>{''.join(map(detail, parts))}</NtryDtls></Ntry>"
    )
    return text, Decimal(amount) * (1 if credit else -1)


def statement(
    *entries, account=ACCOUNT, message_id="STM1", opening="100000.00", closing=None, day="2026-03-04",
    times=1, total=None, count=None,
):  # fmt: skip
    """A camt.053 of one day."""
    entries = entries or (entry("R0", "10.00", end_to_end="0" * 32),)
    moved = sum((m for _, m in entries), Decimal(0))
    closing = closing or str(Decimal(opening) + moved)
    sums = sum((abs(m) for _, m in entries), Decimal(0))
    entries_text = "".join(text for text, _ in entries).replace("2026-03-04", day)

    def balance(code, amount):
        negative = amount.startswith("-")
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="CNY">{amount.lstrip("-")}</Amt><CdtDbtInd>{"DBIT" if negative else "CRDT"}</CdtDbtInd>'
            f"<Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    one = (
        f"<Stmt><Id>{message_id}</Id><CreDtTm>{day}T23:59:00+08:00</CreDtTm>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f"{balance('OPBD', opening)}{balance('CLBD', closing)}"
        f"<TxsSummry><TtlNtries><NbOfNtries>{len(entries) if count is None else count}</NbOfNtries>"
        f"<Sum>{total or sums}</Sum></TtlNtries></TxsSummry>{entries_text}</Stmt>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{URN}:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{day}T23:59:30+08:00</CreDtTm></GrpHdr>{one * times}"
        "</BkToCstmrStmt></Document>"
    ).encode()
