"""How things are with a seat: which state follows from what is on its hands (坐席状态)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yilu.kernel.words import marked as _

from .words import load_of

PAUSES: Final = {
    "BREAK": _("小休"),
    "MEAL": _("用餐"),
    "TRAINING": _("培训"),
    "MEETING": _("会议"),
    "OUTBOUND": _("外呼准备"),
    "NO_ANSWER": _("未应答，已自动示忙"),
}
"""Why a seat takes nothing for a while; the last is the router's."""
CHOSEN: Final = tuple(code for code in PAUSES if code != "NO_ANSWER")


@dataclass(frozen=True, slots=True)
class Hands:
    """What a seat is at: conversations by load, how many are talked in, whether one is offered."""

    voice: int
    chats: int
    texts: int
    talking: int
    offered: bool

    @property
    def wrapping(self) -> int:
        """Conversations that are over but not written up yet."""
        return self.voice + self.chats + self.texts - self.talking


def hands_of(counts: Mapping[tuple[str, str], int], *, offered: bool) -> Hands:
    """Count by (channel, state of the conversation)."""
    loads = {"VOICE": 0, "CHAT": 0, "TEXT": 0}
    for (channel, _state), count in counts.items():
        loads[load_of(channel)] += count
    talking = sum(count for (_c, state), count in counts.items() if state == "CONNECTED")
    return Hands(loads["VOICE"], loads["CHAT"], loads["TEXT"], talking, offered)


def state_of(hands: Hands, wanted: str) -> str:
    """
    The seat's state; ``wanted`` is where it goes when nothing is left on its hands.

    Talk comes before wrap-up, so that chats at the side do not hide that somebody is served.
    """
    if hands.offered:
        return "OFFERED"
    if hands.talking:
        return "BUSY"
    if hands.wrapping:
        return "WRAPPING"
    return wanted or "READY"
