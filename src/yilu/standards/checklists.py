"""
Pure decisions about lists of papers (资料清单): what one case needs, what is wrong with what somebody wrote.

A list is for a **subject**: a type of claim (``MEDICAL``), new business (``application``), a kind of
servicing request (``servicing.guardian``). Its area says which circumstances its items may depend on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

EDITION = "standards.checklists"
"""The name of the edition."""


class Area(StrEnum):
    """Which business a list is for."""

    CLAIM = "CLAIM"
    APPLICATION = "APPLICATION"
    SERVICING = "SERVICING"


APPLICATION = "application"
"""The subject of the list for new business (投保资料): one for all products."""
_SERVICING = "servicing."

_CIRCUMSTANCES: dict[Area, dict[str, str]] = {
    Area.CLAIM: {
        "is_accident": _("因意外事故出险"),
        "is_inpatient": _("住院治疗"),
        "has_outside_pharmacy": _("在院外药店购药"),
        "beneficiary_is_insured": _("领款人是被保险人本人"),
    },
    Area.APPLICATION: {
        "for_somebody_else": _("为他人投保"),
        "is_minor": _("被保险人未成年"),
        "declared_illness": _("告知了疾病"),
        "pays_fixed_sum": _("重疾、意外、两全等定额给付的产品"),
        "pays_at_death": _("定期寿险、终身寿险"),
    },
    Area.SERVICING: {
        "identity_known": _("申请人的证件已经登记"),
        "is_organisation": _("投保人是单位"),
    },
}
"""What a case answers with yes or no, in words for whoever edits the list."""


def area_of(subject: str) -> Area:
    """The business a subject belongs to."""
    if subject == APPLICATION:
        return Area.APPLICATION
    return Area.SERVICING if subject.startswith(_SERVICING) else Area.CLAIM


def circumstances_of(area: Area) -> tuple[tuple[str, str], ...]:
    """On what the items of such a list may depend: code and words."""
    return tuple(_CIRCUMSTANCES[area].items())


def for_request(kind: str) -> str:
    """The subject of a kind of servicing request."""
    return f"{_SERVICING}{kind}"


def request_kind(subject: str) -> str:
    """The kind of servicing request a subject is for; empty where it is for something else."""
    return subject.removeprefix(_SERVICING) if subject.startswith(_SERVICING) else ""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """
    One thing to hand in (资料项).

    Any one of ``kinds`` fulfils it. ``condition`` says, for the reader, when it is needed;
    ``concerns`` whose document it is; ``recognisable`` whether the machine reads it; ``spared``
    says that the amount at stake is too small for it to be asked for.
    """

    code: str
    title: str
    required: bool
    kinds: tuple[str, ...]
    note: str = ""
    concerns: str = "INSURED"
    recognisable: bool = False
    condition: str = ""
    spared: bool = False


@dataclass(frozen=True, slots=True)
class Checklist:
    """The papers one case needs (资料清单), by the version in force."""

    subject: str
    version: int
    title: str
    guidance: str
    items: tuple[ChecklistItem, ...]

    def missing(self, kinds: Collection[str]) -> tuple[ChecklistItem, ...]:
        """The required items that none of the documents at hand fulfils."""
        at_hand = set(kinds)
        return tuple(i for i in self.items if i.required and not at_hand & set(i.kinds))


DOCUMENT_KINDS = (
    "INVOICE",
    "DIAGNOSIS",
    "DISCHARGE",
    "ID_CARD",
    "BANK_CARD",
    "FEE_LIST",
    "PRESCRIPTION",
    "DEATH_CERTIFICATE",
    "ACCIDENT_PROOF",
    "DISABILITY_REPORT",
    "RELATION_PROOF",
    "OTHER",
)
"""The kinds of files the documents room takes."""

CONCERNS = {
    "INSURED": _("被保险人"),
    "CLAIMANT": _("申请人"),
    "BENEFICIARY": _("受益人"),
    "EVENT": _("事故"),
    "HOLDER": _("投保人"),
}


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as a checklist keeps it: as it is shown, needed or not, and on what that depends."""

    needed: ChecklistItem
    shown: ChecklistItem
    spared: ChecklistItem
    when: tuple[tuple[str, Any], ...]
    waived_below: Decimal | None


def read_items(stored: Sequence[Mapping[str, Any]]) -> tuple[StoredItem, ...]:
    """The items of a stored checklist, read once for the many cases that ask for them."""
    return tuple(map(_read_item, stored))


def _read_item(item: Mapping[str, Any]) -> StoredItem:
    needed = ChecklistItem(
        code=item["code"],
        title=item["title"],
        required=bool(item.get("required", True)),
        kinds=tuple(item["kinds"]),
        note=item.get("note", ""),
        concerns=item.get("concerns", "INSURED"),
        recognisable=bool(item.get("recognisable", False)),
        condition=item.get("condition", ""),
    )
    below = item.get("waived_below")
    return StoredItem(
        needed, replace(needed, required=False), replace(needed, required=False, spared=True),
        tuple(item.get("when", {}).items()), Decimal(below) if below else None,
    )  # fmt: skip


def items_for(
    stored: Sequence[StoredItem],
    circumstances: Mapping[str, Any] | None = None,
    amount: Decimal | None = None,
) -> tuple[ChecklistItem, ...]:
    """
    The items of a stored checklist that one case needs.

    An item with conditions (``when``) is left out where the circumstances say they do not hold,
    required where they hold, and shown but not required while nobody knows. An item
    ``waived_below`` an amount is ``spared`` where less is at stake (最少资料规则).
    """
    given = circumstances or {}
    found = []
    for item in stored:
        if any(name in given and given[name] != answer for name, answer in item.when):
            continue
        if item.waived_below is not None and amount is not None and amount < item.waived_below:
            found.append(item.spared)
        elif all(name in given for name, _answer in item.when):
            found.append(item.needed)
        else:
            found.append(item.shown)
    return tuple(found)


def checklist_problems(items: Any, area: Area) -> list[str]:
    """What is wrong with a checklist somebody wrote; empty where nothing is."""
    if not isinstance(items, list) or not items:
        return ["清单至少需要一项"]
    problems: list[str] = []
    codes = set()
    for number, item in enumerate(items, 1):
        place = Sentence(_("第 {number} 项"), number=number)
        if not isinstance(item, dict):
            problems.append(Sentence(_("{place}：格式有误"), place=place))
            continue
        unknown = set(item) - _ITEM_FIELDS
        if unknown:
            problems.append(
                Sentence(
                    _("{place}：不认识的字段 {names}"),
                    place=place,
                    names="、".join(sorted(unknown)),
                )
            )
        code, title, kinds = item.get("code"), item.get("title"), item.get("kinds")
        if not (isinstance(code, str) and code and isinstance(title, str) and title):
            problems.append(Sentence(_("{place}：缺少代码或名称"), place=place))
        elif code in codes:
            problems.append(Sentence(_("{place}：代码 {code} 重复"), place=place, code=code))
        codes.add(code)
        if not isinstance(kinds, list) or not kinds or not set(kinds) <= set(DOCUMENT_KINDS):
            problems.append(
                Sentence(
                    _("{place}：文件种类应取自 {kinds}"),
                    place=place,
                    kinds="、".join(DOCUMENT_KINDS),
                )
            )
        if item.get("concerns", "INSURED") not in CONCERNS:
            problems.append(
                Sentence(
                    _("{place}：资料归属应取自 {kinds}"), place=place, kinds="、".join(CONCERNS)
                )
            )
        when = item.get("when", {})
        if not isinstance(when, dict) or not set(when) <= set(_CIRCUMSTANCES[area]):
            problems.append(
                Sentence(
                    _("{place}：条件只能是 {names}"),
                    place=place,
                    names="、".join(_CIRCUMSTANCES[area]),
                )
            )
        elif not all(isinstance(answer, bool) for answer in when.values()):
            problems.append(Sentence(_("{place}：条件只能是“是”或“否”"), place=place))
        if when and not item.get("condition"):
            problems.append(Sentence(_("{place}：有条件的资料须写明何时需要"), place=place))
        problems += _amount_problem(place, item.get("waived_below"))
    if not any(isinstance(i, dict) and i.get("required", True) for i in items):
        problems.append(_("至少一项应为必需"))
    return problems


_ITEM_FIELDS = {
    "code", "title", "required", "kinds", "note", "concerns", "recognisable", "condition", "when",
    "waived_below",
}  # fmt: skip


def _amount_problem(place: str, text: Any) -> list[str]:
    if text is None:
        return []
    try:
        return (
            []
            if Decimal(str(text)) > 0
            else [Sentence(_("{place}：免交金额应大于零"), place=place)]
        )
    except ArithmeticError:
        return [Sentence(_("{place}：免交金额不是数值"), place=place)]
