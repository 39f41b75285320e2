"""
What is wrong with a version of the diagnosis of needs somebody wrote, and what it changes (需求诊断手册).

Two kinds of wrong: one part by itself (nothing is saved), and parts that do not fit together (saved, for they
are written one after the other, and named until they fit; not published before).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.underwriting.rules.needs import (
    AGE,
    DEBTS,
    INCOME,
    LACKS,
    LEAST,
    MOST,
    OWNED,
    asked,
    codes,
    listed,
)

Content = Mapping[str, Any]
QUESTIONS_MAX, TAGS_MAX, PLANS_MAX, CHOICES_MAX = 20, 40, 30, 12
TEXT_MAX, LABEL_MAX, REASON_MAX = 80, 20, 200
TIMES_MAX = Decimal(50)
ASKED_OF_ALL = (INCOME, DEBTS, "budget", OWNED)
"""Questions that sums and applications read by their codes: they are reworded, never taken out."""


def misshapen(content: Content) -> list[str]:
    """What is wrong with a part by itself; empty where every part may be kept."""
    return [*_questions(content), *_tags(content), *_plans(content)]


def _questions(content: Content) -> Iterator[str]:
    rows = content["question"]
    if len(rows) > QUESTIONS_MAX:
        yield Sentence(_("问题最多 {most} 个：问得越多，答完的人越少"), most=QUESTIONS_MAX)
    known = {row["code"] for row in rows}
    for code in ASKED_OF_ALL:
        if code not in known:
            yield _("收入、负债、预算、已有保险这四个问题投保时要用到，可以改文字，不能删除")
            break
    for place, row in enumerate(rows, 1):
        name = Sentence(_("第 {n} 个问题"), n=place)
        if not 0 < len(row["text"]) <= TEXT_MAX:
            yield Sentence(_("{name}：请写出问题，不超过 {most} 字"), name=name, most=TEXT_MAX)
        if "choices" not in row:
            continue
        labels = [label for _code, label in row["choices"]]
        if not 2 <= len(labels) <= CHOICES_MAX:
            yield Sentence(_("{name}：请写 2 到 {most} 个选项"), name=name, most=CHOICES_MAX)
        if any(not 0 < len(label) <= LABEL_MAX * 2 for label in labels):
            yield Sentence(
                _("{name}：选项不能空着，不超过 {most} 字"), name=name, most=LABEL_MAX * 2
            )
        if len(set(labels)) < len(labels):
            yield Sentence(_("{name}：有两个选项写得一样"), name=name)


def _tags(content: Content) -> Iterator[str]:
    rows = content["tag"]
    if len(rows) > TAGS_MAX:
        yield Sentence(_("画像标签最多 {most} 个"), most=TAGS_MAX)
    labels = [row["label"] for row in rows]
    for row in rows:
        name = Sentence(_("标签“{label}”"), label=row["label"])
        if not 0 < len(row["label"]) <= LABEL_MAX:
            yield Sentence(_("请给标签起名，不超过 {most} 字"), most=LABEL_MAX)
        elif labels.count(row["label"]) > 1:
            yield Sentence(_("{name}：已有同名标签"), name=name)
        if not row["when"]:
            yield Sentence(_("{name}：至少选一个条件，否则人人都有这个标签"), name=name)
        limits = {k: v for k, v in row["when"].items() if k.startswith((LEAST, MOST))}
        if not all(isinstance(limit, int) for limit in limits.values()):
            yield Sentence(_("{name}：年龄和金额请填整数"), name=name)
        elif any(
            limits.get(LEAST + asked(line), limit) > limit
            for line, limit in limits.items()
            if line.startswith(MOST)
        ):
            yield Sentence(_("{name}：下限大于上限，没有人符合"), name=name)


def _plans(content: Content) -> Iterator[str]:
    rows = content["plan"]
    if len(rows) > PLANS_MAX:
        yield Sentence(_("方案最多 {most} 个"), most=PLANS_MAX)
    products = [row["product"] for row in rows]
    for row in rows:
        name = _("这个方案")
        if products.count(row["product"]) > 1:
            yield Sentence(_("{name}：同一产品只写一个方案"), name=name)
        if not row["reasons"]:
            yield Sentence(_("{name}：至少写一条推荐理由，客户要看得到为什么"), name=name)
        if any(not 0 < len(text) <= REASON_MAX for _tag, text in row["reasons"]):
            yield Sentence(_("{name}：理由不超过 {most} 字"), name=name, most=REASON_MAX)
        if not isinstance(row["order"], int):
            yield Sentence(_("{name}：先后顺序请填整数"), name=name)
        if not _is_times(row.get("income_times", 0)):
            yield Sentence(
                _("{name}：收入倍数填 0 到 {most} 的数，最多一位小数"), name=name, most=TIMES_MAX
            )


def _is_times(told: Any) -> bool:
    try:
        times = Decimal(str(told))
        return times.is_finite() and 0 <= times <= TIMES_MAX and times == round(times, 1)
    except InvalidOperation:
        return False


def loose_ends(content: Content, products: Mapping[str, str]) -> list[str]:
    """
    Where the parts do not fit together; empty where the version may be published.

    ``products``: by code the name of every product that may be offered by itself on the day it is to begin.
    """
    questions = {row["code"]: row for row in content["question"]}
    tags = {row["code"]: row["label"] for row in content["tag"]}
    answered = {t for p in content["plan"] for t in (*(r[0] for r in p["reasons"]), *p.get("needs", ()))}  # fmt: skip
    found: list[str] = []
    for row in content["tag"]:
        found += _of_tag(row, questions)
        if row.get("portrait", False) and row["code"] in answered:
            found.append(
                Sentence(_("标签“{label}”只用于画像，却有方案用到它：请二选一"), label=row["label"])
            )
        elif not row.get("portrait", False) and row["code"] not in answered:
            found.append(
                Sentence(
                    _("标签“{label}”没有引出任何方案：请写进某个方案的理由，或改为只用于画像"),
                    label=row["label"],
                )
            )
    for row in content["plan"]:
        name = products.get(row["product"], row["product"])
        if row["product"] not in products:
            found.append(
                Sentence(
                    _("方案“{name}”的产品届时不能单独投保：请移除这个方案，或等它开售后再发布"),
                    name=name,
                )
            )
        for tag in {*(reason[0] for reason in row["reasons"]), *row.get("needs", ())} - set(tags):
            found.append(
                Sentence(
                    _("方案“{name}”用到了已删除的标签（{tag}）：请修改方案"), name=name, tag=tag
                )
            )
    return found


def _of_tag(row: Mapping[str, Any], questions: Mapping[str, Any]) -> Iterator[str]:
    for line, wanted in row["when"].items():
        code = asked(line)
        if code == AGE:
            continue
        if code not in questions:
            yield Sentence(
                _("标签“{label}”的条件用到了已删除的问题：请修改标签"), label=row["label"]
            )
        elif not line.startswith((LEAST, MOST)):
            known = {choice for choice, _label in questions[code].get("choices", ())}
            if not set(codes(wanted)) <= known:
                yield Sentence(
                    _("标签“{label}”的条件用到了“{question}”已删除的选项：请修改标签"),
                    label=row["label"], question=questions[code]["text"],
                )  # fmt: skip


def changes(before: Content, after: Content, products: Mapping[str, str]) -> list[str]:
    """What a version changes against another, a sentence a part, for the person who answers for it."""
    told: list[str] = []
    for part, words, key, name in (
        ("question", _("需求问题"), "code", "text"), ("tag", _("标签"), "code", "label"),
        ("plan", _("方案"), "product", "product"),
    ):  # fmt: skip
        old, new = ({row[key]: row for row in side[part]} for side in (before, after))
        for code in [*new, *(code for code in old if code not in new)]:
            row = new.get(code) or old[code]
            figures = {"part": words, "name": products.get(row[name], row[name])}
            if code not in old:
                told.append(Sentence(_("新增{part}“{name}”"), **figures))
            elif code not in new:
                told.append(Sentence(_("删除{part}“{name}”"), **figures))
            elif _whole(old[code]) != _whole(row):
                told.append(Sentence(_("修改{part}“{name}”"), **figures))
        stay = [code for code in old if code in new]
        if part != "plan" and stay != [code for code in new if code in old]:
            told.append(Sentence(_("调整了{part}的顺序"), part=words))
    return told


def _whole(row: Mapping[str, Any]) -> dict[str, Any]:
    """A part with what it leaves out: an absent tick is a tick not set."""
    return {name: value for name, value in row.items() if value not in (False, [], 0, "0", None)}


def words_of(row: Mapping[str, Any], questions: Sequence[Mapping[str, Any]]) -> list[str]:
    """A tag's conditions in plain words, one a line; all of them must hold."""
    asked_by_code = {question["code"]: question for question in questions}
    told: list[str] = []
    for code in [*asked_by_code, AGE]:
        question = asked_by_code.get(code, {})
        choices = dict(question.get("choices", ()))
        least, most = (row["when"].get(side + code) for side in (LEAST, MOST))
        about = {"question": question.get("text", ""), "least": least, "most": most}
        if code == AGE and (least is not None or most is not None):
            told.append(_ages(least, most))
        elif least is not None and most is not None:
            told.append(Sentence(_("{question} {least} 到 {most} 元"), **about))
        elif least is not None:
            told.append(Sentence(_("{question} 不少于 {least} 元"), **about))
        elif most is not None:
            told.append(Sentence(_("{question} 不多于 {most} 元"), **about))
        if (wanted := row["when"].get(code)) is not None:
            given = listed(choices.get(each, each) for each in codes(wanted))
            told.append(
                Sentence(_("{question} {answer}"), question=about["question"], answer=given)
            )
        if code == OWNED and (lacked := row["when"].get(LACKS)) is not None:
            told.append(
                Sentence(
                    _("{question} 没有选{what}"),
                    question=about["question"], what=choices.get(lacked, lacked),
                )
            )  # fmt: skip
    return told


def _ages(least: int | None, most: int | None) -> Sentence:
    if least is None:
        return Sentence(_("{most} 岁及以下"), most=most)
    if most is None:
        return Sentence(_("{least} 岁及以上"), least=least)
    return Sentence(_("{least} 到 {most} 岁"), least=least, most=most)
