"""What a drill is worth, by the script of the standard: sentence by sentence what it earned and what it lost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from yilu.quality.rules.drilling import Sign
from yilu.quality.rules.scenarios import PARTS, Scenario

__all__ = ["PARTS", "Moment", "Part", "Quote", "judge", "total"]
QUOTED = 120
_OPENING: Final = ("company", "self", "purpose")


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the person who practises, and what was read in it."""

    number: int
    text: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of the line of that number, what was read in it by which words, the points it gave or took."""

    number: int
    sign: str
    text: str
    points: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing looked at: points, of how many, the sentences they come from, and what was not said."""

    code: str
    points: int
    of: int
    quotes: tuple[Quote, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def begun_with(self) -> int:
        """What one has before the first word, and can only lose."""
        return self.points - sum(quote.points for quote in self.quotes)


_Found = tuple[Moment, Sign]


def judge(scenario: Scenario, moments: Sequence[Moment]) -> tuple[Part, ...]:
    """Every part in the order of the script. Where nothing was said nothing is earned."""
    if not moments:
        return tuple(Part(code, 0, of) for code, of in scenario.points.items())
    of = scenario.points
    parts = {
        "opening": _opening(of["opening"], moments[0]),
        "empathy": _empathy(of["empathy"], moments),
        "clean": _kept(of["clean"], "clean", _all(moments, "forbidden"), Fraction(1, 2)),
        "plain": _kept(
            of["plain"], "plain", _all(moments, "jargon", "repeated", "same"), Fraction(2, 5)
        ),
        "facts": _facts(of["facts"], scenario, moments),
        "next": _once(of["next"], "next", _all(moments, "next")),
        "closing": _once(of["closing"], "closing", _closing(moments)),
    }
    return tuple(parts[code] for code in scenario.points)


def total(parts: Sequence[Part]) -> int:
    """Of a hundred."""
    return sum(part.points for part in parts)


def _opening(of: int, first: Moment) -> Part:
    """A third for each of company, oneself and what it is about, in the first line (A138)."""
    said = _all([first], *_OPENING)
    lacking = tuple(code for code in _OPENING if code not in {sign.code for _m, sign in said})
    return _part("opening", of, 0, [(m, s, Fraction(of, 3)) for m, s in said], missing=lacking)


def _empathy(of: int, moments: Sequence[Moment]) -> Part:
    """All for the first comfort; a fifth less each time it lacked, a third stays."""
    shown, lacked = _all(moments, "empathy"), _all(moments, "no_empathy")
    if not shown:
        return _part("empathy", of, 0, [(m, s, Fraction(0)) for m, s in lacked])
    steps = [(*shown[0], Fraction(of)), *((m, s, -Fraction(of, 5)) for m, s in lacked)]
    return _part("empathy", of, 0, steps, least=Fraction(of, 3))


def _facts(of: int, scenario: Scenario, moments: Sequence[Moment]) -> Part:
    """The same for each thing the customer had to be told."""
    labels = {each.code: each.label for each in scenario.facts}
    said = {s.words: (m, Sign(labels[s.words], s.words, s.sentence)) for m, s in _all(moments, "fact")
            if s.words in labels}  # fmt: skip
    each = Fraction(of, len(labels))
    lacking = tuple(label for code, label in labels.items() if code not in said)
    return _part("facts", of, 0, [(m, s, each) for m, s in said.values()], missing=lacking)


def _closing(moments: Sequence[Moment]) -> list[_Found]:
    """A goodbye counts in one of the last two lines, and not as the only thing said."""
    last = moments[-1].number
    return [(m, s) for m, s in _all(moments, "closing") if m.number >= last - 1 and m.number > 1]


def _kept(of: int, code: str, broken: Sequence[_Found], share: Fraction) -> Part:
    """All of it from the start, less a share each time it is broken."""
    return _part(code, of, of, [(m, s, -of * share) for m, s in broken])


def _once(of: int, code: str, said: Sequence[_Found]) -> Part:
    """All of it for the first time it is said."""
    return _part(code, of, 0, [(m, s, Fraction(of)) for m, s in said[:1]])


def _part(
    code: str, of: int, start: int, steps: Iterable[tuple[Moment, Sign, Fraction]], *,
    least: Fraction = Fraction(0), missing: tuple[str, ...] = (),
) -> Part:  # fmt: skip
    """Step by step from a start, between ``least`` and the whole, in whole points rounded down."""
    running, quotes = Fraction(start), []
    for moment, sign, change in steps:
        after = min(Fraction(of), max(least if change < 0 else Fraction(0), running + change))
        gained = math.floor(after) - math.floor(running)
        sentence = (sign.sentence or moment.text)[:QUOTED]
        words = sign.words if sign.words in sentence else ""
        quotes.append(Quote(moment.number, sign.code, sentence, gained, words))
        running = after
    return Part(code, math.floor(running), of, tuple(quotes), missing)


def _all(moments: Sequence[Moment], *codes: str) -> list[_Found]:
    return [(m, s) for m in moments for s in m.signs if s.code in codes]
