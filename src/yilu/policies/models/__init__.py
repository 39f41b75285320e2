"""What policies keeps."""

from yilu.policies.models.contract import Beneficiary, Policy, SpecialExclusion
from yilu.policies.models.money import ACCOUNTS, DueBenefit, LedgerEntry, PolicyLoan
from yilu.policies.models.standing import BenefitUse, PremiumHold, Restraint

__all__ = [
    "ACCOUNTS",
    "Beneficiary",
    "BenefitUse",
    "DueBenefit",
    "LedgerEntry",
    "Policy",
    "PolicyLoan",
    "PremiumHold",
    "Restraint",
    "SpecialExclusion",
]
