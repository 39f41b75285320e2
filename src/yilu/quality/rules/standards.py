"""What a service standard holds, read from TOML and checked; which version counts where and when."""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.quality.rules.shapes import LINES, NUMBER, ONE, TEXT, BadText, Field, Group, Shape

TOUCHPOINTS: Final[Mapping[str, str]] = {
    "issuing": _("出单"),
    "survey": _("查勘"),
    "loss_assessment": _("定损"),
    "document_intake": _("资料受理"),
    "counter": _("柜面"),
    "hall": _("服务大厅"),
    "phone": _("电话"),
    "chat": _("在线咨询"),
    "video": _("视频"),
    "home_visit": _("上门"),
    "claim_handling": _("理赔办理"),
}
"""Where customers meet us and a standard says how (A134)."""

CLIENTS: Final[Mapping[str, str]] = {
    "mild": _("温和"),
    "irritable": _("急躁"),
    "talkative": _("健谈"),
    "elderly": _("需要慢慢说"),
    "first_time": _("第一次来"),
    "expert": _("懂行"),
    "agent": _("代理人"),
}
"""Sorts of clients a standard may have words for (A8); whoever they are told by is ``rules/clients``."""
ALWAYS: Final = ("mild", "irritable", "talkative")
"""Those every standard has words for."""
OPENING: Final[Mapping[str, str]] = {
    "company": _("公司"),
    "self": _("本人身份"),
    "purpose": _("目的"),
}
"""What the first sentence says (A138), as places in the script."""
LONGEST = 40_000


class BadStandard(BadText):
    """The text is no standard; the hint says where."""

    code = "bad_standard"
    message = _("服务标准的内容有误")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the work, and how it is done well."""

    name: str
    how: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Words for a situation that comes again and again."""

    when: str
    say: str


@dataclass(frozen=True, slots=True)
class Time:
    """How long something may take: so many ``minutes``, or what a ``pledge`` says on the day."""

    label: str
    minutes: int
    pledge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """
    One touchpoint's standard: steps, conduct, scripts, times, checklists (A135).

    ``variants`` are its words for sorts of clients, for those it has any for.
    """

    title: str
    purpose: str
    opening: str
    variants: Mapping[str, str]
    steps: tuple[Step, ...]
    scenes: tuple[Scene, ...]
    times: tuple[Time, ...]
    conduct: tuple[str, ...]
    checklist: tuple[str, ...]
    site: tuple[str, ...]

    def opening_of(self, company: str, myself: str, purpose: str) -> str:
        """The first sentence, for this person and this visit."""
        return self.opening.format(company=company, self=myself, purpose=purpose)


@dataclass(frozen=True, slots=True)
class Placed:
    """One approved version: since which day, and where alone if it is tried."""

    id: int
    number: int
    since: date
    pilot: frozenset[int] | None


def counting(versions: Iterable[Placed], *, office_id: int | None, on: date) -> int | None:
    """The version that counts in an office on a day: a pilot there before the one for all."""
    begun = [v for v in versions if v.since <= on]
    tried = [v for v in begun if v.pilot is not None and office_id in v.pilot]
    rolled = [v for v in begun if v.pilot is None]
    chosen = max(tried or rolled, key=lambda v: (v.since, v.number), default=None)
    return chosen.id if chosen else None


PLEDGE: Final = Field("pledge", _("按哪条承诺"), ONE, optional=True)
"""The promise a time is taken from, so that no standard says another figure than the customer was told."""
SHAPE: Final = Shape(
    BadStandard,
    (
        Field("title", _("标准名称"), most=60),
        Field("purpose", _("要做到什么"), TEXT, most=300),
        Field(
            "opening", _("开场白"), TEXT,
            _("写上 {company}（公司）、{self}（本人）、{purpose}（来意），使用时自动换成真的。"), most=300,
        ),
        Group("step", _("步骤"), (Field("name", _("叫什么"), most=60), Field("how", _("怎样做"), TEXT, most=500))),
        Field("conduct", _("举止（一行一条）"), LINES),
        Group(
            "variants", _("不同客户的说法"),
            tuple(
                Field(code, label, TEXT, most=300, optional=code not in ALWAYS)
                for code, label in CLIENTS.items()
            ),
            _("不填的类型用“客户类型识别”里的统一说法。"), single=True,
        ),
        Group("scene", _("场景话术"), (Field("when", _("遇到什么情况"), most=100), Field("say", _("怎样说"), TEXT, most=500))),
        Group(
            "time", _("时间标准"),
            (
                Field("label", _("做什么"), most=100),
                Field("minutes", _("几分钟内"), NUMBER, most=60 * 24 * 365, optional=True),
                PLEDGE,
            ),
            _("写几分钟，或者选一条承诺：选了承诺的，时间一直跟着承诺走。"),
        ),
        Field("checklist", _("办结核对（一行一条）"), LINES),
        Field("site", _("现场检查（一行一条）"), LINES, optional=True),
    ),
    LONGEST,
)  # fmt: skip
"""What a standard is made of."""


@cache
def read(text: str) -> Standard:
    """A standard from its text. :raises BadStandard: it is none; the hint says what to mend."""
    told = SHAPE.read(text)
    _check_opening(told["opening"])
    _check_times(told["time"])
    return Standard(
        title=told["title"], purpose=told["purpose"], opening=told["opening"],
        variants={code: said for code, said in told["variants"].items() if said},
        steps=tuple(Step(**row) for row in told["step"]),
        scenes=tuple(Scene(**row) for row in told["scene"]),
        times=tuple(Time(**row) for row in told["time"]),
        conduct=told["conduct"], checklist=told["checklist"], site=told["site"],
    )  # fmt: skip


def shape_with(pledges: Mapping[str, str]) -> Shape:
    """The shape for a page: with the pledges there are, by code."""
    named = dataclasses.replace(PLEDGE, among=pledges)
    parts = tuple(
        dataclasses.replace(p, parts=(*p.parts[:-1], named))
        if isinstance(p, Group) and p.name == "time" else p
        for p in SHAPE.parts
    )  # fmt: skip
    return dataclasses.replace(SHAPE, parts=parts)


def _check_times(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        if bool(row["minutes"]) == bool(row["pledge"]):
            what = _("时间标准“{label}”：写几分钟，或者选一条承诺，两者只写一个。")
            raise BadStandard(hint=Sentence(what, label=row["label"]))


def _check_opening(text: str) -> None:
    try:
        places = {name for _t, name, _s, _c in string.Formatter().parse(text) if name is not None}
        plain = text.format(**dict.fromkeys(OPENING, "x"))
    except (ValueError, KeyError, IndexError, AttributeError):
        raise BadStandard(hint=_("开场白里的大括号只能是 {company}、{self}、{purpose}。")) from None
    missing = [name for name in OPENING if name not in places]
    if missing or not plain:
        raise BadStandard(
            hint=Sentence(
                _("开场白没有说“{{{name}}}”：公司、本人、目的都要说到。"), name=missing[0]
            )
        )
