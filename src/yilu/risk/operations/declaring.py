"""What was declared when a policy was taken out, held against what doctors say now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.risk import publications
from yilu.risk.models import Declaration
from yilu.risk.rules import diseases
from yilu.risk.rules.comparing import Measure

from .comparing import Raised, raise_measured


class UnknownQuestion(Invalid):
    """The declaration asks about something we have no diagnoses for."""

    code = "unknown_question"
    message = "没有这个健康告知事项"
    hint = "请使用目录中的告知事项代码。"


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper or a person says about an illness: words or codes, and the day of the diagnosis."""

    text: str
    on: date | None
    source: str


@tx.use_case
def note_declaration(
    *, policy: Ref, party_id: int, answers: Iterable[tuple[str, bool]], declared_on: date
) -> None:
    """
    Keep the answers of a health declaration (健康告知); the first answer to a question stands.

    :raises UnknownQuestion: for a question without diagnoses.
    """
    given = list(answers)
    if any(question not in publications.icd10().questions for question, _ in given):
        raise UnknownQuestion
    rows = [
        Declaration(
            policy=str(policy), party_id=party_id, question=q, holds=h, declared_on=declared_on
        )
        for q, h in given
    ]
    Declaration.objects.bulk_create(rows, ignore_conflicts=True)


@tx.step
def compare_diagnoses(
    *, about: Ref, policy: Ref, party_id: int, papers: Sequence[Paper], sex: str | None,
    birth_date: date | None, waiting_until: date | None, loss_date: date, at: datetime,
) -> tuple[Raised, ...]:  # fmt: skip
    """
    Hold the diagnoses of a claim's papers against sex, age, waiting period and health declaration.

    Words without a code of ICD-10 raise nothing. What is raised routes, and is never a finding.
    """
    icd = publications.icd10()
    diagnosed = [
        diseases.Diagnosed(code, paper.text, paper.on, paper.source)
        for paper in papers
        for code in icd.codes_in(paper.text)
    ]
    if not diagnosed:
        return ()
    found = dict(
        diseases.implausible(diagnosed, sex=sex, birth_date=birth_date, on=loss_date, icd=icd)
    )
    found["WAITING_DIAGNOSIS"] = diseases.within_waiting(
        diagnosed, waiting_until=waiting_until, icd=icd
    )
    answers = [
        diseases.Answered(
            d.question, d.holds, d.declared_on, f"投保时健康告知（{d.declared_on:%Y-%m-%d}）"
        )
        for d in Declaration.objects.filter(policy=str(policy), party_id=party_id).order_by("pk")
    ]
    found["DECLARED_DIFFERENTLY"] = diseases.differences(diagnosed, answers, icd)
    measured = [Measure(signal, len(each), findings=each) for signal, each in found.items() if each]
    return raise_measured(about, measured, at=at)
