"""What has fallen due while the insured lives, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel import tx
from yilu.kernel.money import ZERO, round_yuan
from yilu.policies.models import DueBenefit, Policy
from yilu.policies.queries.additions import Addition, additions_of, bought_before
from yilu.policies.queries.refusals import PolicyNotFound
from yilu.policies.queries.values import balances, values_on
from yilu.products import queries as products


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitLine:
    """One benefit that fell due and was not paid yet."""

    code: str
    name: str
    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """What a claim for survival benefits pays on a day (生存金试算)."""

    lines: tuple[BenefitLine, ...]
    interest: Decimal
    loan: Decimal
    gross: Decimal
    matured: bool

    @property
    def pays(self) -> Decimal:
        """What goes out, after the loan of a contract that has matured."""
        return max(self.gross - self.loan, ZERO)


def payable_benefits(policy_id: int, on: date) -> Payable:
    """What lies with us for the insured, with the interest up to a day."""
    rows = DueBenefit.objects.filter(policy_id=policy_id).exclude(state="PAID").order_by("due_on")
    values = values_on(policy_id, on)
    lying = balances(policy_id)["survival"]
    matured = Policy.objects.filter(pk=policy_id, state="EXPIRED").exists()
    return Payable(
        lines=tuple(
            BenefitLine(code=b.code, name=b.name, due_on=b.due_on, amount=b.amount) for b in rows
        ),
        interest=values.survival_account - lying,
        loan=min(values.loan_owed, values.survival_account) if matured else ZERO,
        gross=values.survival_account,
        matured=matured,
    )


_SCHEDULE = """
    select p.product_version_id, p.effective_on, p.ends_on, p.sum_insured, i.birth_date
      from policies_policy p join people_party i on i.id = p.insured_id where p.id = %s::bigint
"""


def with_additions(
    amount: Decimal, due_on: date, sum_insured: Decimal, additions: Sequence[Addition]
) -> Decimal:
    """What falls due, also on the sums that dividends bought before that day (交清增额)."""
    bought = bought_before(additions, due_on)
    return amount + round_yuan(amount * bought / sum_insured) if bought else amount


def next_benefit(policy_id: int, on: date) -> BenefitLine | None:
    """The next survival or maturity benefit after a day; None where there is none."""
    found = tx.rows(_SCHEDULE, [policy_id])
    if not found:
        raise PolicyNotFound
    version, effective_on, ends_on, sum_insured, born = found[0]
    if born is None:
        return None
    for each in products.scheduled_benefits(
        version, effective_on=effective_on, ends_on=ends_on, sum_insured=sum_insured,
        birth_date=born,
    ):  # fmt: skip
        if each.due_on > on:
            return BenefitLine(
                code=each.code, name=each.name, due_on=each.due_on,
                amount=with_additions(
                    each.amount, each.due_on, sum_insured, additions_of([policy_id]).get(policy_id, ())
                ),
            )  # fmt: skip
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingBenefit:
    """A survival or maturity benefit that a living contract will give on a day (将到期的给付)."""

    policy_id: int
    code: str
    name: str
    due_on: date
    amount: Decimal


_SCHEDULES = """
    select p.id, p.product_version_id, p.effective_on, p.ends_on, p.sum_insured, i.birth_date
      from policies_policy p join people_party i on i.id = p.insured_id
     where p.id = any(%s::bigint[]) and i.birth_date is not null
     order by p.id
"""


def coming_benefits(policy_ids: Sequence[int], first: date, last: date) -> list[ComingBenefit]:
    """What falls due on contracts in a span of days, both included; two statements however many."""
    rows = tx.rows(_SCHEDULES, [list(policy_ids)])
    if not rows:
        return []
    added = additions_of([row[0] for row in rows])
    return [
        ComingBenefit(
            policy_id=id, code=each.code, name=each.name, due_on=each.due_on,
            amount=with_additions(each.amount, each.due_on, sum_insured, added.get(id, ())),
        )
        for id, version, effective_on, ends_on, sum_insured, born in rows
        for each in products.scheduled_benefits(
            version, effective_on=effective_on, ends_on=ends_on, sum_insured=sum_insured,
            birth_date=born,
        )
        if first <= each.due_on <= last
    ]  # fmt: skip
