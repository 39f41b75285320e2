"""Pure decisions and sums of claims: no database, no clock, no settings."""

from yilu.claims.rules.calculation import calculate
from yilu.claims.rules.coordination import Cover, in_order
from yilu.claims.rules.facts import (
    CIRCUMSTANCES,
    Bill,
    BillLine,
    CaseFacts,
    Diagnosis,
    Injury,
    Passing,
    Stay,
    category_of,
)
from yilu.claims.rules.result import (
    Calculation,
    Ground,
    Line,
    Note,
    Shortfall,
    canonical,
    retold,
    tellable,
)

__all__ = [
    "CIRCUMSTANCES",
    "Bill",
    "BillLine",
    "Calculation",
    "CaseFacts",
    "Cover",
    "Diagnosis",
    "Ground",
    "Injury",
    "Line",
    "Note",
    "Passing",
    "Shortfall",
    "Stay",
    "calculate",
    "canonical",
    "category_of",
    "in_order",
    "retold",
    "tellable",
]
