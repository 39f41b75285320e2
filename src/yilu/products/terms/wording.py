"""The whole wording of a product: its clauses, benefits and exclusions, and to whom it is sold."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from .benefits import Benefit, MainWaiver
from .words import LIFE_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A numbered provision that a decision may cite (条款)."""

    number: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """
    Circumstances for which the insurer is not liable (责任免除).

    ``circumstances`` are the codes a case may carry (see docs/products.md); ``benefits`` limits it
    to some benefits, empty means all.
    """

    code: str
    clause: str
    circumstances: tuple[str, ...]
    benefits: tuple[str, ...] = ()
    instead: str = "NOTHING"


@dataclass(frozen=True, slots=True, kw_only=True)
class MinorLimit:
    """
    The most all death benefits for a child may come to (未成年人身故保险金限额).

    保险法 33 leaves the figure to the regulator: ``confirmed`` False means the insurer still has to
    confirm it.
    """

    below_age: int
    limit: Decimal
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """
    To whom and how the product is sold (投保规则). ``years`` 0: for life.

    ``renewal_open_days``: how early a renewal premium may be taken (意外险办法 17: at most 60).
    ``renewal_grace_days``: how long after the end the next year may still be paid without a gap.
    ``renewal_guaranteed_years``: for so many years from the first start on, the insurer must renew under
    the same wording and its table (保证续保), by ``renewal_clause``.
    """

    from_age: int
    to_age: int
    sum_from: Decimal
    sum_to: Decimal
    years: int
    renewable: bool = False
    renewal_open_days: int = 0
    social_insurance: str = "EITHER"
    # Absent ones are left out of the published text: wordings that say nothing of them keep their digest.
    renewal_grace_days: int | None = None
    renewal_guaranteed_years: int | None = None
    renewal_clause: str | None = None


@dataclass(frozen=True, kw_only=True)
class Terms:
    """
    A published version of a product, complete (产品条款版本).

    ``suicide_years`` and ``contest_years``: 保险法 44 and 16. ``grace_days``: 保险法 36.
    ``additions_clause``: where it lets dividends buy paid-up additions, which may be given back alone.
    ``pay_days``, ``pay_clause``: where the contract agrees another term to pay in than the law's ten days (保险法 23).
    ``cash_values[n]``: cash value after n full years as a share of the premiums paid; the last goes on.
    """

    code: str
    number: int
    name: str
    kind: str
    version: str
    valid_from: date
    summary: str
    long_term: bool
    cooling_off_days: int
    grace_days: int
    issue: Issue
    clauses: tuple[Clause, ...]
    benefits: tuple[Benefit, ...]
    exclusions: tuple[Exclusion, ...] = ()
    suicide_years: int = 2
    suicide_clause: str = ""
    contest_years: int = 2
    contest_clause: str = ""
    minor_limits: tuple[MinorLimit, ...] = ()
    cash_values: tuple[Decimal, ...] = ()
    additions_clause: str | None = None
    pay_days: int | None = None
    pay_clause: str | None = None
    digest: str = ""

    @property
    def is_life(self) -> bool:
        """Life insurance (人寿保险), as against health and accident insurance (保险法 95)."""
        return self.kind in LIFE_KINDS

    def pay_by(self, agreed_on: date) -> date | None:
        """The last day to pay what was agreed on a day, where the contract says it; else the law's term counts."""
        return agreed_on + timedelta(days=self.pay_days) if self.pay_days else None

    @cached_property
    def by_clause(self) -> dict[str, Clause]:
        """The clauses by number."""
        return {clause.number: clause for clause in self.clauses}

    @cached_property
    def by_benefit(self) -> dict[str, Benefit]:
        """The benefits by code."""
        return {benefit.code: benefit for benefit in self.benefits}

    @cached_property
    def main_waiver(self) -> MainWaiver | None:
        """What waives the main contract's premiums; None where the product is no such rider."""
        return next((b for b in self.benefits if isinstance(b, MainWaiver)), None)

    @cached_property
    def claim_types(self) -> tuple[str, ...]:
        """What can be claimed under the product, in the order of its clauses."""
        return tuple(
            dict.fromkeys(b.claim_type for b in self.benefits if b.claim_type != "SURVIVAL")
        )

    def for_claim(self, claim_type: str) -> tuple[Benefit, ...]:
        """The benefits a claim of this type is measured by, in the order of the clauses."""
        return self._by_claim_type.get(claim_type, ())

    def benefit_codes(self, claim_type: str) -> tuple[str, ...]:
        """
        The benefits whose earlier use a claim of this type depends on.

        More than those it is measured by: a death after the same accident is less what disability
        was paid, and a waiver hears of every illness.
        """
        codes = [b.code for b in self.for_claim(claim_type)]
        for benefit in self.for_claim(claim_type):
            codes += getattr(benefit, "less_paid_under", ())
            codes += [code] if (code := getattr(benefit, "ends_after_severe_of", "")) else []
        return tuple(dict.fromkeys(codes))

    def text_of(self, number: str) -> str:
        """The text of a clause, empty where the number is not of this product."""
        clause = self.by_clause.get(number)
        return clause.text if clause else ""

    @cached_property
    def _by_claim_type(self) -> dict[str, tuple[Benefit, ...]]:
        found: dict[str, list[Benefit]] = {}
        for benefit in self.benefits:
            found.setdefault(benefit.claim_type, []).append(benefit)
        return {claim_type: tuple(benefits) for claim_type, benefits in found.items()}


def field_names(cls: type[object]) -> tuple[str, ...]:
    """The fields of one of these dataclasses, in order."""
    return tuple(field.name for field in fields(cls))  # type: ignore[arg-type]
