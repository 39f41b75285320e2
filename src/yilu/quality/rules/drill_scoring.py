"""What a drill is worth, by the script of the standard, with the moments it is worth it for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yilu.kernel.words import marked as _
from yilu.quality.rules.drilling import Scenario, Sign

PARTS: Final = {
    "opening": (15, _("开场：公司、本人、来意")),
    "empathy": (15, _("理解与安抚")),
    "clean": (20, _("没有服务禁语")),
    "plain": (10, _("不用客户听不懂的词，不重复问")),
    "facts": (20, _("该说清的都说清")),
    "next": (12, _("说明下一步和时间")),
    "closing": (8, _("确认与道别")),
}
"""What is looked at, of how many points: a hundred in all."""
QUOTED = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the person who practises, and what was read in it."""

    number: int
    text: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What was said where; with which sign."""

    number: int
    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One thing looked at: points, of how many, and the moments."""

    code: str
    points: int
    of: int
    quotes: tuple[Quote, ...] = ()
    missing: tuple[str, ...] = ()


def judge(scenario: Scenario, moments: Sequence[Moment]) -> tuple[Part, ...]:
    """Every part in the order of the script. Where nothing was said nothing is earned."""
    if not moments:
        return tuple(Part(code, 0, of) for code, (of, _label) in PARTS.items())
    found = {
        code: [(m, s) for m in moments for s in m.signs if s.code == code]
        for code in ("forbidden", "jargon", "repeated", "same", "empathy", "fact", "next", "closing",
                     "company", "self", "purpose", "no_empathy")
    }  # fmt: skip
    told = {sign.words for _moment, sign in found["fact"]}
    labels = {each.code: each.label for each in scenario.facts}
    lacking = tuple(label for code, label in labels.items() if code not in told)
    opened = [code for code in ("company", "self", "purpose") if found[code]]
    last = moments[-1].number
    closed = [(m, s) for m, s in found["closing"] if m.number >= last - 1 and m.number > 1]
    clumsy = [*found["jargon"], *found["repeated"], *found["same"]]
    return (
        Part("opening", 5 * len(opened), 15, _quotes(moments[:1], ""),
             tuple(c for c in ("company", "self", "purpose") if c not in opened)),
        Part("empathy", _empathy(found["empathy"], found["no_empathy"]), 15,
             _said(found["empathy"] or found["no_empathy"])),
        Part("clean", max(0, 20 - 10 * len(found["forbidden"])), 20, _said(found["forbidden"])),
        Part("plain", max(0, 10 - 4 * len(clumsy)), 10, _said(clumsy)),
        Part("facts", 20 * (len(scenario.facts) - len(lacking)) // len(scenario.facts), 20,
             tuple(Quote(m.number, labels.get(s.words, s.code), m.text[:QUOTED]) for m, s in found["fact"]),
             lacking),
        Part("next", 12 if found["next"] else 0, 12, _said(found["next"][:2])),
        Part("closing", 8 if closed else 0, 8, _said(closed[:1])),
    )  # fmt: skip


def total(parts: Sequence[Part]) -> int:
    """Of a hundred."""
    return sum(part.points for part in parts)


def _empathy(shown: Sequence[object], lacked: Sequence[object]) -> int:
    if not shown:
        return 0
    return max(5, 15 - 3 * len(lacked))


def _said(found: Sequence[tuple[Moment, Sign]]) -> tuple[Quote, ...]:
    return tuple(Quote(m.number, s.code, m.text[:QUOTED]) for m, s in found[:4])


def _quotes(moments: Sequence[Moment], sign: str) -> tuple[Quote, ...]:
    return tuple(Quote(m.number, sign, m.text[:QUOTED]) for m in moments)
