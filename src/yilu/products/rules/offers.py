"""Whether what is published beside a wording is complete, sensible and lawful (投保资料校验)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.products.actuarial import mortality, tables, values
from yilu.products.offering import (
    INSTALMENTS,
    MODES,
    ONE,
    QUESTION_KINDS,
    SEXES,
    Basis,
    Offering,
    Pricing,
    Question,
)
from yilu.products.rules.pointing import clauses_to_point_out
from yilu.products.rules.reading import Problem, read_as
from yilu.products.terms import KIND_LABELS, Kind, Terms

INTEREST_MAX = (
    (date(2013, 8, 5), Decimal("0.035")),
    (date(2023, 8, 1), Decimal("0.030")),
    (date(2024, 9, 1), Decimal("0.025")),
    (date(2025, 9, 1), Decimal("0.020")),
)
"""The highest guaranteed interest of a product first sold from each day on (普通型预定利率上限)."""
CATCH_ALL = ("其他疾病", "其它疾病", "任何疾病", "其他异常", "其它异常", "以上未提及", "除上述")
"""Words of a catch-all question: its answer binds nobody (保险法 16; 解释二 6), so it is not asked."""
BALANCED = 1e-9
"""How far from nil the two sides of a waiver may be, for a yuan a year."""
ASKING = ("是否", "吗", "？", "?")

Found = Iterator[Problem]
FILES = ("pricing", "questionnaire", "notices")
_FILE_OF = {"questions": "questionnaire.toml", "notices": "notices.toml"}


def read_offering(
    terms: Terms, files: dict[str, dict[str, Any]], bank: dict[str, Any]
) -> tuple[Offering | None, tuple[Problem, ...]]:
    """
    The offering from its three files and the bank of questions, or every problem found.

    Places begin with the file's name: ``pricing.toml modes[2].factor``.
    """
    problems: list[Problem] = []
    pricing = read_as(Pricing, files["pricing"], problems, "pricing.toml ")
    questions = _questions(files["questionnaire"], bank, problems)
    plain = {
        "pricing": files["pricing"],
        "questions": questions,
        "notices": [_with_wording(terms, n) for n in files["notices"].get("notices", ())],
    }
    if pricing is None:
        return None, tuple(problems)
    found: list[Problem] = []
    offering = read_as(Offering, plain, found, "")
    for problem in found:
        file = _FILE_OF.get(problem.place.split("[")[0])
        problems += [Problem(f"{file} {problem.place}", problem.reason)] if file else []
    return (None if problems else offering), tuple(problems)


def judge_offering(terms: Terms, offering: Offering) -> tuple[Problem, ...]:
    """Every reason why a product must not be sold like this; empty when sound."""
    return (
        *_pricing(terms, offering.pricing),
        *_questionnaire(offering.questions),
        *_notices(terms, offering),
    )


def _with_wording(terms: Terms, notice: Any) -> Any:
    if not isinstance(notice, dict):
        return notice
    clause = terms.by_clause.get(str(notice.get("clause", "")))
    given = {"title": clause.title, "text": clause.text} if clause else {"title": "", "text": ""}
    return {"code": f"clause-{notice.get('clause', '')}", **given, **notice}


def _questions(
    table: dict[str, Any], bank: dict[str, Any], problems: list[Problem]
) -> list[dict[str, Any]]:
    """The product's questions: those it asks from the bank, in order, then its own."""
    known = {q["code"]: q for q in bank.get("questions", ()) if isinstance(q, dict) and "code" in q}
    details = [q for q in known.values() if "." in q["code"]]
    found: list[dict[str, Any]] = []
    for n, code in enumerate(table.get("ask", ()), 1):
        if code not in known:
            problems.append(Problem(f"questionnaire.toml ask[{n}]", f"题库里没有问题“{code}”"))
            continue
        found.append(known[code])
        found += [q for q in details if q["code"].split(".")[0] == code]
    return found + list(table.get("questions", ()))


def _pricing(terms: Terms, pricing: Pricing) -> Found:
    place = "pricing.toml "
    if pricing.basis not in Basis.__members__:
        yield Problem(f"{place}basis", f"没有“{pricing.basis}”，可用：{'、'.join(Basis)}")
        return
    if not pricing.source.strip():
        yield Problem(f"{place}source", "要写明费率依据的来源")
    yield from _modes(pricing)
    if not pricing.pay_years or min(pricing.pay_years) < 1:
        yield Problem(f"{place}pay_years", "交费年期至少写一种，都不少于一年")
    if not terms.long_term and pricing.pay_years != (1,):
        yield Problem(f"{place}pay_years", "短期产品只能交一年")
    for years in pricing.years:
        if years < 0 or (years and not terms.long_term and years != 1):
            yield Problem(f"{place}years", "保险期间不得为负；短期产品为一年")
    if len(pricing.occupations) != 6 or any(each < 0 for each in pricing.occupations):
        yield Problem(f"{place}occupations", "职业系数要写六类，不承保的写 0")
    if terms.issue.renewable and not pricing.renewal_needs_consent:
        yield Problem(
            f"{place}renewal_needs_consent",
            "可续保的产品须由投保人同意后才能自动续保（互联网办法第21条）：写 true",
        )
    for n, kind in enumerate(pricing.rider_to, 1):
        if kind not in KIND_LABELS:
            yield Problem(f"{place}rider_to[{n}]", f"没有这个险种，可用：{'、'.join(Kind)}")
    yield from (_life if pricing.basis == Basis.LIFE else _grid)(terms, pricing)


def _modes(pricing: Pricing) -> Found:
    for mode, times in Counter(each.mode for each in pricing.modes).items():
        if mode not in MODES:
            yield Problem("pricing.toml modes", f"没有“{mode}”，可用：{'、'.join(MODES)}")
        elif times > 1:
            yield Problem("pricing.toml modes", f"交费方式重复：{mode}")
    for n, each in enumerate(pricing.modes, 1):
        least = ONE / INSTALMENTS.get(each.mode, 1)
        if not least.quantize(Decimal("0.0001")) <= each.factor <= least * Decimal("1.2"):
            yield Problem(
                f"pricing.toml modes[{n}].factor", f"分期系数要在 {least:.4f} 到其 1.2 倍之间"
            )
    if not pricing.modes:
        yield Problem("pricing.toml modes", "至少写一种交费方式")


def _life(terms: Terms, pricing: Pricing) -> Found:
    place = "pricing.toml "
    if len(pricing.mortality) != len(SEXES) or any(
        each not in mortality.tables() for each in pricing.mortality
    ):
        yield Problem(
            f"{place}mortality", f"写男、女两张生命表，可用：{'、'.join(mortality.tables())}"
        )
    ceiling = [c for day, c in INTEREST_MAX if day <= terms.valid_from] or [INTEREST_MAX[0][1]]
    if not 0 < pricing.interest <= ceiling[-1]:
        yield Problem(f"{place}interest", f"预定利率要大于零，不高于发布时的上限 {ceiling[-1]}")
    if not 0 < pricing.value_first <= 1:
        yield Problem(f"{place}value_first", "现金价值起始比例在 0 到 1 之间")
    if not 0 <= pricing.holder_waiver < Decimal("0.2"):
        yield Problem(f"{place}holder_waiver", "豁免费率在 0 到 0.2 之间")
    if not pricing.loadings:
        yield Problem(f"{place}loadings", "要写附加费用率")
    for n, row in enumerate(pricing.loadings, 1):
        if not row.shares or any(not 0 <= share < 1 for share in row.shares):
            yield Problem(f"{place}loadings[{n}].shares", "附加费用率都在 0 到 1 之间")
        elif list(row.shares) != sorted(row.shares, reverse=True):
            yield Problem(f"{place}loadings[{n}].shares", "附加费用率应当逐年不增")
    if terms.main_waiver and (not pricing.rider_to or pricing.years != pricing.pay_years):
        yield Problem(f"{place}years", "豁免险是附加险，保险期间与交费年期要相同，并写明 rider_to")
    if terms.kind == Kind.CRITICAL_ILLNESS and not pricing.illness:
        yield Problem(f"{place}illness", "重大疾病保险要写发生率表")


def _grid(terms: Terms, pricing: Pricing) -> Found:
    place = "pricing.toml bands"
    reached = terms.issue.from_age
    for n, band in enumerate(pricing.bands, 1):
        if band.from_age > reached or band.to_age < band.from_age:
            yield Problem(
                f"{place}[{n}].from_age", f"年龄段要从 {terms.issue.from_age} 岁起首尾相接"
            )
            return
        if band.male <= 0 or band.female <= 0:
            yield Problem(f"{place}[{n}]", "费率都要大于零")
        reached = band.to_age + 1
    if reached <= terms.issue.to_age:
        yield Problem(place, f"年龄段没有覆盖到 {terms.issue.to_age} 岁")
    if pricing.unit <= 0:
        yield Problem("pricing.toml unit", "计价单位要大于零")
    sums = [step.sum_from for step in pricing.steps]
    if sums and (sums != sorted(sums) or sums[0] > terms.issue.sum_from):
        yield Problem("pricing.toml steps", "保额系数要从最低保额起，由低到高")
    if not 0 < pricing.social_factor <= 1:
        yield Problem("pricing.toml social_factor", "有社保的费率系数在 0 到 1 之间")


def _questionnaire(questions: tuple[Question, ...]) -> Found:
    seen: dict[str, Question] = {}
    for question in questions:
        place = f"questionnaire.toml {question.code}"
        if question.code in seen:
            yield Problem(place, "问题代码重复")
        if question.kind not in QUESTION_KINDS:
            yield Problem(
                place, f"没有问题种类“{question.kind}”，可用：{'、'.join(QUESTION_KINDS)}"
            )
        if any(word in question.text for word in CATCH_ALL):
            yield Problem(
                place, "概括性问题对投保人没有约束力（保险法第16条、解释二第6条）：请逐项列明"
            )
        if not any(word in question.text for word in ASKING):
            yield Problem(place, "要写成一个具体的问题")
        if question.sex not in ("", *SEXES):
            yield Problem(f"{place}.sex", f"可用：{'、'.join(SEXES)}")
        if question.kind == "CHOICE" and len(question.choices) < 2:
            yield Problem(place, "单选题至少两个选项")
        if question.low is not None and question.high is not None and question.low >= question.high:
            yield Problem(place, "数值的下限要低于上限")
        if question.shown_if is not None and question.shown_if.question != "sex":
            yield from _shown(question, seen, place)
        seen[question.code] = question


def _shown(question: Question, seen: dict[str, Question], place: str) -> Found:
    assert question.shown_if is not None
    before = seen.get(question.shown_if.question)
    if before is None:
        yield Problem(f"{place}.shown_if", f"前面没有问题“{question.shown_if.question}”")
        return
    allowed = ("YES", "NO") if before.kind == "YES_NO" else tuple(c.code for c in before.choices)
    for each in question.shown_if.equals:
        if each not in allowed:
            yield Problem(f"{place}.shown_if", f"“{before.code}”没有答案 {each}")


def _notices(terms: Terms, offering: Offering) -> Found:
    given = [notice.clause for notice in offering.notices]
    for n, notice in enumerate(offering.notices, 1):
        if notice.clause not in terms.by_clause:
            yield Problem(f"notices.toml notices[{n}].clause", f"没有条款 {notice.clause}")
        if not notice.text.strip():
            yield Problem(f"notices.toml notices[{n}].text", "提示没有内容")
    for code, times in Counter(notice.code for notice in offering.notices).items():
        if times > 1:
            yield Problem("notices.toml", f"提示代码重复：{code}")
    for clause in clauses_to_point_out(terms):
        if clause not in given:
            yield Problem(
                "notices.toml", f"条款 {clause} 免除或者减轻责任，要逐条提示（保险法第17条）"
            )


def make_tables(
    terms: Terms, pricing: Pricing
) -> tuple[dict[tables.Key, tables.Rates], tuple[Problem, ...]]:
    """Every rate table of a sound offering, and what no insurer may charge."""
    made: dict[tables.Key, tables.Rates] = {}
    problems: list[Problem] = []
    for key in tables.keys_of(terms, pricing):
        place = f"pricing.toml 交 {key.pay_years} 年"
        if not tables.ages_of(terms, pricing, key):
            problems.append(Problem(place, "没有可投保的年龄"))
            continue
        try:
            made[key] = tables.table_of(terms, pricing, key)
        except ValueError:
            problems.append(Problem(place, "算不出保险费：给付随保险费增加过快，请收窄年龄 limits"))
            continue
        problems += _charged(terms, pricing, key, made[key], place)
        problems += _waiver_balances(terms, pricing, key, place)
    return made, tuple(problems)


def _waiver_balances(terms: Terms, pricing: Pricing, key: tables.Key, place: str) -> Found:
    """Whether a waiver's premiums are worth what they waive, counted the other way round."""
    if terms.main_waiver is None:
        return
    for age in tables.ages_of(terms, pricing, key):
        promise, odds, paying = tables.basis_of(terms, pricing, key, age)
        premium = values.premium_of(promise, odds, paying)
        if abs(values.waiver_gap(promise, odds, paying, premium)) > BALANCED:
            yield Problem(place, f"{age} 岁的豁免保险费收支不平衡")
            return


def _charged(
    terms: Terms, pricing: Pricing, key: tables.Key, rates: tables.Rates, place: str
) -> Found:
    if pricing.basis != Basis.LIFE or terms.kind == Kind.ANNUITY:
        return
    # A waiver's sum is one year's premium: it may cost no more than all the years it could waive.
    most, said = (key.years, "可能豁免的全部保险费") if terms.main_waiver else (2, "保额两倍")
    for age, rate in rates.premiums.items():
        if rate * key.pay_years > most * tables.PER:
            yield Problem(place, f"{age} 岁的保险费合计超过{said}")
            return
