"""Whether a wording that reads well also makes sense and is lawful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from yilu.products.rules.reading import Problem
from yilu.products.terms import (
    BASES,
    CAUSES,
    CLAIM_TYPES,
    INSTEAD,
    LEVELS,
    LIFE_KINDS,
    PAYERS,
    VISITS,
    Allowance,
    Benefit,
    Death,
    Disability,
    Illness,
    Kind,
    MainWaiver,
    Reimbursement,
    Survival,
    Terms,
    Waiver,
)

WAITING_DAYS_MAX = 180
"""健康保险办法 27: the longest waiting period of a health product."""
COOLING_OFF_DAYS_MIN = 15
"""健康保险办法 15: the shortest cooling-off period of long-term health insurance."""
GRACE_DAYS_MIN = 60
"""保险法 36: 60 days from the due date (30 only where the premium was demanded, which we do not rest on)."""
MINOR_LIMITS = ((10, Decimal(200_000)), (18, Decimal(500_000)))
"""保险法 33: the most that all death benefits for a child below each age may come to (to be confirmed)."""
RENEWAL_GRACE_DAYS_MAX = 60
"""How long after its end a year may still be joined by the next: our own limit."""
RENEWAL_OPEN_DAYS_MAX = 60
"""意外险办法 17(8): how early the premium of a renewal may be taken."""
PAY_DAYS_MAX = 30
"""The longest term to pay in that a wording may agree: our own limit, the law names none (保险法 23)."""
HEALTH = {Kind.CRITICAL_ILLNESS, Kind.HOSPITAL_ALLOWANCE, Kind.MEDICAL, Kind.GROUP_MEDICAL}
LIFE = LIFE_KINDS
TRIGGERS = {
    *LEVELS,
    "DISABILITY_1",
    "DISABILITY_2",
    "DISABILITY_3",
    "HOLDER_DEATH",
    "HOLDER_DISABILITY",
}
MAIN_TRIGGERS = {*LEVELS, "DEATH", "DISABILITY_1", "DISABILITY_2", "DISABILITY_3"}
NO_SUBROGATION = ("追偿", "代位")

Found = Iterator[Problem]


def judge(terms: Terms) -> tuple[Problem, ...]:
    """Every reason why this wording must not be published, each with its place; empty when sound."""
    return (
        *_product(terms),
        *_clauses(terms),
        *_exclusions(terms),
        *(p for n, b in enumerate(terms.benefits, 1) for p in _benefit(terms, b, f"benefits[{n}]")),
    )


def _product(terms: Terms) -> Found:
    if terms.kind not in Kind.__members__:
        yield Problem("kind", f"没有这个险种，可用：{'、'.join(Kind.__members__)}")
    if not 1 <= terms.number <= 99:
        yield Problem("number", "产品序号在 1 到 99 之间")
    if (
        terms.long_term
        and terms.kind in HEALTH | LIFE
        and terms.cooling_off_days < COOLING_OFF_DAYS_MIN
    ):
        yield Problem(
            "cooling_off_days",
            f"长期保险的犹豫期不得少于 {COOLING_OFF_DAYS_MIN} 日（健康保险办法第15条）",
        )
    if terms.long_term and terms.grace_days < GRACE_DAYS_MIN:
        yield Problem(
            "grace_days",
            f"分期交费的宽限期自约定交费日起不得少于 {GRACE_DAYS_MIN} 日（保险法第36条）",
        )
    if terms.suicide_years not in (0, 2):
        yield Problem("suicide_years", "自杀条款以二年为限（保险法第44条）")
    if terms.contest_years > 2:
        yield Problem("contest_years", "解除权自合同成立起不得超过二年（保险法第16条）")
    if not terms.benefits:
        yield Problem("benefits", "至少要有一项保险责任")
    issue = terms.issue
    if not 0 <= issue.from_age <= issue.to_age <= 120:
        yield Problem("issue.to_age", "投保年龄的上限不得低于下限，且不超过 120 岁")
    if not 0 < issue.sum_from <= issue.sum_to:
        yield Problem("issue.sum_to", "保额的上限不得低于下限，且都大于零")
    if issue.years == 0 and not terms.long_term:
        yield Problem("issue.years", "短期产品要写保险期间（年）")
    if not 0 <= issue.renewal_open_days <= RENEWAL_OPEN_DAYS_MAX:
        yield Problem("issue.renewal_open_days", "续保费不得提前超过 60 日收取（意外险办法第17条）")
    yield from _renewal(terms)
    yield from _pay_term(terms)
    if issue.social_insurance not in {"REQUIRED", "WITHOUT", "EITHER"}:
        yield Problem(
            "issue.social_insurance", "可用：REQUIRED（有社保）、WITHOUT（无社保）、EITHER（均可）"
        )
    for n, limit in enumerate(terms.minor_limits, 1):
        if not 0 < limit.below_age <= 18 or limit.limit <= 0:
            yield Problem(f"minor_limits[{n}]", "年龄在 1 到 18 岁之间，限额大于零")
        ceiling = next((most for age, most in MINOR_LIMITS if limit.below_age <= age), None)
        if ceiling is not None and limit.limit > ceiling:
            yield Problem(
                f"minor_limits[{n}].limit",
                f"未满 {limit.below_age} 周岁的身故保险金限额不得高于 {ceiling:,} 元（保险法第33条）",
            )


def _renewal(terms: Terms) -> Found:
    """What a wording may promise of the years after the first."""
    issue = terms.issue
    said = (issue.renewal_grace_days, issue.renewal_guaranteed_years, issue.renewal_clause)
    if any(said) and not issue.renewable:
        yield Problem("issue.renewable", "写了续保约定的产品要写 renewable = true")
    if issue.renewable and terms.long_term:
        yield Problem("issue.renewable", "长期产品没有续保，只有续期交费")
    if not 0 <= (issue.renewal_grace_days or 0) <= RENEWAL_GRACE_DAYS_MAX:
        yield Problem(
            "issue.renewal_grace_days", f"续保宽限期在 0 到 {RENEWAL_GRACE_DAYS_MAX} 日之间"
        )
    if issue.renewal_guaranteed_years is not None:
        if issue.renewal_guaranteed_years < 1:
            yield Problem("issue.renewal_guaranteed_years", "保证续保期间至少一年")
        if terms.kind not in HEALTH:
            yield Problem(
                "issue.renewal_guaranteed_years",
                "只有健康保险可以约定保证续保（健康保险办法第4条）",
            )
        if not issue.renewal_clause:
            yield Problem("issue.renewal_clause", "保证续保要写明条款号（健康保险办法第4条）")
    if issue.renewal_clause and issue.renewal_clause not in terms.by_clause:
        yield Problem("issue.renewal_clause", f"没有条款 {issue.renewal_clause}")


def _pay_term(terms: Terms) -> Found:
    """
    A contract may agree its own term to pay in (保险法 23).

    The law names no ceiling. A longer one than its ten days works for the insurer alone (保险法 19), so that it is
    pointed out, and this platform takes no more than the month the law gives for what is complex.
    """
    if terms.pay_days is None and terms.pay_clause is None:
        return
    if terms.pay_days is None or not 1 <= terms.pay_days <= PAY_DAYS_MAX:
        yield Problem(
            "pay_days", f"合同约定的付款期限写 1 到 {PAY_DAYS_MAX} 天；没有约定的不写，按法定十日"
        )
    if not terms.pay_clause:
        yield Problem("pay_clause", "约定了付款期限的，要写明条款号（保险法第23条）")


def _clauses(terms: Terms) -> Found:
    yield from _twice("clauses", (c.number for c in terms.clauses), "条款号重复")
    yield from _twice("benefits", (b.code for b in terms.benefits), "责任代码重复")
    for n, clause in enumerate(terms.clauses, 1):
        if not clause.text.strip():
            yield Problem(f"clauses[{n}].text", "条款没有内容")
        # 保险法 46: in life and health insurance the insurer may not recover from a third party.
        if any(word in clause.text for word in NO_SUBROGATION):
            yield Problem(f"clauses[{n}].text", "人身保险不得约定向第三者追偿（保险法第46条）")
    for place, number in (
        ("suicide_clause", terms.suicide_clause),
        ("contest_clause", terms.contest_clause),
        ("additions_clause", terms.additions_clause),
        ("pay_clause", terms.pay_clause),
    ):
        if number:
            yield from _cites(terms, place, number)
    if any(isinstance(b, Death) for b in terms.benefits):
        if not terms.suicide_clause:
            yield Problem("suicide_clause", "有身故责任的产品要写自杀条款的条款号")
        if terms.issue.from_age < 18 and not terms.minor_limits:
            yield Problem(
                "minor_limits", "未成年人可投保的身故责任要写未成年人身故保险金限额（保险法第33条）"
            )
    if not terms.contest_clause:
        yield Problem("contest_clause", "要写如实告知与二年不可抗辩的条款号")


def _exclusions(terms: Terms) -> Found:
    yield from _twice("exclusions", (e.code for e in terms.exclusions), "免责代码重复")
    for n, exclusion in enumerate(terms.exclusions, 1):
        place = f"exclusions[{n}]"
        yield from _cites(terms, f"{place}.clause", exclusion.clause)
        yield from _of(f"{place}.instead", exclusion.instead, INSTEAD)
        if not exclusion.circumstances:
            yield Problem(f"{place}.circumstances", "要写触及该免责的情形代码")
        for code in exclusion.benefits:
            if code not in terms.by_benefit:
                yield Problem(f"{place}.benefits", f"没有责任 {code}")


def _benefit(terms: Terms, benefit: Benefit, place: str) -> Found:
    yield from _of(f"{place}.claim_type", benefit.claim_type, CLAIM_TYPES)
    yield from _cites(terms, f"{place}.clause", benefit.clause)
    yield from _of(f"{place}.waiting_instead", benefit.waiting_instead, INSTEAD)
    if not 0 <= benefit.waiting_days <= WAITING_DAYS_MAX:
        yield Problem(f"{place}.waiting_days", "等待期不得超过 180 日（健康保险办法第27条）")
    if benefit.waiting_days:
        yield from _cites(terms, f"{place}.waiting_clause", benefit.waiting_clause)
    for each in getattr(benefit, "causes", ()):
        yield from _of(f"{place}.causes", each, CAUSES)
    for cls, rule in _JUDGES.items():
        if isinstance(benefit, cls):
            yield from rule(terms, benefit, place)


def _reimbursement(terms: Terms, b: Reimbursement, place: str) -> Found:
    for each in b.visits:
        yield from _of(f"{place}.visits", each, VISITS)
    for each in b.deductible_met_by:
        yield from _of(f"{place}.deductible_met_by", each, PAYERS)
    for name in ("ratio_social", "ratio_unused", "ratio_none"):
        yield from _share(f"{place}.{name}", getattr(b, name))
    for name in ("A", "B", "C", "OWN"):
        yield from _share(f"{place}.scope.{name}", getattr(b.scope, name))
    if b.scope.by_social_standard:
        yield from _cites(terms, f"{place}.scope.clause", b.scope.clause)
    if b.deducts_social and not b.rate_basis.strip():
        yield Problem(
            f"{place}.rate_basis",
            "扣减医保补偿须能证明费率已相应降低（解释三第18条）：写明精算备案依据",
        )
    for name in ("deductible_visit", "deductible_year"):
        if getattr(b, name) < 0:
            yield Problem(f"{place}.{name}", "免赔额不得为负")
        if getattr(b, name) > 0:
            yield from _cites(terms, f"{place}.deductible_clause", b.deductible_clause)
    caps = [b.cap_visit, b.cap_year, b.cap_lifetime]
    if any(cap is not None for cap in caps) or b.cap_year_share is not None:
        yield from _cites(terms, f"{place}.cap_clause", b.cap_clause)
    known = [cap for cap in caps if cap is not None]
    if known != sorted(known):
        yield Problem(f"{place}.cap_year", "单次、年度、终身限额应当依次不减")
    for cap in known:
        if cap < max(b.deductible_visit, b.deductible_year):
            yield Problem(f"{place}.cap_year", "限额低于免赔额，永远赔不到")
            break
    if b.cap_year is not None and b.cap_year_share is not None:
        yield Problem(f"{place}.cap_year_share", "年度限额只能写一种")
    if b.cap_year_share is not None and b.cap_year_share <= 0:
        yield Problem(f"{place}.cap_year_share", "应当大于零")
    if not any(getattr(b, name) > 0 for name in ("ratio_social", "ratio_unused", "ratio_none")):
        yield Problem(f"{place}.ratio_none", "赔付比例全为零")


def _allowance(terms: Terms, b: Allowance, place: str) -> Found:
    yield from _of(f"{place}.count", b.count, ("NIGHTS", "BOTH_DAYS"))
    yield from _cites(terms, f"{place}.days_clause", b.days_clause)
    if b.daily is not None and b.daily <= 0:
        yield Problem(f"{place}.daily", "日津贴应当大于零")
    if b.icu_multiple < 1:
        yield Problem(f"{place}.icu_multiple", "重症监护倍数不得小于 1")
    days = [d for d in (b.max_days_stay, b.max_days_year, b.max_days_lifetime) if d is not None]
    if days != sorted(days) or any(d <= 0 for d in days):
        yield Problem(f"{place}.max_days_year", "单次、年度、终身给付天数应当大于零并依次不减")
    if b.deductible_days < 0 or (days and b.deductible_days >= days[0]):
        yield Problem(f"{place}.deductible_days", "免赔天数不得为负，且要少于单次给付天数")


def _illness(terms: Terms, b: Illness, place: str) -> Found:
    groups = {g.code for g in b.groups}
    levels = {level.level for level in b.levels}
    yield from _twice(f"{place}.conditions", (c.code for c in b.conditions), "疾病代码重复")
    yield from _twice(f"{place}.groups", (g.code for g in b.groups), "组别重复")
    for n, level in enumerate(b.levels, 1):
        yield from _of(f"{place}.levels[{n}].level", level.level, LEVELS)
        yield from _cites(terms, f"{place}.levels[{n}].clause", level.clause)
        if not level.shares or any(share <= 0 for share in level.shares):
            yield Problem(f"{place}.levels[{n}].shares", "每次给付比例都要大于零")
        if level.interval_days < 0:
            yield Problem(f"{place}.levels[{n}].interval_days", "间隔期不得为负")
    for n, condition in enumerate(b.conditions, 1):
        if condition.level not in levels:
            yield Problem(f"{place}.conditions[{n}].level", f"没有约定 {condition.level} 的给付")
        if condition.group and condition.group not in groups:
            yield Problem(f"{place}.conditions[{n}].group", f"没有组别 {condition.group}")
    for each in sorted(groups - {c.group for c in b.conditions}):
        yield Problem(f"{place}.groups", f"组别 {each} 里没有疾病")


def _disability(terms: Terms, b: Disability, place: str) -> Found:
    yield from _cites(terms, f"{place}.scale_clause", b.scale_clause)
    if len(b.scale) != 10:
        yield Problem(f"{place}.scale", "伤残分一至十级，要写十个比例")
    elif list(b.scale) != sorted(b.scale, reverse=True):
        yield Problem(f"{place}.scale", "比例应当从一级到十级依次不增")
    for share in b.scale:
        yield from _share(f"{place}.scale", share)
    if b.share <= 0:
        yield Problem(f"{place}.share", "应当大于零")


def _death(terms: Terms, b: Death, place: str) -> Found:
    if b.claim_type != "DEATH":
        yield Problem(f"{place}.claim_type", "身故责任的理赔类型应当是 DEATH")
    reached = 0
    for n, band in enumerate(b.bands, 1):
        if band.from_age != reached or band.to_age <= band.from_age:
            yield Problem(f"{place}.bands[{n}].from_age", "年龄段要从 0 岁起首尾相接")
            break
        reached = band.to_age
    if b.bands and reached < 106:
        yield Problem(f"{place}.bands", "年龄段没有覆盖到终身")
    if not b.bands:
        yield Problem(f"{place}.bands", "要写给付标准")
    for n, band in enumerate(b.bands, 1):
        if not band.greatest_of:
            yield Problem(f"{place}.bands[{n}].greatest_of", "要写给付标准")
        for option in band.greatest_of:
            yield from _of(f"{place}.bands[{n}].greatest_of", option.base, BASES)
            if option.share < 0:
                yield Problem(f"{place}.bands[{n}].greatest_of", "比例不得为负")
    for n, transport in enumerate(b.transports, 1):
        yield from _cites(terms, f"{place}.transports[{n}].clause", transport.clause)
        if transport.share <= 0:
            yield Problem(f"{place}.transports[{n}].share", "额外倍数应当大于零")
    if b.ends_after_severe_of and not isinstance(
        terms.by_benefit.get(b.ends_after_severe_of), Illness
    ):
        yield Problem(f"{place}.ends_after_severe_of", "要写一项疾病责任的代码")
    for code in b.less_paid_under:
        if code not in terms.by_benefit:
            yield Problem(f"{place}.less_paid_under", f"没有责任 {code}")


def _survival(terms: Terms, b: Survival, place: str) -> Found:
    yield from _of(f"{place}.option.base", b.option.base, BASES)
    if b.option.share <= 0:
        yield Problem(f"{place}.option.share", "应当大于零")
    if bool(b.from_year) == bool(b.from_age):
        yield Problem(f"{place}.from_year", "领取时间写 from_year 或 from_age，只写一个")
    if b.claim_type != "SURVIVAL":
        yield Problem(f"{place}.claim_type", "生存责任的类型应当是 SURVIVAL")


def _waiver(terms: Terms, b: Waiver, place: str) -> Found:
    if b.claim_type != "WAIVER":
        yield Problem(f"{place}.claim_type", "豁免责任的理赔类型应当是 WAIVER")
    if not b.triggers:
        yield Problem(f"{place}.triggers", "要写触发豁免的情形")
    for each in b.triggers:
        yield from _of(f"{place}.triggers", each, TRIGGERS)


def _main_waiver(terms: Terms, b: MainWaiver, place: str) -> Found:
    if b.claim_type != "WAIVER":
        yield Problem(f"{place}.claim_type", "豁免责任的理赔类型应当是 WAIVER")
    if len(terms.benefits) > 1:
        yield Problem(place, "附加豁免险只写这一项责任：它只豁免，不给付")
    yield from _of(f"{place}.life", b.life, ("HOLDER", "INSURED"))
    if not b.triggers:
        yield Problem(f"{place}.triggers", "要写触发豁免的情形")
    for each in b.triggers:
        yield from _of(f"{place}.triggers", each, MAIN_TRIGGERS)
    if "DEATH" in b.triggers and b.life == "INSURED":
        yield Problem(f"{place}.triggers", "被保险人身故时主合同终止，没有保险费可以豁免")
    yield from _twice(f"{place}.conditions", (c.code for c in b.conditions), "疾病代码重复")
    for level in LEVELS:
        listed = any(c.level == level for c in b.conditions)
        if listed != (level in b.triggers):
            yield Problem(f"{place}.conditions", f"{LEVELS[level]}：触发情形与所列疾病不一致")


_JUDGES: dict[type[Benefit], Callable[[Terms, Any, str], Found]] = {
    Reimbursement: _reimbursement,
    Allowance: _allowance,
    Illness: _illness,
    Disability: _disability,
    Death: _death,
    Survival: _survival,
    Waiver: _waiver,
    MainWaiver: _main_waiver,
}


def _share(place: str, value: Decimal) -> Found:
    if not 0 <= value <= 1:
        yield Problem(place, "比例在 0 到 1 之间")


def _of(place: str, value: str, allowed: Iterable[str]) -> Found:
    if value not in allowed:
        yield Problem(place, f"没有“{value}”，可用：{'、'.join(sorted(allowed))}")


def _cites(terms: Terms, place: str, number: str) -> Found:
    if number not in terms.by_clause:
        yield Problem(place, f"没有条款 {number}" if number else "要写条款号")


def _twice(place: str, values: Iterable[str], reason: str) -> Found:
    for value, times in Counter(values).items():
        if times > 1:
            yield Problem(place, f"{reason}：{value}")
