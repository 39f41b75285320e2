"""What others may know about files and invoices."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.utils.translation import gettext_noop as _

from yilu.documents import storage
from yilu.documents.inspection import inspect
from yilu.documents.models import FILE_KINDS, Upload
from yilu.documents.rules.invoices import Line
from yilu.documents.rules.labels import NOTES
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref

_KIND_LABELS = dict(FILE_KINDS)


class UploadNotFound(NotFound):
    """There is no such file, or it is somebody else's."""

    code = "upload_not_found"
    message = "没有找到这份资料"


@dataclass(frozen=True, slots=True)
class UploadView:
    """
    A file as lists show it.

    ``sentence`` tells the customer how it stands, never whose claim a duplicate belongs to;
    ``first_subject`` does, for staff. ``received_on`` is the day it was here, on paper or as a file;
    ``typed_late`` whether it came before it was typed in, ``received_why`` why so late.
    """

    id: int
    about: Ref
    party_id: int
    kind: str
    kind_label: str
    state: str
    state_label: str
    live: bool
    refusal: str
    sentence: str
    first_subject: str
    source: str
    filename: str
    media_type: str
    sha256: str
    size: int
    pages: int
    notes: tuple[str, ...]
    note_labels: tuple[str, ...]
    received_at: datetime
    received_on: date
    typed_late: bool
    received_why: str
    settled_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice that counts, with all its lines. Amounts are None where the paper says nothing."""

    upload_id: int
    settled: bool
    source: str
    kind: str
    code: str
    number: str
    check_code: str
    issued_on: date | None
    payer_name: str
    payee_name: str
    payee_code: str
    total: Decimal | None
    tax: Decimal | None
    fund_paid: Decimal | None
    account_paid: Decimal | None
    own_paid: Decimal | None
    self_paid: Decimal | None
    self_cost: Decimal | None
    other_paid: Decimal | None
    classified_self_paid: Decimal | None
    visit_kind: str
    admitted_on: date | None
    discharged_on: date | None
    visited_on: date | None
    hospital_days: Decimal | None
    department: str
    insurance_type: str
    lines: tuple[Line, ...]
    reversed: bool
    exchanged: bool
    registry_state: str
    provider_id: int | None
    notes: tuple[str, ...]

    @property
    def hospital(self) -> str:
        """Who was paid (收款单位)."""
        return self.payee_name


_INVOICES = """
    select upload.id, invoice.settled, upload.source, invoice.kind, code, number, check_code,
           issued_on, payer_name, payee_name, payee_code, total, tax, fund_paid, account_paid,
           own_paid, self_paid, self_cost, other_paid, classified_self_paid, visit_kind,
           admitted_on, discharged_on, visited_on, hospital_days, department, insurance_type,
           lines::text, reversed, exchanged, registry_state, upload.provider_id, upload.notes
      from documents_upload as upload join documents_invoice as invoice on upload_id = upload.id
     where {which} and upload.live
     order by upload.id
"""
_INVOICE_PARTS = tuple(part.name for part in dataclass_fields(InvoiceView))
_OF_SUBJECT = _INVOICES.format(which="subject = %s::text")
_OF_UPLOAD = _INVOICES.format(which="upload.id = %s::bigint")


def invoices_for(about: Ref) -> tuple[InvoiceView, ...]:
    """Every invoice that counts for something, with its lines, in one SQL statement."""
    return tuple(_invoice(row) for row in tx.rows(_OF_SUBJECT, [str(about)]))


def get_invoice(upload_id: int) -> InvoiceView:
    """The invoice of an upload that counts. :raises UploadNotFound: if it has none."""
    rows = tx.rows(_OF_UPLOAD, [upload_id])
    if not rows:
        raise UploadNotFound
    return _invoice(rows[0])


def _invoice(row: tuple[Any, ...]) -> InvoiceView:
    given = dict(zip(_INVOICE_PARTS, row, strict=True))
    given["lines"] = tuple(Line.from_json(line) for line in orjson.loads(given["lines"]))
    given["notes"] = tuple(given["notes"])
    return InvoiceView(**given)


def view_of_feed(row: dict[str, Any], upload_id: int, provider_id: int) -> InvoiceView:
    """What ``invoices_for`` will say of an invoice a provider fed, from the row it was read into."""
    given = {name: row.get(name) for name in _INVOICE_PARTS}
    days = given["hospital_days"]
    return InvoiceView(
        **given
        | {
            "upload_id": upload_id, "settled": True, "source": "FEED", "provider_id": provider_id,
            "lines": tuple(Line.from_json(line) for line in row["lines"]),
            "hospital_days": None if days is None else days.quantize(_TENTH),
            "reversed": False, "exchanged": False, "registry_state": "NOT_NEEDED", "notes": (),
        }
    )  # fmt: skip


_TENTH = Decimal("0.1")


def list_uploads(about: Ref) -> tuple[UploadView, ...]:
    """Every file handed in about something, in the order of arrival, refused ones included."""
    uploads = Upload.objects.filter(subject=str(about)).select_related("first").order_by("id")
    return tuple(_view(upload) for upload in uploads)


def get_upload(upload_id: int, *, party_id: int | None = None) -> UploadView:
    """
    One upload; with ``party_id``, only if it is that customer's.

    :raises UploadNotFound: in the same words whether it is missing or another person's.
    """
    return _view(_get(upload_id, party_id))


def open_file(upload_id: int, *, party_id: int | None = None) -> tuple[bytes, str]:
    """
    The content as it was handed in, and its media type; with ``party_id``, only if it is theirs.

    A provider's feed has no file: its invoice is shown as JSON.

    :raises UploadNotFound: in the same words whether it is missing or another person's.
    """
    upload = _get(upload_id, party_id)
    if upload.storage_key:
        return storage.get(upload.storage_key), upload.media_type
    [row] = tx.rows(
        "select to_jsonb(i) - 'live' - 'settled' from documents_invoice i where upload_id = %s::bigint",
        [upload_id],
    ) or [({},)]
    content = row[0] if isinstance(row[0], dict) else orjson.loads(row[0])
    return orjson.dumps(content, option=orjson.OPT_INDENT_2), "application/json"


def _get(upload_id: int, party_id: int | None) -> Upload:
    uploads = Upload.objects.select_related("first").filter(pk=upload_id)
    if party_id is not None:
        uploads = uploads.filter(party_id=party_id)
    upload = uploads.first()
    if upload is None:
        raise UploadNotFound
    return upload


SENTENCES = {
    "RECEIVED": _("已收到，正在识别"),
    "READING": _("已收到，正在识别"),
    "READ": _("已收到"),
    "NEEDS_PERSON": _("已收到，工作人员正在核对"),
    "SETTLED": _("已收到并核对无误"),
    "DUPLICATE": _("这张发票已经用于理赔，不能重复提交。如有疑问，请联系客服"),
    "ALREADY_HERE": _("这张发票您已经提交过，无需重复提交"),
    "SUPERSEDED": _("您又提交了这张发票更清晰的文件，以那一份为准"),
    "RELEASED": _("已随赔案退出"),
    "UNUSABLE": _("这份资料不能用于理赔，请按提示重新提交"),
}


HARD_TO_READ = frozenset({"BLURRED", "DARK", "GLARE", "SMALL"})


def _sentence(upload: Upload) -> str:
    """How it stands, and what the customer may do to help while a person looks at it."""
    if upload.state == Upload.State.NEEDS_PERSON and not upload.refusal:
        if "SEVERAL_INVOICES" in upload.notes:
            return _("这份文件里像是有几张发票，工作人员正在核对；您把每一张单独传一次，会更快")
        if HARD_TO_READ & set(upload.notes):
            return _("照片不够清楚，工作人员正在核对；您对好焦、避开反光重拍一张，会更快")
        unknown = upload.kind == "INVOICE" and not upload.layout
        if unknown or (upload.source == "NONE" and "xml" in upload.media_type):
            return _("这个文件里没有读到发票，工作人员正在核对；请看看是不是选错了文件")
    return SENTENCES[upload.refusal or upload.state]


def payer_as_data(filename: str, content: bytes) -> str:
    """
    Whom an invoice not yet handed in was made out to, as far as the file says so as data; else empty.

    :raises Invalid: a refusal of ``inspection``, as handing it in would.
    """
    from yilu.documents.recognition import reading

    return reading.payer_as_data(inspect(filename, content).media_type, content)


def _view(upload: Upload) -> UploadView:
    return UploadView(
        id=upload.pk,
        about=Ref.parse(upload.subject),
        party_id=upload.party_id,
        kind=upload.kind,
        kind_label=_KIND_LABELS[upload.kind],
        state=upload.state,
        state_label=upload.get_state_display(),
        live=upload.live,
        refusal=upload.refusal,
        sentence=_sentence(upload),
        first_subject=upload.first.subject if upload.first else "",
        source=upload.source,
        filename=upload.filename,
        media_type=upload.media_type,
        sha256=upload.sha256,
        size=upload.size,
        pages=upload.pages,
        notes=tuple(upload.notes),
        note_labels=tuple(NOTES.get(note, note) for note in upload.notes),
        received_at=upload.received_at,
        received_on=upload.received_on or day_of(upload.received_at),
        typed_late=upload.received_on is not None,
        received_why=upload.received_why,
        settled_at=upload.settled_at,
        version=upload.version,
    )
