"""
What a chat is recognised by and answered with: intents as data, words, and how long one waits.

Nothing here can do anything but answer: whatever is typed is a question. A sentence that orders us to
ignore rules or to approve something is looked up like any other, and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yilu.contact.rules.masking import mask_numbers
from yilu.kernel.words import marked as _

KINDS: Final = {
    "HELLO": _("问候"),
    "ANSWER": _("知识答案"),
    "CHOICE": _("请客户选择"),
    "OWN": _("本人信息"),
    "NONE": _("没有答案"),
    "HANDED": _("转人工"),
    "CLOSED": _("不在服务时间"),
    "NOTE": _("说明"),
}

HELLO: Final = _(
    "您好，我是自动应答，只说经过批准、有依据的答案。您可以直接提问；任何时候输入“人工”就转给人。"
)
CHOOSE: Final = _("您想问的是下面哪一个？都不是的话，可以换个说法，或找人工。")
NOTHING: Final = _(
    "这个问题我没有经过批准的答案，不乱说。可以换个说法，或者转给人工，前面说的不用再说一遍。"
)
HANDED: Final = _("正在为您转人工，前面说的会一起带过去，不用再说一遍。")
HANDED_ADVISER: Final = _("这件事要按您的合同细算，已经转给熟悉它的顾问，前面说的会一起带过去。")
NAMED_ADVISER: Final = _("这件事要按您的合同细算，已经转给您的顾问 {name}，前面说的会一起带过去。")
CLOSED_UNTIL: Final = _(
    "现在没有人值班，{at} 开始有人。您可以留言，我们到时候给您回电；报案和自助查询随时可以办。"
)
CLOSED: Final = _("现在没有人值班。您可以留言，我们一上班就给您回电；报案和自助查询随时可以办。")
MESSAGE_KEPT: Final = _("留言收到了，{at} 起会给您回电。")
WAITING_STILL: Final = _("您已经在排队了，前面说的都在，轮到您马上接。")

TEXT_MAX: Final = 500
NOT_FOUND_MAX: Final = 2
"""After so many questions without an answer in a row a person is asked to come."""
CHAT_MINUTES: Final = 6.0
"""How long a seat is with one chat, until there are enough of our own to measure."""


@dataclass(frozen=True, slots=True)
class Intent:
    """Something a chat does other than look for an answer."""

    code: str
    kind: str
    groups: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]
    reason: str = ""
    sub_reason: str = ""

    def fits(self, text: str) -> bool:
        """Whether a text means it."""
        return all(any(word in text for word in group) for group in self.groups) and not any(
            word in text for word in self.unless
        )


def clean(text: str) -> str:
    """What is kept of something typed: no control characters, at most so long, numbers masked."""
    kept = "".join(c for c in text if c == "\n" or (c.isprintable() and c != "\ufffd")).strip()
    return mask_numbers(kept[:TEXT_MAX])


def minutes_to_wait(place: int, on_duty: int, minutes: float = CHAT_MINUTES) -> int | None:
    """An honest guess from the place in the queue and who is there; None when nobody is."""
    if on_duty <= 0:
        return None
    return max(1, round(place * minutes / (on_duty * 2)))
