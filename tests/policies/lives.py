"""A policy of value and the steps of its money, each as a use case of its own."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tests import make
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.policies import operations, queries
from yilu.policies.models import Policy

START = date(2022, 3, 1)
TODAY = date(2026, 3, 4)


def valuable(office_id=None, **given):
    """A whole life policy in its fifth year, the premium of March 2027 the next one."""
    told = {
        "product_code": "whole-life", "sum_insured": Decimal(200_000),
        "premium": Decimal("8000.00"), "effective_on": START, "pay_years": 10,
        "with_social_insurance": False,
    } | given  # fmt: skip
    office_id = office_id or make.office()
    if "holder_id" not in told:
        told["holder_id"] = make.party(office_id, birth_date=date(1985, 6, 15), sex="FEMALE")
    return Policy.objects.get(pk=make.policy(office_id, **told).id)


def noon(day):
    """Twelve o'clock in Shanghai."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def do(step, policy, on=TODAY, about=None, **given):
    """Run a step on a policy in a use case of its own, on a day."""
    told = {"policy_id": policy.pk, "actor": SYSTEM, "at": noon(on)} | given
    if about is not None:
        told["about"] = Ref("servicing_request", about)
    return tx.use_case(getattr(operations, step))(**told)


def bonus(policy, *, year, amount, on=TODAY):
    """A year's dividend, kept with us, as the daily run books it; whether it was new."""
    return tx.use_case(operations.post)(
        policy_id=policy.pk, entry="DIVIDEND", legs={"benefit": -amount, "dividend": amount},
        about=Ref("dividend_year", year), actor=SYSTEM, at=noon(on),
    )  # fmt: skip


def values(policy, on=TODAY):
    return queries.values_on(policy.pk, on)
