"""
Whether somebody on a list is somebody we know: what is told, piece by piece, against what is kept.

A name alone is a lead, never a match. Every point has its reason, so that the person who confirms
sees why. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yilu.kernel.identity import REGIONS, in_eighteen_digits
from yilu.kernel.words import marked as _

from .names import likeness
from .particulars import age_on

STAR = "*"
IDENTITY_LENGTH, PHONE_LENGTH = 18, 11
AGE_SLACK = 1
"""Ages on lists are guessed, or counted the traditional way: a year more or less is looked up too."""
SURE_FROM = 80
"""From here, with a second witness and nothing against it, a match counts as certain (高度一致)."""

REASON_LABELS = {
    "NAME_SAME": _("姓名一致"),
    "NAME_VARIANT": _("姓名一致（繁简或通用写法）"),
    "NAME_SOUND": _("姓名同音"),
    "NAME_NEAR_SOUND": _("姓名近音"),
    "NAME_SHAPE": _("姓名有一字形近"),
    "NAME_ONE_OFF": _("姓名相差一字"),
    "NAME_DIFFERS": _("姓名不同"),
    "ID_SAME": _("证件号码一致"),
    "ID_FRAGMENT": _("证件号码可见部分一致"),
    "ID_FEW_DIGITS": _("证件号码可见的几位一致"),
    "ID_DIFFERS": _("证件号码不一致"),
    "BIRTH_SAME": _("出生日期一致"),
    "BIRTH_CLOSE": _("出生日期相近（月日互换或一位不同）"),
    "BIRTH_DIFFERS": _("出生日期不一致"),
    "AGE_SAME": _("年龄一致"),
    "AGE_CLOSE": _("年龄相差一岁"),
    "AGE_DIFFERS": _("年龄不符"),
    "SEX_SAME": _("性别一致"),
    "SEX_DIFFERS": _("性别不符"),
    "PHONE_SAME": _("手机号一致"),
    "PHONE_FRAGMENT": _("手机号可见部分一致"),
    "PHONE_DIFFERS": _("手机号不一致"),
    "PLACE_SAME": _("证件所属地区与名单地点一致"),
}
"""What speaks for a match or against it, as the person who confirms reads it."""

POINTS = {
    "NAME_SAME": 45, "NAME_VARIANT": 42, "NAME_SOUND": 34, "NAME_NEAR_SOUND": 26, "NAME_SHAPE": 28,
    "NAME_ONE_OFF": 14, "NAME_DIFFERS": -30,
    "ID_SAME": 60, "ID_FRAGMENT": 48, "ID_FEW_DIGITS": 22, "ID_DIFFERS": -60,
    "BIRTH_SAME": 38, "BIRTH_CLOSE": 14, "BIRTH_DIFFERS": -30,
    "AGE_SAME": 12, "AGE_CLOSE": 7, "AGE_DIFFERS": -18,
    "SEX_SAME": 4, "SEX_DIFFERS": -18,
    "PHONE_SAME": 40, "PHONE_FRAGMENT": 26, "PHONE_DIFFERS": -4, "PLACE_SAME": 5,
}  # fmt: skip

WITNESSES = frozenset({"ID_SAME", "ID_FRAGMENT", "BIRTH_SAME", "PHONE_SAME", "PHONE_FRAGMENT"})
AGAINST = frozenset(code for code, points in POINTS.items() if points < -4)


class NotAFragment(ValueError):
    """The text cannot be a number or a masked one; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """
    Somebody on a list, as far as the list tells (名单上的人).

    ``identity`` and ``phone`` are patterns of full length with stars for what is hidden, as
    ``identity_pattern`` and ``phone_pattern`` make them; ``age`` counts on ``as_of``.
    """

    name: str
    as_of: date
    sex: str | None = None
    birth_date: date | None = None
    age: int | None = None
    identity: str = ""
    phone: str = ""
    place: str = ""

    @property
    def born(self) -> date | None:
        """The birth date as told, or as the visible digits of the identity number say."""
        return self.birth_date or birth_in(self.identity)

    @property
    def born_between(self) -> tuple[date, date] | None:
        """The days between which somebody of the told age may be born."""
        if self.born is not None:
            return self.born, self.born
        if self.age is None:
            return None
        years = timedelta(days=366) * (self.age + 1 + AGE_SLACK)
        youngest = timedelta(days=365) * max(0, self.age - AGE_SLACK)
        return self.as_of - years, self.as_of - youngest


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody we know, opened for the comparison only: it never leaves the room."""

    name: str
    sex: str | None
    birth_date: date | None
    identity: str
    phone: str

    def __repr__(self) -> str:
        return "Known()"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well somebody known agrees with somebody sought: 0–100, and why."""

    score: int
    reasons: tuple[str, ...]

    @property
    def certain(self) -> bool:
        """Whether name and a second witness agree and nothing speaks against it (高度一致)."""
        return (
            self.score >= SURE_FROM
            and not WITNESSES.isdisjoint(self.reasons)
            and AGAINST.isdisjoint(self.reasons)
        )


def agree(sought: Sought, known: Known) -> Agreement:
    """Compare piece by piece; what either side does not tell counts neither way."""
    like = likeness(sought.name, known.name)
    reasons = [f"NAME_{like}" if like else "NAME_DIFFERS"]
    reasons += _identity_reasons(sought, known)
    if not {"ID_SAME"} & set(reasons):
        reasons += _birth_reasons(sought, known)
    if sought.sex and known.sex:
        reasons.append("SEX_SAME" if sought.sex == known.sex else "SEX_DIFFERS")
    reasons += _phone_reasons(sought.phone, known.phone)
    if _same_place(sought.place, known.identity):
        reasons.append("PLACE_SAME")
    score = sum(POINTS[code] for code in reasons)
    return Agreement(max(0, min(100, score)), tuple(reasons))


def best_first(found: Sequence[tuple[int, Agreement]]) -> list[tuple[int, Agreement]]:
    """Candidates by score, then by how many reasons speak for them, then by id."""
    return sorted(found, key=lambda each: (-each[1].score, -len(each[1].reasons), each[0]))


def identity_pattern(text: str) -> str:
    """
    A resident number as it stands on a list, in 18 places with stars for what is hidden.

    ``330106********1234``, ``33010619850615xxxx``, ``3301061985****1234``, the last four alone, 15
    digits. Other kinds of number come back as they are if nothing is hidden.

    :raises NotAFragment: where it cannot be one.
    """
    tidy = _tidy(text)
    if not tidy:
        return ""
    starred = re.sub(r"[?●•○_#]", STAR, tidy)
    # A lone X at the end is the check character; several, or one before it, are a mask.
    body, last = starred[:-1], starred[-1]
    if "X" in body and body.replace("X", "").replace(STAR, "").isdigit():
        starred = body.replace("X", STAR) + (STAR if last == "X" else last)
    if STAR not in starred:
        if len(starred) == 15 and starred.isdigit():
            return in_eighteen_digits(starred)
        if re.fullmatch(r"[0-9]{17}[0-9X]", starred):
            return starred
        if re.fullmatch(r"[0-9]{3}[0-9X]", starred):
            return STAR * 14 + starred
        if re.fullmatch(r"[0-9]{6}|[0-9]{14}", starred):
            return starred + STAR * (IDENTITY_LENGTH - len(starred))
        if re.fullmatch(r"[A-Z]{1,3}[0-9]{6,12}", starred):
            return starred
        raise NotAFragment(_("证件号码的位数不对"))
    if not re.fullmatch(r"[0-9*]*[0-9X*]", starred):
        raise NotAFragment(_("证件号码里有不能识别的字符"))
    return _filled(starred, IDENTITY_LENGTH, _("证件号码的位数不对"))


def phone_pattern(text: str) -> str:
    """
    A mobile number as it stands on a list, in 11 places with stars for what is hidden.

    :raises NotAFragment: where it cannot be one.
    """
    tidy = re.sub(r"^(\+?86)(?=1)", "", _tidy(text).replace("(", "").replace(")", ""))
    if not tidy:
        return ""
    starred = re.sub(r"[?●•○_#X]", STAR, tidy)
    if not re.fullmatch(r"[0-9*]+", starred):
        raise NotAFragment(_("手机号里有不能识别的字符"))
    if STAR not in starred and len(starred) == 4:
        return STAR * 7 + starred
    if STAR not in starred and (len(starred) != PHONE_LENGTH or starred[0] != "1"):
        raise NotAFragment(_("手机号应为11位"))
    return _filled(starred, PHONE_LENGTH, _("手机号应为11位"))


def birth_in(identity: str) -> date | None:
    """The birth date in a pattern whose seventh to fourteenth digits are visible."""
    digits = identity[6:14] if len(identity) == IDENTITY_LENGTH else ""
    if len(digits) != 8 or not digits.isdigit():
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def fragments_of(identity: str, phone: str, born: date | None) -> dict[str, str]:
    """
    The pieces of numbers by which somebody is found, as far as they are visible: the first
    fourteen digits (head), the first six and last four (ends), birth date and last four (tail), the
    first three and last four of the phone (phone). Each is kept as a blind index only.
    """
    made: dict[str, str] = {}
    if len(identity) == IDENTITY_LENGTH:
        head, six, last = identity[:14], identity[:6], identity[14:]
        if STAR not in head:
            made["head"] = head
        if STAR not in six + last:
            made["ends"] = six + last
        told = identity[6:14] if STAR not in identity[6:14] else f"{born:%Y%m%d}" if born else ""
        if told and STAR not in last:
            made["tail"] = told + last
    if len(phone) == PHONE_LENGTH and STAR not in phone[:3] + phone[7:]:
        made["phone"] = phone[:3] + phone[7:]
    return made


def visible(pattern: str) -> int:
    """How many places of a pattern are not hidden."""
    return sum(c != STAR for c in pattern)


def _identity_reasons(sought: Sought, known: Known) -> list[str]:
    told, kept = sought.identity, known.identity
    if not told or not kept or len(told) != len(kept):
        return []
    if any(a not in (STAR, b) for a, b in zip(told, kept, strict=True)):
        return ["ID_DIFFERS"]
    shown = visible(told)
    if shown == len(told):
        return ["ID_SAME"]
    # Area and last four alone are ten digits that few share; fewer than eight, many do.
    return ["ID_FRAGMENT"] if shown >= 8 else ["ID_FEW_DIGITS"] if shown >= 4 else []


def _birth_reasons(sought: Sought, known: Known) -> list[str]:
    kept, told = known.birth_date, sought.born
    if kept is None:
        return []
    if told is not None:
        if told == kept:
            return ["BIRTH_SAME"]
        return ["BIRTH_CLOSE" if _nearly(told, kept) else "BIRTH_DIFFERS"]
    if sought.age is None:
        return []
    off = abs(age_on(kept, sought.as_of) - sought.age)
    return ["AGE_SAME" if off == 0 else "AGE_CLOSE" if off <= AGE_SLACK else "AGE_DIFFERS"]


def _nearly(told: date, kept: date) -> bool:
    if (told.year, told.month, told.day) == (kept.year, kept.day, kept.month):
        return True
    return sum(a != b for a, b in zip(f"{told:%Y%m%d}", f"{kept:%Y%m%d}", strict=True)) == 1


def _phone_reasons(told: str, kept: str) -> list[str]:
    national = kept.removeprefix("+86")
    if not told or len(national) != len(told):
        return []
    if any(a not in (STAR, b) for a, b in zip(told, national, strict=True)):
        return ["PHONE_DIFFERS"]
    shown = visible(told)
    return ["PHONE_SAME"] if shown == len(told) else ["PHONE_FRAGMENT"] if shown >= 7 else []


def _same_place(place: str, identity: str) -> bool:
    if not place or len(identity) != IDENTITY_LENGTH:
        return False
    region = REGIONS.get(identity[:2], "")
    short = re.sub(r"(省|市|自治区|壮族|回族|维吾尔)", "", region)
    return bool(short) and short in place


def _filled(starred: str, length: int, problem: str) -> str:
    """A pattern with too few or too many stars, in its full length: what is before and after them."""
    if len(starred) == length:
        return starred
    if not re.fullmatch(r"[0-9]*\*+[0-9X]*", starred):
        raise NotAFragment(problem)
    before, after = starred[: starred.index(STAR)], starred[starred.rindex(STAR) + 1 :]
    hidden = length - len(before) - len(after)
    if hidden <= 0:
        raise NotAFragment(problem)
    return before + STAR * hidden + after


def _tidy(text: str) -> str:
    halved = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-'’‐–—]", "", halved).replace("×", "X").replace("✱", STAR)
