"""What people keeps."""

from yilu.people.models.agents import Agent
from yilu.people.models.doubles import Double, MergedLately, MovedReference
from yilu.people.models.erasing import Erasure
from yilu.people.models.identity_checks import IdentityCheck
from yilu.people.models.parties import (
    IDENTITY_KINDS,
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
from yilu.people.models.privacy_register import PrivacyRecord, PrivacyStep
from yilu.people.models.proposals import RoleProposal
from yilu.people.models.service import Decease, Guardianship, ServicePreference

__all__ = [
    "IDENTITY_KINDS",
    "Agent",
    "Allowance",
    "BankAccount",
    "Consent",
    "DataRequest",
    "Decease",
    "Double",
    "Erasure",
    "Guardianship",
    "IdentityCheck",
    "MergedLately",
    "MovedReference",
    "Office",
    "OneTimeCode",
    "Party",
    "PrivacyRecord",
    "PrivacyStep",
    "Provider",
    "RecoveryCode",
    "RoleProposal",
    "SearchKey",
    "ServicePreference",
    "SignInAttempt",
    "Staff",
    "StaffRole",
]
