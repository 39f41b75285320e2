"""Ask back what was paid and is not owed (追回): one person proposes, another approves."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import Decision, Recovery
from yilu.claims.operations.holding import Held, hold, write
from yilu.claims.operations.refusals import BadAmount, need_reason
from yilu.claims.operations.second_pair import waiting_for_another
from yilu.claims.operations.sharing import benefit_payouts
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import Ref
from yilu.letters import operations as letters
from yilu.payments import operations as payments
from yilu.payments import queries as payouts
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.work import operations as work

REASONS = {
    "CORRECTED": "OVERPAID",
    "DUPLICATE": "PAID_TWICE",
    "RETURNED": "NOT_OWED",
    "WRONG_PAYEE": "NOT_OWED",
    "FRAUD": "NOT_OWED",
}
"""What payments calls each cause."""
BASIS = {
    "CORRECTED": "《中华人民共和国民法典》第九百八十五条（不当得利）",
    "DUPLICATE": "《中华人民共和国民法典》第九百八十五条（不当得利）",
    "RETURNED": "《中华人民共和国民法典》第五十三条、第九百八十五条",
    "WRONG_PAYEE": "《中华人民共和国民法典》第九百八十五条（不当得利）",
    "FRAUD": "《中华人民共和国保险法》第二十七条第四款",
}
"""The law by which each cause asks money back, as the letter cites it."""
QUEUE = "claims.recovery"


class NeverPaidThat(Invalid):
    """Nobody gives back what they did not get."""

    code = "never_paid_that"
    message = "追回金额超过这位收款人已收到、尚未追回的金额"
    hint = "请核对这件赔案的付款记录。"


class FraudNotDecided(Refusal):
    """Money is asked back as got by fraud only where two people decided that it was."""

    code = "fraud_not_decided"
    message = "这件赔案没有依保险法第二十七条作出、复核生效的结论，不能以欺诈为由追回"
    hint = "先重新处理赔案、查实并由两人作出结论；查实之前多付的，按“核定更正，多付差额”提出。"


class RecoveryProposed(Refusal):
    """One proposal a payee at a time."""

    code = "recovery_proposed"
    message = "对这位收款人已有一项待批准的追回"


class RecoveryMissing(NotFound):
    """No such proposal, or it is decided."""

    code = "recovery_missing"
    message = "没有找到这项待批准的追回"


@tx.use_case
def propose_recovery(
    *, claim_id: int, from_party: int, amount: Decimal, cause: str, reason: str, access: Access,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Say that somebody was paid more than is owed: a decision corrected downwards, a benefit paid
    twice, a person who came back. The proposal's id; another person approves.

    :raises FraudNotDecided: as got by fraud, which nobody decided.
    :raises NeverPaidThat: more than reached them and is not asked back yet. :raises Invalid: no such
        cause. :raises RecoveryProposed: one waits already. :raises BadAmount, ReasonMissing: as they say.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    if cause not in Recovery.Cause.values:
        raise Invalid("请选择追回的原因")
    decided = Decision.objects.filter(claim_id=held.id, state="STANDS").exclude(fraud="")
    if cause == Recovery.Cause.FRAUD and not decided.exists():
        raise FraudNotDecided
    try:
        read = yuan(amount)
    except (ValueError, TypeError):
        raise BadAmount from None
    if read <= ZERO:
        raise BadAmount
    return _propose(held, from_party, read, cause, need_reason(reason), actor, at)


@tx.step
def propose_for_everybody(
    held: Held, *, cause: str, reason: str, actor: Ref, at: datetime
) -> tuple[int, ...]:
    """A proposal for each payee of a claim over all that reached them."""
    parties = sorted({p.to_party for p in benefit_payouts(held.ref) if p.state == "SETTLED"})
    return tuple(
        _propose(held, party, left, cause, reason, actor, at)
        for party in parties
        if (left := recoverable(held.ref, party)) > ZERO
    )


@tx.step
def propose_overpaid(
    held: Held, *, owed: Decimal, cause: str, reason: str, proposer: str, at: datetime
) -> Decimal:
    """
    Proposals over what reached the payees of a claim above what is owed, the newest payee first; their sum.

    What was given by grace is nobody's debt. Whoever has a proposal waiting already keeps that one.
    """
    settled = [p for p in benefit_payouts(held.ref) if p.state == "SETTLED"]
    parties = sorted({p.to_party for p in settled})
    left = {party: recoverable(held.ref, party) for party in parties}
    for payout in settled:
        if payout.purpose == "EX_GRATIA":
            left[payout.to_party] -= payout.amount
    over, asked = sum(left.values(), ZERO) - owed, ZERO
    for party in reversed(parties):
        part = min(left[party], over - asked)
        if part <= ZERO or _waits(held.id, party):
            continue
        _propose(held, party, part, cause, reason, Ref.parse(proposer), at)
        asked += part
    return asked


@tx.use_case
def decide_recovery(
    *, claim_id: int, recovery_id: int, approve: bool, answer: str, access: Access, actor: Ref,
    at: datetime,
) -> int | None:  # fmt: skip
    """
    Approve asking the money back, or not; the receivable's id where it is asked for.

    Whoever is asked gets a letter (返还款项通知书) with the amount, the reason, the day and their ways on.

    :raises RecoveryMissing: nothing waits. :raises NotForOneself: whoever proposed it.
    :raises NotAllowed: above the person's authority. :raises ReasonMissing: refused without a reason.
    """
    held = hold(claim_id)
    recovery = waiting_for_another(
        Recovery.objects.filter(claim_id=held.id), finding_id=recovery_id, finder="proposed_by",
        none=RecoveryMissing, actor=actor,
    )  # fmt: skip
    access.require("claims.review", office_id=held.office_id, amount=recovery.amount)
    if not approve:
        answer = need_reason(answer)
    if approve:
        recovery.receivable_id = payments.open_receivable(
            about=held.ref, from_party=recovery.from_party_id, amount=recovery.amount,
            reason=REASONS[recovery.cause], key=f"recovery:{recovery.pk}", actor=actor, at=at,
        )  # fmt: skip
        _write_letter(held, recovery, actor, at)
    recovery.state = "APPROVED" if approve else "REFUSED"
    recovery.decided_by, recovery.decided_at, recovery.answer = str(actor), at, answer.strip()
    recovery.save()
    write(held, at=at)
    journal.record(
        events.RecoveryDecided(
            recovery_id=recovery.pk, approved=approve, receivable_id=recovery.receivable_id
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if not Recovery.objects.filter(claim_id=held.id, state="PROPOSED").exists():
        work.close_items(about=held.ref, at=at, queue=QUEUE)
    return recovery.receivable_id


def recoverable(about: Ref, party_id: int) -> Decimal:
    """What reached a payee of a claim and is not asked back yet."""
    paid = sum(
        (
            p.amount
            for p in benefit_payouts(about)
            if p.to_party == party_id and p.state == "SETTLED"
        ),
        ZERO,
    )
    asked = Recovery.objects.filter(
        claim_id=about.id, from_party_id=party_id, state__in=["PROPOSED", "APPROVED"]
    )
    return paid - sum((r.amount for r in asked), ZERO)


def _write_letter(held: Held, recovery: Recovery, actor: Ref, at: datetime) -> None:
    asked = next(
        each
        for each in payouts.list_receivables_about(held.ref)
        if each.id == recovery.receivable_id
    )
    policy = policies.get_policy(held.policy_id, held.loss_date, without_cover=True)
    paid = sum(
        (
            p.amount
            for p in benefit_payouts(held.ref)
            if p.to_party == recovery.from_party_id and p.state == "SETTLED"
        ),
        ZERO,
    )
    letters.issue(
        kind="REPAYMENT", about=held.ref, party_id=recovery.from_party_id, actor=actor, at=at,
        facts={
            "claim": held.number, "policy": policy.number, "product": policy.product_name,
            "insured_id": held.insured_id, "asked_on": day_of(at).isoformat(),
            "pay_by": asked.due_on.isoformat(), "paid": str(paid), "amount": str(recovery.amount),
            "reasons": [f"{Recovery.Cause(recovery.cause).label}：{recovery.reason}"],
            "reference": asked.reference, "basis": BASIS[recovery.cause],
        },
    )  # fmt: skip


def _propose(
    held: Held, from_party: int, amount: Decimal, cause: str, reason: str, actor: Ref, at: datetime
) -> int:
    if _waits(held.id, from_party):
        raise RecoveryProposed
    if amount > recoverable(held.ref, from_party):
        raise NeverPaidThat
    made = Recovery.objects.create(
        claim_id=held.id, cause=cause, from_party_id=from_party, amount=amount, reason=reason,
        proposed_by=str(actor), proposed_at=at,
    )  # fmt: skip
    write(held, at=at)
    journal.record(
        events.RecoveryProposed(recovery_id=made.pk, cause=cause, amount=str(amount)),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.open_item(
        QUEUE, about=held.ref, office_id=held.office_id, at=at, amount=amount, priority=40,
        title=f"追回待批准：{made.get_cause_display()}", party_id=from_party,
    )  # fmt: skip
    return made.pk


def _waits(claim_id: int, party_id: int) -> bool:
    waiting = Recovery.objects.filter(claim_id=claim_id, from_party_id=party_id, state="PROPOSED")
    return waiting.exists()
