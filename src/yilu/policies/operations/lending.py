"""Lend on a policy's value and be repaid (保单借款)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal, Sentence
from yilu.kernel.money import ZERO, said_yuan, yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.kernel.years import add_months
from yilu.policies import events, parameters
from yilu.policies.models import Policy, PolicyLoan
from yilu.policies.operations.guards import (
    COVERING,
    LIVE,
    ValueChanged,
    changeable,
    day_asked,
    locked,
    require_changeable,
)
from yilu.policies.operations.ledger import post
from yilu.policies.queries.lending import raise_offer
from yilu.policies.queries.values import OpenLoan, open_loans, values_on
from yilu.policies.rules import loans


class LoanAboveLimit(Invalid):
    """More than may be lent on the value."""

    code = "loan_above_limit"
    message = _("借款金额超过可借额度")
    hint = _("请减少借款金额；如已有借款，可先还款再借。")


class LoanTooSmall(Invalid):
    """Less than is worth a contract."""

    code = "loan_too_small"
    message = _("借款金额低于最低限额")
    hint = _("请提高借款金额。")


class LoanOpen(Refusal):
    """One loan at a time: two that race cannot both be made."""

    code = "loan_open"
    message = _("该保单已有一笔未结清的借款")
    hint = _("如需更多资金，请办理“还息增借”；也可先还清再借。")


class NoLoan(Refusal):
    """There is nothing to repay or to raise."""

    code = "no_loan"
    message = _("该保单没有未结清的借款")
    hint = _("请刷新后核对；如已还清，无需再次办理。")


@dataclass(frozen=True, slots=True)
class Lent:
    """A loan that was made or raised. ``pays`` goes to the customer."""

    loan_id: int
    pays: Decimal
    principal: Decimal
    rate: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class Repaid:
    """How money for a loan was used, and what is still owed."""

    interest: Decimal
    principal: Decimal
    left: Decimal
    kept: Decimal = ZERO


@tx.step
def lend(*, policy_id: int, amount: Decimal, about: Ref, actor: Ref, at: datetime) -> Lent:
    """
    Lend an amount on the policy's value; the caller pays it out to the holder's own account.

    The policy's row is held: of two who ask at the same time one finds the other's loan.

    :raises LoanOpen: another loan is open. :raises LoanAboveLimit: saying how much may be lent.
    :raises LoanTooSmall: below the smallest. :raises PolicyLapsed, PolicyStateStale,
        PolicyRestrained, PremiumHeld: as every change.
    """
    today = day_of(at)
    policy = changeable(policy_id, at=at, states=COVERING)
    amount, terms = yuan(amount), parameters.loan_terms(today)
    _refuse_loan(policy_id, amount, today)
    legs = {"customer": amount, "loan": -amount}
    post(policy_id=policy_id, entry="LOAN", legs=legs, about=about, actor=actor, at=at)
    loan = PolicyLoan.objects.create(
        policy=policy, kind="LOAN", principal=amount, rate=terms.yearly_rate, since=today,
        due_on=add_months(today, terms.months), opened_on=today,
    )  # fmt: skip
    keep_owed(policy)
    _say(
        events.LoanMade(
            loan_id=loan.pk, amount=str(amount), rate=str(loan.rate), due_on=str(loan.due_on)
        ),
        policy,
        actor,
        at,
    )
    return Lent(loan.pk, amount, amount, loan.rate, loan.due_on)


def require_lendable(*, policy_id: int, amount: Decimal, on: date) -> None:
    """What ``lend`` will refuse, asked before anybody confirms: nothing is held or changed."""
    require_changeable(policy_id, states=COVERING)
    _refuse_loan(policy_id, yuan(amount), on)


def _refuse_loan(policy_id: int, amount: Decimal, on: date) -> None:
    worth, least = values_on(policy_id, on), parameters.loan_terms(on).smallest
    if worth.has_loan:
        raise LoanOpen
    if amount < least:
        raise LoanTooSmall(Sentence(_("每笔借款不低于 {least} 元"), least=said_yuan(least)))
    refuse_above(worth.lendable, amount)


@tx.step
def repay(*, policy_id: int, amount: Decimal, about: Ref, actor: Ref, at: datetime) -> Repaid:
    """
    Take in money for what is owed: premium lent first, then the loan; interest before principal.

    More than is owed lies in suspense (溢交款). A frozen or pledged policy may be repaid.

    :raises NoLoan: nothing is owed. :raises PolicyStateStale: the policy has ended.
    """
    policy = locked(policy_id, LIVE)
    return pay_back(policy, yuan(amount), about=about, on=day_of(at), actor=actor, at=at)


def pay_back(
    policy: Policy, amount: Decimal, *, about: Ref, on: date, actor: Ref, at: datetime
) -> Repaid:
    """``repay`` on a row that is held already, as of a day."""
    open_ones = open_loans([policy.pk]).get(policy.pk, [])
    if not open_ones:
        raise NoLoan
    used = [(each, loans.standing(each.loan, on)) for each in open_ones]
    left, parts = amount, []
    for each, stand in used:
        part = loans.split(stand, min(left, stand.owed))
        left -= part.interest + part.principal
        parts.append((each, stand, part))
    interest = sum((part.interest for _, _, part in parts), ZERO)
    principal = sum((part.principal for _, _, part in parts), ZERO)
    legs = {"customer": -amount, "loan": principal, "loan_interest": interest, "suspense": left}
    if not post(policy_id=policy.pk, entry="REPAYMENT", legs=legs, about=about, actor=actor, at=at):
        return Repaid(ZERO, ZERO, sum((stand.owed for _, stand in used), ZERO))
    for each, stand, part in parts:
        if part.interest or part.principal:
            book_terms(policy.pk, each, stand, actor=actor, at=at)
            _reduce(each, stand, part, on)
    owed = keep_owed(policy)
    fact = events.LoanRepaid(interest=str(interest), principal=str(principal), left=str(owed))
    _say(fact, policy, actor, at)
    return Repaid(interest, principal, owed, left)


@tx.step
def raise_loan(
    *,
    policy_id: int,
    by: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    received: Decimal = ZERO,
    expected: Decimal | None = None,
    as_of: date | None = None,
) -> Lent:
    """
    Pay the interest and raise the loan (还息增借): a new term begins, at the day's rate.

    The interest up to the day of asking (``as_of``, default today) is taken from what the loan is
    raised by and from what was ``received``; the rest is ``pays`` (``expected`` is what the person
    saw). Interest that neither covers becomes principal.

    :raises NoLoan: no loan is open. :raises LoanAboveLimit: what is owed then would exceed the share
        of the value. :raises PolicyLapsed, PolicyStateStale, PolicyRestrained, PremiumHeld.
    """
    today, by, received = day_asked(as_of, at), yuan(by), yuan(received)
    policy = changeable(policy_id, at=at, states=COVERING)
    open_ones = open_loans([policy_id]).get(policy_id, [])
    mine = next((each for each in open_ones if each.loan.kind == "LOAN"), None)
    if mine is None or by < ZERO:
        raise NoLoan
    stand = loans.standing(mine.loan, today)
    pays = max(by + received - stand.interest, ZERO)
    unpaid = max(stand.interest - by - received, ZERO)
    if expected is not None and pays != expected:
        raise ValueChanged
    values = values_on(policy_id, today)
    refuse_above(values.lendable + stand.interest, by + unpaid)
    legs = {
        "customer": pays - received, "loan": -(by + unpaid), "loan_interest": stand.interest,
    }  # fmt: skip
    terms = parameters.loan_terms(today)
    due_on = add_months(today, terms.months)
    principal = stand.principal + by + unpaid
    lent = Lent(mine.id, pays, principal, terms.yearly_rate, due_on)
    if not post(policy_id=policy_id, entry="LOAN", legs=legs, about=about, actor=actor, at=at):
        return lent
    book_terms(policy_id, mine, stand, actor=actor, at=at)
    PolicyLoan.objects.filter(pk=mine.id).update(
        principal=principal, carried=ZERO, rate=terms.yearly_rate, since=today, due_on=due_on
    )
    keep_owed(policy)
    fact = events.LoanRaised(
        loan_id=mine.id, raised_by=str(by), interest=str(stand.interest), principal=str(principal),
        due_on=str(due_on),
    )  # fmt: skip
    _say(fact, policy, actor, at)
    return lent


def set_off(
    policy: Policy,
    *,
    about: Ref,
    on: date,
    actor: Ref,
    at: datetime,
    out_of: str = "benefit",
    most: Decimal | None = None,
) -> Decimal:
    """
    Settle every loan out of what the contract pays (扣还借款): the insurer pays so much less.

    Where no more than ``most`` is there, the rest is forgone, from the interest first.
    """
    principal = interest = ZERO
    for each in open_loans([policy.pk]).get(policy.pk, []):
        stand = loans.standing(each.loan, on)
        book_terms(policy.pk, each, stand, actor=actor, at=at)
        principal, interest = principal + stand.principal, interest + stand.interest
        _reduce(each, stand, loans.Split(stand.interest, stand.principal), on)
    taken = principal + interest if most is None else min(principal + interest, most)
    legs = {out_of: -taken, "loan": principal, "loan_interest": taken - principal}
    post(policy_id=policy.pk, entry="SET_OFF", legs=legs, about=about, actor=actor, at=at)
    keep_owed(policy)
    return taken


def require_raisable(*, policy_id: int, by: Decimal, on: date) -> None:
    """What ``raise_loan`` will refuse, asked before anybody confirms: nothing is held or changed."""
    require_changeable(policy_id, states=COVERING)
    offer = raise_offer(policy_id, by, on)
    if offer.principal_before <= ZERO:
        raise NoLoan
    refuse_above(values_on(policy_id, on).lendable + offer.interest, by)


def refuse_above(most: Decimal, amount: Decimal) -> None:
    """:raises LoanAboveLimit: naming what may be lent at most."""
    if amount > most:
        raise LoanAboveLimit(
            Sentence(
                _("本次最多可借 {most} 元（现金价值的规定比例减去未还借款本息）"),
                most=said_yuan(most),
            )
        )


def book_terms(
    policy_id: int, each: OpenLoan, stand: loans.Standing, *, actor: Ref, at: datetime
) -> None:
    """Book the interest of the terms that have ended as principal; each end once."""
    for ended in stand.capitalised:
        post(
            policy_id=policy_id,
            entry="CAPITALISED",
            legs={"loan": -ended.interest, "loan_interest": ended.interest},
            about=term_ref(each.id, ended.on),
            actor=actor,
            at=at,
        )


def term_ref(loan_id: int, ended_on: date) -> Ref:
    """The name under which the end of a loan's term is booked: once."""
    return Ref(f"loan_{loan_id}", int(f"{ended_on:%Y%m%d}"))


def _reduce(each: OpenLoan, stand: loans.Standing, part: loans.Split, on: date) -> None:
    principal, carried = stand.principal - part.principal, stand.interest - part.interest
    settled = principal + carried == ZERO
    PolicyLoan.objects.filter(pk=each.id).update(
        principal=principal, carried=carried, since=max(on, stand.since), due_on=stand.due_on,
        closed_on=on if settled else None,
    )  # fmt: skip


def close_loans(policy_id: int, on: date) -> None:
    """Every open loan is settled; the caller booked it."""
    PolicyLoan.objects.filter(policy_id=policy_id, closed_on=None).update(
        principal=ZERO, carried=ZERO, closed_on=on
    )


def keep_owed(policy: Policy) -> Decimal:
    """Write what is lent now on the policy's row, interest since then left out; how much."""
    owed = tx.rows(
        """
        update policies_policy p set loan_owed = coalesce(
               (select sum(l.principal + l.carried) from policies_policyloan l
                 where l.policy_id = p.id and l.closed_on is null), 0)
         where p.id = %s::bigint returning p.loan_owed
        """,
        [policy.pk],
    )
    policy.loan_owed = owed[0][0]
    return policy.loan_owed


def _say(fact: object, policy: Policy, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
