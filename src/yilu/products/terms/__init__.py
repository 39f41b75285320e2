"""
What a product promises (条款), as frozen values: no database, no clock, safe to keep for ever.

Terms are read from a ``terms.toml`` (see docs/products.md), published as a version, and handed to
whoever calculates with them. Money is Decimal yuan, shares and ratios are Decimal 0..1 (a multiple
may exceed 1), days are natural days. ``None`` for a cap means that the clause sets none.
"""

from .benefits import (
    TYPE_NAMES,
    TYPES,
    AgeBand,
    Allowance,
    Benefit,
    Condition,
    Death,
    Disability,
    Illness,
    IllnessGroup,
    IllnessLevel,
    MainWaiver,
    Option,
    Reimbursement,
    Scope,
    Survival,
    Transport,
    Waiver,
)
from .wording import Clause, Exclusion, Issue, MinorLimit, Terms, field_names
from .words import (
    BASES,
    CAUSES,
    CLAIM_TYPES,
    INSTEAD,
    KIND_LABELS,
    LEVELS,
    LIFE_KINDS,
    PAYERS,
    VISITS,
    Kind,
)

__all__ = [
    "BASES",
    "CAUSES",
    "CLAIM_TYPES",
    "INSTEAD",
    "KIND_LABELS",
    "LEVELS",
    "LIFE_KINDS",
    "PAYERS",
    "TYPES",
    "TYPE_NAMES",
    "VISITS",
    "AgeBand",
    "Allowance",
    "Benefit",
    "Clause",
    "Condition",
    "Death",
    "Disability",
    "Exclusion",
    "Illness",
    "IllnessGroup",
    "IllnessLevel",
    "Issue",
    "Kind",
    "MainWaiver",
    "MinorLimit",
    "Option",
    "Reimbursement",
    "Scope",
    "Survival",
    "Terms",
    "Transport",
    "Waiver",
    "field_names",
]
