"""Reading single values as papers print them: amounts, dates, codes, names."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from yilu.kernel import money
from yilu.kernel.identity import Malformed, check_character, read_credit_code

_AMOUNT = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|-?\d+(?:\.\d{1,2})?")
_DATE = re.compile(
    r"(?<!\d)(20\d\d|19\d\d)(?:"
    r"\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})(?!\d)"
    r"|(0[1-9]|1[0-2])([012]\d|3[01])(?!\d)"
    r"|\s*年?(0[1-9]|1[0-2])\s*月?([012]\d|3[01])\s*日)"
)
_MINUS = dict.fromkeys(map(ord, "−–‒﹣"), "-")
_GBK_OWN = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5,
    0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F,
    0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
"""Where GB 18030 as Python knows it still says a private character: what Unicode has for it since."""


def _private() -> dict[int, int]:
    """
    The 80 characters GBK had before Unicode did (䶮 among them), which older software writes as private ones.

    They stand at FE50 to FEA0 of GBK and at U+E815 to U+E864, in the same order.
    """
    places = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    known = {
        0xE815 + n: ord(bytes([0xFE, place]).decode("gb18030")) for n, place in enumerate(places)
    }
    return known | _GBK_OWN


_AS_UNICODE = _MINUS | _private()
_LOOKS_LIKE_DIGIT = str.maketrans("OoQDIlI|ZzSsBgq", "000011112255899")


def halved(text: str) -> str:
    """Full-width letters, digits and signs as half-width; compatibility and private characters as usual ones."""
    return unicodedata.normalize("NFKC", text).translate(_AS_UNICODE)


def tidy(text: str) -> str:
    """Half-width, without the space around and with single spaces inside."""
    return " ".join(halved(text).split())


def read_amount(text: str) -> Decimal | None:
    """
    The one amount in a text: ``￥1,234.50`` → 1234.50.

    None where there is none, more than one, more than two decimals or one beyond all money.
    """
    cleaned = re.sub(r"[¥￥元圆]|RMB|CNY", " ", halved(text)).replace("，", ",").strip()
    cleaned = re.sub(r"(?<=\D)\s+|\s+(?=\D)", "", cleaned)
    # Recognition writes a point for a thousands comma and the other way round: 1.234.50, 1,23.
    if re.fullmatch(r"-?\d{1,3}(?:[.,]\d{3})+[.,]\d{2}", cleaned):
        cleaned = re.sub(r"[.,]", "", cleaned[:-3]) + "." + cleaned[-2:]
    elif re.fullmatch(r"-?\d+,\d{2}", cleaned):
        cleaned = cleaned.replace(",", ".")
    if not _AMOUNT.fullmatch(cleaned):
        return None
    try:
        return money.yuan(cleaned.replace(",", ""))
    except ValueError:
        return None


def read_date(text: str) -> date | None:
    """The first possible day in a text: 2021年4月14日, 2021-04-14, 20210414."""
    days = read_dates(text)
    return days[0] if days else None


def read_dates(text: str) -> list[date]:
    """Every possible day in a text, in order: 20210323-20210414."""
    found = []
    for match in _DATE.finditer(halved(text)):
        year, month, day = (int(part) for part in match.groups() if part)
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found


def read_digits(text: str) -> str:
    """The digits of a number, with the letters that recognition takes digits for turned back."""
    return re.sub(r"\D", "", halved(text).translate(_LOOKS_LIKE_DIGIT))


def read_code(text: str) -> str:
    """A code of letters and digits in capitals, without anything else."""
    return re.sub(r"[^0-9A-Z]", "", halved(text).upper())


def is_identity_number(text: str) -> bool:
    """Whether an 18-character resident number carries its right check character (GB 11643)."""
    return bool(re.fullmatch(r"\d{17}[\dX]", text)) and check_character(text[:17]) == text[17]


def is_credit_code(text: str) -> bool:
    """Whether a unified social credit code carries its right check character (GB 32100)."""
    try:
        return read_credit_code(text) == text
    except Malformed:
        return False


def passes_luhn(number: str) -> bool:
    """Whether a card number of 12 to 19 digits ends in its right check digit (ISO/IEC 7812)."""
    if not re.fullmatch(r"\d{12,19}", number) or len(set(number)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def read_category(text: str) -> str:
    """
    The category of the medical-insurance list (医保目录类别): A 甲, B 乙, C 丙, OWN 自费.

    Empty where the text says none. A price share as some bills print it counts too: 全自费, 0.1.
    """
    cleaned = halved(text).strip()
    if "自费" in cleaned or "目录外" in cleaned:
        return "OWN"
    for mark, code in (("甲", "A"), ("乙", "B"), ("丙", "C")):
        if mark in cleaned:
            return code
    return {"A": "A", "B": "B", "C": "C", "无自付": "A", "有自付": "B", "全自付": "OWN"}.get(
        cleaned.upper(), ""
    )
