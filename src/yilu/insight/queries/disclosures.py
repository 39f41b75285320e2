"""What is to be published of each year and of major matters, until when, and what was (信息披露)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yilu.insight.models import Disclosure
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.obligations.queries import ClockView
from yilu.people import queries as people

CLOCKS = ("law.yearly_disclosure", "pledge.yearly_figures", "law.matter_disclosure")
MOST = 200


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """One thing to publish, of a year or of a ``matter``; ``clock`` while it is not, ``address`` once it is."""

    id: int
    kind: str
    label: str
    year: int
    matter: str
    happened_on: date | None
    due_on: date
    clock: ClockView | None
    address: str
    sha256: str
    published_by: str
    published_at: datetime | None


def list_disclosures(at: datetime) -> list[DisclosureRow]:
    """The newest first, as many as ten years have; the right is the caller's."""
    rows = list(Disclosure.objects.order_by("-year", "-happened_on", "pk")[:MOST])
    who = {Ref.parse(row.published_by) for row in rows if row.published_by}
    names = people.names_of(who)
    waiting = [row.ref for row in rows if row.published_at is None]
    clocks: dict[Ref, ClockView] = {}
    for code in CLOCKS if waiting else ():
        clocks |= obligations.open_of(code, waiting, at)
    return [
        DisclosureRow(
            row.pk, row.kind, Disclosure.Kind(row.kind).label, row.year, row.matter,
            row.happened_on, row.due_on, clocks.get(row.ref), row.address, row.sha256,
            names.get(Ref.parse(row.published_by), "") if row.published_by else "",
            row.published_at,
        )
        for row in rows
    ]  # fmt: skip
