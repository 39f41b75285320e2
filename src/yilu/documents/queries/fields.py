"""What was read from a document, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilu.documents.models import SOURCES, Field, Upload
from yilu.documents.queries.uploads import UploadNotFound
from yilu.documents.rules import labels
from yilu.documents.rules.settling import REQUIRED, WITNESSED, is_required
from yilu.kernel import sealing
from yilu.kernel.words import marked as _

_SOURCES = dict(SOURCES)
FLAGS = {"0": _("否"), "1": _("是")}


@dataclass(frozen=True, slots=True)
class FieldView:
    """
    A field as the desk shows it beside the picture.

    ``box`` is left, top, right, bottom as shares of page ``page``. ``is_open`` says that a person
    must look at it before the document stands. Identifying numbers are shown as masks. ``words``
    says yes or no where the value is one of the two, and the value otherwise; ``correctable`` is
    what ``correct_field`` takes.
    """

    name: str
    label: str
    value: str
    source: str
    source_label: str
    confidence: Decimal
    witnesses: tuple[str, ...]
    witness_labels: tuple[str, ...]
    required: bool
    page: int
    box: tuple[float, float, float, float] | None
    accepted_by: str
    is_open: bool
    is_sealed: bool
    corrected_from: str | None
    staff_id: int | None
    accepted_at: datetime | None
    words: str
    correctable: bool


def fields(upload_id: int) -> tuple[FieldView, ...]:
    """
    Every field of a document in the order of its form, empty ones that it needs included.

    :raises UploadNotFound: if there is no such upload.
    """
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None:
        raise UploadNotFound
    kept = {field.name: field for field in Field.objects.filter(upload=upload)}
    order = [*labels.fields_of(upload.kind), *(n for n in kept)]
    shown = []
    for name in dict.fromkeys(order):
        if name in kept:
            shown.append(_view(kept[name], upload.kind))
        elif is_required(upload.kind, name, upload.layout) and upload.source != "FEED":
            shown.append(_empty(name))
    return tuple(shown)


def open_field(upload_id: int, name: str) -> str:
    """
    The full value of a field for another room's comparison, never for a screen; "" if unread.

    A person who wants to see it goes through ``operations.show_field``.
    """
    field = Field.objects.filter(upload_id=upload_id, name=name).first()
    if field is None:
        return ""
    return sealing.unseal(field.sealed, "documents_field.sealed") if field.sealed else field.value


def _view(field: Field, kind: str) -> FieldView:
    watched = field.name in WITNESSED or field.required
    return FieldView(
        name=field.name,
        label=labels.label_of(field.name),
        value=field.value,
        source=field.source,
        source_label=_SOURCES.get(field.source, field.source),
        confidence=field.confidence,
        witnesses=tuple(field.witnesses),
        witness_labels=tuple(labels.WITNESSES.get(w, w) for w in field.witnesses),
        required=field.required,
        page=field.page,
        box=(field.box[0], field.box[1], field.box[2], field.box[3]) if field.box else None,
        accepted_by=field.accepted_by,
        is_open=watched and not field.accepted_by,
        is_sealed=field.sealed is not None,
        corrected_from=field.corrected_from,
        staff_id=field.staff_id,
        accepted_at=field.accepted_at,
        words=FLAGS.get(field.value, field.value) if field.name in labels.FLAGS else field.value,
        correctable=labels.is_correctable(kind, field.name),
    )


def _empty(name: str) -> FieldView:
    return FieldView(
        name, labels.label_of(name), "", "", "", Decimal(0), (), (), True, 1, None, "", True, False,
        None, None, None, "", True,
    )  # fmt: skip


__all__ = ["REQUIRED", "FieldView", "fields", "open_field"]
