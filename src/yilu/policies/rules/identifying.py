"""Whose identity must be known before money of a contract goes to them (反洗钱法 29-31, 令2025-11 13)."""

from __future__ import annotations

from decimal import Decimal


def must_be_known(
    amount: Decimal, least: Decimal, *, party_to_contract: bool, proved: bool
) -> bool:
    """
    Whether a payee must be known: of any sum who is no party to the contract, all others from ``least`` on.

    ``proved``: two colleagues looked at who they are for this very pay-out.
    """
    return not proved and (not party_to_contract or amount >= least)
