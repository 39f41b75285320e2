"""What a policy would pay for a bill that has not come yet: an estimate, by the very calculation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.claims.rules.calculation import calculate
from yilu.claims.rules.facts import Bill, BillLine, CaseFacts
from yilu.kernel.money import ZERO
from yilu.policies.queries import ClaimablePolicy, benefit_use
from yilu.policies.terms import BenefitUsed
from yilu.products.terms import Reimbursement


@dataclass(frozen=True, slots=True)
class Estimate:
    """
    What is left of a policy for a visit, and what it would pay of an expected bill (预估).

    ``left`` None: without a limit. ``certain``: no clause would have to be weighed by a person.
    """

    covered: bool
    benefit: Decimal
    ratio: Decimal
    deductible_left: Decimal
    left: Decimal | None
    certain: bool


NOTHING = Estimate(False, ZERO, ZERO, ZERO, ZERO, False)


def estimate(
    policy: ClaimablePolicy, *, kind: str, on: date, total: Decimal, fund_paid: Decimal = ZERO
) -> Estimate:
    """
    Estimate a bill of ``total``, all of it within the list, of which social insurance pays a part.

    ``kind``: a kind of visit of the wordings; an order at a pharmacy (PHARMACY) counts as OUTPATIENT.
    """
    kind = "OUTPATIENT" if kind == "PHARMACY" else kind
    benefit = next(
        (
            b for b in policy.terms.for_claim("MEDICAL")
            if isinstance(b, Reimbursement) and kind in b.visits
        ),
        None,
    )  # fmt: skip
    if benefit is None:
        return NOTHING
    uses = benefit_use(policy.id)
    used = uses.of(benefit.code)
    year = policy.contract.year_of(on)
    bill = Bill(
        visit="estimate", kind=kind, on=on, total=total, fund_paid=fund_paid,
        lines=(BillLine(amount=total, category="A", name="预计费用"),),
    )  # fmt: skip
    facts = CaseFacts(
        claim_type="MEDICAL", event_on=on, contract=policy.contract, cause="ILLNESS", bills=(bill,),
        owed_premium=policy.cover.owed_premium, reported_on=on,
    )  # fmt: skip
    result = calculate(facts, policy.terms, uses)
    return Estimate(
        covered=True,
        benefit=result.benefit,
        ratio=_ratio(benefit, policy.with_social_insurance, fund_paid),
        deductible_left=benefit.deductible_visit
        + max(ZERO, benefit.deductible_year - used.deductible_by_year.get(year, ZERO)),
        left=_left(benefit, policy.contract.sum_insured, used, year),
        certain=not result.needs_person,
    )


def _ratio(benefit: Reimbursement, social: bool, fund_paid: Decimal) -> Decimal:
    if not social:
        return benefit.ratio_none
    return benefit.ratio_social if fund_paid > ZERO else benefit.ratio_unused


def _left(
    benefit: Reimbursement, sum_insured: Decimal, used: BenefitUsed, year: int
) -> Decimal | None:
    paid = used.paid_by_year.get(year, ZERO)
    limits = [benefit.cap_visit]
    if benefit.cap_year is not None:
        limits.append(benefit.cap_year - paid)
    if benefit.cap_year_share is not None:
        limits.append(benefit.cap_year_share * sum_insured - paid)
    if benefit.cap_lifetime is not None:
        limits.append(benefit.cap_lifetime - used.paid_ever)
    known = [max(ZERO, limit) for limit in limits if limit is not None]
    return min(known) if known else None
