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

ASKED_MAX, DIGEST_SHOWN = 300, 8


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


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What somebody answered to one question of an application: ``holds`` is "yes".

    ``asked`` are the words that were on the screen, ``icd`` the beginnings of the ICD-10 codes they
    ask about: nobody must tell what was not asked (保险法 16).
    """

    question: str
    holds: bool
    asked: str
    icd: tuple[str, ...]


@tx.step
def keep_declaration(
    *, policy: Ref, party_id: int, answers: Sequence[Answer], declared_on: date, text_version: str
) -> None:
    """
    Keep what was answered in an application once its policy is issued; the first answer stands.

    ``text_version`` is the digest of the questionnaire the answers were given to.
    """
    for each in answers:
        row = Declaration(
            policy=str(policy), party_id=party_id, question=each.question, holds=each.holds,
            declared_on=declared_on, asked=each.asked[:ASKED_MAX], icd=list(each.icd),
            text_version=text_version,
        )  # fmt: skip
        tx.gather(_write, row)


def _write(rows: Sequence[Declaration]) -> None:
    Declaration.objects.bulk_create(rows, ignore_conflicts=True)


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
    birth_date: date | None, waiting_until: date | None, loss_date: date, reported_on: date,
    at: datetime,
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
    kept = Declaration.objects.filter(policy=str(policy), party_id=party_id).order_by("pk")
    answers = [_answered(each) for each in kept]
    found["DECLARED_DIFFERENTLY"] = diseases.differences(
        diagnosed, answers, icd, reported_on=reported_on
    )
    measured = [Measure(signal, len(each), findings=each) for signal, each in found.items() if each]
    return raise_measured(about, measured, at=at)


def _answered(kept: Declaration) -> diseases.Answered:
    text = f"，告知文本 {kept.text_version[:DIGEST_SHOWN]}" if kept.text_version else ""
    return diseases.Answered(
        kept.question, kept.holds, kept.declared_on,
        f"投保时健康告知（{kept.declared_on:%Y-%m-%d}{text}）", kept.asked, tuple(kept.icd),
    )  # fmt: skip
