"""
What was declared at the sale is kept beside the policy, where a claim's diagnoses are held against it.

Risk keeps the answers (投保时健康告知自动比对), each with the words that were shown and the diagnoses they
ask about: only what was asked and answered "no" can be asked about later (保险法 16).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.products import queries as products
from yilu.products.offering import Question
from yilu.risk import operations as risk
from yilu.underwriting import catalogue
from yilu.underwriting.models import Application
from yilu.underwriting.queries.waived_life import own_answers
from yilu.underwriting.rules import conditions

BATCH = 200


@tx.step
def hand_over(application: Application) -> None:
    """
    Hand the answers of an issued application to risk, for its policy and each rider's.

    A rider is compared by its own questions; a waiver on the holder's life by the holder's answers.
    """
    assert application.product_version_id is not None
    assert application.insured_id is not None
    assert application.policy_id is not None
    own = {**application.answers, "sex": application.rated_sex}
    on = day_of(application.submitted_at or application.started_at)
    _keep(application.policy_id, application.insured_id, application.product_version_id, own, on)
    for rider in application.riders:
        holders = rider.get("life") == "HOLDER"
        answers = own_answers(rider, application.answers) if holders else own
        party_id = rider["party_id"] if holders else application.insured_id
        _keep(rider["policy_id"], party_id, rider["version_id"], answers, on)


def _keep(
    policy_id: int, party_id: int, version_id: int, answers: Mapping[str, Any], on: date
) -> None:
    asked = products.get_questionnaire(version_id)
    risk.keep_declaration(
        policy=Ref("policy", policy_id), party_id=party_id, declared_on=on,
        answers=answered(asked.questions, answers), text_version=asked.version,
    )  # fmt: skip


def answered(questions: Sequence[Question], answers: Mapping[str, Any]) -> tuple[risk.Answer, ...]:
    """
    What was said about illnesses, in the questions that were shown.

    A question that gathers several ("有过：高血压、冠心病…？") and was denied denies each of them, in its own
    words; where it was answered "yes" the single questions after it say which. Follow-ups are left out.
    """
    return tuple(
        risk.Answer(each.code, answers[each.code] == "YES", each.text, diagnoses)
        for each in conditions.shown(questions, answers)
        if answers.get(each.code) in ("YES", "NO")
        and (diagnoses := _asked_by(each, questions, denied=answers[each.code] == "NO"))
    )


def _asked_by(
    question: Question, questions: Sequence[Question], *, denied: bool
) -> tuple[str, ...]:
    """The diagnoses a question asks about, by itself or for those that hang on its "yes"."""
    known = catalogue.conditions()
    if question.code in known:
        return known[question.code].icd
    gathered = (
        known[each.code].icd
        for each in questions
        if denied and each.code in known and each.shown_if is not None
        and each.shown_if.question == question.code
    )  # fmt: skip
    return tuple(code for icd in gathered for code in icd)


@tx.use_case
def hand_over_earlier(*, at: datetime, limit: int = BATCH) -> int:
    """
    Hand over what was declared for policies issued before answers were kept for comparing; how many.

    The oldest first, a batch at a time; two at once take different ones, and once all are there it
    costs one look into an empty index.
    """
    waiting = Application.objects.select_for_update(of=("self",), skip_locked=True)
    found = list(waiting.filter(state="ISSUED", declared_at=None).order_by("pk")[:limit])
    for application in found:
        hand_over(application)
    Application.objects.filter(pk__in=[each.pk for each in found]).update(declared_at=at)
    return len(found)
