"""Who may claim on what, what has been used, and policies as screens show them."""

from yilu.policies.queries.additions import Addition, additions_of, may_buy_additions, participating
from yilu.policies.queries.beneficiaries import (
    BeneficiaryView,
    all_beneficiaries,
    beneficiaries_for,
)
from yilu.policies.queries.benefits import BenefitLine, Payable, next_benefit, payable_benefits
from yilu.policies.queries.calendars import DueDay, due_days
from yilu.policies.queries.cards import (
    BenefitCard,
    PolicyCard,
    PolicyRow,
    Related,
    get_for_agent,
    get_for_party,
    get_for_staff,
    list_for_agent,
    list_for_party,
    list_maturing,
    numbers_of,
    policy_card,
    related_for_party,
)
from yilu.policies.queries.changing import (
    CannotReduce,
    LoanInTheWay,
    NothingToReduce,
    PaidUp,
    Reduction,
    paid_up_offer,
    pay_modes_open,
    reduction_to,
    withdrawal_of,
)
from yilu.policies.queries.claimable import (
    ClaimablePolicy,
    for_insured_at_loss,
    get_claimable,
    get_policy,
)
from yilu.policies.queries.ending import Returnable, Surrender, returnable, surrender_of
from yilu.policies.queries.expiring import Expiring, expiring
from yilu.policies.queries.giving_back import (
    AdditionsStay,
    GivingBack,
    MoreThanAdded,
    NothingAdded,
    giving_back,
)
from yilu.policies.queries.holds import HoldView, premium_holds, premium_received_since
from yilu.policies.queries.leftover import Leftover, leftover_of
from yilu.policies.queries.lending import LoanOffer, RaiseOffer, loan_offer, raise_offer
from yilu.policies.queries.refusals import PolicyNotFound, PremiumsAreWaived
from yilu.policies.queries.renewing import (
    ConsentView,
    YearOfCover,
    consents_standing,
    is_renewable,
    renewal_consents,
    renewal_text,
    years_of,
)
from yilu.policies.queries.situations import Situation, situations_of
from yilu.policies.queries.used import benefit_use
from yilu.policies.queries.values import (
    LoanView,
    Values,
    arrears_on,
    balances,
    list_loans,
    loan_owed_on,
    values_of,
    values_on,
)
from yilu.policies.queries.waivers import premiums_waived, waived_since
from yilu.policies.rules import PolicyNotInForce, shares_problem

__all__ = [
    "Addition",
    "AdditionsStay",
    "BeneficiaryView",
    "BenefitCard",
    "BenefitLine",
    "CannotReduce",
    "ClaimablePolicy",
    "ConsentView",
    "DueDay",
    "Expiring",
    "GivingBack",
    "HoldView",
    "Leftover",
    "LoanInTheWay",
    "LoanOffer",
    "LoanView",
    "MoreThanAdded",
    "NothingAdded",
    "NothingToReduce",
    "PaidUp",
    "Payable",
    "PolicyCard",
    "PolicyNotFound",
    "PolicyNotInForce",
    "PolicyRow",
    "PremiumsAreWaived",
    "RaiseOffer",
    "Reduction",
    "Related",
    "Returnable",
    "Situation",
    "Surrender",
    "Values",
    "YearOfCover",
    "additions_of",
    "all_beneficiaries",
    "arrears_on",
    "balances",
    "beneficiaries_for",
    "benefit_use",
    "consents_standing",
    "due_days",
    "expiring",
    "for_insured_at_loss",
    "get_claimable",
    "get_for_agent",
    "get_for_party",
    "get_for_staff",
    "get_policy",
    "giving_back",
    "is_renewable",
    "leftover_of",
    "list_for_agent",
    "list_for_party",
    "list_loans",
    "list_maturing",
    "loan_offer",
    "loan_owed_on",
    "may_buy_additions",
    "next_benefit",
    "numbers_of",
    "paid_up_offer",
    "participating",
    "pay_modes_open",
    "payable_benefits",
    "policy_card",
    "premium_holds",
    "premium_received_since",
    "premiums_waived",
    "raise_offer",
    "reduction_to",
    "related_for_party",
    "renewal_consents",
    "renewal_text",
    "returnable",
    "shares_problem",
    "situations_of",
    "surrender_of",
    "values_of",
    "values_on",
    "waived_since",
    "withdrawal_of",
    "years_of",
]
