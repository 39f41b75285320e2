"""Submit an application and have it decided in the same breath (提交与核保)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.tables import Decision as Answered
from yilu.people import queries as people
from yilu.policies.queries.at_risk import AtRisk
from yilu.products import queries as products
from yilu.standards import queries as standards
from yilu.underwriting import events
from yilu.underwriting.models import Application
from yilu.underwriting.queries.facts import declared_in, make_facts, riders_of
from yilu.underwriting.queries.papers import Need, being_read, needs_of
from yilu.underwriting.queries.reading import Around, around
from yilu.underwriting.queries.riders import notices_in
from yilu.underwriting.queries.shown import shown_now
from yilu.underwriting.rules import deciding
from yilu.underwriting.rules.conditions import AnswersIncomplete
from yilu.underwriting.rules.lifecycle import Action, State
from yilu.underwriting.rules.shown import text_digest
from yilu.underwriting.terms import ApplicationFacts, Outcome, Reason, Verdict

from . import pricing
from .declaring import require_childs_consent
from .filling import require_childs_limit
from .holding import hold, require_alone
from .paying import ask_premium
from .pricing import person, require_plan
from .refusals import (
    ConsentMissing,
    MeansUnknown,
    NotPossibleNow,
    PaperBeingRead,
    QuestionnaireChanged,
    RecordingMissing,
    StaleQuote,
    StatementMissing,
    Unanswered,
    Unconfirmed,
    Unsigned,
)
from .signing import signers
from .verdicts import record_verdict

PAPERS_IN_WORDS = "投保资料还不齐全，请一次补齐所列资料，补齐后立即继续核保。"


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of it: where the application stands, and the collection to pay now, if any."""

    state: str
    outcome: str
    collection_id: int | None


@tx.use_case
def submit(
    *, application_id: int, actor: Ref, at: datetime, access: people.Access | None = None
) -> Submitted:
    """
    Hand in a whole, signed application; the machine decides at once. Submitting again answers with
    what became of the first.

    A standard risk is accepted and its first premium may be paid; anything else says why, condition by
    condition. Missing papers and examinations are asked for together, once.

    :raises PlanMissing, StaleQuote: the plan or its price. :raises QuestionnaireChanged, Unanswered:
        the health declaration. :raises MeansUnknown, StatementMissing: suitability.
    :raises Unconfirmed: a clause. :raises RecordingMissing: 双录.
    :raises Unsigned: no signature on exactly this content. :raises ForTheCustomer: an agent's hand.
    """
    try:
        application = hold(
            application_id, actor=actor, access=access, action=Action.SUBMIT, own=True
        )
    except NotPossibleNow as gone_on:
        return _before(application_id, gone_on)
    require_alone(application)
    verdict = decide_first(application, actor=actor, at=at)
    collection = None
    if application.state == State.ACCEPTED:
        collection = ask_premium(application, at=at)
    return Submitted(application.state, verdict.outcome.value, collection)


@tx.step
def decide_first(application: Application, *, actor: Ref, at: datetime) -> Verdict:
    """
    Hand in a held application and have the machine decide it; its verdict, carried out.

    Refuses as ``submit`` does, and then nothing has changed.
    """
    require_plan(application)
    seen = around(application, day_of(at))
    digest = _check(application, seen, at)
    facts = _facts(application, seen)
    needs = needs_of(application)
    if being_read(needs):
        raise PaperBeingRead
    missing = tuple(need for need in needs if need.required and not need.here)
    verdict = decide_all(application, facts, seen.contracts, _asks(at))
    # What is missing is asked for first; doubts about a card come to a person once all is in.
    verdict = with_papers(verdict, missing) if missing else with_doubts(verdict, needs)
    application.state, application.submitted_at = State.SUBMITTED.value, at
    application.complete_at = None if missing else at
    fact = events.ApplicationSubmitted(
        product=facts.product_code, channel=application.channel, office_id=application.office_id,
        complete=not missing, digest=digest,
    )  # fmt: skip
    journal.record(fact, about=application.ref, actor=actor, at=at, party=application.holder_id)
    record_verdict(
        application=application, verdict=verdict, actor=SYSTEM, at=at, first=True,
        missing=tuple(need.code for need in missing),
    )  # fmt: skip
    return verdict


def decide_all(
    application: Application,
    facts: ApplicationFacts,
    contracts: tuple[AtRisk, ...],
    ask: deciding.Ask,
) -> Verdict:
    """The verdict on the contract applied for and its riders together."""
    riders = riders_of(application, facts, contracts)
    waived = {each["code"] for each in application.riders if each.get("life") == "HOLDER"}
    return deciding.together(
        deciding.decide(facts, ask),
        {
            code: deciding.of_holder(found) if code in waived else found
            for code, found in ((c, deciding.decide(each, ask)) for c, each in riders.items())
        },
    )


def with_papers(verdict: Verdict, missing: tuple[Need, ...]) -> Verdict:
    """A verdict where papers are missing: everything is asked for first, whatever else was said."""
    if not missing or verdict.outcome is Outcome.REFER:
        return verdict
    asked = Reason(condition="papers", outcome=Outcome.EXAMINE, in_words=PAPERS_IN_WORDS)
    return Verdict(
        outcome=Outcome.EXAMINE, examinations=verdict.examinations, digest=verdict.digest,
        reasons=(*verdict.reasons, asked),
    )  # fmt: skip


def _before(application_id: int, gone_on: NotPossibleNow) -> Submitted:
    """A second tap: the answer of the first; anything else is refused as it was."""
    found = Application.objects.select_related("decision").get(pk=application_id)
    if found.submitted_at is None or found.decision is None:
        raise gone_on
    return Submitted(found.state, found.decision.outcome, found.collection_id)


def with_doubts(verdict: Verdict, needs: Iterable[Need]) -> Verdict:
    """A verdict where an identity paper says something else than the application: a person looks at it."""
    said = dict.fromkeys(
        words for n in needs if n.compared is not None for words in n.compared.words
    )
    if not said:
        return verdict
    doubts = tuple(
        Reason(condition="identity_paper", outcome=Outcome.REFER, in_words=words) for words in said
    )
    return Verdict(
        outcome=Outcome.REFER, examinations=verdict.examinations, digest=verdict.digest,
        reasons=(*verdict.reasons, *doubts), proposal=verdict.proposal,
    )  # fmt: skip


def _check(application: Application, seen: Around, at: datetime) -> str:
    """Everything that must be there before anything is decided; the digest of what was signed."""
    assert application.product_version_id is not None
    today, version = day_of(at), application.product_version_id
    aged = person(seen.insured, today)
    if not seen.sold or aged.age != application.rated_age:
        raise StaleQuote
    pricing.require_seen(pricing.with_loading(application, 0).premium, application.premium)
    for rider in application.riders:
        pricing.require_rider(application, rider, today)
    require_childs_limit(application, aged, application.sum_insured or Decimal(0))
    if not set(signers(application)) <= seen.consents:
        raise ConsentMissing
    if aged.age is not None and aged.age < people.CHILD_YEARS:
        require_childs_consent(application, at)
    asked = products.get_questionnaire(version)
    if application.questionnaire != asked.version:
        raise QuestionnaireChanged if application.questionnaire else Unanswered
    if not application.suitability:
        raise MeansUnknown
    if application.suitability["limits"] and not application.suitability["statement"]:
        raise StatementMissing
    wanted = {(n.code, text_digest(n.text)) for n in notices_in(application)}
    if not wanted <= set(seen.notices):
        raise Unconfirmed
    if seen.recording_needed and not seen.recorded:
        raise RecordingMissing
    digest = shown_now(application, list(seen.notices)).digest
    if not set(signers(application)) <= {p for p, signed in seen.signatures if signed == digest}:
        raise Unsigned
    return digest


def _facts(application: Application, seen: Around) -> ApplicationFacts:
    try:
        declared = declared_in(application)
    except AnswersIncomplete as gaps:
        raise Unanswered(str(gaps)) from None
    return make_facts(application, declared, seen.contracts, seen.earlier)


def _asks(at: datetime) -> Any:
    def ask(code: str, given: Mapping[str, Any]) -> Answered:
        return standards.decide(code, given, at)

    return ask
