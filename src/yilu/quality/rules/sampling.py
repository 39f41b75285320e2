"""A sampling plan read from TOML and checked, and a fair draw: what is risky first, the rest by a kept seed."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _

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
LONGEST = 20_000
_KEYS = {"title", "appeal_days", "new_months", "weight", "lot"}
_LOT = {"what", "roles", "offices", "per_week", "percent", "new_per_week"}


class BadPlan(Invalid):
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


@cache
def read(text: str) -> Plan:
    """A plan from its TOML. :raises BadPlan: it is none; the hint says what to mend."""
    if len(text) > LONGEST:
        raise BadPlan(hint=Sentence(_("不超过 {n} 字。"), n=LONGEST))
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise BadPlan(hint=Sentence(_("格式有误：{what}"), what=str(wrong))) from None
    _only(told, _KEYS)
    title = told.get("title")
    if not isinstance(title, str) or not 0 < len(title.strip()) <= 60:
        raise BadPlan(hint=Sentence(_("“{name}”没有填写。"), name="title"))
    rows = told.get("lot")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise BadPlan(hint=_("至少写一个 [[lot]]：抽哪一类服务，每人每周几件。"))
    lots = tuple(_lot(row) for row in rows)
    if len({lot.what for lot in lots}) != len(lots):
        raise BadPlan(hint=_("同一类服务只能写一个 [[lot]]。"))
    return Plan(
        title=title.strip(), appeal_days=_whole(told, "appeal_days", 1, 30),
        new_months=_whole(told, "new_months", 0, 24), weights=_weights(told), lots=lots,
    )  # fmt: skip


def _lot(row: Mapping[str, Any]) -> LotRule:
    _only(row, _LOT)
    if row.get("what") not in WHAT:
        raise BadPlan(hint=Sentence(_("what 只能是：{names}。"), names="、".join(WHAT)))
    rule = LotRule(
        what=row["what"], roles=_names(row, "roles"), offices=_names(row, "offices"),
        per_week=_whole(row, "per_week", 0, 200), percent=_whole(row, "percent", 0, 100),
        new_per_week=_whole(row, "new_per_week", 0, 200),
    )  # fmt: skip
    if not rule.per_week and not rule.percent and not rule.new_per_week:
        raise BadPlan(hint=_("每个 [[lot]] 都要写每人每周几件或百分之几。"))
    return rule


def _weights(told: Mapping[str, Any]) -> Mapping[str, int]:
    found = told.get("weight", {})
    if not isinstance(found, dict):
        raise BadPlan(hint=_("[weight] 写每种风险的权重，0 到 1000。"))
    unknown = sorted(set(found) - set(MARKS))
    if unknown:
        raise BadPlan(hint=Sentence(_("没有“{name}”这一项。"), name=unknown[0]))
    return {mark: _whole(found, mark, 0, 1000) for mark in MARKS}


def _only(told: Mapping[str, Any], keys: Collection[str]) -> None:
    unknown = sorted(set(told) - set(keys))
    if unknown:
        raise BadPlan(hint=Sentence(_("没有“{name}”这一项。"), name=unknown[0]))


def _whole(told: Mapping[str, Any], name: str, least: int, most: int) -> int:
    found = told.get(name, 0)
    if type(found) is not int or not least <= found <= most:
        raise BadPlan(
            hint=Sentence(
                _("“{name}”要写成 {least} 到 {most} 的整数。"), name=name, least=least, most=most
            )
        )
    return found


def _names(row: Mapping[str, Any], name: str) -> frozenset[str]:
    found = row.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, str) and each for each in found):
        raise BadPlan(hint=Sentence(_("“{name}”写成代码的列表，空的表示全部。"), name=name))
    return frozenset(found)
