"""What follows from a decision that stands: money promised, or a letter that says why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import ClaimType, Decision
from yilu.claims.rules import authority, promises, proofs
from yilu.claims.rules.agreed import wording_of
from yilu.claims.rules.lifecycle import Action, State, after
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO, said_yuan
from yilu.kernel.refs import Ref
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging

from . import granting, identifying, overpaid, sharing
from .case import Case
from .holding import write
from .telling import tell_beneficiaries


@tx.step
def carry_out(case: Case, decision: Decision, *, actor: Ref, at: datetime) -> State:
    """What follows from a decision that stands."""
    if decision.kind == Decision.Kind.DECLINE:
        return _decline(case, decision, actor, at)
    return _grant(case, decision, actor, at)


def _grant(case: Case, decision: Decision, actor: Ref, at: datetime) -> State:
    held = case.held
    approved = held.require(Action.APPROVE)
    granting.use_up(case, amount=decision.amount, at=at)
    granting.undo_waiver(held, actor=actor, at=at)
    granting.change_contract(case, actor=actor, at=at)
    shares = sharing.shares_of(case, decision, at=at)
    done = not shares and held.paid_amount >= decision.amount
    has_account = any(s.ready for s in shares) or not shares
    to = after(approved, Action.PAY) if has_account and not done else approved
    if not done and sharing.returned(held):  # an advance came back: it waits for its account
        to = after(approved, Action.RETURN_PAYOUT)
    assert to is not None
    overpaid.ask_back(held, decision, at=at)
    write(
        held, at=at, state=to.value, benefit_amount=decision.amount, decided_at=at,
        band=promises.band_of(decision.amount),
    )  # fmt: skip
    journal.record(
        events.ClaimApproved(
            decision_id=decision.pk, benefit=str(decision.amount), decided_by=str(actor),
            programme=held.programme, pay_by=case.pay_by(at),
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    payouts = granting.promise_money(
        case, shares, purpose="CLAIM", key=f"decision:{decision.pk}", programme=held.programme,
        actor=actor, at=at,
    )  # fmt: skip
    sharing.keep_shares(case, decision, shares, payouts)
    identifying.wait_for(held, shares, at=at)
    tell_beneficiaries(case, shares, actor=actor, at=at)
    granting.tell_approved(
        case, amount=decision.amount, result=case.calculation.as_plain(), programme=held.programme,
        in_words=True, has_account=has_account, actor=actor, at=at, shares=shares,
        less=_less(case, decision),
    )  # fmt: skip
    granting.close_work(case, at=at)
    if done:
        return sharing.close_without_money(replace(held, state=to), at=at)
    return to


def _decline(case: Case, decision: Decision, actor: Ref, at: datetime) -> State:
    held = case.held
    to = held.require(Action.DECLINE)
    granting.undo_waiver(held, actor=actor, at=at)
    counted = granting.count_deductible(case, at=at) if decision.meets_deductible else ZERO
    back = overpaid.ask_back(held, decision, at=at)
    outcome = "ZERO" if decision.nothing_due else ""
    write(held, at=at, state=to.value, benefit_amount=ZERO, decided_at=at, outcome=outcome)
    journal.record(
        events.ClaimDeclined(
            decision_id=decision.pk, decided_by=str(actor), clause=decision.clause[:80],
            nothing_due=decision.nothing_due, fraud=decision.fraud,
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    _write_refusal(case, decision, counted, back, actor, at)
    messaging.queue(
        "claims.nothing_due" if decision.nothing_due else "claims.declined",
        to=Ref("party", held.claimant_id), about=held.ref, at=at, copy_agent=True,
        facts={"claim": held.number},
    )  # fmt: skip
    granting.close_work(case, at=at)
    return to


def _write_refusal(
    case: Case, decision: Decision, counted: Decimal, back: Decimal, actor: Ref, at: datetime
) -> None:
    """The letter that says why not; where it was covered and comes to nothing, one that says that."""
    held = case.held
    facts = granting.case_facts(case) | {
        "event": ClaimType(held.claim_type).label, "clauses": _cited(decision, case),
        "decided_on": day_of(at).isoformat(), "loss_date": held.loss_date.isoformat(),
        "reasons": [r for r in (decision.reason, decision.medical_reason) if r],
    }  # fmt: skip
    if opening := proofs.FRAUD_OPENINGS.get(decision.fraud):
        facts["opening"] = opening
    if notes := [*_counted_note(counted), *_given_back(decision, back)]:
        facts["note"] = "".join(notes)
    if decision.nothing_due:
        facts["lines"] = granting.lines_of(case.calculation.as_plain(), ZERO)
    letters.issue(
        kind="NOTHING_DUE" if decision.nothing_due else "DENIAL", about=held.ref,
        party_id=held.claimant_id, actor=actor, at=at, facts=facts,
    )  # fmt: skip


def _cited(decision: Decision, case: Case) -> list[dict[str, str]]:
    """Each clause or article with its words; of article 27 the paragraph that was found."""
    cited = {number: _text_of(number, case)[:4000] for number in decision.clause.split("、")}
    if decision.fraud:
        cited[proofs.FRAUD] = proofs.BY_FRAUD[decision.fraud]
    if decision.medical_reason:
        cited[proofs.BY_MEDICINE] = proofs.MEDICINE
    return [{"number": number, "text": text} for number, text in cited.items()]


def _counted_note(counted: Decimal) -> list[str]:
    if counted <= ZERO:
        return []
    return [
        f"本次费用中的 {said_yuan(counted)} 元已计入您的免赔额，同一保单年度内再次就医时不再重复扣除。"
    ]


def _given_back(decision: Decision, back: Decimal) -> list[str]:
    if back <= ZERO:
        return []
    words = proofs.GIVEN_BACK if decision.fraud else proofs.PAID_BEFORE
    return [words.format(amount=said_yuan(back))]


def _less(case: Case, decision: Decision) -> str:
    """Why a part is not paid (保险法 24): how much, for what reason, on which clauses; empty where all is."""
    if decision.kind != Decision.Kind.PARTIAL:
        return ""
    cut = case.calculation.benefit - decision.amount
    cited = "".join(f"《{row['number']}》{row['text']}" for row in _cited(decision, case))
    reasons = "".join(r for r in (decision.reason, decision.medical_reason) if r)
    all_of_it, less = said_yuan(case.calculation.benefit), said_yuan(cut)
    return f"按合同计算的 {all_of_it} 元中，{less} 元不予给付。理由：{reasons}。依据：{cited}"[
        :4000
    ]


def _text_of(number: str, case: Case) -> str:
    """The words behind what a decision cites: the law, the contract's own agreement, or its terms."""
    text = authority.LAW.get(number) or wording_of(number, case.policy.agreed)
    return text or case.policy.terms.text_of(number)
