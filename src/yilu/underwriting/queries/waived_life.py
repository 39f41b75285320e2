"""
The holder's own answers, where a waiver of premiums hangs on their life (投保人豁免的健康告知).

They are kept beside the insured's, each code after ``HOLDERS``, and read by the rider's own questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from yilu.policies.queries.at_risk import LIVE, insured_contracts
from yilu.products import queries as products
from yilu.products.offering import Question
from yilu.underwriting import catalogue
from yilu.underwriting.models import Application
from yilu.underwriting.queries.riders import RiderLine
from yilu.underwriting.rules import conditions
from yilu.underwriting.terms import LINE_OF_KIND, ApplicationFacts, Declared

HOLDERS = "holder."
REFUSED_ELSEWHERE = "refused_elsewhere"


def waiver_in(riders: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The rider of an application that hangs on the holder's life; None where there is none."""
    return next((each for each in riders if each.get("life") == "HOLDER"), None)


def holders_questions(riders: Iterable[RiderLine]) -> tuple[Question, ...]:
    """What the holder is asked for a waiver among these riders, under codes of their own."""
    version_id = next((each.version_id for each in riders if each.life == "HOLDER"), None)
    if version_id is None:
        return ()
    return tuple(map(_for_holder, products.get_questionnaire(version_id).questions))


def _for_holder(question: Question) -> Question:
    shown_if = question.shown_if
    if shown_if is not None and shown_if.question != "sex":
        shown_if = replace(shown_if, question=HOLDERS + shown_if.question)
    return replace(question, code=HOLDERS + question.code, shown_if=shown_if)


def own_answers(rider: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, str]:
    """The holder's answers among all, by the rider's own codes."""
    own = {c.removeprefix(HOLDERS): a for c, a in answers.items() if c.startswith(HOLDERS)}
    return {**own, "sex": rider["rated_sex"]}


def declared_by_holder(rider: Mapping[str, Any], answers: Mapping[str, str]) -> Declared:
    """
    What the holder declared for the waiver.

    :raises AnswersIncomplete: naming what is open.
    """
    asked = products.get_questionnaire(rider["version_id"])
    return conditions.facts_from(
        asked.questions, own_answers(rider, answers), catalogue.conditions()
    )


def facts_of_waiver(application: Application, rider: Mapping[str, Any]) -> ApplicationFacts:
    """What the decision on the waiver rests on: the holder's answers, contracts and income."""
    terms = products.get_terms(rider["version_id"])
    declared = declared_by_holder(rider, application.answers)
    contracts = insured_contracts(rider["party_id"])
    line, wanted = LINE_OF_KIND[terms.kind], Decimal(rider["sum_insured"])
    with_us = (
        c.sum_insured for c in contracts if c.state in LIVE and LINE_OF_KIND.get(c.kind) is line
    )
    means = application.suitability.get("income")
    claimed = 0 if declared.conditions else sum(each.claimed_illness for each in contracts)
    return ApplicationFacts(
        product_code=terms.code, line=line, sex=rider["rated_sex"], age=rider["rated_age"],
        occupation_class=1, declared=declared, sum_insured=wanted,
        sum_at_risk=sum(with_us, start=wanted), income=Decimal(means) if means else None,
        adverse=int(declared.others.get(REFUSED_ELSEWHERE) is True),
        rescinded=any(c.ending == "RESCINDED" for c in contracts), undeclared=claimed,
    )  # fmt: skip
