"""End a contract for what was not told when it was made, and give the premiums back where they are due."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.policies import events
from yilu.policies.models import Policy
from yilu.policies.operations import leaving
from yilu.policies.operations.ledger import post
from yilu.policies.operations.lending import book_terms, close_loans, keep_owed
from yilu.policies.operations.standing import end_policy
from yilu.policies.queries.values import balances, open_loans
from yilu.policies.rules import loans


@tx.step
def rescind(
    *, policy_id: int, premiums_back: bool, about: Ref, actor: Ref, at: datetime
) -> Decimal:
    """
    Rescind a contract (解除合同; 保险法 16): after intent nothing goes back, after gross negligence the
    premiums with what was paid for lateness, less a loan that is owed on it. How much went back.

    It goes to the holder's own account; where none is known it lies on the contract as theirs (溢交款), and
    a person asks for one. Twice is once.

    :raises PolicyStateStale: it ended otherwise before.
    """
    policy = Policy.objects.select_for_update(of=("self",)).get(pk=policy_id)
    gone = _give_back(policy, about, actor, at) if premiums_back else ZERO
    end_policy(policy_id=policy_id, ending="RESCINDED", on=day_of(at), actor=actor, at=at)
    return gone


def _give_back(policy: Policy, about: Ref, actor: Ref, at: datetime) -> Decimal:
    today = day_of(at)
    principal = interest = ZERO
    for each in open_loans([policy.pk]).get(policy.pk, []):
        standing = loans.standing(each.loan, today)
        book_terms(policy.pk, each, standing, actor=actor, at=at)
        principal += standing.principal
        interest += standing.interest
    lying = balances(policy.pk)
    # What was given back of the value before (部分领取、交清增额) is not paid a second time.
    premiums = lying["premium"] + lying["refund"]
    paid = premiums + lying["late_interest"]
    amount = paid - principal - interest
    if amount <= ZERO:
        return ZERO
    legs = {
        "suspense": amount, "premium": -premiums, "late_interest": -lying["late_interest"],
        "loan": principal, "loan_interest": interest,
    }  # fmt: skip
    if not post(policy_id=policy.pk, entry="LEFTOVER", legs=legs, about=about, actor=actor, at=at):
        return ZERO
    if principal:
        close_loans(policy.pk, today)
        keep_owed(policy)
    journal.record(
        events.PremiumsGivenBack(amount=str(amount)),
        about=policy.ref, actor=actor, at=at, party=policy.holder_id,
    )  # fmt: skip
    out = Ref(f"{about.kind}_rescinded", about.id)
    leaving.return_to_holder(policy, amount, about=out, actor=actor, at=at, why="RESCINDED")
    return amount
