"""The three forms of the book of needs: a question, a tag, a plan, read into what the book keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import QueryDict

from yilu.underwriting.operations import NeedsPart
from yilu.underwriting.queries import needs_book as rules
from yilu.web.common.numbers import whole

Content = Mapping[str, Any]
SPARE_CHOICES = 3
"""Empty lines below the choices; more come with the next saving."""


def blank(kind: NeedsPart, content: Content) -> dict[str, Any]:
    """An empty one to begin with."""
    if kind is NeedsPart.QUESTION:
        return {"code": "", "text": "", "choices": []}
    if kind is NeedsPart.TAG:
        return {"code": "", "label": "", "when": {}}
    last = max((plan["order"] for plan in content["plan"]), default=0)
    return {"product": "", "order": last + 10, "reasons": []}


def shown(
    kind: NeedsPart, row: Mapping[str, Any], content: Content, products: Mapping[str, str]
) -> dict[str, Any]:
    """What the form of a part shows beside the part itself."""
    if kind is NeedsPart.QUESTION:
        return _question_shown(row)
    return (
        _tag_shown(row, content) if kind is NeedsPart.TAG else _plan_shown(row, content, products)
    )


def read(
    kind: NeedsPart, given: QueryDict, content: Content, before: Mapping[str, Any] | None,
    make: Callable[[], str],
) -> dict[str, Any]:  # fmt: skip
    """A part as its form gives it; ``make`` makes a code nobody ever had, for what is new."""
    if kind is NeedsPart.QUESTION:
        return _question(given, before, make)
    if kind is NeedsPart.TAG:
        return _tag(given, content, before, make)
    return _plan(given, content, before)


def _question_shown(row: Mapping[str, Any]) -> dict[str, Any]:
    how = "amount" if "choices" not in row else "many" if row.get("many") else "one"
    choices = list(row.get("choices", ()))
    spare = min(SPARE_CHOICES if choices else 2 * SPARE_CHOICES, rules.CHOICES_MAX - len(choices))
    return {
        "how": how, "choices": [*choices, *(("", "") for _n in range(spare))],
        "kept": row["code"] in rules.ASKED_OF_ALL,
        "text_max": rules.TEXT_MAX, "choice_max": rules.LABEL_MAX * 2,
    }  # fmt: skip


def _question(
    given: QueryDict, before: Mapping[str, Any] | None, make: Callable[[], str]
) -> dict[str, Any]:
    # How a question is answered stays: answers given and conditions on them are of that kind.
    how = given.get("how", "one") if before is None else _question_shown(before)["how"]
    row: dict[str, Any] = {
        "code": before["code"] if before else f"q_{make()}", "text": given.get("text", "").strip(),
    }  # fmt: skip
    if how == "amount":
        return row
    known = {code for code, _label in (before or {}).get("choices", ())}
    row["choices"] = []
    for n in range(rules.CHOICES_MAX + 1):
        code, label = given.get(f"{n}:code", ""), given.get(f"{n}:label", "").strip()
        if label:
            row["choices"].append([code if code in known else f"C_{make()}", label])
    if how == "many":
        row["many"] = True
    return row


def _tag_shown(row: Mapping[str, Any], content: Content) -> dict[str, Any]:
    when, conditions = row["when"], []
    for question in content["question"]:
        code = question["code"]
        wanted = when.get(code, ())
        conditions.append(
            {
                "question": question, "least": when.get(f"min_{code}", ""),
                "most": when.get(f"max_{code}", ""),
                "wanted": [wanted] if isinstance(wanted, str) else list(wanted),
                "lacks": when.get("lacks", "") if code == "has" else None,
            }
        )  # fmt: skip
    return {
        "conditions": conditions, "least_age": when.get("min_age", ""), "most_age": when.get("max_age", ""),
        "label_max": rules.LABEL_MAX,
    }  # fmt: skip


def _tag(
    given: QueryDict, content: Content, before: Mapping[str, Any] | None, make: Callable[[], str]
) -> dict[str, Any]:
    when: dict[str, Any] = {}
    for question in content["question"]:
        code, choices = question["code"], dict(question.get("choices", ()))
        wanted = [each for each in given.getlist(f"is:{code}") if each in choices]
        if wanted:
            when[code] = wanted[0] if len(wanted) == 1 else wanted
        if code == "has" and given.get("lacks", "") in choices:
            when["lacks"] = given["lacks"]
    amounts = [q["code"] for q in content["question"] if "choices" not in q]
    for name in [f"{side}_{code}" for code in (*amounts, "age") for side in ("min", "max")]:
        if typed := given.get(name, "").strip().replace(",", ""):
            number = whole(typed)
            when[name] = typed[:20] if number is None else number
    row = {
        "code": before["code"] if before else f"t_{make()}", "label": given.get("label", "").strip(),
        "when": when,
    }  # fmt: skip
    return row | ({"portrait": True} if given.get("portrait") == "1" else {})


def _plan_shown(
    row: Mapping[str, Any], content: Content, products: Mapping[str, str]
) -> dict[str, Any]:
    taken = {plan["product"] for plan in content["plan"]} - {row["product"]}
    reasons, labels = dict(row["reasons"]), {tag["code"]: tag["label"] for tag in content["tag"]}
    order = [
        *(tag for tag in reasons if tag in labels),
        *(tag for tag in labels if tag not in reasons),
    ]
    return {
        "name": products.get(row["product"], row["product"]),
        "products": [(code, name) for code, name in products.items() if code not in taken],
        "reasons": [(tag, labels[tag], reasons.get(tag, "")) for tag in order],
        "tags": [(tag, label, tag in row.get("needs", ())) for tag, label in labels.items()],
        "reason_max": rules.REASON_MAX,
    }  # fmt: skip


def _plan(given: QueryDict, content: Content, before: Mapping[str, Any] | None) -> dict[str, Any]:
    tags = [tag["code"] for tag in content["tag"]]
    reasons = dict(before["reasons"]) if before else {}
    order = [*(tag for tag in reasons if tag in tags), *(tag for tag in tags if tag not in reasons)]
    typed = given.get("order", "").strip()
    number = whole(typed)
    row: dict[str, Any] = {
        "product": before["product"] if before else given.get("product", "")[:60],
        "order": typed[:20] if number is None else number,
        "reasons": [
            [tag, text] for tag in order if (text := given.get(f"because:{tag}", "").strip())
        ],
    }  # fmt: skip
    if needs := [tag for tag in tags if tag in given.getlist("needs")]:
        row["needs"] = needs
    times = given.get("income_times", "").strip()
    if times and times != "0":
        few = whole(times)
        row["income_times"] = times[:20] if few is None else few
    if given.get("debts") == "1":
        row["debts"] = True
    return row
