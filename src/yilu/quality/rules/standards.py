"""What a service standard holds, read from TOML and checked; which version counts where and when."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _

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
}
"""Where customers meet us and a standard says how (A134)."""

CLIENTS: Final[Mapping[str, str]] = {
    "mild": _("温和"),
    "irritable": _("急躁"),
    "talkative": _("健谈"),
}
OPENING: Final[Mapping[str, str]] = {
    "company": _("公司"),
    "self": _("本人身份"),
    "purpose": _("目的"),
}
"""What the first sentence says (A138), as places in the script."""
LONGEST = 40_000
_KEYS = {
    "title", "purpose", "opening", "conduct", "checklist", "site", "variants", "step", "scene", "time",
}  # fmt: skip


class BadStandard(Invalid):
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
    """How long something may take."""

    label: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One touchpoint's standard: steps, conduct, scripts, times, checklists (A135)."""

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


@cache
def read(text: str) -> Standard:
    """A standard from its TOML. :raises BadStandard: it is none; the hint says what to mend."""
    if len(text) > LONGEST:
        raise BadStandard(hint=Sentence(_("不超过 {n} 字。"), n=LONGEST))
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise BadStandard(hint=Sentence(_("格式有误：{what}"), what=str(wrong))) from None
    unknown = sorted(set(told) - _KEYS)
    if unknown:
        raise BadStandard(hint=Sentence(_("没有“{name}”这一项。"), name=unknown[0]))
    return Standard(
        title=_text(told, "title"), purpose=_text(told, "purpose"), opening=_opening(told),
        variants=_variants(told),
        steps=tuple(Step(_text(r, "name"), _text(r, "how")) for r in _rows(told, "step")),
        scenes=tuple(Scene(_text(r, "when"), _text(r, "say")) for r in _rows(told, "scene")),
        times=tuple(Time(_text(r, "label"), _minutes(r)) for r in _rows(told, "time")),
        conduct=_lines(told, "conduct"), checklist=_lines(told, "checklist"),
        site=_lines(told, "site") if "site" in told else (),
    )  # fmt: skip


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str) or not found.strip():
        raise BadStandard(hint=Sentence(_("“{name}”没有填写。"), name=name))
    return found.strip()


def _lines(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = told.get(name)
    if (
        not isinstance(found, list)
        or not found
        or not all(isinstance(line, str) and line.strip() for line in found)
    ):
        raise BadStandard(hint=Sentence(_("“{name}”至少写一条，每条不能为空。"), name=name))
    return tuple(line.strip() for line in found)


def _rows(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = told.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(r, dict) for r in found):
        raise BadStandard(hint=Sentence(_("“{name}”至少写一条，每条不能为空。"), name=name))
    return found


def _minutes(row: Mapping[str, Any]) -> int:
    found = row.get("minutes")
    if type(found) is not int or not 1 <= found <= 60 * 24 * 365:
        raise BadStandard(hint=_("时间标准写成一分钟以上的整数分钟。"))
    return found


def _opening(told: Mapping[str, Any]) -> str:
    text = _text(told, "opening")
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
    return text


def _variants(told: Mapping[str, Any]) -> Mapping[str, str]:
    found = told.get("variants")
    if not isinstance(found, dict) or set(found) != set(CLIENTS):
        raise BadStandard(hint=_("话术要分 mild、irritable、talkative 三种客户。"))
    return {code: _text(found, code) for code in CLIENTS}
