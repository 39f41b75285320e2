"""Telephone numbers: one writing for each, so that equal numbers compare equal."""

from __future__ import annotations

import re

import phonenumbers

from yilu.kernel.words import marked as _

_MAINLAND_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MOBILE_TYPES = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
}


def read_phone(text: str) -> str:
    """
    Normalise to E.164 (+8613812341234); a number without a country is a mainland one.

    :raises ValueError: if it cannot be a telephone number; the message is Chinese and does not
        repeat the number.
    """
    halved = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text)
    compact = re.sub(r"[\s\-()]", "", halved)
    # By far the most numbers are mainland mobiles: the library costs forty times this look.
    if _MAINLAND_MOBILE.fullmatch(compact):
        return "+86" + compact
    if compact.startswith("+86") and _MAINLAND_MOBILE.fullmatch(compact[3:]):
        return compact
    try:
        number = phonenumbers.parse(compact, "CN")
    except phonenumbers.NumberParseException:
        raise ValueError(_("电话号码格式不正确")) from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError(_("电话号码格式不正确"))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_mobile(phone: str) -> bool:
    """Whether a normalised number can receive a text message."""
    if phone.startswith("+86") and _MAINLAND_MOBILE.fullmatch(phone[3:]):
        return True
    number = phonenumbers.parse(phone, None)
    return phonenumbers.number_type(number) in _MOBILE_TYPES
