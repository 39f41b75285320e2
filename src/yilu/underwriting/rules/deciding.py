"""
The machine's decision about an application (自动核保): pure, the same facts give the same verdict.

Each declared condition, the body, the work, the money and the past is asked of its own table; the
worst answer leads, points add up, and ``underwriting.combined`` says when that is too much. The
machine accepts, offers, asks for one examination or refers; where a table would postpone or decline,
it refers with that as its proposal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from yilu.kernel.errors import Sentence
from yilu.kernel.tables import Decision, TableError
from yilu.kernel.words import marked as _
from yilu.underwriting.terms import (
    Answer,
    ApplicationFacts,
    Excluded,
    Outcome,
    Proposal,
    Reason,
    RiderVerdict,
    Verdict,
)

Ask = Callable[[str, Mapping[str, Any]], Decision]
"""Asks the decision table of a code; the answer names version and row."""

PREFIX = "underwriting."
SMOKERS_FROM = 16
BODY_FROM = 2
MULTIPLE_MAX = Decimal(9999)
LADDER = (Outcome.ACCEPT, Outcome.LOADING, Outcome.EXCLUSION, Outcome.EXAMINE, Outcome.REFER)
"""What the machine may say, the mildest first."""
RANK: Mapping[Outcome, int] = {outcome: rank for rank, outcome in enumerate(LADDER)} | {
    Outcome.POSTPONE: LADDER.index(Outcome.REFER),
    Outcome.DECLINE: LADDER.index(Outcome.REFER),
}
IN_WORDS: Mapping[Outcome, str] = {
    Outcome.ACCEPT: _("{why}。按标准条件承保。"),
    Outcome.LOADING: _("{why}。这部分风险高于一般水平，加费 {points} 点。"),
    Outcome.EXCLUSION: _("{why}。其他保障不受影响，只有这一项不在保障范围内：{exclusion}。"),
    Outcome.EXAMINE: _("{why}。请做一次检查，有结果后马上继续。"),
    Outcome.REFER: _("{why}。由核保员了解情况后决定。"),
    Outcome.POSTPONE: _("{why}。建议等 {months} 个月、情况稳定后再投保；由核保员最后决定。"),
    Outcome.DECLINE: _("{why}。可能超出本产品的承保范围；由核保员最后决定并说明理由。"),
}
"""What each outcome means for the customer; ``why`` is the table's word about their case."""
TOGETHER_IN_WORDS: Mapping[Outcome, str] = {
    **IN_WORDS,
    Outcome.ACCEPT: _("{why}。"),
    Outcome.LOADING: _("{why} {points} 点，每期保险费随之增加。"),
}
REPORT_IN_WORDS = _("检查报告已收到，由核保员阅读后决定。")


class NotDecidable(ValueError):
    """Something the decision needs is missing or makes no sense; ``missing`` names it."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__("not decidable: " + "; ".join(missing))


@dataclass(frozen=True, slots=True)
class _Said:
    """What one table said, read."""

    reason: Reason
    months: int = 0
    examination: str = ""
    excluded: Excluded | None = None


def decide(facts: ApplicationFacts, ask: Ask) -> Verdict:
    """
    Judge an application.

    :raises NotDecidable: for a missing or senseless input: never an acceptance instead.
    """
    _check(facts)
    said = [
        _asked(condition, facts, facts.declared.conditions[condition], ask)
        for condition in sorted(facts.declared.conditions)
    ]
    said += [_asked(table, facts, given, ask) for table, given in _always(facts).items()]
    points = sum(each.reason.points for each in said)
    changed = sum(each.reason.outcome in (Outcome.LOADING, Outcome.EXCLUSION) for each in said)
    if points or changed:
        given = {"total": Decimal(points), "changed": Decimal(changed)}
        together = _asked("combined", facts, given, ask, total=points)
        if together.reason.outcome is Outcome.ACCEPT:
            points = 0
        said.append(together)
    if facts.has_report:
        said.append(
            _Said(Reason(condition="report", outcome=Outcome.REFER, in_words=REPORT_IN_WORDS))
        )
    return _verdict(facts, said, points)


def of_holder(verdict: Verdict) -> Verdict:
    """What was said of the holder's own health, told apart from the insured's (投保人豁免)."""
    return replace(
        verdict,
        reasons=tuple(
            replace(each, in_words=Sentence(_("投保人：{said}"), said=each.in_words))
            for each in verdict.reasons
        ),
    )


def together(main: Verdict, riders: Mapping[str, Verdict]) -> Verdict:
    """
    The verdict on a contract and its riders (主附险合并结论): the worst leads, each keeps its own terms.

    One application, one answer: what one part needs (an examination, a person) the whole waits for.
    """
    if not riders:
        return main
    every = (main, *riders.values())
    reasons = list(main.reasons)
    known = {(r.condition, r.outcome, r.in_words) for r in reasons}
    for verdict in riders.values():
        reasons += [
            r
            for r in verdict.reasons
            if r.outcome is not Outcome.ACCEPT and (r.condition, r.outcome, r.in_words) not in known
        ]
    digests = [main.digest, *(f"{code}:{v.digest}" for code, v in sorted(riders.items()))]
    outcome = max((v.outcome for v in every), key=lambda o: RANK[o])
    proposals = [v.proposal for v in every if v.proposal]
    return Verdict(
        outcome=outcome,
        extra_mortality=main.extra_mortality,
        exclusions=main.exclusions,
        examinations=tuple(sorted({code for v in every for code in v.examinations})),
        reasons=tuple(reasons),
        proposal=max(proposals, key=lambda p: p.outcome is Outcome.DECLINE, default=None),
        digest=hashlib.sha256("|".join(digests).encode()).hexdigest(),
        riders=tuple(
            RiderVerdict(code=code, extra_mortality=v.extra_mortality, exclusions=v.exclusions)
            for code, v in riders.items()
        ),
    )


def facts_digest(facts: ApplicationFacts) -> str:
    """SHA-256 of everything the decision looked at; the order of answers does not matter."""
    plain = json.dumps(_plain(asdict(facts)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def body_mass(height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    """Kilograms by metres squared (体重指数), one place."""
    return (weight_kg * 10_000 / (height_cm * height_cm)).quantize(Decimal("0.1"))


def _verdict(facts: ApplicationFacts, said: Sequence[_Said], points: int) -> Verdict:
    worst = max((each.reason.outcome for each in said), key=lambda o: RANK[o])
    outcome = LADDER[RANK[worst]]
    if outcome is Outcome.LOADING and not points:
        outcome = Outcome.ACCEPT  # a few points in all are carried without a loading
    excluded = {each.excluded.code: each.excluded for each in said if each.excluded}
    return Verdict(
        outcome=outcome,
        extra_mortality=points,
        exclusions=tuple(excluded[code] for code in sorted(excluded)),
        examinations=tuple(sorted({each.examination for each in said if each.examination})),
        reasons=tuple(each.reason for each in said),
        proposal=_proposal(said),
        digest=facts_digest(facts),
    )


def _proposal(said: Sequence[_Said]) -> Proposal | None:
    outcomes = {each.reason.outcome for each in said}
    if Outcome.DECLINE in outcomes:
        return Proposal(outcome=Outcome.DECLINE)
    if Outcome.POSTPONE in outcomes:
        months = max(e.months for e in said if e.reason.outcome is Outcome.POSTPONE)
        return Proposal(outcome=Outcome.POSTPONE, months=months)
    return None


def _always(facts: ApplicationFacts) -> dict[str, dict[str, Answer]]:
    """What is asked about every application, whatever was declared."""
    age, sum_at_risk = Decimal(facts.age), facts.sum_at_risk
    asked: dict[str, dict[str, Answer]] = {}
    height, weight = facts.declared.height_cm, facts.declared.weight_kg
    if facts.asked_health and height is not None and weight is not None:
        asked["bmi"] = {"age": age, "bmi": body_mass(height, weight)}
    if facts.asked_health and facts.declared.cigarettes_a_day is not None:
        asked["smoking"] = {"age": age, "cigarettes": facts.declared.cigarettes_a_day}
    income = facts.income
    multiple = min(sum_at_risk / income, MULTIPLE_MAX) if income else MULTIPLE_MAX
    return asked | {
        "occupation": {"class": Decimal(facts.occupation_class)},
        "sum_at_risk": {"age": age, "sum": sum_at_risk, "has_report": facts.has_report},
        "income": {
            "known": income is not None,
            "multiple": multiple.quantize(Decimal("0.01")),
            "age": age,
            "sum": sum_at_risk,
        },
        "history": {
            "adverse": Decimal(facts.adverse),
            "rescinded": facts.rescinded,
            "undeclared": Decimal(facts.undeclared),
        },
    }


def _asked(
    name: str,
    facts: ApplicationFacts,
    given: Mapping[str, Answer],
    ask: Ask,
    total: int | None = None,
) -> _Said:
    """What a table says; ``total``: the points of all the others, for the table that joins them."""
    try:
        answer = ask(PREFIX + name, {"line": facts.line.value, **given})
    except (TableError, LookupError) as fault:
        raise NotDecidable([f"{name}: {fault}"]) from fault
    out, outcome = answer.outputs, Outcome(answer.outputs["outcome"])
    excluded = None
    if outcome is Outcome.EXCLUSION:
        excluded = Excluded(
            code=name, wording=out["exclusion"], icd_prefixes=tuple(out["icd"].split())
        )
    words = IN_WORDS if total is None else TOGETHER_IN_WORDS
    points = int(out["points"])
    return _Said(
        Reason(
            condition=name,
            outcome=outcome,
            in_words=Sentence(
                words[outcome],
                why=out["words"],
                points=points if total is None else total,
                exclusion=out["exclusion"],
                months=int(out["months"]),
            ),
            table=answer.table,
            version=answer.version,
            row=answer.rows[0],
            points=points,
        ),
        months=int(out["months"]),
        examination=out["examination"] if outcome is Outcome.EXAMINE else "",
        excluded=excluded,
    )


def _check(facts: ApplicationFacts) -> None:
    """:raises NotDecidable: naming everything that is missing."""
    declared, missing = facts.declared, []
    if facts.asked_health and facts.age >= BODY_FROM:
        if not declared.height_cm or not Decimal(30) <= declared.height_cm <= Decimal(260):
            missing.append("height_cm")
        if not declared.weight_kg or not Decimal(2) <= declared.weight_kg <= Decimal(400):
            missing.append("weight_kg")
    if facts.asked_health and facts.age >= SMOKERS_FROM and declared.cigarettes_a_day is None:
        missing.append("cigarettes_a_day")
    if not 0 <= facts.age <= 120:
        missing.append("age")
    if facts.sum_insured <= 0 or facts.sum_at_risk < facts.sum_insured:
        missing.append("sum_at_risk")
    if facts.income is not None and facts.income < 0:
        missing.append("income")
    if missing:
        raise NotDecidable(missing)


def _plain(value: Any) -> Any:
    """As JSON: equal numbers alike, however they were written."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return f"number:{value.normalize():f}"
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
