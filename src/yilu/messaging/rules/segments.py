"""
How long a text message is: what operators count and charge.

A text of GSM 03.38 letters alone holds 160 of them, any other 70 UTF-16 units; longer ones are cut
into parts of 153 or 67, since each then begins with six bytes that say which part it is. A letter of
the extension table counts twice, a character beyond the first plane as two units; neither is cut in two.
"""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")

GSM7_SINGLE, GSM7_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67
PARTS_MAX = 255
"""The number of a part is one byte."""


@dataclass(frozen=True, slots=True)
class Segments:
    """The alphabet a text needs (``GSM7`` or ``UCS2``), its length in that alphabet, its parts."""

    alphabet: str
    units: int
    parts: int


def count_segments(text: str) -> Segments:
    """How an operator counts a text."""
    alphabet = _alphabet(text)
    units = sum(_width(c, alphabet) for c in text)
    return Segments(alphabet, units, len(split(text)))


def split(text: str) -> tuple[str, ...]:
    """
    The text cut into what one short message each can carry; put together they are the text.

    :raises ValueError: for a text of more parts than can be numbered.
    """
    alphabet = _alphabet(text)
    single, part = (GSM7_SINGLE, GSM7_PART) if alphabet == "GSM7" else (UCS2_SINGLE, UCS2_PART)
    if sum(_width(c, alphabet) for c in text) <= single:
        return (text,)
    parts, begun, used = [], 0, 0
    for place, letter in enumerate(text):
        width = _width(letter, alphabet)
        if used + width > part:
            parts.append(text[begun:place])
            begun, used = place, 0
        used += width
    parts.append(text[begun:])
    if len(parts) > PARTS_MAX:
        raise ValueError("a text of more than 255 parts cannot be sent")
    return tuple(parts)


def with_signature(text: str, insurer: str) -> str:
    """
    The text as operators want it: 【insurer】 first, once.

    Our templates say the name at the end; there it is taken away.
    """
    sign = f"【{insurer}】"
    body = text.strip()
    while body.startswith("【"):
        if not body.startswith(sign):
            break
        body = body.removeprefix(sign).lstrip()
    body = body.removesuffix(sign).rstrip()
    return sign + body


def _alphabet(text: str) -> str:
    return "GSM7" if all(c in _BASIC or c in _EXTENDED for c in text) else "UCS2"


def _width(letter: str, alphabet: str) -> int:
    if alphabet == "GSM7":
        return 2 if letter in _EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1
