"""
A scorecard's scheme: which figures count how much, and what a card comes to.

Weights sum to 100. Recommendation, timeliness and service errors together weigh at least 30 (A166),
so that nobody is judged by volume alone. A figure that was not measured is neither earned nor lost:
its weight stands aside and the rest is scaled up; below half of the weight there is no total at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _
from yilu.scorecards.rules import scales
from yilu.scorecards.rules.scales import HUNDRED

SUBJECTS: Final = {"ROLE": _("岗位"), "BRANCH": _("机构"), "PERSON": _("个人")}
"""Whom a scheme judges."""
CORE: Final = {"NPS": _("净推荐值"), "TIME": _("时效"), "ERROR": _("差错率")}
"""The three kinds that must not be left out (A166)."""
LEAST_CORE = Decimal(30)
MOST_PARTS = 15
HIGHEST_CAP = Decimal(150)
_PLACES = 4


class BadScheme(Invalid):
    """The scheme is none; the hint says what to mend."""

    code = "bad_scheme"
    message = _("考核方案有误")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the rules know of a KPI."""

    code: str
    title: str
    better: str
    core: str = ""
    by_person: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One KPI in a scheme: weight, aim, and the values that bring nothing and everything."""

    kpi: str
    weight: Decimal
    target: Decimal
    zero: Decimal
    full: Decimal
    cap: Decimal = HUNDRED

    def kept(self) -> dict[str, str]:
        """As it is stored."""
        return {
            "kpi": self.kpi, "weight": str(self.weight), "target": str(self.target),
            "zero": str(self.zero), "full": str(self.full), "cap": str(self.cap),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One part of a card: what was measured, its score of 100, its points and what was lost."""

    part: Part
    value: Decimal | None
    score: Decimal | None
    points: Decimal | None
    lost: Decimal | None


@dataclass(frozen=True, slots=True)
class Total:
    """A card: its parts, the weight that could be judged, the total of 100 over that weight."""

    parts: tuple[Scored, ...]
    judged: Decimal
    total: Decimal | None

    @property
    def lost_most(self) -> Scored | None:
        """Where most points were lost; None where none were."""
        lost = [each for each in self.parts if each.lost]
        return max(lost, key=lambda each: each.lost or 0, default=None)


def read(rows: Iterable[Mapping[str, str]]) -> tuple[Part, ...]:
    """Parts from the rows of a form; empty rows are left out. :raises BadScheme: a number is none."""
    return tuple(_part(row) for row in rows if row.get("kpi", "").strip())


def check(parts: Sequence[Part], known: Mapping[str, Known], subject: str) -> None:
    """:raises BadScheme: unless it may judge somebody; the hint names what is wrong and by how much."""
    if not 1 <= len(parts) <= MOST_PARTS:
        raise BadScheme(hint=Sentence(_("请选 1 至 {n} 项指标。"), n=MOST_PARTS))
    seen: set[str] = set()
    for part in parts:
        _check_part(part, known.get(part.kpi), subject)
        if part.kpi in seen:
            title = known[part.kpi].title
            raise BadScheme(hint=Sentence(_("“{title}”出现了两次。"), title=title))
        seen.add(part.kpi)
    whole = sum((part.weight for part in parts), Decimal(0))
    if whole != HUNDRED:
        raise BadScheme(hint=Sentence(_("权重合计是 {sum}，应为 100。"), sum=_plain(whole)))
    core = core_weight(parts, known)
    if core < LEAST_CORE:
        raise BadScheme(
            hint=Sentence(
                _("净推荐值、时效、差错率三类指标的权重合计是 {sum}%，不能低于 {least}%（A166）。"),
                sum=_plain(core), least=_plain(LEAST_CORE),
            )
        )  # fmt: skip


def core_weight(parts: Iterable[Part], known: Mapping[str, Known]) -> Decimal:
    """How much recommendation, timeliness and errors weigh together."""
    weights = (p.weight for p in parts if p.kpi in known and known[p.kpi].core in CORE)
    return sum(weights, Decimal(0))


def judge(parts: Sequence[Part], values: Mapping[str, Decimal | None]) -> Total:
    """A card from what was measured."""
    scored = tuple(_scored(part, values.get(part.kpi)) for part in parts)
    judged = sum((each.part.weight for each in scored if each.score is not None), Decimal(0))
    earned = sum((each.points for each in scored if each.points is not None), Decimal(0))
    enough = judged * 2 >= HUNDRED
    return Total(scored, judged, scales.to_cent(HUNDRED * earned / judged) if enough else None)


def _scored(part: Part, value: Decimal | None) -> Scored:
    if value is None:
        return Scored(part=part, value=None, score=None, points=None, lost=None)
    score = scales.score(value, zero=part.zero, full=part.full, cap=part.cap)
    points = scales.points(part.weight, score)
    return Scored(
        part=part,
        value=value,
        score=score,
        points=points,
        lost=max(part.weight - points, Decimal(0)),
    )


def _check_part(part: Part, kpi: Known | None, subject: str) -> None:
    if kpi is None:
        raise BadScheme(hint=Sentence(_("没有“{code}”这项指标。"), code=part.kpi))
    if subject != "BRANCH" and not kpi.by_person:
        raise BadScheme(
            hint=Sentence(_("“{title}”分不到个人，只能用于机构方案。"), title=kpi.title)
        )
    if not 0 < part.weight <= HUNDRED:
        raise BadScheme(hint=Sentence(_("“{title}”的权重要大于 0。"), title=kpi.title))
    if not HUNDRED <= part.cap <= HIGHEST_CAP:
        raise BadScheme(
            hint=Sentence(
                _("“{title}”的封顶分要在 100 至 {most} 之间。"), title=kpi.title, most=_plain(HIGHEST_CAP)
            )
        )  # fmt: skip
    rising = part.full > part.zero
    if part.full == part.zero or rising != (kpi.better == "UP"):
        words = (
            _("“{title}”越高越好，满分值要高于零分值。")
            if kpi.better == "UP"
            else _("“{title}”越低越好，满分值要低于零分值。")
        )
        raise BadScheme(hint=Sentence(words, title=kpi.title))
    if not min(part.zero, part.full) <= part.target <= max(part.zero, part.full):
        raise BadScheme(
            hint=Sentence(_("“{title}”的目标要在零分值和满分值之间。"), title=kpi.title)
        )


def _part(row: Mapping[str, str]) -> Part:
    code = row["kpi"].strip()
    cap = row.get("cap", "").strip() or "100"
    return Part(
        kpi=code, weight=_number(row.get("weight", ""), code), target=_number(row.get("target", ""), code),
        zero=_number(row.get("zero", ""), code), full=_number(row.get("full", ""), code),
        cap=_number(cap, code),
    )  # fmt: skip


def _number(text: str, code: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    exponent = number.as_tuple().exponent
    if not number.is_finite() or abs(number) > 10**9 or int(exponent) < -_PLACES:
        raise BadScheme(
            hint=Sentence(
                _("“{code}”有一个数没有填或填得不对：“{text}”。"), code=code, text=text[:20]
            )
        )
    return number


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
