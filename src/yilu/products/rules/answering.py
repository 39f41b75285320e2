"""Answers to a questionnaire: which questions are asked, and whether each was answered (健康告知)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from yilu.kernel.words import marked as _
from yilu.products.offering import Question, Questionnaire
from yilu.products.rules.reading import Problem

Answer = bool | Decimal | str | date
TEXT_MAX = 500


def is_shown(questionnaire: Questionnaire, question: Question, given: Mapping[str, str]) -> bool:
    """
    Whether a question is asked after these answers (YES, NO, the code of a choice).

    ``given`` may say the insured's sex under ``sex``. What hangs on a question not asked is not asked.
    """
    if question.sex and given.get("sex", question.sex) != question.sex:
        return False
    if question.shown_if is None:
        return True
    before = questionnaire.find(question.shown_if.question)
    if before is not None and not is_shown(questionnaire, before, given):
        return False
    return given.get(question.shown_if.question, "") in question.shown_if.equals


def read_answers(questionnaire: Questionnaire, given: Mapping[str, str]) -> dict[str, Answer]:
    """The answers to what is asked, typed; what cannot be read or is not asked is left out."""
    found: dict[str, Answer] = {}
    for question in questionnaire.questions:
        text = given.get(question.code, "").strip()
        if text and is_shown(questionnaire, question, given) and not _wrong(question, text):
            found[question.code] = _read(question, text)
    return found


def check_answers(questionnaire: Questionnaire, given: Mapping[str, str]) -> tuple[Problem, ...]:
    """What is missing or cannot be, each with the code of its question; empty when complete."""
    found: list[Problem] = []
    for question in questionnaire.questions:
        if not is_shown(questionnaire, question, given):
            continue
        text = given.get(question.code, "").strip()
        if not text:
            if question.required:
                found.append(Problem(question.code, _("请回答这个问题")))
        elif reason := _wrong(question, text):
            found.append(Problem(question.code, reason))
    return tuple(found)


def _wrong(question: Question, text: str) -> str:
    if question.kind == "YES_NO":
        return "" if text in ("YES", "NO") else _("请选择是或否")
    if question.kind == "CHOICE":
        return "" if any(text == c.code for c in question.choices) else _("请选择其中一项")
    if question.kind == "TEXT":
        return "" if len(text) <= TEXT_MAX else _("文字过长，请精简到 500 字以内")
    try:
        value = _read(question, text)
    except (ValueError, InvalidOperation):
        return _("请填写数字") if question.kind == "NUMBER" else _("请填写日期，例如 2026-01-31")
    if isinstance(value, Decimal):
        too_low = question.low is not None and value < question.low
        too_high = question.high is not None and value > question.high
        if not value.is_finite() or too_low or too_high:
            return _("数值不在合理范围，请核对单位")
    return ""


def _read(question: Question, text: str) -> Answer:
    if question.kind == "YES_NO":
        return text == "YES"
    if question.kind == "NUMBER":
        return Decimal(text)
    if question.kind == "DATE":
        return date.fromisoformat(text)
    return text
