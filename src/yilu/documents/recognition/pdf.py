"""PDF: text where it stands, attached data, codes on the rendered page."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from yilu.documents.recognition.pages import PDFIUM
from yilu.documents.rules.segments import UNKNOWN_LETTER, Segment

PAGES_READ_MAX = 20
LETTERS_MAX = 30_000
LETTERS_OF_TEXT = 30
"""A page with fewer letters than this is a picture: it has no text layer worth the name."""
UNKNOWN_SHARE_MAX = 0.1
"""Where more letters than this are drawn without saying what they are, the picture says more."""
ATTACHMENTS_MAX = 20
ATTACHMENT_BYTES_MAX = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text layer of the first pages."""

    segments: tuple[Segment, ...]
    pages: int
    has_text: bool


def read_text(content: bytes) -> PdfText:
    """Every piece of text with its place; pieces are split where the white is wider than a letter."""
    import pypdfium2

    segments: list[Segment] = []
    letters = unknown = 0
    with PDFIUM, pypdfium2.PdfDocument(content) as document:
        pages = len(document)
        for number in range(1, min(pages, PAGES_READ_MAX) + 1):
            page = document[number - 1]
            text = page.get_textpage()
            found = _segments(page, text, number, *page.get_size())
            letters += sum(len(s.text) for s in found)
            unknown += sum(s.text.count(UNKNOWN_LETTER) for s in found)
            segments.extend(found)
            text.close()
            page.close()
    has_text = letters - unknown >= LETTERS_OF_TEXT and unknown <= UNKNOWN_SHARE_MAX * letters
    return PdfText(tuple(segments), pages, has_text)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter and its box on the page as it is shown: from the top left, in points."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def _segments(
    page: object, text: object, number: int, width: float, height: float
) -> list[Segment]:
    import pypdfium2.raw as raw

    as_shown = _transform(page, width, height)
    count = min(text.count_chars(), LETTERS_MAX)  # type: ignore[attr-defined]
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pieces: list[list[_Letter]] = []
    current: list[_Letter] = []
    for n, letter in _letters(text, count):
        if letter.isspace() or letter == "\ufffe":
            if current and letter in "\r\n":
                pieces.append(current)
                current = []
            continue
        if not raw.FPDFText_GetCharBox(text, n, left, right, bottom, top):
            continue
        size = raw.FPDFText_GetFontSize(text, n) or 10.0
        one = as_shown(left.value, bottom.value)
        other = as_shown(right.value, top.value)
        made = _Letter(
            letter,
            min(one[0], other[0]),
            min(one[1], other[1]),
            max(one[0], other[0]),
            max(one[1], other[1]),
        )
        if current and _apart(current[-1], made, size):
            pieces.append(current)
            current = []
        current.append(made)
    if current:
        pieces.append(current)
    return [_as_segment(piece, number, width, height) for piece in pieces if width and height]


def _letters(text: object, count: int) -> Iterator[tuple[int, str]]:
    """Each letter with the place that has its box: a rare character is told in two halves (UTF-16)."""
    import pypdfium2.raw as raw

    high = 0
    for n in range(count):
        code = raw.FPDFText_GetUnicode(text, n)
        if 0xD800 <= code < 0xDC00:
            high = code
        elif high and 0xDC00 <= code < 0xE000:
            yield n, chr(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00))
            high = 0
        else:
            yield n, UNKNOWN_LETTER if code == 0 or 0xD800 <= code < 0xE000 else chr(code)
            high = 0


def _transform(
    page: object, width: float, height: float
) -> Callable[[float, float], tuple[float, float]]:
    """From the page's own coordinates to the page as shown, which may be turned or cut."""
    import pypdfium2.raw as raw

    grain = 100_000

    def device(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, grain, grain, 0, x, y, across, down)
        return across.value / grain * width, down.value / grain * height

    x0, y0 = device(0, 0)
    (xx, xy), (yx, yy) = device(1_000, 0), device(0, 1_000)
    a, b, c, d = (xx - x0) / 1_000, (xy - y0) / 1_000, (yx - x0) / 1_000, (yy - y0) / 1_000
    return lambda x, y: (x0 + a * x + c * y, y0 + b * x + d * y)


_WIDE_NUMBER = frozenset("０１２３４５６７８９．，")


def _apart(one: _Letter, other: _Letter, size: float) -> bool:
    same_line = min(one.bottom, other.bottom) - max(one.top, other.top) > -0.25 * size
    # A full-width point is a dot in a corner of its square: the white around it parts no number.
    white = 1.3 if {one.text, other.text} <= _WIDE_NUMBER else 0.8
    return (
        not same_line or other.left - one.right > white * size or other.left < one.right - 2 * size
    )


def _as_segment(piece: list[_Letter], number: int, width: float, height: float) -> Segment:
    return Segment(
        "".join(letter.text for letter in piece),
        (
            min(letter.left for letter in piece) / width,
            min(letter.top for letter in piece) / height,
            max(letter.right for letter in piece) / width,
            max(letter.bottom for letter in piece) / height,
        ),
        number,
    )


def attachments(content: bytes) -> tuple[bytes, ...]:
    """Attached XML or XBRL files, the invoice itself first."""
    import pypdfium2

    found: list[tuple[int, bytes]] = []
    with PDFIUM, pypdfium2.PdfDocument(content) as document:
        for n in range(min(document.count_attachments(), ATTACHMENTS_MAX)):
            try:
                attached = document.get_attachment(n)
                name = attached.get_name().lower()
                data = bytes(attached.get_data()) if name.endswith((".xml", ".xbrl")) else b""
            except pypdfium2.PdfiumError:
                continue
            if 0 < len(data) <= ATTACHMENT_BYTES_MAX:
                found.append((0 if "inv" in name else 1, data))
    return tuple(data for _, data in sorted(found, key=lambda f: f[0]))
