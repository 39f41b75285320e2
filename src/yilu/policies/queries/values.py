"""What a policy is worth and owes on a day: cash value, loans, what lies with us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.kernel.years import full_years
from yilu.policies import parameters, rules
from yilu.policies.models import ACCOUNTS
from yilu.policies.queries.refusals import PolicyNotFound
from yilu.policies.queries.worth import Worth, added_value, cash_value
from yilu.policies.rules import accumulating, loans, reinstating, schedule

LIVING = ("IN_FORCE", "GRACE", "SUSPENDED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """
    A policy's money on a day (保单价值). ``lendable`` and ``surrender_value`` are after what is owed.

    ``survival_account`` and ``dividends`` include the interest they have borne up to the day.
    ``cash_value`` includes ``added_value``: that of the sum dividends have bought (``added_sum``).
    """

    policy_id: int
    on: date
    cash_value: Decimal = ZERO
    loan_principal: Decimal = ZERO
    loan_interest: Decimal = ZERO
    lendable: Decimal = ZERO
    surrender_value: Decimal = ZERO
    suspense: Decimal = ZERO
    survival_account: Decimal = ZERO
    dividends: Decimal = ZERO
    added_sum: Decimal = ZERO
    added_value: Decimal = ZERO
    has_loan: bool = False
    """A loan of the holder's own is open; premiums lent are none."""

    @property
    def loan_owed(self) -> Decimal:
        """What would settle every loan."""
        return self.loan_principal + self.loan_interest


# A waived premium counts as paid: nothing stops the value.
_PAID_TO = "case when p.waived_from <= p.paid_to then null else p.paid_to end"
# What dividends have bought by a day and was not given back (交清增额).
_ADDED = """
           (select coalesce(sum(a.sum), 0)
              from (select b.sum, b."on" from policies_paidupaddition b where b.policy_id = p.id
                     union all
                    select -g.sum, g."on" from policies_additiongivenback g where g.policy_id = p.id) a
             where a."on" <= %s::date)
"""
_WORTH = f"""
    select p.id, p.product_version_id, p.state, p.rated_sex, p.rated_age, p.pay_mode, p.pay_years,
           p.effective_on, p.ends_on, p.sum_insured, p.premiums_paid, {_PAID_TO}, p.paid_up_on,
           i.sex, i.birth_date, {_ADDED}
      from policies_policy p join people_party i on i.id = p.insured_id
     where p.id = any(%s::bigint[])
"""
_ALL = f"""
    select p.id, p.product_version_id, p.state, p.rated_sex, p.rated_age, p.pay_mode, p.pay_years,
           p.effective_on, p.ends_on, p.sum_insured, p.premiums_paid, {_PAID_TO}, p.paid_up_on,
           i.sex, i.birth_date, {_ADDED},
           array(select array[l.id::text, l.kind, l.principal::text, l.carried::text, l.rate::text,
                              l.since::text, l.due_on::text, l.opened_on::text]
                   from policies_policyloan l
                  where l.policy_id = p.id and l.closed_on is null order by l.kind, l.id),
           array(select array[e.suspense::text, e.survival::text, e.dividend::text, e."on"::text, e.kind]
                   from policies_ledgerentry e
                  where e.policy_id = p.id
                    and (e.suspense <> 0 or e.survival <> 0 or e.dividend <> 0) order by e.id)
      from policies_policy p join people_party i on i.id = p.insured_id
     where p.id = any(%s::bigint[])
"""
_LOANS = """
    select policy_id, id, kind, principal, carried, rate, since, due_on, opened_on from policies_policyloan
     where policy_id = any(%s::bigint[]) and closed_on is null order by kind, id
"""


def values_on(policy_id: int, on: date) -> Values:
    """The values of one policy on a day; one statement. :raises PolicyNotFound: no such policy."""
    found = values_of([policy_id], on)
    if policy_id not in found:
        raise PolicyNotFound
    return found[policy_id]


def values_of(policy_ids: Sequence[int], on: date) -> dict[int, Values]:
    """``values_on`` of many policies, in one statement however many."""
    return {
        row[0]: _values(
            row[0], on, row[2], _worth(row), [_open_loan(each) for each in row[16]],
            [_leg(each) for each in row[17]],
        )
        for row in tx.rows(_ALL, [on, list(policy_ids)])
    }  # fmt: skip


def _open_loan(told: Sequence[str]) -> OpenLoan:
    opened_on = date.fromisoformat(told[7])
    loan = loans.Loan(
        kind=told[1], principal=Decimal(told[2]), carried=Decimal(told[3]), rate=Decimal(told[4]),
        since=date.fromisoformat(told[5]), due_on=date.fromisoformat(told[6]),
        months=parameters.loan_terms(opened_on).months,
    )  # fmt: skip
    return OpenLoan(int(told[0]), opened_on, loan)


def _leg(told: Sequence[str]) -> tuple[Any, ...]:
    suspense, survival, dividend = (Decimal(each) for each in told[:3])
    return suspense, survival, dividend, date.fromisoformat(told[3]), told[4]


@dataclass(frozen=True, slots=True)
class Money:
    """
    What a policy is worth and owes on a day; what dividends have bought is ``added_sum``, worth
    ``added_value`` and contained in ``value``.
    """

    value: Decimal
    owed: Decimal
    added_sum: Decimal = ZERO
    added_value: Decimal = ZERO


def money_on(policy_ids: Sequence[int], on: date) -> dict[int, Money]:
    """Cash value and what the loans come to, of living policies on a day; two statements."""
    ids = list(policy_ids)
    lent = open_loans(ids)
    return {
        row[0]: _money(_worth(row), [each.loan for each in lent.get(row[0], ())], on)
        for row in tx.rows(_WORTH, [on, ids])
        if row[2] in LIVING
    }


def _money(worth: Worth, lent: Sequence[loans.Loan], on: date) -> Money:
    added = added_value(worth, on)
    return Money(
        cash_value(worth, on) + added, loans.owed(lent, on), worth.added_sum, added
    )  # fmt: skip


def _values(
    policy_id: int,
    on: date,
    state: str,
    worth: Worth,
    lent: Sequence[OpenLoan],
    legs: Sequence[tuple[Any, ...]],
) -> Values:
    added = added_value(worth, on) if state in LIVING else ZERO
    value = cash_value(worth, on) + added if state in LIVING else ZERO
    stand = [loans.standing(each.loan, on) for each in lent]
    owed = sum((each.owed for each in stand), ZERO)
    rate = parameters.accumulation_rate(on)
    survival, dividends = (_grown(legs, place, rate, on) for place in (1, 2))
    suspense = sum((leg[0] for leg in legs), ZERO)
    share = parameters.loan_terms(on).share_of_value
    covering = state in ("IN_FORCE", "GRACE")
    return Values(
        policy_id=policy_id, on=on, cash_value=value,
        loan_principal=sum((each.principal for each in stand), ZERO),
        loan_interest=sum((each.interest for each in stand), ZERO),
        lendable=loans.lendable(value, share, owed) if covering else ZERO,
        surrender_value=max(value + survival + dividends + suspense - owed, ZERO),
        suspense=suspense, survival_account=survival, dividends=dividends,
        added_sum=worth.added_sum, added_value=added,
        has_loan=any(each.loan.kind == "LOAN" for each in lent),
    )  # fmt: skip


def _grown(legs: Sequence[tuple[Any, ...]], place: int, rate: Decimal, on: date) -> Decimal:
    mine = [
        accumulating.Leg(leg[3], leg[place], credits=leg[4] == "CREDITED")
        for leg in legs
        if leg[place]
    ]
    return accumulating.balance(mine) + accumulating.accrued(mine, rate, on)


def _worth(row: tuple[Any, ...]) -> Worth:
    born, age = row[14], row[4]
    if age is None:
        age = full_years(born, row[7]) if born is not None else None
    return Worth(
        version_id=row[1], sex=row[3] or row[13] or "MALE", age=age, pay_mode=row[5], pay_years=row[6],
        effective_on=row[7], ends_on=row[8], sum_insured=row[9], premiums_paid=row[10],
        paid_to=row[11], paid_up_on=row[12], added_sum=row[15],
    )  # fmt: skip


def worth_of(policy_id: int, on: date) -> Worth:
    """What a policy's value depends on by a day; one statement. :raises PolicyNotFound: no such policy."""
    found = tx.rows(_WORTH, [on, [policy_id]])
    if not found:
        raise PolicyNotFound
    return _worth(found[0])


@dataclass(frozen=True, slots=True)
class OpenLoan:
    """An open loan with its id."""

    id: int
    opened_on: date
    loan: loans.Loan


def open_loans(policy_ids: Sequence[int]) -> dict[int, list[OpenLoan]]:
    """The open loans of policies in one statement, advances first; those without are not in it."""
    found: dict[int, list[OpenLoan]] = defaultdict(list)
    for policy_id, loan_id, kind, principal, carried, rate, since, due_on, opened_on in tx.rows(
        _LOANS, [list(policy_ids)]
    ):
        months = parameters.loan_terms(opened_on).months
        loan = loans.Loan(
            kind=kind, principal=principal, carried=carried, rate=rate, since=since, due_on=due_on,
            months=months,
        )  # fmt: skip
        found[policy_id].append(OpenLoan(loan_id, opened_on, loan))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanView:
    """An open loan as screens show it, on a day (保单借款)."""

    id: int
    kind: str
    rate: Decimal
    principal: Decimal
    interest: Decimal
    opened_on: date
    due_on: date

    @property
    def owed(self) -> Decimal:
        """What would settle it on that day."""
        return self.principal + self.interest


def list_loans(policy_id: int, on: date) -> tuple[LoanView, ...]:
    """The open loans of a policy, with the interest up to a day; one statement."""
    return tuple(
        LoanView(
            id=each.id, kind=each.loan.kind, rate=each.loan.rate, principal=stand.principal,
            interest=stand.interest, opened_on=each.opened_on, due_on=stand.due_on,
        )
        for each in open_loans([policy_id]).get(policy_id, ())
        for stand in (loans.standing(each.loan, on),)
    )  # fmt: skip


def loan_owed_on(policy_ids: Sequence[int], on: date) -> dict[int, Decimal]:
    """What the loans of policies come to on a day, with interest; one statement."""
    return {
        policy_id: loans.owed([each.loan for each in lent], on)
        for policy_id, lent in open_loans(policy_ids).items()
    }


_BALANCES = f"""
    select {", ".join(f"coalesce(sum({account}), 0)" for account in ACCOUNTS)}
      from policies_ledgerentry where policy_id = %s::bigint
"""


def balances(policy_id: int) -> dict[str, Decimal]:
    """What lies on each account of a policy's ledger; together they are always zero."""
    row = tx.rows(_BALANCES, [policy_id])[0]
    return dict(zip(ACCOUNTS, row, strict=True))


_ARREARS = """
    select effective_on, ends_on, pay_mode, pay_years, paid_to, premium, waived_from
      from policies_policy where id = %s::bigint
"""


def arrears_on(policy_id: int, on: date) -> reinstating.Arrears:
    """The premiums a policy has not paid by a day, with interest. :raises PolicyNotFound: none such."""
    found = tx.rows(_ARREARS, [policy_id])
    if not found:
        raise PolicyNotFound
    effective_on, ends_on, mode, years, paid_to, premium, waived_from = found[0]
    if paid_to is None or mode not in rules.MONTHS:
        return reinstating.Arrears(())
    dues = schedule.dues_until(effective_on, ends_on, mode, years, paid_to, on)
    if waived_from is not None:
        dues = tuple(due for due in dues if due < waived_from)
    return reinstating.arrears(dues, premium, parameters.reinstatement_terms(on).yearly_rate, on)
