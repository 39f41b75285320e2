"""From what somebody says they need to tags, and from tags to plans with a reason each. The data is a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yilu.kernel.errors import Sentence, joined
from yilu.kernel.money import ZERO
from yilu.kernel.words import marked as _

Answers = Mapping[str, Any]
"""By question: a code of a choice, a list of codes, or a Decimal amount."""
ROUNDED_TO = Decimal(10_000)
MOST, LEAST = "max_", "min_"
"""How a condition on an amount or the age begins."""
LACKS, OWNED = "lacks", "has"
"""A condition: which kind of cover the question of what somebody has was not answered with."""
INCOME, DEBTS, AGE = "income", "debts", "age"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked; without choices it is an amount in yuan."""

    code: str
    text: str
    choices: Mapping[str, str]
    many: bool


@dataclass(frozen=True, slots=True)
class Tag:
    """A trait that follows from answers (画像标签); a ``portrait`` only tells who somebody is, and leads to no plan."""

    code: str
    label: str
    when: Mapping[str, Any]
    portrait: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A product and the tags it answers, each with the reason in the customer's words (方案)."""

    product: str
    order: int
    reasons: Mapping[str, str]
    needs: tuple[str, ...] = ()
    income_times: Decimal = ZERO
    debts: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """One version of the rules (需求诊断手册): questions, tags, plans."""

    number: int
    questions: tuple[Question, ...]
    tags: tuple[Tag, ...]
    plans: tuple[Plan, ...]

    def label(self, tag: str) -> str:
        """A tag in Chinese; the code where it is of an earlier version."""
        return next((each.label for each in self.tags if each.code == tag), tag)


@dataclass(frozen=True, slots=True)
class Match:
    """A plan for somebody: why, and which sum would do."""

    product: str
    reasons: tuple[str, ...]
    tags: tuple[str, ...]
    sum_insured: Decimal | None


def read(content: Mapping[str, Any], number: int) -> Book:
    """
    A version of the book from what is kept of it; ``needs_book`` says what is wrong with one.

    A tag rests on its questions in the order they are asked, whatever order its conditions are kept in.
    """
    questions = tuple(
        Question(q["code"], q["text"], dict(q.get("choices", ())), q.get("many", False))
        for q in content["question"]
    )
    order = {question.code: place for place, question in enumerate(questions)}
    tags = tuple(
        Tag(
            t["code"], t["label"],
            dict(sorted(t["when"].items(), key=lambda line: order.get(asked(line[0]), -1))),
            t.get("portrait", False),
        )
        for t in content["tag"]
    )  # fmt: skip
    plans = tuple(
        Plan(
            p["product"], p["order"], dict(p["reasons"]), tuple(p.get("needs", ())),
            Decimal(str(p.get("income_times", 0))), p.get("debts", False),
        )
        for p in content["plan"]
    )  # fmt: skip
    return Book(number, questions, tags, tuple(sorted(plans, key=lambda p: p.order)))


def asked(condition: str) -> str:
    """The question a line of a tag's conditions looks at; ``age`` where it is the age."""
    if condition == LACKS:
        return OWNED
    return condition[4:] if condition.startswith((LEAST, MOST)) else condition


def tags_of(book: Book, answers: Answers, age: int) -> tuple[str, ...]:
    """The tags that hold, in the book's order."""
    return tuple(tag.code for tag in book.tags if _holds(tag.when, answers, age))


def because(book: Book, tag: str, answers: Answers, age: int) -> Sentence:
    """What a tag rests on: each question it follows from with the answer that was given."""
    when = next(each.when for each in book.tags if each.code == tag)
    texts = {question.code: question for question in book.questions}
    return joined(_told(name, wanted, texts, answers, age) for name, wanted in when.items())


def _told(
    name: str, wanted: Any, texts: Mapping[str, Question], answers: Answers, age: int
) -> Sentence:
    if name in (LEAST + AGE, MOST + AGE):
        return Sentence(_("{age} 岁"), age=age)
    if name == LACKS:
        has = texts[OWNED]
        return Sentence(_("{question} 没有选{what}"), question=has.text, what=has.choices[wanted])
    if name.startswith((LEAST, MOST)):
        amount = f"{_amount(answers, name[4:]):,.0f}"
        return Sentence(_("{question} {amount} 元"), question=texts[name[4:]].text, amount=amount)
    question = texts[name]
    given = answers[name] if question.many else [answers[name]]
    answer = listed(question.choices.get(code, code) for code in given)
    return Sentence("{question} {answer}", question=question.text, answer=answer)


def listed(texts: Iterable[str]) -> Sentence:
    """Several words in a row, each still to be said in another language."""
    figures = {f"text{n}": text for n, text in enumerate(texts)}
    return Sentence("、".join(f"{{{name}}}" for name in figures), **figures)


def match(
    book: Book, answers: Answers, age: int, offered: Mapping[str, tuple[int, int, Decimal, Decimal]]
) -> tuple[Match, ...]:
    """
    The plans that answer a need, in order, of the products offered to this age.

    ``offered``: by product code the youngest and oldest age and the smallest and largest sum.
    """
    tags = tags_of(book, answers, age)
    found = []
    for plan in book.plans:
        if plan.product not in offered or not set(plan.needs) <= set(tags):
            continue
        youngest, oldest, least, most = offered[plan.product]
        answered = [tag for tag in plan.reasons if tag in tags]
        if answered and youngest <= age <= oldest:
            found.append(
                Match(
                    plan.product, tuple(plan.reasons[tag] for tag in answered), tuple(answered),
                    suggested(plan, answers, least, most),
                )
            )  # fmt: skip
    return tuple(found)


def suggested(plan: Plan, answers: Answers, least: Decimal, most: Decimal) -> Decimal | None:
    """A sum that would do, rounded up to ten thousand and within the product's range; None: any."""
    if not plan.income_times and not plan.debts:
        return None
    wanted = plan.income_times * _amount(answers, INCOME)
    if plan.debts:
        wanted += _amount(answers, DEBTS)
    whole = -(-wanted // ROUNDED_TO) * ROUNDED_TO
    return max(least, min(most, whole))


def _holds(when: Mapping[str, Any], answers: Answers, age: int) -> bool:
    return all(_line(name, wanted, answers, age) for name, wanted in when.items())


def _line(name: str, wanted: Any, answers: Answers, age: int) -> bool:
    if name.startswith(LEAST):
        return bool(_figure(name[4:], answers, age) >= wanted)
    if name.startswith(MOST):
        return bool(_figure(name[4:], answers, age) <= wanted)
    if name == LACKS:
        return wanted not in (answers.get(OWNED) or ())
    given = answers.get(name)
    return bool(set(codes(given or ())) & set(codes(wanted)))


def codes(kept: str | Sequence[str]) -> Sequence[str]:
    """The codes of a condition or an answer: one, or any of several."""
    return [kept] if isinstance(kept, str) else kept


def _figure(name: str, answers: Answers, age: int) -> Decimal:
    return Decimal(age) if name == AGE else _amount(answers, name)


def _amount(answers: Answers, name: str) -> Decimal:
    return Decimal(answers.get(name) or 0)


def problem(book: Book, answers: Answers) -> str:
    """Which question is open or answered with none of its answers; empty when sound."""
    for question in book.questions:
        given = answers.get(question.code)
        if question.many:
            fits = all(code in question.choices for code in given or ())
        elif question.choices:
            fits = given in question.choices
        else:
            fits = isinstance(given, Decimal) and given.is_finite() and given >= 0
        if not fits:
            return Sentence(_("请回答：{question}"), question=question.text)
    return ""
