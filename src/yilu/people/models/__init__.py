"""What people keeps."""

from yilu.people.models.parties import (
    IDENTITY_KINDS,
    Agent,
    Allowance,
    BankAccount,
    Consent,
    DataRequest,
    Office,
    OneTimeCode,
    Party,
    Provider,
    RecoveryCode,
    SearchKey,
    SignInAttempt,
    Staff,
    StaffRole,
)
from yilu.people.models.service import Decease, Guardianship, ServicePreference

__all__ = [
    "IDENTITY_KINDS",
    "Agent",
    "Allowance",
    "BankAccount",
    "Consent",
    "DataRequest",
    "Decease",
    "Guardianship",
    "Office",
    "OneTimeCode",
    "Party",
    "Provider",
    "RecoveryCode",
    "SearchKey",
    "ServicePreference",
    "SignInAttempt",
    "Staff",
    "StaffRole",
]
