"""What policies says happened: ids and codes only, amounts as text."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("policies.policy_issued", "保单承保")
class PolicyIssued:
    """A contract was made (承保)."""

    product: str
    product_version_id: int
    channel: str
    effective_on: str


@fact("policies.grace_started", "进入宽限期")
class GraceStarted:
    """A premium fell due and was not paid; cover goes on (宽限期)."""

    due_on: str
    owed_premium: str


@fact("policies.premium_received", "收到续期保险费")
class PremiumReceived:
    """A renewal premium came in (续期交费)."""

    amount: str
    paid_to: str


@fact("policies.policy_suspended", "保单中止")
class PolicySuspended:
    """The days of grace ran out (中止): a notice with how to restore it is due in 10 working days."""

    suspended_on: str


@fact("policies.policy_reinstated", "保单复效")
class PolicyReinstated:
    """Cover goes on by agreement (复效); waiting periods run anew."""

    reinstated_on: str


@fact("policies.premiums_waived", "豁免后续保险费")
class PremiumsWaived:
    """Future premiums need not be paid (保费豁免)."""

    waived_from: str
    claim: str


@fact("policies.policy_ended", "保单终止")
class PolicyEnded:
    """The contract came to its end; ``ending`` says how."""

    ending: str
    ended_on: str


@fact("policies.beneficiaries_changed", "变更受益人")
class BeneficiariesChanged:
    """Who is paid on death was changed, with the insured's consent (受益人变更)."""

    beneficiaries: int
    insured_consented: bool


@fact("policies.premium_collection_held", "暂停收取保险费")
class PremiumCollectionHeld:
    """No premium may be collected while a question is open (暂停收费): renewals neither ask nor debit."""

    reason: str
    about: str


@fact("policies.premium_collection_released", "恢复收取保险费")
class PremiumCollectionReleased:
    """The question is settled: premiums may be asked for again."""

    reason: str
    about: str
