"""What a waiver of premiums reaches, and what it is worth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from yilu.kernel.money import ZERO
from yilu.policies.models import Policy
from yilu.policies.rules import schedule
from yilu.products import queries as products


def reached_by(policy_id: int) -> QuerySet[Policy]:
    """
    The contracts whose premiums a waiver under this one frees, by their numbers: itself, or under a
    waiver rider its main contract and every rider of that.
    """
    own = Policy.objects.only("main_id", "product_version_id").get(pk=policy_id)
    which = Q(pk=policy_id)
    if own.main_id and products.get_terms(own.product_version_id).main_waiver:
        which = Q(pk=own.main_id) | Q(main_id=own.main_id)
    return Policy.objects.filter(which).order_by("pk")


def premiums_waived(policy_id: int, waived_from: date) -> Decimal:
    """What a waiver from a day spares the holder in all (豁免的保险费合计): every premium due since then."""
    return sum(
        (
            policy.premium * sum(due >= waived_from for due in _due_days(policy))
            for policy in reached_by(policy_id)
        ),
        start=ZERO,
    )


def _due_days(policy: Policy) -> tuple[date, ...]:
    return schedule.due_days(policy.effective_on, policy.ends_on, policy.pay_mode, policy.pay_years)


def waived_since(policy_id: int) -> date | None:
    """From which day on no premium of a contract is asked any more; None where premiums are asked."""
    return Policy.objects.filter(pk=policy_id).values_list("waived_from", flat=True).first()
