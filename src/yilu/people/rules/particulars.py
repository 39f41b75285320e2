"""What a person's particulars must look like before they are kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yilu.kernel.words import marked as _


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank as our payment files name it."""

    name: str
    clearing_code: str  # the 3-digit class of the interbank system (行别代码)


BANKS: Mapping[str, Bank] = {
    "ICBC": Bank(_("中国工商银行"), "102"),
    "ABC": Bank(_("中国农业银行"), "103"),
    "BOC": Bank(_("中国银行"), "104"),
    "CCB": Bank(_("中国建设银行"), "105"),
    "BOCOM": Bank(_("交通银行"), "301"),
    "CITIC": Bank(_("中信银行"), "302"),
    "CEB": Bank(_("中国光大银行"), "303"),
    "HXB": Bank(_("华夏银行"), "304"),
    "CMBC": Bank(_("中国民生银行"), "305"),
    "CGB": Bank(_("广发银行"), "306"),
    "PAB": Bank(_("平安银行"), "307"),
    "CMB": Bank(_("招商银行"), "308"),
    "CIB": Bank(_("兴业银行"), "309"),
    "SPDB": Bank(_("浦发银行"), "310"),
    "CITY": Bank(_("城市商业银行"), "313"),
    "RURAL": Bank(_("农村商业银行"), "314"),
    "PSBC": Bank(_("中国邮政储蓄银行"), "403"),
}


def passes_luhn(number: str) -> bool:
    """Whether a card number's check digit is right (Luhn, as every payment card has)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit)
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def tidy_account(number: str) -> str:
    """An account number without the spaces and dashes people write between groups."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", number))


def account_problem(kind: str, number: str) -> str | None:
    """Why a tidied account number cannot be one, in Chinese; None if it can."""
    if not (number.isascii() and number.isdigit()):
        return _("银行账号只能包含数字")
    if kind == "CARD":
        if not 13 <= len(number) <= 19:
            return _("银行卡号应为13至19位")
        if len(set(number)) == 1 or not passes_luhn(number):
            return _("银行卡号的校验位不符，请核对")
    elif not 8 <= len(number) <= 30:
        return _("银行账号应为8至30位")
    return None


def company_account_problem(number: str) -> str | None:
    """
    Why a tidied number cannot be an organisation's account (对公账户), in Chinese; None if it can.

    A number that is a card's (issued in China: 62…, with the right check digit) belongs to a person.
    """
    if problem := account_problem("ACCOUNT", number):
        return problem
    if number.startswith("62") and 16 <= len(number) <= 19 and passes_luhn(number):
        return _("这是银行卡号，请填写机构的对公账号")
    return None


def same_name(one: str, other: str) -> bool:
    """Whether two writings of a name are the same: width, spaces, case and middle dots aside."""
    return comparable_name(one) == comparable_name(other) != ""


def comparable_name(name: str) -> str:
    """A name as it is compared, never shown."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s·•∙⋅・.．]", "", text)


def tidy_name(name: str) -> str:
    """A name as it is kept: no spaces around, one space inside at most."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip()


def name_problem(name: str) -> str | None:
    """Why a tidied name cannot be one, in Chinese; None if it can."""
    if not name:
        return _("请填写姓名")
    if len(name) > 80:
        return _("姓名不能超过80个字")
    if any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs", "Cn"} for c in name) or "<" in name:
        return _("姓名中有不能使用的字符")
    if not any(c.isalpha() for c in name):
        return _("姓名中应有文字")
    return None


def email_problem(address: str) -> str | None:
    """Why an e-mail address cannot be one, in Chinese; None if it can."""
    if not re.fullmatch(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+", address):
        return _("邮箱格式不正确")
    return None if len(address) <= 120 else _("邮箱不能超过120个字符")


CHILD_YEARS = 14
"""Below this a person's data are sensitive whatever they are, and a parent agrees (个保法 28, 31)."""


def is_child(birth_date: date | None, on: date) -> bool:
    """Whether somebody is known to be under fourteen on a day (不满十四周岁)."""
    return birth_date is not None and age_on(birth_date, on) < CHILD_YEARS


def age_on(birth_date: date, on: date) -> int:
    """Whole years of age (周岁) on a day; somebody born on 29 February turns on 1 March."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
