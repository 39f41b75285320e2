"""A sampling plan read from TOML and checked, and a fair draw: what is risky first, the rest by a kept seed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from yilu.kernel.words import marked as _
from yilu.quality.rules.shapes import NUMBER, ONE, SOME, BadText, Field, Group, Shape

WHAT: Final[Mapping[str, str]] = {
    "written": _("文字会话"),
    "call": _("电话"),
    "video": _("视频服务"),
    "counter": _("柜面业务"),
    "claim": _("核定的赔案"),
    "servicing": _("保全申请"),
    "visit": _("上门服务"),
}
"""What is sampled (A145)."""
FORM_OF: Final[Mapping[str, str]] = {
    "written": "form.chat", "call": "form.phone", "video": "form.video", "counter": "form.counter",
    "claim": "form.claim", "servicing": "form.servicing", "visit": "form.home_visit",
}  # fmt: skip
MARKS: Final[Mapping[str, str]] = {
    "misrecorded": _("记录与对话不符"),
    "forbidden": _("服务禁语"),
    "low_rating": _("客户评价低"),
    "reopened": _("重新处理"),
}
"""Why something is looked at before anything drawn by chance."""
RANDOM: Final = "random"
BECAUSE: Final[Mapping[str, str]] = {**MARKS, RANDOM: _("随机")}
LOW_STARS: Final = 2


class BadPlan(BadText):
    """The text is no sampling plan; the hint says where."""

    code = "bad_sampling_plan"
    message = _("抽检计划的内容有误")


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRule:
    """How much of one kind of service is looked at, of each person a week."""

    what: str
    roles: frozenset[str]
    offices: frozenset[str]
    per_week: int
    percent: int
    new_per_week: int

    def quota(self, served: int, *, new: bool) -> int:
        """How many of one person's: the number or the share, whichever is more; more of the new."""
        share = -(-served * self.percent // 100)
        least = max(self.per_week, self.new_per_week if new else 0)
        return min(served, max(least, share))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is sampled, how much, and until when one may object."""

    title: str
    appeal_days: int
    new_months: int
    weights: Mapping[str, int]
    lots: tuple[LotRule, ...]

    def lot(self, what: str) -> LotRule | None:
        """The rule for one kind of service; None where it is not sampled."""
        return next((each for each in self.lots if each.what == what), None)


@dataclass(frozen=True, slots=True)
class Done:
    """One service somebody rendered, with what speaks for looking at it."""

    subject: str
    staff_id: int
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is looked at, whose it is, and why."""

    subject: str
    staff_id: int
    because: str


def rank(seed: str, subject: str) -> bytes:
    """The place chance gives a thing: whoever has the seed works out the same."""
    return hashlib.sha256(f"{seed}:{subject}".encode()).digest()


def draw(
    rule: LotRule, done: Iterable[Done], *, seed: str, new: Collection[int],
    weights: Mapping[str, int],
) -> tuple[Drawn, ...]:  # fmt: skip
    """
    What is looked at: of each person the risky first, the heaviest first, then by chance.

    The order in which things are given changes nothing, nor does what others did.
    """
    of: dict[int, dict[str, Done]] = {}
    for each in done:
        of.setdefault(each.staff_id, {})[each.subject] = each
    drawn: list[Drawn] = []
    for staff_id in sorted(of):
        mine = sorted(
            of[staff_id].values(),
            key=lambda each: (-weight(each.marks, weights), rank(seed, each.subject)),
        )
        quota = rule.quota(len(mine), new=staff_id in new)
        drawn += [Drawn(d.subject, staff_id, because(d.marks, weights)) for d in mine[:quota]]
    return tuple(drawn)


def weight(marks: Collection[str], weights: Mapping[str, int]) -> int:
    """How much speaks for looking at it: the sum, so that two marks come before one."""
    return sum(weights.get(mark, 0) for mark in marks)


def because(marks: Collection[str], weights: Mapping[str, int]) -> str:
    """The heaviest mark, or chance."""
    heavy = [mark for mark in MARKS if mark in marks and weights.get(mark, 0) > 0]
    return max(heavy, key=lambda mark: weights[mark], default=RANDOM)


def seed_of(root: str, *, what: str, week: str, office_id: int) -> str:
    """
    The seed of one draw, from the head of the evidence log when it is drawn.

    The head hashes everything that has happened by then, so nobody knows it while the work is done.
    """
    return hashlib.sha256(f"{root}:{what}:{week}:{office_id}".encode()).hexdigest()


def shape(*, roles: Mapping[str, str], offices: Mapping[str, str]) -> Shape:
    """What a plan is made of where these roles and offices are known by code; none: any is taken."""

    def count(name: str, label: str, most: int) -> Field:
        return Field(name, label, NUMBER, least=0, most=most, optional=True)

    return Shape(
        BadPlan,
        (
            Field("title", _("计划名称"), most=60),
            Field("appeal_days", _("几天内可以申诉"), NUMBER, most=30),
            count("new_months", _("入职几个月内算新人"), 24),
            Group(
                "weight", _("先抽有风险的：数字越大越先抽"),
                tuple(count(mark, label, 1000) for mark, label in MARKS.items()), single=True,
            ),
            Group(
                "lot", _("抽检项"),
                (
                    Field("what", _("抽什么"), ONE, among=WHAT),
                    count("percent", _("每人每周百分之几"), 100),
                    count("per_week", _("每人每周至少几件"), 200),
                    count("new_per_week", _("新人每周至少几件"), 200),
                    Field("roles", _("只抽这些岗位"), SOME, _("不选就是全部。"), optional=True, among=roles),
                    Field("offices", _("只抽这些机构"), SOME, _("不选就是全部。"), optional=True, among=offices),
                ),
            ),
        ),
        20_000,
    )  # fmt: skip


_SHAPE: Final = shape(roles={}, offices={})


@cache
def read(text: str) -> Plan:
    """A plan from its text. :raises BadPlan: it is none; the hint says what to mend."""
    told = _SHAPE.read(text)
    lots = tuple(_lot(row, f"lot.{n}") for n, row in enumerate(told["lot"]))
    if len({lot.what for lot in lots}) != len(lots):
        raise BadPlan(hint=_("同一类服务只能写一项。"))
    return Plan(
        title=told["title"], appeal_days=told["appeal_days"], new_months=told["new_months"],
        weights=told["weight"], lots=lots,
    )  # fmt: skip


def _lot(row: dict[str, Any], place: str) -> LotRule:
    if not row["per_week"] and not row["percent"] and not row["new_per_week"]:
        raise BadPlan(hint=_("每个抽检项都要写每人每周几件或百分之几。")).at(place)
    return LotRule(**row | {name: frozenset(row[name]) for name in ("roles", "offices")})
