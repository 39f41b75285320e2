"""
How long a text message is: what operators count and charge.

A text of GSM 03.38 letters alone holds 160 of them, any other 70 UTF-16 units; longer ones are cut
into parts of 153 or 67, since each then begins with six bytes that say which part it is. A letter of
the extension table counts twice, a character beyond the first plane as two units; neither is cut in two.
"""

from __future__ import annotations

from dataclasses import dataclass

_LETTERS = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""GSM 03.38 in the order of its codes; 0x1B leads into the extension table."""
_BASIC = {letter: code for code, letter in enumerate(_LETTERS) if letter != "\x1b"}
_EXTENDED = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E,
    "|": 0x40, "€": 0x65,
}  # fmt: skip

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
    alphabet = alphabet_of(text)
    units = sum(_width(c, alphabet) for c in text)
    return Segments(alphabet, units, len(split(text)))


def split(text: str) -> tuple[str, ...]:
    """
    The text cut into what one short message each can carry; put together they are the text.

    :raises ValueError: for a text of more parts than can be numbered.
    """
    alphabet = alphabet_of(text)
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


def encode_as(part: str, alphabet: str) -> bytes:
    """A part in the alphabet of the text it belongs to."""
    if alphabet == "UCS2":
        return part.encode("utf-16-be")
    return b"".join(
        bytes([_BASIC[c]]) if c in _BASIC else bytes([0x1B, _EXTENDED[c]]) for c in part
    )


def decoded(content: bytes, alphabet: str) -> str:
    """What bytes say; what cannot be read becomes a question mark."""
    if alphabet == "UCS2":
        return content.decode("utf-16-be", "replace")
    letters, escaped = [], False
    extended = {code: letter for letter, code in _EXTENDED.items()}
    for code in content:
        if escaped:
            letters.append(extended.get(code, "?"))
            escaped = False
        elif code == 0x1B:
            escaped = True
        else:
            letters.append(_LETTERS[code] if code < len(_LETTERS) else "?")
    return "".join(letters)


def alphabet_of(text: str) -> str:
    """The alphabet that a text needs."""
    return "GSM7" if all(c in _BASIC or c in _EXTENDED for c in text) else "UCS2"


def _width(letter: str, alphabet: str) -> int:
    if alphabet == "GSM7":
        return 2 if letter in _EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1
