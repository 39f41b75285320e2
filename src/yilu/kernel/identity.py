"""
Numbers that say who somebody is: what they must look like and what they tell.

Pure checks of form, date and check digit. Whether a number was really issued only the authority
knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from yilu.kernel.words import marked as _

_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_CHECK_CHARACTERS = "10X98765432"

REGIONS = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区",
    "21": "辽宁省", "22": "吉林省", "23": "黑龙江省",
    "31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省",
    "37": "山东省",
    "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区",
    "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
    "71": "台湾省",
}  # fmt: skip
"""The first two digits (GB/T 2260). Lower levels were renumbered too often to refuse by them."""
PERMIT_REGIONS = {"81": "香港特别行政区", "82": "澳门特别行政区", "83": "台湾地区"}
"""Residence permits for people from Hong Kong, Macao and Taiwan (港澳台居民居住证)."""

KINDS = {
    "RESIDENT_ID": _("居民身份证"),
    "RESIDENCE_PERMIT": _("港澳台居民居住证"),
    "FOREIGN_RESIDENT_ID": _("外国人永久居留身份证"),
    "PASSPORT": _("护照"),
    "HK_MACAO_PASS": _("港澳居民来往内地通行证"),
    "TAIWAN_PASS": _("台湾居民来往大陆通行证"),
    "BIRTH_CERTIFICATE": _("出生医学证明"),
    "MILITARY_ID": _("军人证件"),
    "CREDIT_CODE": _("统一社会信用代码"),
}

_SHAPES = {
    "FOREIGN_RESIDENT_ID": re.compile(r"[A-Z]{3}[0-9]{12}"),
    "PASSPORT": re.compile(r"[A-Z0-9]{6,12}"),
    "HK_MACAO_PASS": re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    "TAIWAN_PASS": re.compile(r"[0-9]{8}|[0-9]{10}(?:[A-Z0-9])?"),
    "BIRTH_CERTIFICATE": re.compile(r"[A-Z][0-9]{9}"),
    "MILITARY_ID": re.compile(r"[\u4e00-\u9fff]{1,4}字第?[0-9]{4,10}号?"),
}

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(3**place % 31 for place in range(17))
_CREDIT_OFFICES = frozenset("123456789ANY")


class Malformed(ValueError):
    """The number cannot be one of its kind; the message is a Chinese sentence for the person."""


@dataclass(frozen=True, slots=True)
class Identity:
    """
    A well-formed number and what it tells.

    ``number`` is normalised: capitals, no spaces, a 15-digit resident number written in 18 digits,
    so that one person's two writings compare equal.
    """

    kind: str
    number: str
    birth_date: date | None = None
    sex: str | None = None  # MALE or FEMALE
    region: str | None = None


def read_identity(kind: str, number: str, *, today: date) -> Identity:
    """
    Check a number of the given kind (one of ``KINDS``).

    :raises Malformed: with the reason in Chinese, never repeating the number.
    """
    text = _tidy(number)
    if not text:
        raise Malformed(_("请填写证件号码"))
    if kind in ("RESIDENT_ID", "RESIDENCE_PERMIT"):
        return _read_resident(kind, text, today)
    if kind == "FOREIGN_RESIDENT_ID" and re.fullmatch(r"9[0-9]{16}[0-9X]", text):
        return _read_foreign_resident(text, today)
    if kind == "CREDIT_CODE":
        return Identity(kind, read_credit_code(text))
    shape = _SHAPES.get(kind)
    if shape is None:
        raise Malformed(_("不支持的证件类型"))
    if not shape.fullmatch(text):
        raise Malformed(_("证件号码格式不正确"))
    return Identity(kind, text)


def check_character(first_seventeen: str) -> str:
    """The last character of an 18-digit resident number (GB 11643: ISO 7064 MOD 11-2)."""
    total = sum(int(d) * w for d, w in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def read_credit_code(text: str) -> str:
    """
    Check a unified social credit code (统一社会信用代码, GB 32100), returning it normalised.

    :raises Malformed: if its length, alphabet, registering office or check character is wrong.
    """
    code = _tidy(text)
    if (
        len(code) != 18
        or any(c not in _CREDIT_ALPHABET for c in code)
        or code[0] not in _CREDIT_OFFICES
    ):
        raise Malformed(_("统一社会信用代码应为18位，且不含I、O、S、V、Z"))
    if not code[2:8].isdigit():
        raise Malformed(_("统一社会信用代码第3至8位应为行政区划代码"))
    if credit_check_character(code[:17]) != code[17]:
        raise Malformed(_("统一社会信用代码的校验位不符，请核对"))
    return code


def credit_check_character(first_seventeen: str) -> str:
    """The last character of a unified social credit code (MOD 31-3)."""
    total = sum(
        _CREDIT_ALPHABET.index(c) * w for c, w in zip(first_seventeen, _CREDIT_WEIGHTS, strict=True)
    )
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def in_eighteen_digits(fifteen: str) -> str:
    """Write a 15-digit number (before 1999) in 18 digits; 996–999 were for people of the 1800s."""
    century = "18" if fifteen[12:] in {"996", "997", "998", "999"} else "19"
    body = fifteen[:6] + century + fifteen[6:]
    return body + check_character(body)


def _read_resident(kind: str, text: str, today: date) -> Identity:
    if kind == "RESIDENT_ID" and len(text) == 15 and text.isascii() and text.isdigit():
        text = in_eighteen_digits(text)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise Malformed(_("证件号码应为18位，最后一位可以是X"))
    regions = REGIONS if kind == "RESIDENT_ID" else PERMIT_REGIONS
    region = regions.get(text[:2])
    if region is None:
        raise Malformed(_("证件号码的地区码不存在"))
    born = _birth_date(text[6:14], today)
    if check_character(text[:17]) != text[17]:
        raise Malformed(_("证件号码的校验位不符，请核对"))
    return Identity(kind, text, born, "MALE" if int(text[16]) % 2 else "FEMALE", region)


def _read_foreign_resident(text: str, today: date) -> Identity:
    kind = "FOREIGN_RESIDENT_ID"
    born = _birth_date(text[6:14], today)
    if check_character(text[:17]) != text[17]:
        raise Malformed(_("证件号码的校验位不符，请核对"))
    return Identity(kind, text, born, "MALE" if int(text[16]) % 2 else "FEMALE")


def _birth_date(eight_digits: str, today: date) -> date:
    try:
        born = date(int(eight_digits[:4]), int(eight_digits[4:6]), int(eight_digits[6:]))
    except ValueError:
        raise Malformed(_("证件号码中的出生日期不存在")) from None
    if born > today or born.year < 1800:
        raise Malformed(_("证件号码中的出生日期不可能"))
    return born


def _tidy(text: str) -> str:
    """Capitals, half-width, without the spaces and dashes people write between groups."""
    halved = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)
    return re.sub(r"[\s\-‐–—]", "", halved).upper()
