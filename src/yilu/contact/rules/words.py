"""The words of a conversation: channels, directions, states, causes; and which state follows which."""

from __future__ import annotations

from typing import Final

from yilu.kernel.words import marked as _

CHANNELS: Final = {
    "PHONE": _("电话"),
    "CHAT": _("在线咨询"),
    "VIDEO": _("视频"),
    "SMS": _("短信"),
    "WECHAT": _("微信"),
    "EMAIL": _("邮件"),
    "VOICEMAIL": _("语音留言"),
    "FAX": _("传真"),
    "COUNTER": _("柜面"),
}
"""Every way to reach us."""

DIRECTIONS: Final = {"IN": _("客户来访"), "OUT": _("我们联系")}

STATES: Final = {
    "OPEN": _("自助中"),
    "QUEUED": _("排队中"),
    "CONNECTED": _("通话中"),
    "WRAPPING": _("话后整理"),
    "CLOSED": _("已结束"),
}
"""OPEN: with the machine, no person asked for yet."""


def state_word(state: str, channel: str) -> str:
    """What to call a state on a channel: nobody is *on the line* of a letter or in a chat."""
    served = {"TEXT": _("处理中"), "CHAT": _("对话中")}
    return served.get(load_of(channel), STATES[state]) if state == "CONNECTED" else STATES[state]


SPEAKERS: Final = {"CUSTOMER": _("客户"), "SEAT": _("坐席"), "MACHINE": _("智能应答")}

ABANDON_CAUSES: Final = {
    "CUSTOMER": _("客户主动挂断"),
    "LONG_WAIT": _("等待过长"),
    "SYSTEM": _("系统原因"),
}
"""Why a queued contact ended without a person (A104)."""

ENDINGS: Final = {
    **ABANDON_CAUSES,
    "DONE": _("服务完成"),
    "SELF_SERVICE": _("自助完成"),
    "CALLBACK": _("转为回电"),
    "NOT_REACHED": _("未接通"),
}

NEXT: Final = {
    "OPEN": {"QUEUED", "CONNECTED", "CLOSED"},
    "QUEUED": {"CONNECTED", "CLOSED"},
    "CONNECTED": {"WRAPPING", "QUEUED"},  # QUEUED: handed to other hands
    "WRAPPING": {"CLOSED"},
    "CLOSED": set(),
}
"""The only ways a conversation may go."""

NUMBERED: Final = frozenset({"PHONE", "SMS", "VOICEMAIL", "FAX"})
"""Channels whose address is a telephone number."""
LETTERS: Final = frozenset({"EMAIL", "SMS", "WECHAT", "FAX"})
"""Written to us and answered by the same channel."""
LETTER_KEY: Final = "letter:"
"""What a turn's request key begins with that is a letter (``letter:7``)."""
VOICE: Final = frozenset({"PHONE", "VIDEO"})
"""One at a time, and nothing beside it."""
LIVE: Final = VOICE | {"CHAT"}
"""Somebody waits at the other end: what answer rate and service level are measured on."""

TALKS: Final = {
    "VOICE": frozenset({"PHONE", "VIDEO"}),
    "CHAT": frozenset({"CHAT", "WECHAT"}),
    "TEXT": frozenset({"SMS", "EMAIL", "VOICEMAIL", "FAX", "COUNTER"}),
}
"""The three kinds of load on a seat, with the channels that make them."""


def load_of(channel: str) -> str:
    """Which kind of load a channel is: VOICE, CHAT or TEXT."""
    return next(kind for kind, channels in TALKS.items() if channel in channels)
