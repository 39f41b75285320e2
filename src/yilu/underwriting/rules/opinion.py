"""
What an underwriter decides (核保意见): whether it is whole, and whether it departs from the machine.

The machine's suggestion is what its tables said; where it only referred, the conditions the tables
named are the suggestion. Whoever departs from it says why.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.underwriting.terms import Excluded, Line, Outcome

POINTS_MAX = 500
POINTS_STEP = 25
MONTHS_MAX = 24
WORDS_MIN, WORDS_MAX = 5, 1000
WORDING_MAX = 400
ICD = re.compile(r"[A-Z]\d{0,2}(\.\d{1,2})?")
PRICED = frozenset({Line.LIFE, Line.CRITICAL_ILLNESS})
"""Lines whose premium can carry extra mortality."""


class Kind(StrEnum):
    """What an underwriter may do with an application (核保处理)."""

    ACCEPT = "ACCEPT"
    OFFER = "OFFER"
    EXAMINE = "EXAMINE"
    POSTPONE = "POSTPONE"
    DECLINE = "DECLINE"


KIND_LABELS: Mapping[str, str] = {
    Kind.ACCEPT: _("标准体承保"),
    Kind.OFFER: _("变更条件承保"),
    Kind.EXAMINE: _("要求体检或补充检查"),
    Kind.POSTPONE: _("延期"),
    Kind.DECLINE: _("不予承保"),
}
RIGHT_OF: Mapping[str, str] = {
    Kind.ACCEPT: "underwriting.decide",
    Kind.OFFER: "underwriting.decide",
    Kind.EXAMINE: "underwriting.decide",
    Kind.POSTPONE: "underwriting.decline",
    Kind.DECLINE: "underwriting.decline",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RiderTerms:
    """
    What a person says of one rider alone (附加险单独结论), such as a waiver: standard, with points, or
    ``refused`` while the rest goes on. Riders without terms of their own keep what the rest brings.
    """

    code: str
    extra_mortality: int = 0
    refused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """
    What a person decided, bound by ``digest`` to the desk they saw.

    An OFFER changes at least one of points, exclusions, sum insured and a rider's own terms. ``words``
    are for the customer; ``override_reason`` for whoever reads the file.
    """

    digest: str
    kind: str
    extra_mortality: int = 0
    exclusions: tuple[Excluded, ...] = ()
    sum_insured: Decimal | None = None
    examinations: tuple[str, ...] = ()
    months: int = 0
    words: str = ""
    override_reason: str = ""
    riders: tuple[RiderTerms, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The verdict it comes to."""
        if self.kind != Kind.OFFER:
            return Outcome(self.kind)
        if self.exclusions:
            return Outcome.EXCLUSION
        loaded = self.extra_mortality or any(each.extra_mortality for each in self.riders)
        return Outcome.LOADING if loaded else Outcome.REDUCE

    @property
    def refuses(self) -> bool:
        """Whether a rider is refused: that needs the right to decline."""
        return any(each.refused for each in self.riders)

    def as_json(self) -> dict[str, Any]:
        """As it is kept while a second person looks at it."""
        return {
            "digest": self.digest, "kind": str(self.kind), "extra_mortality": self.extra_mortality,
            "exclusions": [
                {"code": e.code, "wording": e.wording, "icd_prefixes": list(e.icd_prefixes)}
                for e in self.exclusions
            ],
            "sum_insured": str(self.sum_insured) if self.sum_insured is not None else None,
            "examinations": list(self.examinations), "months": self.months, "words": self.words,
            "override_reason": self.override_reason,
            "riders": [
                {"code": r.code, "extra_mortality": r.extra_mortality, "refused": r.refused}
                for r in self.riders
            ],
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Opinion:
        """Read what ``as_json`` wrote."""
        return cls(
            **{
                **kept,
                "exclusions": tuple(
                    Excluded(
                        code=e["code"], wording=e["wording"], icd_prefixes=tuple(e["icd_prefixes"])
                    )
                    for e in kept["exclusions"]
                ),
                "sum_insured": Decimal(kept["sum_insured"]) if kept["sum_insured"] else None,
                "examinations": tuple(kept["examinations"]),
                "riders": tuple(RiderTerms(**each) for each in kept.get("riders", ())),
            }
        )


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the machine would have a person decide; ``outcome`` None where it only referred."""

    outcome: Outcome | None
    extra_mortality: int = 0
    exclusions: tuple[str, ...] = ()


def suggested(
    outcome: str, extra_mortality: int, exclusions: Collection[str], proposal: Mapping[str, Any]
) -> Suggested:
    """The machine's suggestion in what it said."""
    codes = tuple(sorted(exclusions))
    if proposal:
        return Suggested(Outcome(proposal["outcome"]))
    if outcome == Outcome.REFER:
        if codes:
            return Suggested(Outcome.EXCLUSION, extra_mortality, codes)
        return Suggested(Outcome.LOADING if extra_mortality else None, extra_mortality)
    return Suggested(Outcome(outcome), extra_mortality, codes)


def departs(opinion: Opinion, machine: Suggested, riders: Mapping[str, int] | None = None) -> bool:
    """
    Whether a person decides otherwise than the machine suggested; ``riders``: the points it gave each.
    """
    if opinion.kind == Kind.EXAMINE:
        return False
    judged = riders or {}
    if any(r.refused or r.extra_mortality != judged.get(r.code, 0) for r in opinion.riders):
        return True
    if machine.outcome is None:
        return False
    if opinion.kind != Kind.OFFER:
        return opinion.outcome is not machine.outcome
    theirs = tuple(sorted(e.code for e in opinion.exclusions))
    return (
        opinion.sum_insured is not None
        or theirs != machine.exclusions
        or opinion.extra_mortality != machine.extra_mortality
    )


def problems(
    opinion: Opinion,
    *,
    line: Line,
    sum_insured: Decimal,
    least: Decimal,
    step: Decimal,
    examinations: Collection[str],
    riders: Mapping[str, Line] | None = None,
) -> list[str]:
    """
    Everything that keeps an opinion from standing, in words; empty where nothing does. ``riders``: the
    application's, with the line of each.
    """
    found: list[str] = []
    if opinion.kind == Kind.OFFER:
        found += _offer_problems(opinion, line, sum_insured, least, step)
        found += _rider_problems(opinion.riders, riders or {})
    elif (
        opinion.extra_mortality
        or opinion.exclusions
        or opinion.sum_insured is not None
        or opinion.riders
    ):
        found.append(_("加费、除外、降低保额和附加险的条件请选择“变更条件承保”"))
    if opinion.kind == Kind.EXAMINE and not opinion.examinations:
        found.append(_("请选择要做的检查，一次说全"))
    if any(code not in examinations for code in opinion.examinations):
        found.append(_("请从目录中选择检查项目"))
    if opinion.kind == Kind.POSTPONE and not 1 <= opinion.months <= MONTHS_MAX:
        found.append(Sentence(_("延期应为 1 至 {most} 个月"), most=MONTHS_MAX))
    if opinion.kind != Kind.ACCEPT and len(opinion.words.strip()) < WORDS_MIN:
        found.append(_("请用客户看得懂的话写明理由（至少 5 个字）"))
    if len(opinion.words) > WORDS_MAX or len(opinion.override_reason) > WORDING_MAX:
        found.append(_("文字过长，请精简"))
    return found


def _offer_problems(
    opinion: Opinion, line: Line, sum_insured: Decimal, least: Decimal, step: Decimal
) -> list[str]:
    found: list[str] = []
    points, reduced = opinion.extra_mortality, opinion.sum_insured
    if not points and not opinion.exclusions and reduced is None and not opinion.riders:
        found.append(_("请至少变更一项：加费、除外、降低保额或附加险的条件"))
    found += _points_problems(points)
    if points and line not in PRICED:
        found.append(_("这类产品的费率不支持加费，请用除外或降低保额"))
    if reduced is not None and not (least <= reduced < sum_insured and reduced % step == 0):
        found.append(
            Sentence(
                _("降低后的保额应低于 {now} 元、不低于 {least} 元，并为 {step} 元的整数倍"),
                now=f"{sum_insured:,.0f}", least=f"{least:,.0f}", step=f"{step:,.0f}",
            )
        )  # fmt: skip
    found += _exclusion_problems(opinion.exclusions)
    return found


def _points_problems(points: int) -> list[str]:
    if points and (points % POINTS_STEP or not 0 < points <= POINTS_MAX):
        return [Sentence(_("加费点数应为 25 的倍数，最高 {most} 点"), most=POINTS_MAX)]
    return []


def _rider_problems(terms: Sequence[RiderTerms], lines: Mapping[str, Line]) -> list[str]:
    found: list[str] = []
    codes = [each.code for each in terms]
    if len(set(codes)) < len(codes) or not set(codes) <= set(lines):
        found.append(_("附加险与投保件不符，请刷新页面"))
    for each in terms:
        found += _points_problems(each.extra_mortality)
        if each.refused and each.extra_mortality:
            found.append(_("不承保的附加险不用加费"))
        if each.extra_mortality and lines.get(each.code) not in PRICED:
            found.append(_("这项附加险的费率不支持加费"))
    return found


def _exclusion_problems(exclusions: Sequence[Excluded]) -> list[str]:
    found: list[str] = []
    if len({e.code for e in exclusions}) < len(exclusions):
        found.append(_("同一项除外写了两次"))
    for each in exclusions:
        if not WORDS_MIN <= len(each.wording.strip()) <= WORDING_MAX:
            found.append(_("除外约定要写明具体内容"))
        if any(not ICD.fullmatch(prefix) for prefix in each.icd_prefixes):
            found.append(_("疾病编码请按 ICD-10 填写，例如 E04 或 K76.0"))
    return found
