"""How many premiums were paid for times that the contract did not live to see."""

from __future__ import annotations

from datetime import date

from yilu.policies.rules import MONTHS, due_date, periods_of


def paid_ahead(
    effective_on: date, pay_mode: str, pay_years: int, paid_to: date | None, ended_on: date
) -> int:
    """
    The premiums paid whose due day had not come when the contract ended: their time never began.

    ``paid_to`` is the first due day that is not paid; None: all are. A single premium is never one.
    """
    if pay_mode not in MONTHS:
        return 0
    dues = (due_date(effective_on, n, pay_mode) for n in range(periods_of(pay_years, pay_mode)))
    return sum(1 for due in dues if due >= ended_on and (paid_to is None or due < paid_to))
