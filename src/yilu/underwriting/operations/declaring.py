"""The customer's own declarations: health, means, and each clause that takes something away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence, joined
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.standards import queries as standards
from yilu.underwriting import catalogue, events
from yilu.underwriting.models import Application, NoticeConfirmation
from yilu.underwriting.queries.riders import notices_in
from yilu.underwriting.queries.waived_life import (
    HOLDERS,
    declared_by_holder,
    own_answers,
    waiver_in,
)
from yilu.underwriting.rules import conditions as rules
from yilu.underwriting.rules import suitability
from yilu.underwriting.rules.shown import text_digest
from yilu.underwriting.rules.suitability import Assessment, Finances

from .checking import have_platform_asked
from .holding import hold, require_alone, write
from .pricing import person, require_plan
from .refusals import (
    ChildConsentMissing,
    ConsentMissing,
    MeansUnknown,
    NoticeChanged,
    QuestionnaireChanged,
    Unanswered,
)

PROBLEMS_SHOWN = 5
CONSENT, PLATFORM = "UNDERWRITING", "MEDICAL_DATA_FETCH"
"""The purposes of the separate consents (个保法 29): to use answers, and to ask the platform."""


@tx.use_case
def declare_health(
    *, application_id: int, questionnaire: str, answers: Mapping[str, str], actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> None:  # fmt: skip
    """
    Keep the answers with the digest of the text they were given to (保险法 16; 解释二 6).

    Answers on a branch that was left fall away. A customer corrects them until they submit.

    :raises PlanMissing: no plan yet. :raises QuestionnaireChanged: other questions than today's.
    :raises Unanswered: saying which.
    :raises ConsentMissing: the insured (a child's holder) did not agree to the use of health data.
    :raises ChildConsentMissing: nobody agreed to the use of a child's data.
    :raises ForTheCustomer: an agent's hand.
    """
    application = hold(application_id, actor=actor, access=access, own=True)
    require_plan(application)
    require_consent(application, at)
    assert application.product_version_id is not None
    asked = products.get_questionnaire(application.product_version_id)
    if asked.version != questionnaire:
        raise QuestionnaireChanged
    given = {**answers, "sex": application.rated_sex}
    try:
        rules.facts_from(asked.questions, given, catalogue.conditions())
    except rules.AnswersIncomplete as open_ones:
        raise Unanswered(joined(gap.reason for gap in open_ones.gaps[:PROBLEMS_SHOWN])) from None
    clean = {
        q.code: str(answers[q.code]).strip()
        for q in rules.shown(asked.questions, given)
        if str(answers.get(q.code, "")).strip()
    }
    clean |= _holders(application, answers)
    if (clean, questionnaire) == (application.answers, application.questionnaire):
        return
    write(application, at, answers=clean, questionnaire=questionnaire)
    if application.insured_id and people.has_consent(application.insured_id, PLATFORM):
        have_platform_asked(application.pk, application.insured_id)
    journal.record(
        events.HealthDeclared(questionnaire=questionnaire, questions=len(clean)),
        about=application.ref, actor=actor, at=at, party=application.holder_id,
    )  # fmt: skip


def _holders(application: Application, answers: Mapping[str, str]) -> dict[str, str]:
    """The holder's own answers where a waiver hangs on them. :raises Unanswered: saying which."""
    rider = waiver_in(application.riders)
    if rider is None:
        return {}
    try:
        declared_by_holder(rider, answers)
    except rules.AnswersIncomplete as open_ones:
        said = joined(gap.reason for gap in open_ones.gaps[:PROBLEMS_SHOWN])
        raise Unanswered(Sentence(_("投保人：{said}"), said=said)) from None
    own = own_answers(rider, answers)
    asked = products.get_questionnaire(rider["version_id"]).questions
    return {
        HOLDERS + q.code: str(own[q.code]).strip()
        for q in rules.shown(asked, own)
        if str(own.get(q.code, "")).strip()
    }


@tx.use_case
def tell_means(
    *, application_id: int, finances: Finances, actor: Ref, at: datetime, statement: bool = False,
    access: people.Access | None = None,
) -> Assessment:  # fmt: skip
    """
    Hold the premium against what the customer says they earn and meant to spend (适当性办法 17).

    ``statement``: they know that limits are passed and want the contract all the same; it becomes part
    of what they sign. Telling other means or choosing another plan takes the statement back.

    :raises MeansUnknown: without income and budget. :raises PlanMissing: nothing to hold it against.
    """
    application = hold(application_id, actor=actor, access=access, own=True)
    require_alone(application)
    require_plan(application)
    found = assessed(application, finances, day_of(at))
    keep_assessment(application, finances, found, statement=statement, actor=actor, at=at)
    return found


@tx.step
def keep_assessment(
    application: Application, finances: Finances, found: Assessment, *, statement: bool, actor: Ref,
    at: datetime, together: list[list[Any]] | None = None,
) -> None:  # fmt: skip
    """
    Write an assessment into a held application, where it differs; it becomes part of what is signed.

    ``together``: what each application of a family cost when they were assessed as one.
    """
    kept: dict[str, Any] = {
        "income": str(finances.income), "budget": str(finances.budget),
        "other_premiums": str(finances.other_premiums), "yearly": str(found.yearly),
        "limits": [f.limit.value for f in found.found], "words": [str(f.in_words) for f in found.found],
        "special_care": found.special_care, "statement": statement and found.needs_statement,
        "on": day_of(at).isoformat(),
    }  # fmt: skip
    if together is not None:
        kept["together"] = together
    if kept != application.suitability:
        write(application, at, suitability=kept)
        fact = events.SuitabilityAssessed(
            limits=tuple(kept["limits"]),
            special_care=found.special_care,
            statement=bool(kept["statement"]),
        )
        journal.record(fact, about=application.ref, actor=actor, at=at, party=application.holder_id)


@tx.use_case
def confirm_notices(
    *, application_id: int, confirmed: Mapping[str, str], actor: Ref, at: datetime,
    access: people.Access | None = None,
) -> int:  # fmt: skip
    """
    Confirm clauses, each by itself: code → digest of the words that were on the screen (保险法 17).

    Returns how many are still open. Confirming twice changes nothing; the first moment counts.

    :raises NoticeChanged: other words than today's. :raises ForTheCustomer: an agent's hand.
    """
    application = hold(application_id, actor=actor, access=access, own=True)
    require_alone(application)
    return keep_confirmations(application, confirmed, actor=actor, at=at)


@tx.step
def keep_confirmations(
    application: Application, confirmed: Mapping[str, str], *, actor: Ref, at: datetime
) -> int:
    """Write which clauses of a held application were confirmed; how many are still open."""
    notices = {n.code: n for n in notices_in(application)}
    made = []
    for code, digest in confirmed.items():
        if code not in notices or text_digest(notices[code].text) != digest:
            raise NoticeChanged
        made.append(
            NoticeConfirmation(
                application=application, code=code, clause=notices[code].clause, text_digest=digest,
                confirmed_by=str(actor), confirmed_at=at,
            )
        )  # fmt: skip
    before = set(application.notices.values_list("code", flat=True))
    NoticeConfirmation.objects.bulk_create(made, ignore_conflicts=True)
    for row in made:
        if row.code not in before:
            journal.record(
                events.NoticeConfirmed(
                    code=row.code, clause=row.clause, text_digest=row.text_digest
                ),
                about=application.ref, actor=actor, at=at, party=application.holder_id,
            )  # fmt: skip
    return len(set(notices) - before - set(confirmed))


def assessed(application: Application, finances: Finances, on: date) -> Assessment:
    """
    The assessment of an application with a plan; it is the holder who pays.

    :raises MeansUnknown: without income and budget.
    """
    return assessed_together([application], finances, on)


def assessed_together(
    applications: Sequence[Application], finances: Finances, on: date
) -> Assessment:
    """The assessment of applications of one holder, over the sum of what they cost."""
    if finances.income <= 0 or finances.budget <= 0 or finances.other_premiums < 0:
        raise MeansUnknown
    holder = person(people.get_party(applications[0].holder_id), on)
    costs = [
        suitability.Paid(each.total_premium, each.pay_mode, each.pay_years or 1)
        for each in applications
    ]
    return suitability.assess_together(finances, costs, holder.age or 0, _limits(on))


def _limits(on: date) -> suitability.Limits:
    return suitability.Limits(
        income_times=standards.figure("underwriting.income_times", on),
        income_share=standards.figure("underwriting.income_share", on),
        age_and_years=standards.whole_figure("underwriting.age_and_years", on),
        budget_share=standards.figure("underwriting.budget_share", on),
        care_age=standards.whole_figure("underwriting.care_age", on),
    )


def require_consent(application: Application, at: datetime) -> None:
    """
    The holder's separate consent to the use of health data, and a parent's to that of a child's data;
    another grown-up insured gives theirs before they sign (``submit``).

    :raises ConsentMissing, ChildConsentMissing: there is none.
    """
    if not people.has_consent(application.holder_id, CONSENT):
        raise ConsentMissing
    require_childs_consent(application, at)


def require_childs_consent(application: Application, at: datetime) -> None:
    """A parent's consent where the insured is under fourteen. :raises ChildConsentMissing: there is none."""
    insured = application.insured_id
    if insured is not None and not people.child_agreed(insured, day_of(at)):
        raise ChildConsentMissing
