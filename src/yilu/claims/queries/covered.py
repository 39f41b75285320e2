"""Whether by our records a contract answers for a loss, for whoever is about to report it."""

from __future__ import annotations

from datetime import date

from yilu.policies import queries as policies


def not_covered_because(policy_id: int, loss_date: date) -> str:
    """
    Since when and why there is no cover on the day, as a sentence; empty where there is.

    Empty as well where the day is before the contract began: that no report can be (``report_claim``).
    """
    policy = policies.get_policy(policy_id, loss_date, without_cover=True)
    return "" if loss_date < policy.contract.effective_on else policy.why_not_covered(loss_date)
