"""How well the machine reads, by what people had to correct."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.documents.rules import labels
from yilu.kernel import tx


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """
    One field of one kind as one engine reads it.

    ``unasked`` were taken over without a person, ``confirmed`` by a person unchanged, ``corrected``
    changed by one, ``missed`` not read at all and filled in. ``accuracy`` is the share confirmed of
    all a person looked at (percent, one decimal), None where nobody did.
    """

    kind: str
    field: str
    label: str
    engine: str
    read: int
    unasked: int
    confirmed: int
    corrected: int
    missed: int
    accuracy: float | None


_ACCURACY = """
    select upload.kind, field.name, reading.engine,
           count(*) filter (where field.source <> 'STAFF'),
           count(*) filter (where field.accepted_by = 'MACHINE'),
           count(*) filter (where field.accepted_by = 'STAFF' and field.corrected_from is null),
           count(*) filter (where field.corrected_from is not null and field.source <> 'STAFF'),
           count(*) filter (where field.source = 'STAFF')
      from documents_field as field
      join documents_upload as upload on upload.id = field.upload_id
      join documents_reading as reading on reading.upload_id = upload.id
     where (%(kind)s::text = '' or upload.kind = %(kind)s::text)
     group by 1, 2, 3
     order by 1, 3, 2
"""


def recognition_accuracy(kind: str = "") -> tuple[AccuracyRow, ...]:
    """The report by kind, engine and field, of one kind or of all; one SQL statement."""
    rows = []
    for of_kind, name, engine, read, unasked, confirmed, corrected, missed in tx.rows(
        _ACCURACY, {"kind": kind}
    ):
        looked_at = confirmed + corrected + missed
        rows.append(
            AccuracyRow(
                of_kind,
                name,
                labels.label_of(name),
                engine,
                read,
                unasked,
                confirmed,
                corrected,
                missed,
                round(100 * confirmed / looked_at, 1) if looked_at else None,
            )
        )
    return tuple(rows)
