"""
What was kept with a calculation (理算依据), for those who calculate it anew: watchers, tests.

The form is ``rules.result.canonical``: facts as lists in the order of their fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from yilu.claims.rules.calculation import calculate
from yilu.claims.rules.facts import (
    Bill,
    BillLine,
    CaseFacts,
    Diagnosis,
    Injury,
    Passing,
    Stay,
    category_of,
)
from yilu.claims.rules.result import Calculation, canonical
from yilu.kernel import tx
from yilu.policies.terms import Contract

__all__ = [
    "FIELDS",
    "Calculation",
    "CaseFacts",
    "Recorded",
    "calculate",
    "canonical",
    "category_of",
    "decided_on",
    "facts_of",
]

FIELDS: dict[str, tuple[str, ...]] = {
    cls.__name__: tuple(f.name for f in fields(cls))
    for cls in (CaseFacts, Contract, Bill, BillLine, Stay, Diagnosis, Injury, Passing)
}
"""In which order each sort of fact is kept."""
_DATES = {
    "effective_on", "formed_on", "continuous_since", "insured_birth_date", "ends_on", "paid_to",
    "suspended_on", "reinstated_on", "ended_on", "waived_from", "on", "from_on", "to_on", "confirmed_on",
    "assessed_on", "died_on", "event_on", "reported_on",
}  # fmt: skip
_AMOUNTS = {
    "sum_insured", "premium", "owed_premium", "premiums_paid", "cash_value", "loan_owed", "total", "fund_paid",
    "account_paid", "waives", "added_sum", "added_value", "other_paid", "self_cost", "amount", "comparable", "paid_elsewhere", "other_death_cover",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decided claim with what its decision was calculated from, as it is kept."""

    claim_id: int
    policy_id: int
    office_id: int
    decided_at: datetime
    kind: str
    amount: Decimal
    benefit: Decimal | None
    facts: list[Any] | None


_DECIDED = """
    select c.id, c.policy_id, c.office_id, d.decided_at, d.kind, d.amount, k.benefit, (k.inputs->0)::text
      from claims_claim c
      join claims_decision d on d.claim_id = c.id and d.state = 'STANDS'
                            and d.kind in ('APPROVE', 'PARTIAL', 'DECLINE')
      left join claims_calculation k on k.id = d.calculation_id
     where c.policy_id = any(%s::bigint[])
     order by c.policy_id, d.decided_at, c.id
"""


def decided_on(policy_ids: Sequence[int]) -> list[Recorded]:
    """The decided claims of these policies in one statement, each policy's in their order."""
    return [
        Recorded(claim, policy, office, at, kind, amount, benefit, orjson.loads(facts or "null"))
        for claim, policy, office, at, kind, amount, benefit, facts in tx.rows(
            _DECIDED, [list(policy_ids)]
        )
    ]


def facts_of(kept: Sequence[Any]) -> CaseFacts:
    """
    The facts of a case as values again; their canonical form is what was kept.

    What was kept before a wrong age was a fact says nothing of it.
    """
    if len(kept) == len(FIELDS["CaseFacts"]) - 1:
        kept = [*kept, None]
    case = _values(CaseFacts, kept)
    many = (("bills", Bill), ("stays", Stay), ("diagnoses", Diagnosis), ("injuries", Injury))
    for name, cls in many:
        case[name] = tuple(_made(cls, each) for each in case[name])
    case["contract"] = _made(Contract, case["contract"])
    case["passing"] = _made(Passing, case["passing"]) if case["passing"] else None
    for name in ("circumstances", "upheld"):
        case[name] = tuple(case[name])
    if case["premium_share"] is not None:
        paid, due = case["premium_share"]
        case["premium_share"] = (Decimal(paid), Decimal(due))
    return CaseFacts(**case)


def _made(cls: type[Any], kept: Sequence[Any]) -> Any:
    values = _values(cls, kept)
    if cls is Bill:
        values["lines"] = tuple(_made(BillLine, line) for line in values["lines"])
    if cls is Contract:
        values["gaps"] = tuple(
            (date.fromisoformat(a), date.fromisoformat(z)) for a, z in values["gaps"]
        )
    return cls(**values)


def _values(cls: type[Any], kept: Sequence[Any]) -> dict[str, Any]:
    names = FIELDS[cls.__name__]
    if cls is Contract:
        names = names[: len(kept)]  # kept before the last ones were facts
    values = dict(zip(names, kept, strict=True))
    for name, value in values.items():
        if value is None:
            continue
        if name in _DATES:
            values[name] = date.fromisoformat(value)
        elif name in _AMOUNTS:
            values[name] = Decimal(value)
    return values
