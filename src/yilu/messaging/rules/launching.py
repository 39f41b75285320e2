"""The seven pre-launch checks (七必查) of a message's words as far as a machine can make them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.standards.terms import Result, readable, way_back

WORDS_MAX = 500
_FACT = re.compile(r"\{\w+\}")


def automatic(
    texts: Iterable[str], *, main: str, channels: Sequence[str], before: Sequence[str]
) -> list[Result]:
    """
    The machine's answers for new words; what it cannot tell it leaves to people.

    ``texts`` are all the Chinese titles and texts, ``main`` the customer's text, ``before`` the channels in force.
    """
    found = [
        Result("clock_owner", True, _("发送时机和时段不变，只改文字和渠道")),
        readable((_FACT.sub("", text) for text in texts), most=WORDS_MAX),
        way_back(),
    ]
    if "{hotline}" in main:
        found.append(Result("way_on", True, _("写明了客服热线，看不懂、办不了都有人可以找")))
    if "OUTBOX" in channels or len(channels) > 1:
        why = Sentence(
            _("依次试 {count} 个渠道，发不出去换下一个"), count=len(channels)
        )  # fmt: skip
        found.append(Result("continuation", True, why))
    if set(channels) == set(before):
        found.append(Result("load", True, _("渠道不变，发送量和现在一样")))
    return found
