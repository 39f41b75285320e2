"""How well the machine reads, by what people had to correct: from the sums of days, never from fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from yilu.documents.rules import labels, summing
from yilu.documents.rules.summing import Reach
from yilu.kernel import tx
from yilu.kernel.refs import Ref

CASES_MAX = 200


@dataclass(frozen=True, slots=True)
class Counts:
    """
    What became of fields: ``read`` by the machine, or ``missed`` and filled in by a person.

    Of those read ``unasked`` were taken over without a person, ``confirmed`` by a person unchanged,
    ``corrected`` changed by one; nobody looked at the rest.
    """

    read: int
    unasked: int
    confirmed: int
    corrected: int
    missed: int

    @property
    def looked_at(self) -> int:
        """How many a person stood for."""
        return self.confirmed + self.corrected + self.missed

    @property
    def accuracy(self) -> float | None:
        """The share confirmed of all a person looked at (percent, one decimal); None for nobody."""
        return _percent(self.confirmed, self.looked_at)

    @property
    def unasked_share(self) -> float | None:
        """The share taken over without a person of all that was read, in percent."""
        return _percent(self.unasked, self.read)


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """One field of one kind as one engine reads it."""

    kind: str
    field: str
    label: str
    engine: str
    counts: Counts

    @property
    def wrong(self) -> int:
        """How many cases there are to learn from."""
        return self.counts.corrected + self.counts.missed


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are asked for, both ends included."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Misreading:
    """
    A field that was read wrongly (``read``) or not at all (empty), and what it should have been.

    Both as a list may show them; who may see the file may see it all there.
    """

    upload_id: int
    about: Ref
    day: date
    read: str
    right: str
    missed: bool


_REACH = """
    select (select min(day) from documents_daysum),
           (select min(read_at) from documents_reading where not summed)
"""
_COUNTS = "sum(read), sum(unasked), sum(confirmed), sum(corrected), sum(missed)"
_WITHIN = """
    day between %(since)s::date and %(until)s::date
    and (%(kind)s::text = '' or kind = %(kind)s::text)
    and (%(engine)s::text = '' or engine = %(engine)s::text)
    and (%(field)s::text = '' or field = %(field)s::text)
"""
_ROWS = f"""
    select kind, field, engine, {_COUNTS} from documents_daysum
     where {_WITHIN} group by 1, 2, 3 order by 1, 3, 2
"""
_TREND = f"""
    select date_trunc(%(unit)s::text, day)::date, {_COUNTS} from documents_daysum
     where {_WITHIN} group by 1 order by 1
"""
_CASES = """
    select field.upload_id, upload.subject, wrong.day, field.corrected_from, field.value,
           field.source = 'STAFF'
      from (select day, unnest(cases) as upload_id from documents_daysum
             where kind = %(kind)s::text and engine = %(engine)s::text and field = %(field)s::text
               and day between %(since)s::date and %(until)s::date
               and (corrected > 0 or missed > 0)
             order by day desc
             limit %(limit)s::int) as wrong
      join documents_upload as upload on upload.id = wrong.upload_id
      join documents_field as field on field.upload_id = upload.id and field.name = %(field)s::text
     where field.corrected_from is not null
     order by wrong.day desc, field.upload_id desc
"""


def accuracy_reach(at: datetime) -> Reach:
    """Which days the figures are of, and when the next one comes in."""
    ((first, oldest),) = tx.rows(_REACH)
    return summing.reach(first, oldest, at)


def recognition_accuracy(
    span: Span, *, kind: str = "", engine: str = "", field: str = ""
) -> tuple[AccuracyRow, ...]:
    """Every field by kind and engine over the days of a span; empty: of all kinds, engines, fields."""
    asked = {"kind": kind, "engine": engine, "field": field}
    return tuple(
        AccuracyRow(of_kind, name, labels.label_of(name), by, Counts(*map(int, counts)))
        for of_kind, name, by, *counts in tx.rows(_ROWS, _within(span, asked))
    )


def total_of(rows: Iterable[AccuracyRow]) -> Counts:
    """What became of all fields of some rows together."""
    told = [r.counts for r in rows]
    return Counts(*(sum(getattr(c, part.name) for c in told) for part in fields(Counts)))


def accuracy_trend(
    span: Span, unit: str, *, kind: str = "", engine: str = "", field: str = ""
) -> tuple[tuple[date, Counts], ...]:
    """The same by ``week`` (from its Monday) or ``month`` (from its first), in order of time."""
    asked = {"kind": kind, "engine": engine, "field": field}
    rows = tx.rows(_TREND, _within(span, asked) | {"unit": unit})
    return tuple((day, Counts(*map(int, counts))) for day, *counts in rows)


def misreadings(span: Span, *, kind: str, engine: str, field: str) -> tuple[Misreading, ...]:
    """
    The newest cases of a field read wrongly or missed, at most ``CASES_MAX``, whoever may see them.

    Whose file was emptied since is not there any more. The asker's door shows those they may see.
    """
    asked = {"kind": kind, "engine": engine, "field": field, "limit": CASES_MAX}
    found = []
    for upload_id, subject, day, read, right, missed in tx.rows(_CASES, _within(span, asked)):
        shown = summing.beside(field, read, right)
        found.append(Misreading(upload_id, Ref.parse(subject), day, *shown, missed=missed))
    return tuple(found)


def _within(span: Span, asked: dict[str, Any]) -> dict[str, Any]:
    return {"since": span.since, "until": span.until, **asked}


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
