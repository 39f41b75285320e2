"""Keep cover alive out of the policy's own value: premiums lent when unpaid (自动垫交)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.years import add_months
from yilu.policies import events, parameters
from yilu.policies.models import Policy, PolicyLoan, PremiumHold
from yilu.policies.operations.guards import COVERING
from yilu.policies.operations.ledger import Posting, post_many
from yilu.policies.operations.lending import term_ref
from yilu.policies.operations.premiums import due_ref, move_on
from yilu.policies.queries.values import OpenLoan, Values, open_loans, values_of
from yilu.policies.rules import loans


@tx.step
def advance_premium(*, policy_id: int, actor: Ref, at: datetime) -> bool:
    """Lend the premium that is owed, where so agreed and the value suffices; whether it was."""
    return policy_id in advance_premiums([policy_id], actor=actor, at=at)


@tx.step
def advance_premiums(
    policy_ids: Sequence[int], *, actor: Ref, at: datetime, today: date | None = None
) -> frozenset[int]:
    """
    Lend one owed premium each to many policies, in a dozen statements however many; which got one.

    Only where the holder chose it, the premium has fallen due, nobody holds collection, and the
    value less what is owed covers the premium. A due day is advanced once.
    """
    today = today or day_of(at)
    policies = _owing(policy_ids, today)
    values = values_of(list(policies), today)
    able = {
        policy_id: policy
        for policy_id, policy in policies.items()
        if values[policy_id].cash_value - values[policy_id].loan_owed >= policy.premium > ZERO
    }
    if not able:
        return frozenset()
    postings = [
        Posting(
            policy_id, "ADVANCE", {"loan": -policy.premium, "premium": policy.premium},
            due_ref(policy.paid_to), today,
        )
        for policy_id, policy in able.items()
        if policy.paid_to is not None
    ]  # fmt: skip
    new = post_many(postings, actor=actor, at=at)
    _lend({policy_id: able[policy_id] for policy_id in new}, today, actor, at)
    return new


def _owing(policy_ids: Sequence[int], today: date) -> dict[int, Policy]:
    held = PremiumHold.objects.filter(policy_id__in=policy_ids, released_at=None)
    found = (
        Policy.objects.select_for_update(of=("self",))
        .filter(pk__in=policy_ids, state__in=COVERING, advances_premium=True, paid_to__lt=today)
        .exclude(waived_from__lte=today)
        .exclude(pk__in=held.values("policy_id"))
        .order_by("pk")
    )
    return {policy.pk: policy for policy in found}


def _lend(policies: dict[int, Policy], today: date, actor: Ref, at: datetime) -> None:
    terms = parameters.loan_terms(today)
    opened, grown, ended = [], [], []
    lent = open_loans(list(policies))
    for policy_id, policy in policies.items():
        mine = [each for each in lent.get(policy_id, ()) if each.loan.kind == "ADVANCE"]
        due, amount = policy.paid_to, policy.premium
        if mine:
            stand = loans.standing(mine[0].loan, today)
            ended += _ended(policy_id, mine[0], stand)
            grown.append(
                PolicyLoan(
                    pk=mine[0].id, principal=stand.principal + amount, carried=stand.interest,
                    since=today, due_on=stand.due_on,
                )
            )  # fmt: skip
        else:
            opened.append(
                PolicyLoan(
                    policy=policy, kind="ADVANCE", principal=amount, rate=terms.yearly_rate,
                    since=today, due_on=add_months(today, terms.months), opened_on=today,
                )
            )  # fmt: skip
        move_on(policy, 1)
        fact = events.PremiumAdvanced(due_on=str(due), amount=str(amount), owed=str(amount))
        journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    post_many(ended, actor=actor, at=at)
    PolicyLoan.objects.bulk_create(opened)
    PolicyLoan.objects.bulk_update(grown, ["principal", "carried", "since", "due_on"])
    keep_owed_of(list(policies.values()), ["paid_to", "premiums_paid", "state", "owed_premium"])


def keep_owed_of(policies: Sequence[Policy], beside: Sequence[str] = ()) -> None:
    """Write what is lent now on many policies' rows, with other fields that were changed."""
    lent = open_loans([policy.pk for policy in policies])
    for policy in policies:
        policy.loan_owed = sum(
            (each.loan.principal + each.loan.carried for each in lent.get(policy.pk, ())), ZERO
        )
    Policy.objects.bulk_update(policies, [*beside, "loan_owed"])


def _ended(policy_id: int, each: OpenLoan, stand: loans.Standing) -> list[Posting]:
    return [
        Posting(
            policy_id, "CAPITALISED", {"loan": -end.interest, "loan_interest": end.interest},
            term_ref(each.id, end.on), end.on,
        )
        for end in stand.capitalised
    ]  # fmt: skip


_TO_CHECK = """
    select p.id from policies_policy p
     where p.id in (select policy_id from policies_policyloan
                     where closed_on is null and (checked_on is null or checked_on < %s::date)
                     order by policy_id limit %s::int)
     order by p.id for update of p skip locked
"""


@tx.use_case
def check_loans(*, at: datetime, today: date, actor: Ref, limit: int = 200) -> int:
    """
    Hold open loans against the value, each once a day; how many policies were looked at.

    Interest whose term has ended becomes principal. Where principal and interest come near the cash
    value that is said once; where they have outgrown it the contract is suspended. Renewals tells the
    holder of both.
    """
    ids = [row[0] for row in tx.rows(_TO_CHECK, [today, limit])]
    if not ids:
        return 0
    policies = {policy.pk: policy for policy in Policy.objects.filter(pk__in=ids)}
    values, lent = values_of(ids, today), open_loans(ids)
    ended, written = [], []
    near = _near_value(policies, values, today, actor, at)
    for policy_id, loans_of_it in lent.items():
        for each in loans_of_it:
            stand = loans.standing(each.loan, today)
            ended += _ended(policy_id, each, stand)
            written.append(_carried_on(each, stand, today, near[policy_id]))
            _say_capitalised(policies[policy_id], each, stand, actor, at)
    post_many(ended, actor=actor, at=at)
    PolicyLoan.objects.bulk_update(
        written, ["principal", "carried", "since", "due_on", "checked_on", "warned_on"]
    )
    outgrown = [
        policy
        for policy_id, policy in policies.items()
        if policy.state in COVERING and values[policy_id].loan_owed > values[policy_id].cash_value
    ]
    for policy in outgrown:
        policy.state, policy.suspended_on = Policy.State.SUSPENDED, today
        policy.suspended_for = Policy.SuspendedFor.LOAN
        said = values[policy.pk]
        for fact in (
            events.LoanOutgrewValue(owed=str(said.loan_owed), value=str(said.cash_value)),
            events.PolicySuspended(suspended_on=str(today), reason=policy.suspended_for),
        ):
            journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    keep_owed_of(list(policies.values()), ["state", "suspended_on", "suspended_for"])
    return len(ids)


def _near_value(
    policies: Mapping[int, Policy],
    values: Mapping[int, Values],
    today: date,
    actor: Ref,
    at: datetime,
) -> dict[int, date | None]:
    """
    Since when each contract's debt has been near its value; None where it is not.

    That is said once, and once more only after it was farther off in between.
    """
    open_of = PolicyLoan.objects.filter(policy_id__in=policies, closed_on=None)
    since = dict(open_of.exclude(warned_on=None).values_list("policy_id", "warned_on"))
    share = parameters.loan_warning_share(today)
    near: dict[int, date | None] = {}
    for policy_id, policy in policies.items():
        owed, value = values[policy_id].loan_owed, values[policy_id].cash_value
        near[policy_id] = since.get(policy_id, today) if owed > value * share else None
        if policy.state in COVERING and value >= owed > value * share and policy_id not in since:
            fact = events.LoanNearsValue(owed=str(owed), value=str(value))
            journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return near


def _carried_on(
    each: OpenLoan, stand: loans.Standing, today: date, warned_on: date | None
) -> PolicyLoan:
    ended = bool(stand.capitalised)
    return PolicyLoan(
        pk=each.id, principal=stand.principal, carried=ZERO if ended else each.loan.carried,
        since=stand.since, due_on=stand.due_on, checked_on=today, warned_on=warned_on,
    )  # fmt: skip


def _say_capitalised(
    policy: Policy, each: OpenLoan, stand: loans.Standing, actor: Ref, at: datetime
) -> None:
    for end in stand.capitalised:
        fact = events.LoanInterestCapitalised(
            loan_id=each.id, interest=str(end.interest), principal=str(stand.principal),
            due_on=str(stand.due_on),
        )  # fmt: skip
        journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
