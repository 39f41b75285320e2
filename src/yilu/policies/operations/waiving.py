"""Ask no premium any more (豁免保险费): of one contract, or of a main contract and all its riders."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.policies import events
from yilu.policies.models import LedgerEntry, Policy
from yilu.policies.operations import leaving
from yilu.policies.operations.guards import LIVE
from yilu.policies.operations.ledger import post
from yilu.policies.operations.lending import pay_back
from yilu.policies.queries.values import open_loans
from yilu.policies.queries.waivers import reached_by
from yilu.policies.rules import loans, schedule

PAY_UNTIL_DAYS = 60
"""How long the premiums of a time without asking may be made up for (保险法 36)."""


@tx.step
def waive_premiums(
    *, policy_id: int, waived_from: date, claim_ref: Ref, actor: Ref, at: datetime
) -> Decimal:
    """
    Ask no premium that falls due on or after a day (保费豁免); twice is once.

    Under a waiver rider it is its main contract and every rider of that. Premiums of that time which
    were paid already go back to the holder, those that were advanced repay the advance first; how
    much in all. A contract that lapsed for a premium that was not owed stands again.
    """
    return sum(
        (_waive(policy, waived_from, claim_ref, actor, at) for policy in _reached(policy_id)),
        start=ZERO,
    )


@tx.step
def ask_premiums_again(
    *, policy_id: int, waived_from: date, claim_ref: Ref, actor: Ref, at: datetime
) -> bool:
    """
    Take a waiver back that a claim had brought, because the claim was decided otherwise (取消豁免).

    Only the waiver from that very day; another claim's stays. Premiums fall due again from then on,
    and there are sixty days for those that fell due meanwhile: the contract does not lapse before.
    False where there is no such waiver: twice is once.
    """
    found = [each for each in _reached(policy_id) if each.waived_from == waived_from]
    today = day_of(at)
    for policy in found:
        policy.waived_from = None
        if policy.paid_to is not None and policy.paid_to <= today:
            policy.pay_until = today + timedelta(days=PAY_UNTIL_DAYS)
        policy.save(update_fields=["waived_from", "pay_until"])
        fact = events.WaiverTakenBack(waived_from=waived_from.isoformat(), claim=str(claim_ref))
        journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return bool(found)


def _reached(policy_id: int) -> list[Policy]:
    """The living contracts whose premiums a waiver under this one frees, held until commit."""
    return list(reached_by(policy_id).filter(state__in=LIVE).select_for_update(of=("self",)))


def _waive(policy: Policy, waived_from: date, claim_ref: Ref, actor: Ref, at: datetime) -> Decimal:
    if policy.waived_from is not None:
        return ZERO
    policy.waived_from = waived_from
    back = _take_back_paid(policy, waived_from)
    unpaid = policy.state != "IN_FORCE" and policy.suspended_for != Policy.SuspendedFor.LOAN
    if unpaid and (policy.paid_to is None or policy.paid_to >= waived_from):
        policy.state, policy.suspended_on, policy.owed_premium = Policy.State.IN_FORCE, None, ZERO
        policy.suspended_for = ""
    policy.save(
        update_fields=[
            "waived_from", "paid_to", "premiums_paid", "state", "suspended_on", "suspended_for",
            "owed_premium",
        ]
    )  # fmt: skip
    fact = events.PremiumsWaived(
        waived_from=waived_from.isoformat(), claim=str(claim_ref), given_back=str(back)
    )
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    if back:
        _give_back(policy, back, claim_ref, actor, at)
    return back


def _take_back_paid(policy: Policy, waived_from: date) -> Decimal:
    """What was paid for due days of the waiver; the contract is paid up to its first one again."""
    days = schedule.due_days(policy.effective_on, policy.ends_on, policy.pay_mode, policy.pay_years)
    paid = [day for day in days if day >= waived_from and (policy.paid_to or date.max) > day]
    if not paid or policy.paid_up_on is not None:
        return ZERO
    back = min(policy.premium * len(paid), policy.premiums_paid)
    policy.paid_to = paid[0]
    policy.premiums_paid -= back
    return back


def _give_back(policy: Policy, back: Decimal, claim_ref: Ref, actor: Ref, at: datetime) -> None:
    """Premiums become the holder's own money again: an advance is repaid first, the rest goes out."""
    earlier = LedgerEntry.objects.filter(policy=policy, kind="WAIVED").count()
    about = Ref(f"{claim_ref.kind}_waiver{earlier + 1}", claim_ref.id)
    legs = {"premium": -back, "suspense": back}
    post(policy_id=policy.pk, entry="WAIVED", legs=legs, about=about, actor=actor, at=at)
    repaid = _repay_advance(policy, back, about, actor, at)
    if back > repaid:
        leaving.return_to_holder(policy, back - repaid, about=about, actor=actor, at=at)


def _repay_advance(policy: Policy, back: Decimal, about: Ref, actor: Ref, at: datetime) -> Decimal:
    on = day_of(at)
    advanced = [
        each.loan for each in open_loans([policy.pk]).get(policy.pk, ()) if each.loan.kind == "ADVANCE"
    ]  # fmt: skip
    if not advanced:
        return ZERO
    part = min(back, loans.owed(advanced, on))
    legs = {"suspense": -part, "customer": part}
    post(policy_id=policy.pk, entry="RETURNED", legs=legs, about=about, actor=actor, at=at)
    pay_back(policy, part, about=about, on=on, actor=actor, at=at)
    return part
