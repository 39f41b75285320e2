"""
What the decision looks at and what it says (核保要素与结论), as frozen values: no database, no clock.

``ApplicationFacts`` is everything the machine may know of an application; ``Verdict`` is what it
says, with the row of every table behind it. The same facts and the same tables give the same verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from yilu.kernel.money import ZERO
from yilu.kernel.words import marked as _

Answer = bool | Decimal | str | date
"""A typed answer: yes or no, a number, the code of a choice (or a text), a day."""


class Outcome(StrEnum):
    """
    What becomes of an application (核保结论), the mildest first.

    The machine says ACCEPT, LOADING, EXCLUSION (with or without a loading), EXAMINE or REFER.
    REDUCE (a smaller sum insured, or without a rider), POSTPONE and DECLINE are a person's; the machine
    only proposes the last two.
    """

    ACCEPT = "ACCEPT"
    REDUCE = "REDUCE"
    LOADING = "LOADING"
    EXCLUSION = "EXCLUSION"
    EXAMINE = "EXAMINE"
    REFER = "REFER"
    POSTPONE = "POSTPONE"
    DECLINE = "DECLINE"


OUTCOME_LABELS: Mapping[str, str] = {
    Outcome.ACCEPT: _("标准体承保"),
    Outcome.REDUCE: _("减少保障承保"),
    Outcome.LOADING: _("加费承保"),
    Outcome.EXCLUSION: _("除外承保"),
    Outcome.EXAMINE: _("需要体检或补充检查"),
    Outcome.REFER: _("转人工核保"),
    Outcome.POSTPONE: _("延期"),
    Outcome.DECLINE: _("不予承保"),
}


class Line(StrEnum):
    """The kind of risk a product carries, as the tables see it (险种大类)."""

    LIFE = "LIFE"
    CRITICAL_ILLNESS = "CRITICAL_ILLNESS"
    MEDICAL = "MEDICAL"
    ACCIDENT = "ACCIDENT"


LINE_LABELS: Mapping[str, str] = {
    Line.LIFE: _("寿险"),
    Line.CRITICAL_ILLNESS: _("重大疾病险"),
    Line.MEDICAL: _("医疗险"),
    Line.ACCIDENT: _("意外险"),
}

LINE_OF_KIND: Mapping[str, Line] = {
    "TERM_LIFE": Line.LIFE,
    "WHOLE_LIFE": Line.LIFE,
    "ENDOWMENT": Line.LIFE,
    "ANNUITY": Line.LIFE,
    "CRITICAL_ILLNESS": Line.CRITICAL_ILLNESS,
    "HOSPITAL_ALLOWANCE": Line.MEDICAL,
    "MEDICAL": Line.MEDICAL,
    "GROUP_MEDICAL": Line.MEDICAL,
    "ACCIDENT": Line.ACCIDENT,
}
"""The line of every product kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """
    What the health questionnaire was answered with, typed (健康告知).

    ``conditions`` maps each declared condition to the answers to its own questions; ``others`` are
    the answers about neither the body nor a condition, by the question's code.
    """

    height_cm: Decimal | None = None
    weight_kg: Decimal | None = None
    cigarettes_a_day: Decimal | None = None
    conditions: Mapping[str, Mapping[str, Answer]] = field(default_factory=dict)
    others: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFacts:
    """
    Everything the decision of one application rests on (核保要素).

    ``sum_at_risk`` is cumulative (累计风险保额): this application, the insured's policies and other
    open applications of the same line, and what other insurers cover (``declared_elsewhere``, part
    of it). ``income`` is the yearly income, None where it was not asked. ``adverse`` counts earlier
    applications refused, postponed or changed anywhere; ``rescinded`` says a contract was rescinded
    for non-disclosure; ``undeclared`` counts diagnoses on record that no declared condition accounts
    for, and contracts of ours that paid for an illness where none is declared. ``has_report`` says an examination report is in: then a person reads it.
    ``asked_health`` is False for a product sold without a health questionnaire.
    """

    product_code: str
    line: Line
    sex: str
    age: int
    occupation_class: int
    declared: Declared
    sum_insured: Decimal
    sum_at_risk: Decimal
    declared_elsewhere: Decimal = ZERO
    income: Decimal | None = None
    adverse: int = 0
    rescinded: bool = False
    undeclared: int = 0
    has_report: bool = False
    asked_health: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """
    What one table said (依据): which row of which version, what it leads to, in the customer's words.

    ``condition`` is the code of a condition, or ``bmi``, ``smoking``, ``occupation``,
    ``sum_at_risk``, ``income``, ``combined``, ``history``; ``row`` 0 where no table was asked.
    """

    condition: str
    outcome: Outcome
    in_words: str
    table: str = ""
    version: int = 0
    row: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """What a policy does not cover (除外责任): its wording and the diagnoses it means."""

    code: str
    wording: str
    icd_prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the tables would have a person decide (建议): POSTPONE for some months, or DECLINE."""

    outcome: Outcome
    months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RiderVerdict:
    """
    What is said of one rider of an application (附加险结论): its own loading and exclusions; a person may
    refuse it alone (``refused``), and the rest goes on without it.
    """

    code: str
    extra_mortality: int = 0
    exclusions: tuple[Excluded, ...] = ()
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What the machine says of an application (自动核保结论).

    ``extra_mortality`` is in points of a hundred (加费点数): 50 is half as much again.
    ``digest`` binds it to the facts; ``proposal`` stands only beside REFER. ``riders`` has one entry
    a rider where each was judged by itself; without them what is said of the main contract holds for all.
    """

    outcome: Outcome
    extra_mortality: int = 0
    exclusions: tuple[Excluded, ...] = ()
    examinations: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    proposal: Proposal | None = None
    digest: str = ""
    riders: tuple[RiderVerdict, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether the customer must agree to changed conditions first (条件承保)."""
        return self.outcome in (Outcome.REDUCE, Outcome.LOADING, Outcome.EXCLUSION)
