"""Give the value back: the whole contract, a part of it, or all premiums in the cooling-off period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import events
from yilu.policies.models import BenefitUse, Policy
from yilu.policies.operations.guards import LIVE, ValueChanged, changeable, day_asked
from yilu.policies.operations.ledger import post
from yilu.policies.operations.lending import book_terms, close_loans, keep_owed
from yilu.policies.operations.standing import end_policy
from yilu.policies.queries.ending import Returnable, Surrender, returnable, surrender_of
from yilu.policies.queries.values import open_loans
from yilu.policies.rules import loans


class CoolingOffOver(Refusal):
    """The days in which all premiums go back have passed."""

    code = "cooling_off_over"
    message = _("犹豫期已过，不能全额退还保险费")
    hint = _("可以办理退保，退还保单的现金价值；也可以考虑减保、减额交清或保单借款。")


class ClaimedAlready(Refusal):
    """A benefit was paid: the contract cannot be made never to have been."""

    code = "claimed_already"
    message = _("该保单已有赔付，不能按犹豫期退保")
    hint = _("可以办理退保，退还保单的现金价值。")


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What goes to the customer for a policy and its riders, and what was kept back for loans."""

    paid: Decimal
    owed: Decimal
    policies: tuple[int, ...]


@tx.step
def surrender(
    *,
    policy_id: int,
    expected: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    as_of: date | None = None,
    ending: str = "SURRENDERED",
    keep: bool = False,
) -> GivenBack:
    """
    End a contract and its riders and give their value back, less what is owed (退保).

    ``expected`` is the sum the person saw (``queries.surrender_of``) on the day they asked
    (``as_of``); the caller pays it out. With ``keep`` nobody can be paid yet: it stays on the contract as
    the holder's (溢交款) and goes back from there. ``ending`` is LAPSED where nobody reinstated it in time
    (保险法 37).

    :raises ValueChanged: it would be another sum now. :raises PolicyStateStale: not living.
    :raises PolicyRestrained, PremiumHeld, Backdated: as every change.
    """
    day = day_asked(as_of, at)
    changeable(policy_id, at=at)
    parts = surrender_of(policy_id, day)
    for part in parts:
        if part.policy_id != policy_id:
            changeable(part.policy_id, at=at)
    if sum((part.pays for part in parts), ZERO) != expected:
        raise ValueChanged
    for part in parts:
        _give_back(part, day, about, actor, at, ending, keep)
    return GivenBack(
        expected, sum((part.owed for part in parts), ZERO), tuple(part.policy_id for part in parts)
    )


def _give_back(
    part: Surrender, on: date, about: Ref, actor: Ref, at: datetime, ending: str, keep: bool
) -> None:
    policy = Policy.objects.get(pk=part.policy_id)
    _credit(part, about, actor, at)
    for each in open_loans([part.policy_id]).get(part.policy_id, []):
        book_terms(part.policy_id, each, loans.standing(each.loan, on), actor=actor, at=at)
    # What is owed beyond everything the contract is worth is forgone, from the interest first.
    forgone = max(part.owed - part.gross, ZERO)
    kept = part.pays if keep else ZERO
    legs = {
        "customer": part.pays - kept, "refund": -part.cash_value, "survival": -part.survival,
        "dividend": -part.dividends, "suspense": kept - part.suspense, "loan": part.principal,
        "loan_interest": part.interest - forgone,
    }  # fmt: skip
    post(policy_id=policy.pk, entry="SURRENDER", legs=legs, about=about, actor=actor, at=at)
    if part.owed:
        close_loans(policy.pk, on)
        keep_owed(policy)
    end_policy(policy_id=policy.pk, ending=ending, on=day_of(at), actor=actor, at=at)
    fact = events.PolicySurrendered(
        value=str(part.cash_value), owed=str(part.owed), paid=str(part.pays)
    )
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)


def _credit(part: Surrender, about: Ref, actor: Ref, at: datetime) -> None:
    """The interest that money left with us has borne, before it goes out."""
    legs = {
        "survival": part.survival_interest, "dividend": part.dividend_interest,
        "benefit": -(part.survival_interest + part.dividend_interest),
    }  # fmt: skip
    if legs["benefit"]:
        post(policy_id=part.policy_id, entry="CREDITED", legs=legs, about=about, actor=actor, at=at)


@tx.step
def return_in_cooling_off(
    *,
    policy_id: int,
    expected: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    as_of: date | None = None,
) -> GivenBack:
    """
    Give every premium back, less the cost of the papers; the contract never gave cover (犹豫期退保).

    Its riders go with it. ``expected`` is the sum the person saw (``queries.returnable``)
    on the day they asked (``as_of``), which must lie within the period.

    :raises CoolingOffOver: the days have passed. :raises ClaimedAlready: a benefit was paid.
    :raises ValueChanged: it would be another sum now. Also as every change.
    """
    changeable(policy_id, at=at)
    day = day_asked(as_of, at)
    parts = returnable(policy_id, day)
    if not parts or day > parts[0].until:
        raise CoolingOffOver
    ids = [part.policy_id for part in parts]
    if BenefitUse.objects.filter(policy_id__in=ids).exists():
        raise ClaimedAlready
    if sum((part.pays for part in parts), ZERO) != expected:
        raise ValueChanged
    for part in parts:
        _take_back(part, day, about, actor, at)
    return GivenBack(expected, ZERO, tuple(ids))


def _take_back(part: Returnable, on: date, about: Ref, actor: Ref, at: datetime) -> None:
    policy = changeable(part.policy_id, at=at, states=LIVE)
    for each in open_loans([policy.pk]).get(policy.pk, []):
        book_terms(policy.pk, each, loans.standing(each.loan, on), actor=actor, at=at)
    legs = {
        "customer": part.pays, "premium": -part.premiums, "late_interest": -part.late_interest,
        "suspense": -part.suspense, "loan": part.principal, "loan_interest": part.interest,
        "fee": part.cost,
    }  # fmt: skip
    post(policy_id=policy.pk, entry="COOLING_OFF", legs=legs, about=about, actor=actor, at=at)
    if part.principal:
        close_loans(policy.pk, on)
        keep_owed(policy)
    end_policy(policy_id=policy.pk, ending="COOLING_OFF", on=day_of(at), actor=actor, at=at)
    fact = events.PolicyReturned(refunded=str(part.pays), cost=str(part.cost))
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
