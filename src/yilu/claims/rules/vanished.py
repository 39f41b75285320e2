"""
Missing persons and declared deaths (下落不明、宣告死亡): 民法典 46, 48, 50–53, 解释三 24. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yilu.kernel.words import marked as _
from yilu.kernel.years import add_years

DOUBTS = {
    "TOO_EARLY": _("判决早于法定的下落不明期间（一般满四年，意外满二年），请核对判决书"),
    "NOT_COVERED_THEN": _(
        "宣告死亡之日不在保险责任期间内，以下落不明之日为准，请核对下落不明的证据"
    ),
    "NEVER_COVERED": _("下落不明之日和宣告死亡之日都不在保险责任期间内"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgment:
    """What a court's judgment says (宣告死亡判决)."""

    missing_on: date
    judged_on: date
    by_accident: bool = False
    impossible: bool = False  # an authority certifies that nobody could have survived


@dataclass(frozen=True, slots=True)
class DeathDay:
    """The day that counts as the day of death, the day that cover is asked about, and doubts."""

    died_on: date
    covered_on: date
    doubts: tuple[str, ...]


def day_of_death(judgment: Judgment) -> date:
    """The day of the accident, else the day of the judgment (民法典 48)."""
    return judgment.missing_on if judgment.by_accident else judgment.judged_on


def soonest(judgment: Judgment) -> date:
    """The first day on which the law allows to ask for it (民法典 46)."""
    if not judgment.by_accident:
        return add_years(judgment.missing_on, 4)
    return judgment.missing_on if judgment.impossible else add_years(judgment.missing_on, 2)


def weigh(judgment: Judgment, *, from_on: date, to_on: date | None) -> DeathDay:
    """
    Which day counts, in a cover from ``from_on`` (included) to ``to_on`` (not included).

    Where the declared day lies outside the cover but the person vanished within it, the benefit is
    due (解释三 24): cover is asked about for the day of vanishing.
    """

    def covered(day: date) -> bool:
        return from_on <= day and (to_on is None or day < to_on)

    died = day_of_death(judgment)
    doubts = ["TOO_EARLY"] if judgment.judged_on < soonest(judgment) else []
    if covered(died):
        return DeathDay(died, died, tuple(doubts))
    if covered(judgment.missing_on):
        return DeathDay(died, judgment.missing_on, (*doubts, "NOT_COVERED_THEN"))
    return DeathDay(died, died, (*doubts, "NEVER_COVERED"))
