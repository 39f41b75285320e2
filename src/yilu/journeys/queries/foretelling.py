"""Forecasts as screens see them: who may break off, what was done, and how right it was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from yilu.journeys.book import the_book
from yilu.journeys.models import Forecast, ForecastStop
from yilu.journeys.operations.foretelling import DUE
from yilu.journeys.rules import foretelling as rules
from yilu.journeys.rules.foretelling import Calibration, Effect
from yilu.kernel import tx
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


def is_foretold(party_id: int) -> bool:
    """Whether a customer lets us foretell, as everybody does who did not say otherwise."""
    return not ForecastStop.objects.filter(pk=party_id).exists()


def _offices(access: Access, within: Collection[int] | None) -> set[int]:
    offices = set(access.offices_for(RIGHT))
    return offices if within is None else offices & set(within)


def _row(row: Forecast, customer: str) -> ForecastRow:
    book = the_book()
    journey = book.newest(row.family)
    steps = {step.code: step.name for step in journey.steps} if journey else {}
    return ForecastRow(
        id=row.pk, name=book.named(row.code), step=PREMIUM if row.step == DUE else steps.get(row.step, row.step),
        subject=Ref.parse(row.subject), party_id=row.party_id, customer=customer,
        chance=round(100 * row.chance), alike=row.alike, broke=row.broke,
        signs=tuple(rules.SIGNS[sign] for sign in row.signs if sign in rules.SIGNS), help=row.help,
        help_label=rules.HELPS[row.help], help_at=row.help_at, known_by=row.known_by,
    )  # fmt: skip
