"""
An appraisal of disabilities checked against the standard and the terms (伤残评定). Pure.

Several disabilities of one accident (JR/T 0083—2013, 3.4): each is graded; where grades differ the
gravest is the result; where two or more share it, it rises by one, never above the first. The same
part and nature is never graded by two items, nor twice by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yilu.claims.rules.appraisal_items import CLASSES, ITEMS
from yilu.claims.rules.facts import Injury
from yilu.claims.rules.person import grade_of
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

CASES = {
    "UNKNOWN_ITEM": _("“{code}”不是标准 281 项中的条目，请对照意见书原文核对"),
    "GRADE_DIFFERS": _("“{code}”在标准中为 {standard} 级，报告写 {grade} 级"),
    "SAME_PART": _("“{part}”同一部位和性质评定了两次，只计最重的一次"),
    "LATE": _("评定日 {on} 晚于条款约定的事故后 {days} 日"),
    "BEFORE": _("评定日 {on} 早于事故日"),
    "NOT_ACCIDENT": _("本标准只用于意外伤害，赔案登记的原因不是意外"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One disability as the institution graded it: item, part of the body, grade."""

    code: str
    part: str
    grade: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The grade that counts, how many parts share the gravest, and what a person must look at."""

    grade: int
    sharing: int
    injuries: tuple[Injury, ...]
    objections: tuple[Sentence, ...]


def combine(
    findings: Sequence[Finding],
    *,
    assessed_on: date,
    event_on: date,
    within_days: int | None,
    by_accident: bool,
) -> Outcome:
    """What several findings come to, with every objection in words; an objection refuses nothing."""
    said = [_sentence("NOT_ACCIDENT")] if not by_accident else []
    seen: set[tuple[str, str]] = set()
    injuries = []
    for finding in findings:
        item = ITEMS.get(finding.code)
        if item is None:
            said.append(_sentence("UNKNOWN_ITEM", code=finding.code))
        elif item.grade != finding.grade:
            said.append(
                _sentence(
                    "GRADE_DIFFERS", code=finding.code, standard=item.grade, grade=finding.grade
                )
            )
        nature = item.section if item else finding.code.split("-")[0]
        place = (finding.part.strip(), nature)
        if place in seen:
            said.append(_sentence("SAME_PART", part=finding.part))
        seen.add(place)
        injuries.append(
            Injury(part=f"{place[0]} {nature}", grade=finding.grade, assessed_on=assessed_on)
        )
    if assessed_on < event_on:
        said.append(_sentence("BEFORE", on=assessed_on))
    elif within_days is not None and assessed_on > event_on + timedelta(days=within_days):
        said.append(_sentence("LATE", on=assessed_on, days=within_days))
    grade, sharing = grade_of(injuries)
    return Outcome(grade, sharing, tuple(injuries), tuple(said))


def is_code(code: str) -> bool:
    """Whether a text may be an item of the standard: class, section and number."""
    head = code.split(".", maxsplit=1)[0]
    return head in CLASSES and 3 <= len(code) <= 20 and set(code) <= set("0123456789.-")


def _sentence(case: str, **values: object) -> Sentence:
    return Sentence(CASES[case], **values)
