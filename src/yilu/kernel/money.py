"""Money: Decimal yuan with two places, nothing else."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST = Decimal("999999999999.99")

_PLAIN = re.compile(r"[+-]?\d{1,16}(\.\d{0,16})?", re.ASCII)
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_DIGIT_VALUES = {c: i for i, c in enumerate(_DIGITS)} | {
    "〇": 0, "O": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
    "八": 8, "九": 9, "貳": 2, "叄": 3, "參": 3, "陸": 6,
}  # fmt: skip
_UNIT_VALUES = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}


def yuan(value: str | int | Decimal) -> Decimal:
    """
    Read an exact amount in yuan.

    Text is written in plain digits: neither 1e5 nor 1_000 nor digits of another script is money.

    :raises ValueError: if it is not a number, has more than two decimals, or is beyond
        ±999,999,999,999.99. Floats are a TypeError: they are not money.
    """
    if isinstance(value, float):
        raise TypeError("a float is not an amount of money")
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        raise ValueError(f"not an amount: {value[:40]!r}")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"not an amount: {value!r}") from None
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise ValueError(f"not a payable amount: {value!r}")
    exact = amount.quantize(CENT)
    if exact != amount:
        raise ValueError(f"an amount has at most two decimals: {value!r}")
    return exact


def round_yuan(value: Decimal) -> Decimal:
    """Round a computed amount to the cent, halves up (四舍五入)."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def said_yuan(amount: Decimal) -> str:
    """An amount as it stands in a sentence for people: 49428 → 49,428.00."""
    return f"{amount:,.2f}"


def in_capitals(amount: Decimal) -> str:
    """Write an amount as on a Chinese voucher: 1234.50 → 壹仟贰佰叁拾肆元伍角整."""
    amount = yuan(amount)
    sign = "负" if amount < 0 else ""
    cents = int(abs(amount) * 100)
    whole, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    text = ""
    if whole:
        text = _whole_in_capitals(whole) + "元"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif fen and whole:
        text += "零"
    if fen:
        text += _DIGITS[fen] + "分"
    if not text:
        return "零元整"
    return sign + text + ("" if fen else "整")


def from_capitals(text: str) -> Decimal | None:
    """Read a voucher's amount in words (大写); None where it cannot be read."""
    cleaned = "".join(text.split()).replace("圆", "元").replace("圓", "元")
    cleaned = (
        cleaned.removeprefix("人民币")
        .lstrip(":：（）()¥￥⊗ⓧ")
        .removesuffix("整")
        .removesuffix("正")
    )
    cleaned = cleaned.replace("億", "亿").replace("萬", "万")
    if not cleaned:
        return None
    total, section, digit, cents, seen_yuan = 0, 0, 0, 0, False
    for char in cleaned:
        if char in _DIGIT_VALUES:
            digit = _DIGIT_VALUES[char]
        elif char in _UNIT_VALUES:
            section += (digit or (1 if not section else 0)) * _UNIT_VALUES[char]
            digit = 0
        elif char == "万":
            total += (section + digit) * 10_000
            section = digit = 0
        elif char == "亿":
            total = (total + section + digit) * 100_000_000
            section = digit = 0
        elif char == "元":
            total += section + digit
            section = digit = 0
            seen_yuan = True
        elif char == "角":
            cents += digit * 10
            digit = 0
        elif char == "分":
            cents += digit
            digit = 0
        else:
            return None
    if digit or section or (not seen_yuan and not cents):
        return None
    return yuan(Decimal(total) + Decimal(cents) / 100)


def _whole_in_capitals(whole: int) -> str:
    text, group, gap = "", 0, False
    while whole:
        whole, part = divmod(whole, 10_000)
        if part:
            section = _section_in_capitals(part)
            needs_zero = gap and bool(text)
            text = (
                section
                + _GROUPS[group]
                + ("零" if needs_zero and not text.startswith("零") else "")
                + text
            )
            gap = part < 1000
        elif text:
            gap = True
        group += 1
    return text.lstrip("零")


def _section_in_capitals(part: int) -> str:
    text, zero = "", False
    for place in range(3, -1, -1):
        digit = part // 10**place % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + _UNITS[place]
            zero = False
        else:
            zero = True
    return text


def in_large_units(amount: Decimal) -> str:
    """An amount as reports say it: 599.00 亿元, 12.35 万元, 980.00 元."""
    for unit, word in ((Decimal(10**8), "亿元"), (Decimal(10**4), "万元")):
        if abs(amount) >= unit:
            return f"{amount / unit:,.2f} {word}"
    return f"{amount:,.2f} 元"
