"""What a mediation plan comes to by its template, and what of it a lead must see first. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from yilu.kernel.errors import Sentence
from yilu.kernel.money import ZERO, round_yuan, said_yuan
from yilu.kernel.words import marked as _

OTHER = "OTHER"
"""A plan whose lines were written freely, by no template."""
YEARS, OLD, OLDEST, LEAST_YEARS = 20, 60, 75, 5
"""人身损害赔偿解释第十二条、第十五条: twenty years; from sixty on one less for each year, from 75 on five."""
GRADES = range(1, 11)
MOST_DAYS = 3650


class Rule(StrEnum):
    """How the amount of a head is worked out."""

    SUM = "SUM"
    DAYS = "DAYS"
    MONTHS = "MONTHS"
    YEARS = "YEARS"
    GRADE = "GRADE"


ASKED = {
    Rule.SUM: _("金额"), Rule.DAYS: _("每天"), Rule.MONTHS: _("当地上年度职工月平均工资"),
    Rule.YEARS: _("当地上年度城镇居民人均可支配收入"), Rule.GRADE: _("当地上年度城镇居民人均可支配收入"),
}  # fmt: skip
"""What the amount that is asked for is."""

DOUBTS = {
    "LIMIT": _("方案金额超过可以当场报价的范围"),
    "MISSING": _("资料没有收齐"),
    "DAYS": _("天数超过标准"),
    "A_DAY": _("每天的金额超过标准"),
    "SUM": _("金额超过标准"),
    "OPEN": _("没有标准，须由主管确认"),
}
"""Why a lead sees a plan first, by code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A paper that is collected before anything is offered."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head of compensation (赔偿项目): what the law gives, on which papers."""

    code: str
    name: str
    rule: Rule
    words: str
    citation: str
    needs: tuple[str, ...]
    months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """How far a head goes in one kind of plan with nobody asked; None: no such limit."""

    head: Head
    most: Decimal | None = None
    most_days: int | None = None
    most_a_day: Decimal | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing limits it, so that a lead confirms it."""
        return self.most is None and self.most_days is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanKind:
    """A template: what is collected, and which heads a plan of the kind may have."""

    code: str
    name: str
    words: str
    materials: tuple[str, ...]
    standards: tuple[Standard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was said for one head; ``amount`` is what ``ASKED`` says of its rule."""

    amount: Decimal
    days: int = 0
    grade: int = 0
    ground: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One reason for a lead to look, and the head or paper it is about ("" : the whole)."""

    code: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """A plan as worked out: its lines (head, amount, ground), their sum, what is missing, what to look at."""

    lines: tuple[tuple[str, Decimal, str], ...] = ()
    total: Decimal = ZERO
    missing: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = field(default=())


class Impossible(ValueError):
    """An answer that no case can have; ``said`` says which, in words for whoever wrote it."""

    def __init__(self, said: str) -> None:
        self.said = said
        super().__init__(said)


def years_of(age: int) -> int:
    """For how many years an income is made good to somebody of this age."""
    if age >= OLDEST:
        return LEAST_YEARS
    return YEARS - max(0, age - OLD)


def grade_share(grade: int) -> Decimal:
    """The share of the whole that a grade of disability stands for: the first all, the tenth a tenth."""
    return Decimal(11 - grade) / 10


def work_out(
    kind: PlanKind, answers: Mapping[str, Answer], *, share: int, age: int | None, held: Collection[str]
) -> Worked:  # fmt: skip
    """
    What a plan comes to. ``share``: how many per cent our side answers for; ``held``: the papers collected.

    Every line is rounded to the cent by itself and the total is their sum.

    :raises Impossible: a share, an age, days or a grade that cannot be, or a head of another kind of plan.
    """
    if not 1 <= share <= 100:
        raise Impossible(_("我方责任须在 1% 到 100% 之间"))
    known = {each.head.code: each for each in kind.standards}
    if set(answers) - set(known):
        raise Impossible(_("该类方案没有这个赔偿项目"))
    lines, doubts, needed = [], [], list(kind.materials)
    for code, standard in known.items():
        if (answer := answers.get(code)) is None:
            continue
        full, how = _full(standard.head, answer, age)
        amount = round_yuan(full * share / 100)
        ground = "；".join(filter(None, (how, _by_share(share), answer.ground)))
        lines.append((standard.head.name, amount, f"{ground}（{standard.head.citation}）"))
        doubts += _beyond(standard, answer)
        needed += standard.head.needs
    missing = tuple(dict.fromkeys(each for each in needed if each not in held))
    doubts += [Doubt(code="MISSING", about=each) for each in missing]
    return Worked(
        lines=tuple(lines), total=sum((amount for _n, amount, _g in lines), ZERO),
        missing=missing, doubts=tuple(doubts),
    )  # fmt: skip


def _full(head: Head, answer: Answer, age: int | None) -> tuple[Decimal, str]:
    """The whole of a head before anybody's share, and how it came about, in words."""
    if answer.amount <= 0:
        raise Impossible(Sentence(_("{head}：金额须大于零"), head=head.name))
    said = f"{said_yuan(answer.amount)} 元"
    if head.rule == Rule.SUM:
        return answer.amount, said
    if head.rule == Rule.MONTHS:
        return answer.amount * head.months, f"{said} × {head.months} 个月"
    if head.rule == Rule.DAYS:
        if not 1 <= answer.days <= MOST_DAYS:
            raise Impossible(Sentence(_("{head}：请填写天数，须在 1 到 3650 之间"), head=head.name))
        return answer.amount * answer.days, f"{said} × {answer.days} 天"
    if age is None or not 0 <= age <= 120:
        raise Impossible(_("请填写伤者的年龄"))
    years = years_of(age)
    if head.rule == Rule.YEARS:
        return answer.amount * years, f"{said} × {years} 年（{age} 岁）"
    if answer.grade not in GRADES:
        raise Impossible(_("请选择伤残等级"))
    part = grade_share(answer.grade)
    return (
        answer.amount * years * part,
        f"{said} × {years} 年（{age} 岁）× {part:.0%}（{answer.grade} 级）",
    )


def _by_share(share: int) -> str:
    return "" if share == 100 else f"我方责任 {share}%"


def _beyond(standard: Standard, answer: Answer) -> list[Doubt]:
    """In what an answer goes beyond the standard: the whole loss counts, whoever answers for which share."""
    code = standard.head.code
    if standard.is_open:
        return [Doubt(code="OPEN", about=code)]
    found = []
    if standard.most is not None and answer.amount > standard.most:
        found.append(Doubt(code="SUM", about=code))
    if standard.most_days is not None and answer.days > standard.most_days:
        found.append(Doubt(code="DAYS", about=code))
    if standard.most_a_day is not None and answer.amount > standard.most_a_day:
        found.append(Doubt(code="A_DAY", about=code))
    return found
