"""When two records look like one person: what they share, against what sets them apart."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.kernel.words import marked as _

GROUNDS = {
    "NAME_BIRTH_PHONE": _("姓名、出生日期和手机号都一样"),
    "NAME_BIRTH": _("姓名和出生日期一样"),
    "NAME_PHONE": _("姓名和手机号一样"),
    "NUMBER_NEAR": _("同类证件号码只差几位，可能录错"),
    "STAFF": _("同事发现"),
}
"""Why two records are looked at; names are compared by their sound, so that a mistyped character is found."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What two records have in common. ``near``: most of the number; ``differs``: same kind, another number."""

    name: bool
    birth: bool
    phone: bool
    near: bool
    differs: bool
    births_differ: bool


def grounds(shared: Shared) -> tuple[str, ...]:
    """
    Why they may be one person; empty where nothing speaks for it.

    Two different numbers of one kind, or two dates of birth, are two people: unless the numbers nearly
    agree, as when a figure was mistyped.
    """
    if not shared.name:
        return ()
    if shared.near and shared.differs:
        return ("NUMBER_NEAR",)
    if shared.differs or shared.births_differ:
        return ()
    if shared.birth and shared.phone:
        return ("NAME_BIRTH_PHONE",)
    if shared.birth:
        return ("NAME_BIRTH",)
    return ("NAME_PHONE",) if shared.phone else ()
