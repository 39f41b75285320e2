"""
Diagnoses by ICD-10 code: what they are part of, whom they can befall, what was declared. Pure.

Codes compare by their three characters: ``I10.x00`` is ``I10``. Ranges are written ``I10-I15``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yilu.kernel.years import add_years, full_years

CONTESTABLE_YEARS = 2
"""How long after a declaration a difference is asked about (保险法 16), counted to the day of the report."""
_WHOLE = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{2}(?:[.][0-9xX+*]{1,8})?(?![0-9A-Za-z])")
_CODE = re.compile(r"(?<![A-Za-z0-9])([A-Z]\d{2})(?:[.][0-9xX+*]{1,8})?(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Block:
    """A chapter (level 1) or a block of ICD-10."""

    first: str
    last: str
    level: int
    name: str


@dataclass(frozen=True, slots=True)
class Limit:
    """Whom the diagnoses of a range can befall (诊断适用人群)."""

    first: str
    last: str
    sex: str
    from_years: int | None
    below_years: int | None
    says: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the health declaration and the diagnoses it asks about (健康告知事项)."""

    code: str
    asks: str
    ranges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Classification:
    """ICD-10 in Chinese with what we ask of it."""

    names: Mapping[str, str]
    blocks: tuple[Block, ...]
    limits: tuple[Limit, ...] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)
    by_name: Mapping[str, str] = field(default_factory=dict)

    def ancestors(self, code: str) -> tuple[Block, ...]:
        """The chapter and the blocks a code lies in, from the widest."""
        three = code[:3]
        found = [b for b in self.blocks if b.first <= three <= b.last]
        return tuple(sorted(found, key=lambda b: (b.level, b.first)))

    def path(self, code: str) -> str:
        """A code with its ancestors in words: ``循环系统疾病（I00–I99）› 高血压病（I10–I15）› I10 …``."""
        above = [f"{b.name}（{b.first}–{b.last}）" for b in self.ancestors(code)]
        return " › ".join([*above, f"{code[:3]} {self.names.get(code[:3], '')}".strip()])

    def codes_in(self, text: str) -> tuple[str, ...]:
        """
        The codes a diagnosis says: those written out, else those of names that are listed as they
        stand. What is worded otherwise has no code, and is not guessed.
        """
        plain = unicodedata.normalize("NFKC", text)
        written = [c for c in _CODE.findall(plain) if c in self.names]
        if written:
            return tuple(dict.fromkeys(written))
        parts = re.split(r"[;；,，、。\n]|\d+[.、)]", plain)
        named = (self.by_name.get(bare(part)) for part in parts)
        return tuple(dict.fromkeys(c for c in named if c))


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A diagnosis as a paper or a person says it; ``on``: the day it was made, if known."""

    code: str
    text: str
    on: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """
    An answer of the health declaration: ``holds`` False is "no such illness" (否).

    ``asked`` and ``icd`` (beginnings of codes) say what was asked; without them the catalogue's
    question of that code was.
    """

    question: str
    holds: bool
    declared_on: date
    source: str
    asked: str = ""
    icd: tuple[str, ...] = ()


def bare(text: str) -> str:
    """A diagnosis without brackets, spaces and what only says where or how sure."""
    text = re.sub(r"[(（\[【][^)）\]】]*[)）\]】]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"\s|[?？!]|^(?:左侧|右侧|双侧|急性加重期)", "", text)


def implausible(
    diagnosed: Sequence[Diagnosed], *, sex: str | None, birth_date: date | None, on: date,
    icd: Classification,
) -> dict[str, tuple[dict[str, Any], ...]]:  # fmt: skip
    """Diagnoses that cannot be this person's, by sex or by age; unknown raises nothing."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in diagnosed:
        for limit in icd.limits:
            if not limit.first <= each.code[:3] <= limit.last:
                continue
            if limit.sex:
                if sex and sex != limit.sex:
                    _add(found, "DIAGNOSIS_SEX", each, limit.says, icd)
            elif birth_date is not None:
                years = full_years(birth_date, each.on or on)
                too_young = limit.from_years is not None and years < limit.from_years
                too_old = limit.below_years is not None and years >= limit.below_years
                if too_young or too_old:
                    _add(found, "DIAGNOSIS_AGE", each, f"{limit.says}，被保险人 {years} 周岁", icd)
    return {signal: tuple(each) for signal, each in found.items()}


def differences(
    diagnosed: Sequence[Diagnosed], answers: Iterable[Answered], icd: Classification, *,
    reported_on: date,
) -> tuple[dict[str, Any], ...]:  # fmt: skip
    """
    Diagnoses that a "no" of the declaration asked about, of a loss reported within two years of it.

    Reported later nothing follows from a difference, whenever the diagnosis was made: it is not asked.

    A diagnosis that one of the answers did declare is none. It is a question, never a finding: the
    illness may have begun afterwards.
    """
    given = list(answers)
    told = [a for a in given if a.holds]
    found: dict[str, list[dict[str, Any]]] = {}
    for answer in (a for a in given if not a.holds):
        if reported_on >= add_years(answer.declared_on, CONTESTABLE_YEARS):
            continue
        for each in diagnosed:
            hit = _asked_about(answer, each, icd)
            if not hit or each.on is None or any(_asked_about(a, each, icd) for a in told):
                continue
            days = (each.on - answer.declared_on).days
            when = f"告知后第 {days} 天" if days >= 0 else f"告知前 {-days} 天"
            asks = answer.asked or icd.questions[answer.question].asks
            says = f"{answer.declared_on:%Y-%m-%d} 对“{asks}”答“否”，{when}诊断属于 {hit}"
            _add(found, "DECLARED_DIFFERENTLY", each, says, icd, source=answer.source)
    return tuple(found.get("DECLARED_DIFFERENTLY", ()))


def _asked_about(answer: Answered, diagnosed: Diagnosed, icd: Classification) -> str:
    """The codes of a question that a diagnosis lies in, in words; empty where it was not asked about."""
    if answer.icd:
        return next((p for p in answer.icd if _begins_with(diagnosed, p)), "")
    question = icd.questions.get(answer.question)
    ranges = question.ranges if question else ()
    code = diagnosed.code[:3]
    return next((f"{first}–{last}" for first, last in ranges if first <= code <= last), "")


def _begins_with(diagnosed: Diagnosed, prefix: str) -> bool:
    """
    Whether a diagnosis lies under a code: one of three characters by its category; a longer one only
    where the paper writes as much, since a category alone says nothing of its parts.
    """
    if "." not in prefix:
        return diagnosed.code.startswith(prefix)
    written = _WHOLE.findall(unicodedata.normalize("NFKC", diagnosed.text))
    return any(code.startswith(prefix) for code in written if code[:3] == diagnosed.code[:3])


def within_waiting(
    diagnosed: Sequence[Diagnosed], *, waiting_until: date | None, icd: Classification
) -> tuple[dict[str, Any], ...]:
    """Diagnoses made before the waiting period was over."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in diagnosed:
        if waiting_until and each.on and each.on < waiting_until:
            says = f"确诊日 {each.on:%Y-%m-%d}，等待期至 {waiting_until:%Y-%m-%d}"
            _add(found, "WAITING_DIAGNOSIS", each, says, icd)
    return tuple(found.get("WAITING_DIAGNOSIS", ()))


def _add(
    found: dict[str, list[dict[str, Any]]], signal: str, each: Diagnosed, says: str,
    icd: Classification, source: str = "",
) -> None:  # fmt: skip
    found.setdefault(signal, []).append(
        {
            "name": each.text[:80], "says": says, "source": source or "国际疾病分类 ICD-10",
            "note": icd.path(each.code), "paper": each.source,
        }
    )  # fmt: skip
