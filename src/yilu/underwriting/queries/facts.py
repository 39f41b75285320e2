"""Everything the decision looks at (核保要素): read once, for the machine and for the desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from yilu.kernel import tx
from yilu.policies.queries.at_risk import LIVE, AtRisk, insured_contracts
from yilu.products import queries as products
from yilu.underwriting import catalogue
from yilu.underwriting.models import Application
from yilu.underwriting.queries.waived_life import declared_by_holder, facts_of_waiver, waiver_in
from yilu.underwriting.rules import conditions
from yilu.underwriting.terms import LINE_OF_KIND, ApplicationFacts, Declared, Line


@dataclass(frozen=True, slots=True)
class Earlier:
    """Another application on the same person: open, or how it was decided."""

    id: int
    number: str
    state: str
    kind: str
    sum_insured: Decimal
    outcome: str


_EARLIER = """
    select a.id, a.number, a.state, p.kind, coalesce(a.sum_insured, 0), coalesce(d.outcome, '')
      from underwriting_application a
      join products_productversion v on v.id = a.product_version_id
      join products_product p on p.id = v.product_id
      left join underwriting_decision d on d.id = a.decision_id
     where a.insured_id = %s::bigint and a.id <> %s::bigint and a.state <> 'DRAFT'
     order by a.id desc limit 100
"""
OPEN_STATES = frozenset(
    {"SUBMITTED", "ACCEPTED", "REFERRED", "EXAMINATION", "OFFERED", "AWAITING_PAYMENT"}
)
ADVERSE = frozenset({"POSTPONE", "DECLINE", "LOADING", "EXCLUSION"})
ELSEWHERE, REFUSED_ELSEWHERE = "elsewhere", "refused_elsewhere"
"""Questions about other insurers, by code: a sum, and whether one of them refused or changed."""


def earlier_applications(application: Application) -> tuple[Earlier, ...]:
    """The insured's other applications with us that were ever submitted, newest first."""
    return tuple(
        Earlier(*row) for row in tx.rows(_EARLIER, [application.insured_id, application.pk])
    )


def declared_in(application: Application) -> Declared:
    """
    What the stored answers declare.

    :raises AnswersIncomplete: naming what is open.
    """
    assert application.product_version_id is not None
    asked = products.get_questionnaire(application.product_version_id)
    answers = {**application.answers, "sex": application.rated_sex}
    if (waiver := waiver_in(application.riders)) is not None:
        declared_by_holder(waiver, application.answers)
    return conditions.facts_from(asked.questions, answers, catalogue.conditions())


def facts_of(application: Application, *, has_report: bool = False) -> ApplicationFacts:
    """
    The facts of an application with a plan and answers.

    :raises AnswersIncomplete: naming what is open.
    """
    assert application.product_version_id is not None
    assert application.insured_id is not None
    return make_facts(
        application, declared_in(application), insured_contracts(application.insured_id),
        earlier_applications(application), has_report=has_report,
    )  # fmt: skip


def riders_of(
    application: Application, main: ApplicationFacts, contracts: tuple[AtRisk, ...]
) -> dict[str, ApplicationFacts]:
    """
    The facts of each rider, by its code: the same person and answers, its own line and sum.

    What other insurers cover was asked about the main contract's kind and is not counted again. A
    waiver that hangs on the holder is decided by the holder's own answers.
    """
    found = {}
    for rider in application.riders:
        if rider.get("life") == "HOLDER":
            found[rider["code"]] = facts_of_waiver(application, rider)
            continue
        terms = products.get_terms(rider["version_id"])
        line, wanted = LINE_OF_KIND[terms.kind], Decimal(rider["sum_insured"])
        questions = products.get_questionnaire(rider["version_id"]).questions
        found[terms.code] = replace(
            main, product_code=terms.code, line=line, sum_insured=wanted,
            sum_at_risk=wanted + _sums(line, contracts, ()), declared_elsewhere=Decimal(0),
            asked_health=any(q.code == conditions.HEIGHT for q in questions),
        )  # fmt: skip
    return found


def make_facts(
    application: Application,
    declared: Declared,
    contracts: tuple[AtRisk, ...],
    earlier: tuple[Earlier, ...],
    *,
    has_report: bool = False,
) -> ApplicationFacts:
    """The facts from what was read."""
    assert application.product_version_id is not None
    assert application.sum_insured is not None
    assert application.rated_age is not None
    terms = products.get_terms(application.product_version_id)
    line = LINE_OF_KIND[terms.kind]
    elsewhere = declared.others.get(ELSEWHERE)
    other = elsewhere if isinstance(elsewhere, Decimal) else Decimal(0)
    with_us = _sums(line, contracts, earlier)
    adverse = sum(e.outcome in ADVERSE for e in earlier)
    adverse += declared.others.get(REFUSED_ELSEWHERE) is True
    means = application.suitability.get("income")
    questions = products.get_questionnaire(application.product_version_id).questions
    on_record = application.medical.get("diagnoses", [])
    return ApplicationFacts(
        product_code=terms.code, line=line, sex=application.rated_sex, age=application.rated_age,
        occupation_class=application.occupation_class or 1, declared=declared,
        sum_insured=application.sum_insured,
        sum_at_risk=application.sum_insured + with_us + other, declared_elsewhere=other,
        income=Decimal(means) if means else None, adverse=adverse,
        rescinded=any(c.ending == "RESCINDED" for c in contracts),
        undeclared=len(conditions.undeclared(on_record, declared, catalogue.conditions()))
        + _claimed(contracts, declared),
        has_report=has_report, asked_health=any(q.code == conditions.HEIGHT for q in questions),
    )  # fmt: skip


def _claimed(contracts: tuple[AtRisk, ...], declared: Declared) -> int:
    """Contracts that paid for an illness, where nothing at all was declared: a person looks."""
    return 0 if declared.conditions else sum(each.claimed_illness for each in contracts)


def _sums(line: Line, contracts: tuple[AtRisk, ...], earlier: tuple[Earlier, ...]) -> Decimal:
    """What our other contracts and open applications of the same line add up to."""
    total = sum(
        (c.sum_insured for c in contracts if c.state in LIVE and LINE_OF_KIND.get(c.kind) is line),
        start=Decimal(0),
    )
    return total + sum(
        (e.sum_insured for e in earlier if e.state in OPEN_STATES and LINE_OF_KIND.get(e.kind) is line),
        start=Decimal(0),
    )  # fmt: skip


def age_today(birth: date | None, on: date) -> int | None:
    """The age a quote would be made for today."""
    from yilu.kernel.years import full_years

    return None if birth is None else full_years(birth, on)
