"""What was filled in: read by the kind's fields, kept as plain text, read back the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.kernel import identity
from yilu.kernel.errors import Invalid, Sentence, joined
from yilu.kernel.money import yuan
from yilu.kernel.phones import is_mobile, read_phone
from yilu.kernel.words import marked as _
from yilu.servicing import frame
from yilu.servicing.frame import Case, Field, Heir, Kind, Share

SHARES_MAX = HEIRS_MAX = 10
_SMALLEST_SHARE = Decimal("0.0001")
_PERCENT = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")


class BadForm(Invalid):
    """Something filled in cannot be right; ``problems`` says what, by field."""

    code = "bad_form"
    message = _("填写的内容有误")
    hint = _("请按提示改好再提交，已填的内容都为您保留。")

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(joined(self.problems.values()))


def choices_of(field: Field, case: Case) -> tuple[tuple[str, str], ...]:
    """What may be chosen."""
    return field.choices(case) if callable(field.choices) else field.choices


def asked(field: Field, case: Case, raw: Mapping[str, Any]) -> bool:
    """Whether the field is asked of who asks, given what the others say."""
    if field.roles and field.roles.isdisjoint(case.roles):
        return False
    return field.only_if is None or str(raw.get(field.only_if[0], "")) == field.only_if[1]


def read(kind: Kind, case: Case, raw: Mapping[str, Any]) -> dict[str, Any]:
    """
    The form with every value of its kind; ``raw`` is text by name, shares rows of text.

    :raises BadForm: with a sentence for every field that cannot be right.
    """
    form: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in kind.fields:
        given = raw.get(field.name)
        if not asked(field, case, raw):
            form[field.name] = None
            continue
        if given in (None, "", [], ()):
            form[field.name] = False if field.kind == frame.YES_NO else None
            if field.must:
                problems[field.name] = Sentence(_("请勾选：{label}"), label=field.label)
            elif field.required and field.kind != frame.YES_NO:
                problems[field.name] = Sentence(_("请填写：{label}"), label=field.label)
            continue
        try:
            form[field.name] = _READERS[field.kind](field, case, given)
        except ValueError as fault:
            problems[field.name] = Sentence(
                _("{label}：{problem}"), label=field.label, problem=str(fault)
            )
    if problems:
        raise BadForm(problems)
    return form


def kept(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form as plain text, for keeping and for the digest; ``read`` gives it back."""
    return {name: _plain(value) for name, value in form.items() if value is not None}


def labels(kind: Kind, case: Case, form: Mapping[str, Any]) -> dict[str, str]:
    """What was chosen in words, where the choices depend on the case and may be others tomorrow."""
    return {
        label_of(field.name): dict(field.choices(case)).get(form[field.name], "")
        for field in kind.fields
        if callable(field.choices) and form.get(field.name)
    }


def label_of(name: str) -> str:
    """Under which name the words of a choice are kept."""
    return f"{name}:label"


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_row(each) for each in value]
    return str(value)


def _row(each: Share | Heir) -> dict[str, str]:
    if isinstance(each, Heir):
        return {"party": str(each.party_id), "relation": each.relation}
    return {"party": str(each.party_id), "ordinal": str(each.ordinal), "share": str(each.share)}


def _text(field: Field, case: Case, given: Any) -> str:
    text = " ".join(str(given).split()) if field.kind != frame.LONG else str(given).strip()
    if not text:
        raise ValueError(_("不能为空"))
    if len(text) > field.most:
        raise ValueError(_("太长了"))
    return text


def _money(field: Field, case: Case, given: Any) -> Decimal:
    try:
        amount = yuan(str(given).replace(",", "").replace("，", "").strip())
    except ValueError:
        raise ValueError(_("请写成 1234.50 的样子")) from None
    if amount <= 0 or (field.least is not None and amount < field.least):
        raise ValueError(_("金额太小"))
    return amount


def _count(field: Field, case: Case, given: Any) -> int:
    text = str(given).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(_("请填写整数"))
    if field.least is not None and int(text) < field.least:
        raise ValueError(_("数字太小"))
    return int(text)


def _date(field: Field, case: Case, given: Any) -> date:
    try:
        return date.fromisoformat(str(given).strip())
    except ValueError:
        raise ValueError(_("日期不对")) from None


def _choice(field: Field, case: Case, given: Any) -> str:
    if str(given) not in {code for code, _label in choices_of(field, case)}:
        raise ValueError(_("请在选项中选择"))
    return str(given)


def _yes(field: Field, case: Case, given: Any) -> bool:
    return str(given).lower() in {"yes", "on", "1", "true"}


def _phone(field: Field, case: Case, given: Any) -> str:
    try:
        number = read_phone(str(given))
    except ValueError:
        raise ValueError(_("手机号码不对")) from None
    if not is_mobile(number):
        raise ValueError(_("请填写手机号码"))
    return number


def _email(field: Field, case: Case, given: Any) -> str:
    text = str(given).strip()
    if not _EMAIL.fullmatch(text):
        raise ValueError(_("邮箱地址不对"))
    return text


def _id(field: Field, case: Case, given: Any) -> int:
    text = str(given).strip()
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 18):
        raise ValueError(_("请选择"))
    return int(text)


def _identity(field: Field, case: Case, given: Any) -> str:
    try:
        return identity.read_identity("RESIDENT_ID", str(given), today=case.on).number
    except identity.Malformed:
        raise ValueError(_("证件号码不对，请对照证件核对")) from None


def _shares(field: Field, case: Case, given: Any) -> tuple[Share, ...]:
    if not isinstance(given, list | tuple) or len(given) > SHARES_MAX:
        raise ValueError(_("受益人最多十位"))
    found = []
    for row in given:
        try:
            share = Decimal(str(row["share"]))
            ordinal = int(str(row["ordinal"]))
            party = int(str(row["party"]))
        except (KeyError, TypeError, ValueError, ArithmeticError):
            raise ValueError(_("请填写每位受益人的姓名、证件号码、顺位和份额")) from None
        if not (share.is_finite() and 0 < share <= 1 and 1 <= ordinal <= SHARES_MAX):
            raise ValueError(_("受益份额在 0 到 100% 之间，顺位从 1 开始"))
        if share != share.quantize(_SMALLEST_SHARE):
            raise ValueError(_("受益份额最多两位小数，如 33.33"))
        found.append(Share(party, ordinal, share.quantize(_SMALLEST_SHARE)))
    return tuple(found)


def _heirs(field: Field, case: Case, given: Any) -> tuple[Heir, ...]:
    if not isinstance(given, list | tuple) or len(given) > HEIRS_MAX:
        raise ValueError(_("其他继承人最多十位"))
    relations = {code for code, _label in choices_of(field, case)}
    found = []
    for row in given:
        try:
            heir = Heir(int(str(row["party"])), str(row["relation"]))
        except (KeyError, TypeError, ValueError):
            raise ValueError(_("请填写每位继承人的姓名和证件号码")) from None
        if heir.relation not in relations:
            raise ValueError(_("请选择每位继承人与身故者的关系"))
        found.append(heir)
    return tuple(found)


_READERS = {
    frame.TEXT: _text, frame.LONG: _text, frame.MONEY: _money, frame.COUNT: _count,
    frame.DATE: _date, frame.CHOICE: _choice, frame.YES_NO: _yes, frame.PHONE: _phone,
    frame.EMAIL: _email, frame.ACCOUNT: _id, frame.PERSON: _id, frame.SHARES: _shares,
    frame.IDENTITY: _identity, frame.HEIRS: _heirs,
}  # fmt: skip


def part_of(percent: str) -> str:
    """A percentage as a part of one, as text: "33.33" → "0.3333"; what is none stays as it is."""
    return f"{Decimal(percent) / 100:f}" if _PERCENT.fullmatch(percent) else percent
