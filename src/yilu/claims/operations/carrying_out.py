"""What follows from a decision that stands: money promised, or a letter that says why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import ClaimType, Decision
from yilu.claims.rules import authority, promises
from yilu.claims.rules.agreed import wording_of
from yilu.claims.rules.lifecycle import Action, State, after
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging

from . import granting, sharing
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
    has_account = any(s.account_id for s in shares) or not shares
    to = after(approved, Action.PAY) if has_account and not done else approved
    if not done and sharing.returned(held):  # an advance came back: it waits for its account
        to = after(approved, Action.RETURN_PAYOUT)
    assert to is not None
    write(
        held, at=at, state=to.value, benefit_amount=decision.amount, decided_at=at,
        band=promises.band_of(decision.amount),
    )  # fmt: skip
    journal.record(
        events.ClaimApproved(
            decision_id=decision.pk, benefit=str(decision.amount), decided_by=str(actor),
            programme=held.programme,
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    payouts = granting.promise_money(
        case, shares, purpose="CLAIM", key=f"decision:{decision.pk}", programme=held.programme,
        actor=actor, at=at,
    )  # fmt: skip
    sharing.keep_shares(case, decision, shares, payouts)
    tell_beneficiaries(case, shares, actor=actor, at=at)
    granting.tell_approved(
        case, amount=decision.amount, result=case.calculation.as_plain(), programme=held.programme,
        in_words=True, has_account=has_account, actor=actor, at=at, shares=shares,
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
    write(held, at=at, state=to.value, benefit_amount=ZERO, decided_at=at)
    journal.record(
        events.ClaimDeclined(
            decision_id=decision.pk, decided_by=str(actor), clause=decision.clause[:80]
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    clauses = [
        {"number": number, "text": _text_of(number, case)[:4000]}
        for number in decision.clause.split("、")
    ]
    letters.issue(
        kind="DENIAL", about=held.ref, party_id=held.claimant_id, actor=actor, at=at,
        facts=granting.case_facts(case) | {
            "event": ClaimType(held.claim_type).label, "clauses": clauses,
            "decided_on": day_of(at).isoformat(),
            "loss_date": held.loss_date.isoformat(), "reasons": [decision.reason],
        } | _counted_note(counted),
    )  # fmt: skip
    messaging.queue(
        "claims.declined", to=Ref("party", held.claimant_id), about=held.ref, at=at,
        copy_agent=True, facts={"claim": held.number},
    )  # fmt: skip
    granting.close_work(case, at=at)
    return to


def _counted_note(counted: Decimal) -> dict[str, str]:
    if counted <= ZERO:
        return {}
    note = f"本次费用中的 {counted} 元已计入您的免赔额，同一保单年度内再次就医时不再重复扣除。"
    return {"note": note}


def _text_of(number: str, case: Case) -> str:
    """The words behind what a decision cites: the law, the contract's own agreement, or its terms."""
    text = authority.LAW.get(number) or wording_of(number, case.policy.agreed)
    return text or case.policy.terms.text_of(number)
