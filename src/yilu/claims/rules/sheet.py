"""The working sheet of one calculation: steps collect here, nothing is formatted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yilu.claims.rules.facts import CaseFacts
from yilu.claims.rules.result import Ground, Line, Note, Shortfall
from yilu.kernel.money import ZERO
from yilu.policies.terms import Use, Used
from yilu.products.terms import Benefit, Terms


class Sheet:
    """Facts in, lines and grounds out; ``subtotal`` is what the current benefit comes to so far."""

    __slots__ = (
        "benefit",
        "case",
        "elsewhere",
        "ends_policy",
        "grounds",
        "lines",
        "loan_is_due",
        "notes",
        "shortfalls",
        "subtotal",
        "terms",
        "total",
        "used",
        "uses",
        "waived_from",
    )

    def __init__(self, case: CaseFacts, terms: Terms, used: Used) -> None:
        self.case, self.terms, self.used = case, terms, used
        self.lines: list[Line] = []
        self.grounds: list[Ground] = []
        self.shortfalls: list[Shortfall] = []
        self.notes: list[Note] = []
        self.uses: list[Use] = []
        self.total = ZERO
        self.subtotal = ZERO
        self.elsewhere = case.paid_elsewhere
        self.benefit: Benefit | None = None
        self.waived_from: Any = None
        self.ends_policy = False
        self.loan_is_due = False

    def open(self, benefit: Benefit) -> None:
        """Begin with a benefit."""
        self.benefit, self.subtotal = benefit, ZERO

    def add(self, code: str, amount: Decimal, *args: Any) -> None:
        """One signed step of the open benefit."""
        self.lines.append(Line(code, amount, args, self.benefit.code if self.benefit else ""))
        self.subtotal += amount
        self.total += amount

    def take(self, code: str, amount: Decimal, *args: Any) -> None:
        """A step that takes something off; a step of nothing is not written."""
        if amount:
            self.add(code, -amount, *args)

    def ground(
        self,
        code: str,
        clause: str,
        *args: Any,
        detail: str = "",
        applied: bool = False,
        instead: Decimal | None = None,
    ) -> Ground:
        """Something for a person to weigh."""
        ground = Ground(
            code, clause, self.terms.text_of(clause), args, self.benefit.code if self.benefit else "",
            detail, applied, instead,
        )  # fmt: skip
        self.grounds.append(ground)
        return ground

    def missing(self, code: str, *args: Any) -> None:
        """A fact that is missing."""
        self.shortfalls.append(Shortfall(code, args))

    def note(self, code: str, *args: Any) -> None:
        """A remark."""
        self.notes.append(Note(code, args))
