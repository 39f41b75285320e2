"""
What sort of client somebody is in this talk (客户类型, A8): told by declared signs, never by who they are.

Signs are how somebody speaks here and what they may need to be served well: long sentences, harsh words,
never here before, larger type. Sex, region, belief, income, health and the worth of policies are no
signs, and nobody can make them ones: a sort names signs out of this list. Age counts from sixty-five on
only, where the law asks for special care (适当性办法 17).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.quality.rules.shapes import (
    CODE,
    LINE,
    LINES,
    NUMBER,
    SOME,
    TEXT,
    BadText,
    Field,
    Group,
    Shape,
)

AGED: Final = 65
_CALLS_OUT = re.compile(r"[!！]|[?？]{2,}")


class BadClients(BadText):
    """The text says nothing about sorts of clients; the hint says where."""

    code = "bad_clients"
    message = _("客户类型识别规则的内容有误")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """
    What is known while somebody is served: their words of this talk, and facts about dealing with us.

    ``contacts``: how often they turned to us in the last seven days, this time included; ``earlier``
    whether ever before. ``age`` in full years, None where unknown.
    """

    said: tuple[str, ...] = ()
    age: int | None = None
    assisted: bool = False
    identified: bool = False
    earlier: bool = False
    contacts: int = 1
    complains: bool = False
    agent: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What the signs are read by."""

    harsh: tuple[str, ...]
    terms: tuple[str, ...]
    long: int
    often: int


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of client: which signs make it (``least`` of them), how to treat them, what to say."""

    code: str
    label: str
    signs: tuple[str, ...]
    least: int
    how: str
    say: str


@dataclass(frozen=True, slots=True)
class Guide:
    """One version of the rules: sorts in the order in which they go before one another."""

    sorts: tuple[Sort, ...]
    words: Words

    def sort(self, code: str) -> Sort | None:
        """The one of a code."""
        return next((sort for sort in self.sorts if sort.code == code), None)

    @property
    def usual(self) -> Sort:
        """Whoever shows no sign."""
        return next(sort for sort in self.sorts if not sort.signs)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A sort that holds, and the signs it was told by, each with what was seen."""

    sort: Sort
    why: tuple[tuple[str, Sentence], ...]


SIGNS: Final[Mapping[str, str]] = {
    "first": _("第一次和我们联系"),
    "aged": _("年满六十五周岁"),
    "assisted": _("客户要求过协助办理"),
    "complains": _("有投诉正在办理"),
    "again": _("最近七天多次来访"),
    "harsh": _("说了着急、不满的话"),
    "calls_out": _("连用感叹号或问号"),
    "long": _("每次说得很长"),
    "terms": _("用了好几个专业词"),
    "agent": _("来电号码是我们的代理人"),
}
"""Everything that may be a sign."""


def signs_of(known: Known, words: Words) -> dict[str, Sentence]:
    """The signs that somebody shows, each with what was seen, in words for the seat."""
    found = {code: see(known, words) for code, see in _SEERS.items()}
    return {code: seen for code, seen in found.items() if seen is not None}


def recognise(known: Known, guide: Guide) -> tuple[Recognised, ...]:
    """Every sort that holds, the first to go by first; the usual one where none does."""
    shown = signs_of(known, guide.words)
    found = []
    for sort in guide.sorts:
        why = tuple((code, shown[code]) for code in sort.signs if code in shown)
        if sort.signs and len(why) >= sort.least:
            found.append(Recognised(sort, why))
    return tuple(found) or (Recognised(guide.usual, ()),)


def _first(known: Known, words: Words) -> Sentence | None:
    return Sentence(SIGNS["first"]) if known.identified and not known.earlier else None


def _aged(known: Known, words: Words) -> Sentence | None:
    if known.age is None or known.age < AGED:
        return None
    return Sentence(SIGNS["aged"])


def _assisted(known: Known, words: Words) -> Sentence | None:
    return Sentence(SIGNS["assisted"]) if known.assisted else None


def _complains(known: Known, words: Words) -> Sentence | None:
    return Sentence(SIGNS["complains"]) if known.complains else None


def _again(known: Known, words: Words) -> Sentence | None:
    if known.contacts < words.often:
        return None
    return Sentence(_("七天里第 {n} 次来访"), n=known.contacts)


def _harsh(known: Known, words: Words) -> Sentence | None:
    return _said(known.said, words.harsh, least=1)


def _calls_out(known: Known, words: Words) -> Sentence | None:
    times = sum(len(_CALLS_OUT.findall(line)) for line in known.said)
    return Sentence(_("{n} 次感叹号或连续问号"), n=times) if times >= 3 else None


def _long(known: Known, words: Words) -> Sentence | None:
    if len(known.said) < 2:
        return None
    mean = sum(map(len, known.said)) // len(known.said)
    return Sentence(_("平均每次说 {n} 字"), n=mean) if mean >= words.long else None


def _terms(known: Known, words: Words) -> Sentence | None:
    return _said(known.said, words.terms, least=3)


def _agent(known: Known, words: Words) -> Sentence | None:
    return Sentence(SIGNS["agent"]) if known.agent else None


def _said(said: Sequence[str], words: Sequence[str], *, least: int) -> Sentence | None:
    """The words that were said, where there are so many different ones."""
    text = "\n".join(said)
    found = [word for word in words if word in text]
    return Sentence(_("说了“{words}”"), words="”“".join(found[:3])) if len(found) >= least else None


_SEERS: Final[Mapping[str, Callable[[Known, Words], Sentence | None]]] = {
    "first": _first, "aged": _aged, "assisted": _assisted, "complains": _complains, "again": _again,
    "harsh": _harsh, "calls_out": _calls_out, "long": _long, "terms": _terms, "agent": _agent,
}  # fmt: skip

SHAPE: Final = Shape(
    BadClients,
    (
        Group(
            "sort", _("客户类型"),
            (
                Field("code", "", CODE),
                Field("label", _("名称"), LINE, most=20),
                Field("signs", _("看哪些迹象"), SOME, among=SIGNS, optional=True),
                Field("least", _("至少几条"), NUMBER, most=len(SIGNS)),
                Field("how", _("怎样对待"), TEXT, most=200),
                Field("say", _("可以这样说"), TEXT, most=300),
            ),
            _("前面的先用；没有迹象的那一类是其余所有人，只能有一类。"), least=2, most=20,
        ),
        Group(
            "words", _("迹象怎样认"),
            (
                Field("harsh", _("着急、不满的话（一行一个）"), LINES, least=2, most=20),
                Field("terms", _("专业词（一行一个，说到三个才算）"), LINES, least=2, most=20),
                Field("long", _("平均多少字算说得很长"), NUMBER, least=20, most=500),
                Field("often", _("七天几次算多次来访"), NUMBER, least=2, most=20),
            ),
            single=True,
        ),
    ),
)  # fmt: skip
"""What the rules are made of."""


@lru_cache(maxsize=4)
def read(text: str) -> Guide:
    """The rules from their text. :raises BadClients: they are none; the hint says what to mend."""
    told = SHAPE.read(text)
    sorts = tuple(Sort(**row) for row in told["sort"])
    if sum(not sort.signs for sort in sorts) != 1:
        raise BadClients(hint=_("没有迹象的类型（其余客户）要有一类，也只能有一类。"))
    for n, sort in enumerate(sorts):
        if sort.signs and sort.least > len(sort.signs):
            hint = Sentence(_("“{name}”要的迹象比列出的还多。"), name=sort.label)
            raise BadClients(hint=hint).at(f"sort.{n}")
    return Guide(sorts, Words(**told["words"]))
