"""What policies keeps."""

from yilu.policies.models.contract import Beneficiary, Policy, SpecialExclusion
from yilu.policies.models.money import (
    ACCOUNTS,
    AdditionGivenBack,
    DueBenefit,
    LedgerEntry,
    PaidUpAddition,
    PolicyLoan,
)
from yilu.policies.models.standing import BenefitUse, PremiumHold, RenewalConsent, Restraint

__all__ = [
    "ACCOUNTS",
    "AdditionGivenBack",
    "Beneficiary",
    "BenefitUse",
    "DueBenefit",
    "LedgerEntry",
    "PaidUpAddition",
    "Policy",
    "PolicyLoan",
    "PremiumHold",
    "RenewalConsent",
    "Restraint",
    "SpecialExclusion",
]
