"""What the hotline says, text by text, and whether a recording of one can be played to callers (播报录音)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from yilu.contact.rules.ivr import Flow

RATES: Final = (8_000, 16_000)
SECONDS_MIN, SECONDS_MAX = 0.5, 60.0
QUIET_DB, LOUD_SHARE = -38, 0.005
"""A voice below this mean level is not heard in a street; so many samples cut off sound like a rattle."""
EDGE_SECONDS: Final = 2.0
"""So much silence at either end, and a caller thinks that the line is dead."""
FULL, STILL = 32_700, 330
"""A sample that is cut off; a sample (1 % of full) that nobody hears."""
NO_NUMBER: Final = {
    "zh": "没有显示您的号码，没法给您回电，请接着等人工。",
    "en": "Your number is withheld, so we cannot call back; please wait for a person.",
}
"""Said outside of the flow's nodes."""
MOMENT: Final = "{from}"
ENGLISH: Final = ".en"


class NotPlayable(ValueError):
    """A recording that callers should not hear; ``args[0]`` says which fault it is."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording that may be played: how long, and how loud in the mean."""

    milliseconds: int
    decibels: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """
    One text of the hotline, under the name of the first place that says it (``greeting``, ``greeting.en``).

    ``words`` is without the moment that only a call knows; ``moment`` says that there is one.
    ``places`` counts where it is said.
    """

    name: str
    words: str
    moment: bool = False
    places: int = 1

    @property
    def language(self) -> str:
        """As browsers and voices name it."""
        return "en-US" if self.name.endswith(ENGLISH) else "zh-CN"


def prompts_of(flow: Flow) -> dict[str, Prompt]:
    """Every text that can be said beforehand, by name, in the order of the flow; the same words once."""
    nodes = [(node.id, node.say, node.en) for node in flow.nodes.values()]
    found: dict[tuple[str, bool], Prompt] = {}
    for node, chinese, english in (*nodes, ("no_number", NO_NUMBER["zh"], NO_NUMBER["en"])):
        for name, text in ((node, chinese), (f"{node}{ENGLISH}", english)):
            words, moment = text.replace(MOMENT, ""), MOMENT in text
            first = found.get((words, moment))
            if first is not None:
                found[words, moment] = replace(first, places=first.places + 1)
            elif words:
                found[words, moment] = Prompt(name, words, moment)
    return {each.name: each for each in found.values()}


def check_sound(samples: Sequence[int], rate: int) -> Sound:
    """
    Whether samples of 16 bit are of a rate, length and level to be played.

    :raises NotPlayable: ``format``, ``short``, ``long``, ``quiet``, ``loud`` or ``edges``.
    """
    if rate not in RATES:
        raise NotPlayable("format")
    seconds = len(samples) / rate
    if not SECONDS_MIN <= seconds <= SECONDS_MAX:
        raise NotPlayable("short" if seconds < SECONDS_MIN else "long")
    decibels, heard = _decibels(samples), _heard(samples, rate // 50)
    if decibels < QUIET_DB or not heard:
        raise NotPlayable("quiet")
    if sum(1 for each in samples if abs(each) >= FULL) > LOUD_SHARE * len(samples):
        raise NotPlayable("loud")
    if max(heard[0], len(samples) - heard[-1]) > EDGE_SECONDS * rate:
        raise NotPlayable("edges")
    return Sound(round(seconds * 1000), decibels)


def _heard(samples: Sequence[int], size: int) -> list[int]:
    """Where pieces of that size begin in which something is heard."""
    begins = range(0, len(samples), size)
    return [n for n in begins if max(map(abs, samples[n : n + size])) > STILL]


def _decibels(samples: Sequence[int]) -> int:
    """The mean level below full scale; −99 for silence."""
    power = sum(each * each for each in samples) / len(samples)
    return round(10 * math.log10(power / 32768**2)) if power else -99
