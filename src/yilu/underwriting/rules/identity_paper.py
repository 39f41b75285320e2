"""What was read from an identity card, held against the person it was handed in for (证件照片核对)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from yilu.kernel.words import marked as _


class Standing(StrEnum):
    """How the files of one identity paper stand."""

    READING = "READING"  # one of them is not read yet
    MATCHED = "MATCHED"  # name and number are the person's
    DIFFERS = "DIFFERS"
    UNREAD = "UNREAD"  # read, and neither name nor number found


class Doubt(StrEnum):
    """Why a person looks at it."""

    NAME = "NAME"
    NUMBER = "NUMBER"
    EXPIRED = "EXPIRED"
    UNREAD = "UNREAD"


DOUBT_WORDS: Mapping[Doubt, str] = MappingProxyType(
    {
        Doubt.NAME: _("证件照片上的姓名与投保申请不一致，由工作人员核对"),
        Doubt.NUMBER: _("证件照片上的证件号码与投保申请不一致，由工作人员核对"),
        Doubt.EXPIRED: _("证件照片上的有效期已过，由工作人员核对"),
        Doubt.UNREAD: _("证件照片上没有读到姓名和证件号码，由工作人员核对"),
    }
)


@dataclass(frozen=True, slots=True)
class Side:
    """What one file says; empty where it says nothing. ``same_name`` is judged by whoever knows both."""

    read: bool
    name: str = ""
    same_name: bool = False
    number: str = ""
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """How an identity paper stands, and every doubt about it."""

    standing: Standing
    doubts: tuple[Doubt, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Each doubt in a sentence for the customer and the underwriter."""
        return tuple(DOUBT_WORDS[doubt] for doubt in self.doubts)


def compare(sides: Sequence[Side], *, number: str, on: date) -> Compared:
    """
    The files of one paper in the order they came, against the number of the person it is for.

    Of several that say the same thing the last counts: somebody takes a better photo. A card that was
    over on the day it was handed in is in doubt, whatever else it says.
    """
    if any(not side.read for side in sides):
        return Compared(Standing.READING)
    fronts = [side for side in sides if side.name or side.number]
    ends = [side.valid_to for side in sides if side.valid_to is not None]
    if not fronts:
        return Compared(Standing.UNREAD, (Doubt.UNREAD,))
    front = fronts[-1]
    doubts = [] if front.same_name else [Doubt.NAME]
    if front.number.upper() != number.upper():
        doubts.append(Doubt.NUMBER)
    if ends and ends[-1] < on:
        doubts.append(Doubt.EXPIRED)
    return Compared(Standing.DIFFERS if doubts else Standing.MATCHED, tuple(doubts))
