"""Forecasts as screens see them: who may break off, what was done, and how right it was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from yilu.journeys.book import the_book
from yilu.journeys.models import Forecast, ForecastStop
from yilu.journeys.operations.foretelling import (
    DUE,
    RENEWAL,
    premiums_seen,
    steps_seen,
    their_turns,
)
from yilu.journeys.rules import foretelling as rules
from yilu.journeys.rules.foretelling import Calibration, Effect
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access

RIGHT = "journeys.view"
SHOWN = 50
PREMIUM = _("续期保险费到期")


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """Somebody who may break off: where, how likely (of a hundred), why, and what was done."""

    id: int
    name: str
    step: str
    subject: Ref
    party_id: int
    customer: str
    chance: int
    alike: int
    broke: int
    signs: tuple[str, ...]
    help: str
    help_label: str
    help_at: datetime
    known_by: datetime


@dataclass(frozen=True, slots=True)
class Foretold:
    """
    How right forecasts were since a day, and what help did.

    ``calibration`` rests on those whom nobody was to help: the unlikely ones, and of the likely ones those
    drawn to be left alone. Help is there to prove a forecast wrong.
    """

    made: int
    helped: int
    stopped: int
    calibration: Calibration | None
    effect: Effect | None


def likely_breaks(
    access: Access, *, within: Collection[int] | None = None, limit: int = SHOWN
) -> list[ForecastRow]:
    """Who is likely to break off and has not yet, the likeliest first; in one's offices."""
    access.require(RIGHT)
    rows = Forecast.objects.filter(
        outcome="", chance__gte=rules.HELP_FROM, office_id__in=_offices(access, within)
    ).order_by("-chance", "known_by")[:limit]
    found = list(rows)
    who = people.list_parties([row.party_id for row in found])
    return [
        _row(row, who[row.party_id].masked_name if row.party_id in who else "") for row in found
    ]


def foretold(access: Access, since: datetime, *, within: Collection[int] | None = None) -> Foretold:
    """How forecasts made from a time on turned out; of one's offices, in one statement."""
    access.require(RIGHT)
    cells = tx.rows(
        """
        select help, outcome, "left", chance >= %s::float, round(chance::numeric, 2), count(*), avg(chance)
          from journeys_forecast
         where made_at >= %s::timestamptz and office_id = any(%s::bigint[]) group by 1, 2, 3, 4, 5
        """,
        [rules.HELP_FROM, since, sorted(_offices(access, within))],
    )
    made, helped, alone = 0, 0, []
    sides = {True: [0, 0], False: [0, 0]}
    for help, outcome, left, likely, _rounded, count, chance in cells:
        made += count
        acted = help in ("TOLD", "CALL")
        helped += count * acted
        if outcome not in ("BROKE", "WENT_ON"):
            continue
        broke = outcome == "BROKE"
        if left or not likely:
            alone += [(float(chance), broke)] * count
        if acted or help == "LEFT":
            sides[acted][0] += count
            sides[acted][1] += count * broke
    return Foretold(
        made, helped, ForecastStop.objects.count(), rules.calibrate(alone),
        rules.effect((sides[True][0], sides[True][1]), (sides[False][0], sides[False][1])),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Learnt:
    """How many earlier cases a forecast would rest on: at a step, so many seen, so many broke off."""

    name: str
    step: str
    seen: int
    broke: int

    @property
    def enough(self) -> bool:
        """Whether there are enough to foretell from."""
        return self.seen >= rules.LEAST_ALIKE

    @property
    def missing(self) -> int:
        """How many more are needed."""
        return max(rules.LEAST_ALIKE - self.seen, 0)


def learnt(access: Access, at: datetime) -> list[Learnt]:
    """
    What can be foretold and from how many cases of the whole company, the most first; steps nobody has left yet not.

    It reads a year of premiums and the newest passages: for a page that has nothing else to show.
    """
    access.require(RIGHT)
    turns = {f"{family}/{step}": (family, step) for family, step in their_turns()}
    sums: dict[str, list[int]] = {}
    for each in [*premiums_seen(day_of(at)), *steps_seen(at, list(turns))]:
        cell = sums.setdefault(each.step, [0, 0])
        cell[0] += each.count
        cell[1] += each.broke
    rows = [
        _learnt(*turns.get(turn, (RENEWAL, DUE)), seen, broke)
        for turn, (seen, broke) in sums.items()
    ]
    return sorted(rows, key=lambda row: (-row.seen, row.name, row.step))


def _learnt(family: str, step: str, seen: int, broke: int) -> Learnt:
    name, of_step = _named(family, family, step)
    return Learnt(name, of_step, seen, broke)


def is_foretold(party_id: int) -> bool:
    """Whether a customer lets us foretell, as everybody does who did not say otherwise."""
    return not ForecastStop.objects.filter(pk=party_id).exists()


def _offices(access: Access, within: Collection[int] | None) -> set[int]:
    offices = set(access.offices_for(RIGHT))
    return offices if within is None else offices & set(within)


def _row(row: Forecast, customer: str) -> ForecastRow:
    name, step = _named(row.family, row.code, row.step)
    return ForecastRow(
        id=row.pk, name=name, step=step,
        subject=Ref.parse(row.subject), party_id=row.party_id, customer=customer,
        chance=round(100 * row.chance), alike=row.alike, broke=row.broke,
        signs=tuple(rules.SIGNS[sign] for sign in row.signs if sign in rules.SIGNS), help=row.help,
        help_label=rules.HELPS[row.help], help_at=row.help_at, known_by=row.known_by,
    )  # fmt: skip


def _named(family: str, code: str, step: str) -> tuple[str, str]:
    """What people call a journey and its step."""
    book = the_book()
    journey = book.newest(family)
    steps = {each.code: each.name for each in journey.steps} if journey else {}
    return book.named(code), PREMIUM if step == DUE else steps.get(step, step)
