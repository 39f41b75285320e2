"""The seven pre-launch checks (七必查), and what a machine can say of any text that people will read or hear."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

CHECKS: Final[Mapping[str, str]] = {
    "way_on": _("查出路"),
    "continuation": _("查接续"),
    "clock_owner": _("查责任"),
    "readable": _("查文字"),
    "told": _("查告知"),
    "load": _("查压力"),
    "rollback": _("查回退"),
}
"""The checks in their order, as they are called until the insurer words them (journeys keeps the wordings)."""
_CODES = re.compile(r"[A-Za-z_]{3,}")
_JARGON = ("受理件", "契调", "生调", "照会", "投保书", "回销", "批改", "核赔", "理算", "终态")


@dataclass(frozen=True, slots=True)
class Result:
    """What a machine says to one check: passed, and why."""

    check: str
    passed: bool
    why: str


def readable(texts: Iterable[str], *, most: int, allowed: Iterable[str] = ()) -> Result:
    """
    Whether everybody understands the texts: no codes, no trade words, none longer than ``most``.

    ``allowed`` are words in other letters that belong there.
    """
    told, count = tuple(allowed), 0
    for text in texts:
        count += 1
        plain = text
        for each in told:
            plain = plain.replace(each, "")
        if _CODES.search(plain):
            return _unreadable(Sentence(_("“{text}”里有代码或英文"), text=text))
        for word in _JARGON:
            if word in text:
                return _unreadable(Sentence(_("“{text}”里有行话“{word}”"), text=text, word=word))
        if len(text) > most:
            why = Sentence(_("“{text}”太长，请在 {most} 个字以内说清"), text=text, most=most)
            return _unreadable(why)
    return Result("readable", True, Sentence(_("{count} 句话都看得懂"), count=count))


def _unreadable(why: str) -> Result:
    return Result("readable", False, why)


def way_back() -> Result:
    """The answer to the last check where the version before is kept and put back by one button."""
    return Result("rollback", True, _("上一版本保留，可立即回退，在办的不受影响"))
