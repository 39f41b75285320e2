"""Money in the demo: a batch that went to the bank in a file, one payment returned, and a night's audit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.test.utils import override_settings

from demo.claims import Chronicle
from demo.stories import small_by_feed
from demo.world import World
from yilu.audit import operations as audit
from yilu.audit import queries as audited
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import operations as payments
from yilu.payments import queries
from yilu.people import queries as people

URN = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


def pay_by_file(chronicle: Chronicle) -> None:
    """Pay some small claims by file, and hear the bank's answer."""
    with override_settings(BANK_FILES="all", BANK_FILES_FOUR_EYES="500"):
        for _ in range(4):
            small_by_feed(chronicle)
        _one_batch(chronicle)
    chronicle.past.settle()


def recompute(chronicle: Chronicle) -> int:
    """Recompute the money of every claim, as every night does; how many differ."""
    return _audited(audit.CLAIMS, chronicle.past.now)


def check_books(at: datetime) -> int:
    """Hold the books of every policy against each other, as every night does; how many differ."""
    return _audited(audit.POLICIES, at)


def practise(made: World, at: datetime) -> None:
    """
    A practice (演练): a figure is altered behind every room's back, the audit finds it, it is put right.

    What the auditor then reads says that it was one; nothing false is left in the books.
    """
    lent = tx.rows("select id from policies_policy where loan_owed > 0 order by id limit 1")
    if not lent:
        return
    _alter(lent[0][0], Decimal("88.00"))
    _audited(audit.POLICIES, at)
    _alter(lent[0][0], Decimal("-88.00"))
    auditor = people.staff_access(made.staff["shen.ji"])
    for found in audited.list_differences(auditor, scope=audit.POLICIES):
        audit.explain_difference(
            difference_id=found.id,
            explanation="演练：有意把一张保单登记的借款改多 88 元，检验稽核能否发现；已当场恢复。",
            access=auditor, actor=Ref("staff", auditor.staff_id), at=at,
        )  # fmt: skip


@tx.use_case
def _alter(policy_id: int, by: Decimal) -> None:
    tx.changed(
        "update policies_policy set loan_owed = loan_owed + %s where id = %s", [by, policy_id]
    )


def _audited(scope: str, at: datetime) -> int:
    run_id = audit.start_money_audit(actor=SYSTEM, at=at, scope=scope)
    while not (progress := audit.audit_batch(run_id=run_id, at=at)).done:
        pass
    return progress.differences


def _one_batch(chronicle: Chronicle) -> None:
    past = chronicle.past
    able = [
        access
        for access in map(people.staff_access, chronicle.world.staff.values())
        if access.may("claims.pay") and access.may("payments.reconcile")
    ]
    widest = sorted(able, key=lambda a: -len(a.offices_for("claims.pay")))
    if not widest:
        return
    maker, second = widest[0], widest[1] if len(widest) > 1 else None
    actor = Ref("staff", maker.staff_id)
    try:
        batch_id = payments.make_batch(access=maker, actor=actor, at=past.now)
    except payments.NothingDue:
        return
    if batch_id is None:
        return
    batch = queries.get_batch(maker, batch_id)
    assert batch is not None
    if batch.state == "PROPOSED":
        if second is None:
            return
        payments.release_batch(
            batch_id=batch_id, access=second, actor=Ref("staff", second.staff_id), at=past.now
        )
    payments.give_out_file(batch_id=batch_id, access=maker, actor=actor, at=past.now)
    entries = queries.list_batch_entries(maker, batch_id)
    keys = [queries.key_at_the_bank(maker, e.payout_id) for e in entries]
    payments.take_in_status_report(
        content=_answer(batch.message_id, keys), access=maker, actor=actor, at=past.now
    )


def _answer(message_id: str, keys: list[str]) -> bytes:
    """The bank's pain.002: the last account was closed, everybody else has the money."""
    said = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{key}</OrgnlEndToEndId>"
        + (
            "<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>"
            if key == keys[-1] and len(keys) > 1
            else f"<TxSts>ACSC</TxSts><AcctSvcrRef>B{key[:12].upper()}</AcctSvcrRef>"
        )
        + "</TxInfAndSts>"
        for key in keys
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{URN}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>PSR-{message_id}</MsgId><CreDtTm>2026-01-01T00:00:00+08:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"<OrgnlNbOfTxs>{len(keys)}</OrgnlNbOfTxs><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message_id}</OrgnlPmtInfId>{said}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()
