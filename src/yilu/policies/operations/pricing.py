"""What a contract's premium becomes when something it depends on changes."""

from __future__ import annotations

from decimal import Decimal

from yilu.kernel.money import ZERO, round_yuan
from yilu.kernel.years import full_years
from yilu.policies import rules
from yilu.policies.models import Policy
from yilu.products import queries as products


def repriced(
    policy: Policy,
    *,
    pay_mode: str | None = None,
    occupation_class: int | None = None,
    age: int | None = None,
    sex: str | None = None,
) -> tuple[Decimal, Decimal]:
    """
    The new premium of an instalment and the extra premium in it.

    The contract keeps its own price level: what it costs now is changed in the ratio of the
    product's prices before and after.

    :raises PriceNotOffered: the product has no price for it; its sentence says the range.
    """
    before = _price(policy, policy.pay_mode, policy.occupation_class, None, None)
    after = _price(
        policy, pay_mode or policy.pay_mode, occupation_class or policy.occupation_class, age, sex
    )
    if before <= ZERO or before == after:
        return policy.premium, policy.extra_premium
    ratio = after / before
    return round_yuan(policy.premium * ratio), round_yuan(policy.extra_premium * ratio)


def _price(
    policy: Policy, pay_mode: str, occupation_class: int, age: int | None, sex: str | None
) -> Decimal:
    price = products.price(
        policy.product_version_id,
        sex=sex or policy.rated_sex or "MALE",
        age=policy.rated_age or 0 if age is None else age,
        sum_insured=policy.sum_insured,
        pay_years=policy.pay_years,
        pay_mode=pay_mode,
        years=None if policy.ends_on is None else full_years(policy.effective_on, policy.ends_on),
        occupation_class=occupation_class,
        with_social_insurance=policy.with_social_insurance,
    )
    return Decimal(price.premium)


def paid_instalments(policy: Policy) -> int:
    """How many premiums have been paid, counted from the start of cover."""
    if policy.pay_mode not in rules.MONTHS:
        return 1
    done, due = 1, policy.effective_on
    total = rules.periods_of(policy.pay_years, policy.pay_mode)
    while done < total and policy.paid_to is not None:
        due = rules.due_date(policy.effective_on, done, policy.pay_mode)
        if due >= policy.paid_to:
            break
        done += 1
    return done if policy.paid_to is not None else total
