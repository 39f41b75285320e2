"""Who may decide what is at stake in a claim (核赔权限)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from yilu.claims.models import Decision
from yilu.claims.rules import authority
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.standards import queries as standards

from .holding import Held


def at_stake_in(held: Held, amount: Decimal, benefit: Decimal, waived_from: date | None) -> Decimal:
    """
    What a decision is about, for who may take it: the whole benefit, because paying less declines the
    rest; where premiums are waived, all those that would be due since.
    """
    if waived_from is None:
        return max(amount, benefit)
    return max(amount, benefit, policies.premiums_waived(held.policy_id, waived_from))


def waived_by(decision: Decision) -> date | None:
    """From which day the sum that a decision rests on waives premiums; None where it waives none."""
    found = decision.calculation.result.get("waived_from") if decision.calculation else None
    return date.fromisoformat(found) if found else None


def authority_over(held: Held, amount: Decimal, at: datetime) -> authority.Authority:
    """What the table ``claims.authority`` asks for an amount."""
    said = standards.decide(
        "claims.authority", {"claim_type": held.claim_type, "amount": amount}, at
    ).outputs
    return authority.Authority(
        said["role"], said["second_role"], said["four_eyes"], said["first_opinion_stands"]
    )


def roles_in(access: Access, office_id: int) -> list[str]:
    """The roles somebody has over an office."""
    return [g.role for g in access.grants if office_id in g.office_ids]
