"""Who may claim on what, what has been used, and policies as screens show them."""

from yilu.policies.queries.beneficiaries import (
    BeneficiaryView,
    all_beneficiaries,
    beneficiaries_for,
)
from yilu.policies.queries.cards import (
    BenefitCard,
    PolicyCard,
    PolicyRow,
    get_for_agent,
    get_for_party,
    get_for_staff,
    list_for_agent,
    list_for_party,
    list_maturing,
    policy_card,
)
from yilu.policies.queries.claimable import (
    ClaimablePolicy,
    PolicyNotFound,
    for_insured_at_loss,
    get_claimable,
    get_policy,
)
from yilu.policies.queries.holds import HoldView, premium_holds, premium_received_since
from yilu.policies.queries.used import benefit_use
from yilu.policies.rules import PolicyNotInForce

__all__ = [
    "BeneficiaryView",
    "BenefitCard",
    "ClaimablePolicy",
    "HoldView",
    "PolicyCard",
    "PolicyNotFound",
    "PolicyNotInForce",
    "PolicyRow",
    "all_beneficiaries",
    "beneficiaries_for",
    "benefit_use",
    "for_insured_at_loss",
    "get_claimable",
    "get_for_agent",
    "get_for_party",
    "get_for_staff",
    "get_policy",
    "list_for_agent",
    "list_for_party",
    "list_maturing",
    "policy_card",
    "premium_holds",
    "premium_received_since",
]
