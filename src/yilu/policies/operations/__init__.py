"""Every write to policies: one file a group of use cases."""

from yilu.policies.operations.beneficiaries import (
    BadBeneficiaries,
    ConsentOfInsuredMissing,
    change_beneficiaries,
)
from yilu.policies.operations.holding import PremiumHeld, hold_premiums, release_premiums
from yilu.policies.operations.issuing import (
    BadApplication,
    Issued,
    NewBeneficiary,
    NewPolicy,
    issue,
    issue_policies,
    issue_policy,
)
from yilu.policies.operations.ledger import PostedOtherwise, Posting, post, post_many
from yilu.policies.operations.standing import (
    BadPremium,
    PolicyStateStale,
    end_policy,
    move_due_policies,
    receive_premium,
    reinstate_policy,
    terminate_policy,
    waive_premiums,
)
from yilu.policies.operations.using import UseChanged, record_benefit_use, take_back_benefit_use

__all__ = [
    "BadApplication",
    "BadBeneficiaries",
    "BadPremium",
    "ConsentOfInsuredMissing",
    "Issued",
    "NewBeneficiary",
    "NewPolicy",
    "PolicyStateStale",
    "PostedOtherwise",
    "Posting",
    "PremiumHeld",
    "UseChanged",
    "change_beneficiaries",
    "end_policy",
    "hold_premiums",
    "issue",
    "issue_policies",
    "issue_policy",
    "move_due_policies",
    "post",
    "post_many",
    "receive_premium",
    "record_benefit_use",
    "reinstate_policy",
    "release_premiums",
    "take_back_benefit_use",
    "terminate_policy",
    "waive_premiums",
]
