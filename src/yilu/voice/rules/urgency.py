"""Which voices a person answers, and which at once: plain words and figures, before any model has read them."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.kernel.words import marked as _

ASKING = (
    "？",
    "?",
    "请问",
    "怎么办",
    "能否",
    "能不能",
    "什么时候",
    "为什么",
    "请回复",
    "请联系",
    "回电",
    "联系我",
)
BAD_STARS, DETRACTED = 2, 4
SOURCES_ANSWERED = ("BOX",)
"""Who writes in these windows expects an answer, whatever it says."""
ANSWERED_ELSEWHERE = "WECHAT"
"""What is written there opens a conversation: its seat answers, and nobody beside it."""


@dataclass(frozen=True, slots=True)
class Need:
    """That somebody answers, how soon, and why."""

    urgent: bool
    why: str


def need(
    source: str, stars: int | None, recommend: int | None, text: str, *, presses: bool = False
) -> Need | None:
    """What a new voice asks of us; None where thanks are enough, or somebody else answers."""
    if source == ANSWERED_ELSEWHERE:
        return None
    if presses:
        return Need(True, _("提到投诉、媒体、诉讼或人身安全"))
    if not text:
        return None
    if stars is not None and stars <= BAD_STARS:
        return Need(False, _("满意度两星以下并留了意见"))
    if recommend is not None and recommend <= DETRACTED:
        return Need(False, _("推荐意愿很低并留了意见"))
    if source in SOURCES_ANSWERED:
        return Need(False, _("从意见窗口来，等专人答复"))
    if any(word in text for word in ASKING):
        return Need(False, _("意见里有提问"))
    return None
