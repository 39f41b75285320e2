"""Who gets how much of a decision, and what happens where nobody gets money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from django.db.models import Sum

from yilu.claims import events
from yilu.claims.models import Claim, ClaimType, Decision, DirectShare, Payee
from yilu.claims.rules import dividing
from yilu.claims.rules.lifecycle import Action, State, after
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.money import CENT, ZERO
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.payments import queries as payments
from yilu.policies import queries as policies

from . import identifying
from .case import Case
from .granting import Share
from .holding import Held, write
from .owed import owed_to


def advanced(claim_id: int) -> Decimal:
    """What was paid in advance on the claim and counts towards its benefit."""
    paid = Decision.objects.filter(claim_id=claim_id, kind="ADVANCE", state="STANDS")
    return paid.aggregate(total=Sum("amount"))["total"] or ZERO


def benefit_payouts(about: Ref) -> tuple[payments.PayoutView, ...]:
    """Every payment of a claim's benefit, oldest first; interest for late payment is none (保险法 23)."""
    return tuple(p for p in payments.list_payouts(about) if p.purpose != "INTEREST")


def committed(held: Held) -> Decimal:
    """
    What was paid or promised on the claim: it counts towards any decision.

    A payment that the bank returned counts too, until it has been sent again: it is still owed, and
    goes out to the corrected account.
    """
    known = benefit_payouts(held.ref)
    replaced = {p.replaces_id for p in known}
    return sum((p.amount for p in known if p.state != "CANCELLED" and p.id not in replaced), ZERO)


def returned(held: Held, party_id: int | None = None) -> list[payments.PayoutView]:
    """Payments that the bank returned and nobody has sent again (to one payee, or to any)."""
    known = benefit_payouts(held.ref)
    replaced = {p.replaces_id for p in known}
    return [
        p for p in known
        if p.state == "REJECTED" and p.id not in replaced and party_id in (None, p.to_party)
    ]  # fmt: skip


@tx.step
def shares_of(case: Case, decision: Decision, *, at: datetime) -> tuple[Share, ...]:
    """
    What each payee gets now: the decided amount less what is paid or promised already.

    Living benefits have one payee, unless the insured agreed to pay third parties a part. A death benefit is shared by the beneficiaries; each account is
    the one given with that person's own report, where they have made one.
    """
    held = case.held
    left = decision.amount - committed(held)
    if left <= ZERO:
        return ()
    shares = shares_in(held, case.payee_id, left)
    return identifying.marked(held, case.policy.holder_id, shares, at=at)


@tx.step
def shares_in(held: Held, payee_id: int, amount: Decimal) -> tuple[Share, ...]:
    """Deal one payment of a claim out among those it belongs to; together they are the payment."""
    if held.claim_type == ClaimType.DEATH:
        return death_shares(held, amount)
    if held.divided:
        return divided_shares(held, payee_id, amount)
    return (Share(payee_id, held.account_id, amount),)


@tx.step
def divided_shares(held: Held, payee_id: int, amount: Decimal) -> tuple[Share, ...]:
    """The third parties' parts first, each up to what they demand; the rest is the insured's."""
    agreed = list(DirectShare.objects.filter(claim_id=held.id).order_by("pk"))
    accounts = {d.party_id: d.account_id for d in agreed}
    known = benefit_payouts(held.ref)
    replaced = {p.replaces_id for p in known}
    paid = dict.fromkeys(accounts, ZERO)
    for payout in known:
        if payout.to_party in paid and payout.state != "CANCELLED" and payout.id not in replaced:
            paid[payout.to_party] += payout.amount
    found = dividing.divide(
        amount, [dividing.Demand(d.party_id, d.ceiling, paid[d.party_id]) for d in agreed]
    )
    shares = [Share(who, accounts[who], part, direct=True) for who, part in found.parts]
    if found.rest > ZERO:
        shares.append(Share(payee_id, held.account_id, found.rest))
    return tuple(shares)


@tx.step
def death_shares(held: Held, left: Decimal) -> tuple[Share, ...]:
    """A death benefit by the confirmed finding of who is entitled, else by the policy's naming."""
    owed = owed_to(held.id, left)
    if owed is not None:
        accounts = accounts_of(held)
        return tuple(
            Share(o.receiver_id or o.party_id, accounts.get(o.receiver_id or o.party_id), o.amount,
                  o.party_id if o.receiver_id else None)
            for o in owed
            if o.amount > ZERO
        )  # fmt: skip
    entitled = policies.beneficiaries_for(held.policy_id, held.claim_type, died_on=held.loss_date)
    named = [(b.party_id, b.share) for b in entitled if b.party_id is not None]
    if not named:  # the heirs by law: the claimant receives for them, on a person's decision
        return (Share(held.claimant_id, held.account_id, left),)
    accounts = accounts_of(held)
    return tuple(
        Share(party_id, accounts.get(party_id), amount)
        for party_id, amount in split(left, named)
        if amount > ZERO
    )


def accounts_of(held: Held) -> dict[int, int]:
    """The account that each of the claimants gave with their own report or for their share."""
    accounts: dict[int, int] = dict(
        Claim.objects.filter(merged_into_id=held.id, account_id__isnull=False).values_list(
            "claimant_id", "account_id"
        )
    )
    if held.account_id is not None:
        accounts[held.claimant_id] = held.account_id
    return accounts


def split(amount: Decimal, shares: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """Split to the cent by shares; what is left over goes to the first, so nothing is lost."""
    total = sum((share for _, share in shares), Decimal(0))
    parts = [
        (who, (amount * share / total).quantize(CENT, rounding=ROUND_DOWN)) for who, share in shares
    ]
    left = amount - sum((part for _, part in parts), ZERO)
    return [(who, part + (left if n == 0 else ZERO)) for n, (who, part) in enumerate(parts)]


@tx.step
def keep_shares(
    case: Case, decision: Decision, shares: Sequence[Share], payouts: Sequence[int | None]
) -> None:
    """Keep who is owed what, unless all of it is the one payee's who asked for it."""
    if all(s.party_id == case.payee_id and s.for_party_id is None for s in shares):
        return
    Payee.objects.bulk_create(
        [
            Payee(
                claim_id=case.held.id, decision=decision, party_id=s.party_id, payout_id=payout,
                account_id=s.account_id, amount=s.amount,
                for_party_id=s.for_party_id, direct=s.direct, share=(s.amount / decision.amount).quantize(Decimal("0.0001")),
            )
            for s, payout in zip(shares, payouts, strict=True)
        ]
    )  # fmt: skip


@tx.step
def close_without_money(held: Held, *, at: datetime) -> State:
    """Close an approved claim that has no money left to pay: premiums waived, or all advanced."""
    to = after(held.state, Action.CLOSE)
    assert to is not None
    outcome = "PAID" if held.paid_amount > ZERO else "ZERO"
    write(held, at=at, state=to.value, outcome=outcome, closed_at=at)
    say_closed(held, outcome, at=at)
    return to


@tx.step
def say_closed(held: Held, outcome: str, *, at: datetime) -> None:
    """Say how a claim ended, and ask for a rating."""
    journal.record(
        events.ClaimClosed(outcome=outcome),
        about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
    )  # fmt: skip
    messaging.queue(
        "claims.closed_rate_us", to=Ref("party", held.claimant_id), about=held.ref, at=at,
        facts={"claim": held.number}, once="closed",
    )  # fmt: skip
