"""
An invented portfolio (样本数据): claims as they might be, where an insurer has too few of its own.

Seeded, so that the same number gives the same claims. Amounts, kinds of care and shares of the social fund
are spread like medical claims, but they are nobody's and say nothing about any insurer's experience.
What is rare in life (bills that do not add up, two claims for one visit) is rare here and not absent.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yilu.products.terms import Allowance, Benefit, Reimbursement, Terms

SINCE = date(2023, 1, 1)
DAYS = 3 * 365
KINDS = {
    "OUTPATIENT": 55,
    "EMERGENCY": 12,
    "INPATIENT": 22,
    "DAY_SURGERY": 4,
    "SPECIAL_OUTPATIENT": 7,
}
MEDIAN = {"OUTPATIENT": 42_000, "EMERGENCY": 80_000, "INPATIENT": 980_000, "DAY_SURGERY": 610_000, "SPECIAL_OUTPATIENT": 350_000}  # fmt: skip
CLAIMS_OF_A_POLICY = (1, 1, 1, 1, 2, 2, 3, 4, 6, 12)
OFFICES = 8


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented claim: its facts as they would be kept, and where it belongs."""

    policy: int
    office: int
    born: int
    facts: list[Any]


def claims(terms: Terms, count: int, seed: int = 1) -> Iterator[Invented]:
    """``count`` claims on policies of this product, each policy's in their order."""
    dice = random.Random(f"{seed}:{terms.code}")  # noqa: S311
    types = [t for t in terms.claim_types if _expressible(terms.for_claim(t))]
    if not types:
        return
    made = policy = 0
    while made < count:
        policy += 1
        contract, start = _contract(dice, terms)
        office, born = dice.randrange(OFFICES), int(contract[4][:4])
        day = start + timedelta(days=dice.randrange(60))
        before: list[str] = []
        for _ in range(min(dice.choice(CLAIMS_OF_A_POLICY), count - made)):
            claim_type = dice.choice(types)
            facts = _facts(dice, terms.for_claim(claim_type), claim_type, contract, day, before)
            yield Invented(policy, office, born, facts)
            made += 1
            day += timedelta(days=int(dice.expovariate(1 / 75)))


def _expressible(benefits: Sequence[Benefit]) -> bool:
    return all(isinstance(b, Reimbursement | Allowance) for b in benefits)


def _yuan(fen: int) -> str:
    text = f"{fen // 100}.{fen % 100:02d}".rstrip("0")
    return text.rstrip(".")


def _contract(dice: random.Random, terms: Terms) -> tuple[list[Any], date]:
    start = SINCE + timedelta(days=dice.randrange(DAYS))
    low, high = int(terms.issue.sum_from), int(terms.issue.sum_to)
    insured = low + (high - low) * dice.randrange(5) // 4
    age = min(
        int(dice.triangular(terms.issue.from_age, terms.issue.to_age + 1, 38)), terms.issue.to_age
    )
    born = date(start.year - age, dice.randrange(1, 13), dice.randrange(1, 29))
    social = terms.issue.social_insurance == "REQUIRED" or dice.random() < 0.85
    on = start.isoformat()
    premiums = _yuan(dice.randrange(20_000, 400_000))
    return [
        str(insured), on, on, on, born.isoformat(), None, social, "YEARLY", "0", None, "0", premiums, "0", "0",
        None, None, None, "", None, [],
    ], start  # fmt: skip


def _facts(
    dice: random.Random,
    benefits: Sequence[Benefit],
    claim_type: str,
    contract: list[Any],
    day: date,
    before: list[str],
) -> list[Any]:
    kinds = [k for b in benefits if isinstance(b, Reimbursement) for k in b.visits]
    bills, stays = [], []
    event = day.isoformat()
    if kinds:
        weights = [KINDS[k] for k in kinds]
        for place in range(1 if dice.random() < 0.85 else dice.randrange(2, 4)):
            kind = dice.choices(kinds, weights)[0]
            on = (day + timedelta(days=place * dice.randrange(9))).isoformat()
            # Now and then a second claim for the same visit: the rest of its invoices.
            visit = dice.choice(before) if before and dice.random() < 0.03 else f"{on}|{place}"
            bills.append(_bill(dice, visit, kind, on, bool(contract[6])))
            before.append(visit)
    if any(isinstance(b, Allowance) for b in benefits):
        for _ in range(1 if dice.random() < 0.93 else 2):
            days = 1 + int(dice.expovariate(1 / 8))
            until = day + timedelta(days=days)
            icu = dice.randrange(1, days + 1) if dice.random() < 0.04 else 0
            stays.append([f"{day}", day.isoformat(), until.isoformat(), icu, None])
            day = until + timedelta(days=dice.randrange(45))
    cause = "ACCIDENT" if claim_type == "ACCIDENT" or dice.random() < 0.12 else "ILLNESS"
    elsewhere = _yuan(dice.randrange(1, 300_000)) if dice.random() < 0.02 else "0"
    owed = _yuan(dice.randrange(1, 30_000)) if dice.random() < 0.01 else "0"
    return [
        claim_type, event, contract, cause, bills, stays, [], [], None, [], owed, elsewhere, "0", [], event, None,
    ]  # fmt: skip


def _bill(dice: random.Random, visit: str, kind: str, on: str, social: bool) -> list[Any]:
    total = max(int(dice.lognormvariate(0, 0.95) * MEDIAN[kind]), 500)
    shares = (("A", 0.46), ("B", 0.33), ("C", 0.12), ("OWN", 0.09))
    left, lines = total, []
    for category, share in shares[:-1]:
        amount = min(int(total * share * dice.uniform(0.4, 1.6)), left)
        comparable = None
        if category == "C" and dice.random() < 0.02:
            comparable = _yuan(dice.randrange(1, amount + 2))
        lines.append([_yuan(amount), category, "", comparable])
        left -= amount
    # What is left is paid for oneself, or said by no list.
    lines.append([_yuan(left), "OWN" if dice.random() < 0.95 else "UNKNOWN", "", None])
    if dice.random() < 0.01:
        lines.pop()
    settled = social and dice.random() < 0.88
    fund = int(total * dice.uniform(0.25, 0.65)) if settled else 0
    other = dice.randrange(1, total - fund + 1) if dice.random() < 0.03 else 0
    own = _yuan(left) if dice.random() < 0.5 else None
    return [visit, kind, on, _yuan(total), lines, _yuan(fund), "0", _yuan(other), own, None, None]
