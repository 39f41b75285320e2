"""
The health declaration: which questions are asked, given the answers, and what they amount to.

A question is shown where the one it hangs on is shown and was answered so; an answer to a question
that is not shown counts for nothing. ``<condition>`` asks whether somebody has it and
``<condition>.<detail>`` what follows from it: the inputs of the table ``underwriting.<condition>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol, TypeVar

from yilu.kernel.errors import Sentence, joined
from yilu.kernel.words import marked as _
from yilu.underwriting.terms import Answer, Declared

HEIGHT = "height_cm"
BODY = (HEIGHT, "weight_kg", "cigarettes_a_day")
"""Questions about the body and its habits, by code; ``smoker`` may stand before the cigarettes."""
SMOKER = "smoker"
TEXT_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """
    A question about a declared condition (追问).

    ``otherwise`` is the answer where ``shown_if`` keeps it from being asked.
    """

    code: str
    label: str
    text: str
    kind: str
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    shown_if: tuple[tuple[str, tuple[str, ...]], ...] = ()
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A condition a declaration may name (告知疾病): its diagnoses and its own questions."""

    code: str
    name: str
    area: str
    icd: tuple[str, ...]
    ask: str
    questions: tuple[FollowUp, ...]
    sex: str = ""

    def means(self, diagnosis: str) -> bool:
        """Whether a diagnosis (ICD-10) is one of this condition."""
        return covers(self.icd, diagnosis)


class Hangs(Protocol):
    """On which question another hangs, and on which answers (YES, NO or codes of choices)."""

    @property
    def question(self) -> str: ...
    @property
    def equals(self) -> tuple[str, ...]: ...


class Choosable(Protocol):
    """One answer among several."""

    @property
    def code(self) -> str: ...


class Asked(Protocol):
    """A question as ``products`` words it."""

    @property
    def code(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def choices(self) -> Sequence[Choosable]: ...
    @property
    def shown_if(self) -> Hangs | None: ...
    @property
    def low(self) -> Decimal | None: ...
    @property
    def high(self) -> Decimal | None: ...
    @property
    def required(self) -> bool: ...


Q = TypeVar("Q", bound=Asked)


@dataclass(frozen=True, slots=True)
class Gap:
    """What is wrong with the answer to one question; ``reason`` is for the person answering."""

    code: str
    reason: str


class AnswersIncomplete(ValueError):
    """Questions that were shown have no answer, or one that cannot be read; ``gaps`` says which."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        self.gaps = tuple(gaps)
        super().__init__(joined(gap.reason for gap in gaps))


def covers(prefixes: Iterable[str], diagnosis: str) -> bool:
    """Whether a diagnosis (ICD-10) lies under one of the prefixes; dots and case do not matter."""
    code = _plain(diagnosis)
    return bool(code) and any(code.startswith(_plain(prefix)) for prefix in prefixes)


def shown(questions: Sequence[Q], answers: Mapping[str, Any]) -> tuple[Q, ...]:
    """
    The questions to ask, given the answers so far, in the questionnaire's order.

    ``answers`` may say the insured's sex under ``sex``, which no question asks.
    """
    by_code = {question.code: question for question in questions}
    known: dict[str, bool] = {}

    def is_shown(code: str, above: frozenset[str]) -> bool:
        if code not in known:
            hangs = by_code[code].shown_if
            known[code] = hangs is None or (
                hangs.question not in above
                and (hangs.question not in by_code or is_shown(hangs.question, above | {code}))
                and _as_code(answers.get(hangs.question)) in hangs.equals
            )
        return known[code]

    return tuple(q for q in questions if is_shown(q.code, frozenset({q.code})))


def facts_from(
    questions: Sequence[Asked], answers: Mapping[str, Any], catalogue: Mapping[str, Condition]
) -> Declared:
    """
    What the answers declare, typed; the order of the answers does not matter.

    Follow-ups that were not shown take what the catalogue says they are otherwise.

    :raises AnswersIncomplete: naming every shown question without a readable answer.
    """
    given: dict[str, Answer] = {}
    gaps = []
    for question in shown(questions, answers):
        try:
            if _is_empty(answers.get(question.code)):
                if question.required:
                    raise ValueError(Sentence(_("请回答：{question}"), question=question.text))
                continue
            given[question.code] = _read(question, answers[question.code])
        except ValueError as fault:
            gaps.append(Gap(question.code, fault.args[0]))
    if gaps:
        raise AnswersIncomplete(gaps)
    return _declared(given, catalogue)


def _declared(given: Mapping[str, Answer], catalogue: Mapping[str, Condition]) -> Declared:
    body = {code: given[code] for code in BODY if isinstance(given.get(code), Decimal)}
    if given.get(SMOKER) is False:
        body["cigarettes_a_day"] = Decimal(0)
    conditions = {
        code: _details(condition, given)
        for code, condition in catalogue.items()
        if given.get(code) is True
    }
    taken = {*BODY, SMOKER}
    others = {
        code: answer
        for code, answer in given.items()
        if code not in taken and code.split(".")[0] not in catalogue
    }
    return replace(Declared(conditions=conditions, others=others), **body)  # type: ignore[arg-type]


def _details(condition: Condition, given: Mapping[str, Answer]) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for question in condition.questions:
        code = f"{condition.code}.{question.code}"
        if code in given:
            found[question.code] = given[code]
        elif question.otherwise:
            found[question.code] = question.otherwise
    return found


def undeclared(
    diagnoses: Iterable[str], declared: Declared, catalogue: Mapping[str, Condition]
) -> tuple[str, ...]:
    """
    Diagnoses of earlier claims that a declaration should have named, and did not.

    Only those the questionnaire's conditions mean: nobody must tell what was not asked (保险法 16).
    """
    found = []
    for diagnosis in sorted(set(diagnoses)):
        means = [code for code, condition in catalogue.items() if condition.means(diagnosis)]
        if means and not any(code in declared.conditions for code in means):
            found.append(diagnosis)
    return tuple(found)


def _read(question: Asked, answer: Any) -> Answer:
    """:raises ValueError: with the sentence for the person answering."""
    if question.kind == "YES_NO":
        if _as_code(answer) not in ("YES", "NO"):
            raise ValueError(Sentence(_("请选择“是”或“否”：{question}"), question=question.text))
        return _as_code(answer) == "YES"
    if question.kind == "NUMBER":
        return _number(question, answer)
    if question.kind == "CHOICE":
        if answer not in {choice.code for choice in question.choices}:
            raise ValueError(Sentence(_("请选择一项：{question}"), question=question.text))
        return str(answer)
    if question.kind == "DATE":
        try:
            return answer if isinstance(answer, date) else date.fromisoformat(str(answer))
        except ValueError:
            raise ValueError(
                Sentence(_("请填写日期：{question}"), question=question.text)
            ) from None
    return str(answer).strip()[:TEXT_MAX]


def _number(question: Asked, answer: Any) -> Decimal:
    try:
        if isinstance(answer, bool | float):
            raise InvalidOperation
        number = Decimal(str(answer).strip())
        if not number.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(Sentence(_("请填写数字：{question}"), question=question.text)) from None
    low, high = question.low, question.high
    if number < 0 or (low is not None and number < low) or (high is not None and number > high):
        raise ValueError(
            Sentence(_("数字不在合理范围内，请核对：{question}"), question=question.text)
        )
    return number


def _is_empty(answer: Any) -> bool:
    return answer is None or (isinstance(answer, str) and not answer.strip())


def _as_code(answer: Any) -> str:
    if answer is True or answer is False:
        return "YES" if answer else "NO"
    return str(answer) if answer is not None else ""


def _plain(icd: str) -> str:
    return icd.replace(".", "").strip().upper()
