"""Who may be named on a board: everybody there with a card, what speaks for them and what against."""

from __future__ import annotations

from decimal import Decimal

from yilu.complaints import queries as complaints
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality import queries as quality
from yilu.scorecards.models import StarBoard
from yilu.scorecards.queries import measuring
from yilu.scorecards.queries.figures import Figure, by
from yilu.scorecards.rules import standing, terms
from yilu.scorecards.rules.standing import Candidate, Standing


def candidates_of(board: StarBoard, access: Access) -> tuple[Candidate, ...]:
    """Everybody of the board's offices whom a scheme judges and who did something, placed or not."""
    span = terms.read(board.period)
    here = set(measuring.offices_below(board.office_id, people.list_offices()))
    staff = [each for each in measuring.everybody(access) if each.office_id in here]
    whose = measuring.people_to_judge(staff, measuring.in_force(span))
    if not whose:
        return ()
    measured = measuring.measure_people(whose, span.start, span.end)
    ids = sorted(measured)
    found = quality.findings_against(ids, span.start, span.end)
    upheld = complaints.upheld_against(ids, span.start, span.end)
    rated = {
        int(key): nps
        for key, _name, nps in by("nps", "PERSON", since=span.start, until=span.end)
    }  # fmt: skip
    where = {each.id: each.office_id for each in staff}
    return standing.candidates(
        (
            Standing(
                staff_id=staff_id, office_id=where[staff_id], volume=int(each.volume or 0),
                total=each.total.total, findings=found.get(staff_id, 0),
                complaints=upheld.get(staff_id, 0), **_said(rated.get(staff_id)),
            )
            for staff_id, each in measured.items() if not each.is_empty
        ),
        least_volume=board.least_volume,
    )  # fmt: skip


def _said(nps: Figure | None) -> dict[str, Decimal | None]:
    """What customers said of somebody, as a standing keeps it."""
    if nps is None:
        return {}
    return {"nps": nps.value, "nps_low": nps.low, "nps_high": nps.high}
