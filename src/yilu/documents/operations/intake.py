"""A file is handed in."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.db.models import Q

from yilu.documents import storage
from yilu.documents.events import DuplicateInvoiceRefused, FileReceived
from yilu.documents.inspection import inspect
from yilu.documents.models import FILE_KINDS, Upload
from yilu.documents.operations.receipt import Receipt
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref

FILES_PER_SUBJECT_MAX = 100
READ_KINDS = frozenset(
    {"INVOICE", "ID_CARD", "BANK_CARD", "DIAGNOSIS", "DISCHARGE", "FEE_LIST", "PRESCRIPTION"}
)
"""Kinds the machine reads; the others are kept for people to look at."""
RECOGNISE = "documents.recognise"


class UnknownKind(Invalid):
    """The file was handed in as something we have no name for."""

    code = "unknown_kind"
    message = "请选择资料的类型"
    hint = "请在列表中选择一种资料类型后再上传。"


class TooManyFiles(Invalid):
    """More files about one thing than anybody will look at."""

    code = "too_many_files"
    message = "资料已超过100份，无法继续上传"
    hint = "请将同类资料合并为一个PDF后上传，或联系客服协助。"


@tx.use_case
def store_upload(
    *,
    about: Ref,
    party_id: int,
    kind: str,
    filename: str,
    content: bytes,
    actor: Ref,
    at: datetime,
    request_key: str = "",
) -> int:
    """
    Take a file in, in a transaction of its own; see :func:`take_in` for what happens.

    :return: the upload's id.
    """
    return take_in(
        about=about,
        party_id=party_id,
        kind=kind,
        filename=filename,
        content=content,
        actor=actor,
        at=at,
        request_key=request_key,
    )


@tx.step
def take_in(
    *,
    about: Ref,
    party_id: int,
    kind: str,
    filename: str,
    content: bytes,
    actor: Ref,
    at: datetime,
    request_key: str = "",
    receipt: Receipt | None = None,
) -> int:
    """
    Keep a file, say so, and have it read soon after commit.

    The same file for the same subject again, or the same ``request_key`` of the same customer,
    returns the first upload and changes nothing. An invoice file that another claim handed in
    before is kept as REFUSED with the first one named (``documents.duplicate_invoice_refused``):
    it is evidence, and the row's sentence tells the customer neutrally. ``party_id`` 0: a file of
    ours that belongs to no customer, such as a photograph of an office. ``receipt``: the day it
    reached us on paper, where that was earlier (``receipt.checked`` by whoever knows what it is about).

    :raises UnknownKind, TooManyFiles: and every refusal of ``inspection`` for a bad file.
    """
    if kind not in dict(FILE_KINDS):
        raise UnknownKind
    filename = _tidy_name(filename)
    found = inspect(filename, content)
    sha256 = hashlib.sha256(content).hexdigest()
    storage_key = storage.put(content, sha256)
    handed = {
        "subject": str(about),
        "party_id": party_id,
        "kind": kind,
        "state": Upload.State.RECEIVED if kind in READ_KINDS else Upload.State.READ,
        "filename": filename,
        "media_type": found.media_type,
        "sha256": sha256,
        "size": len(content),
        "pages": found.pages,
        "storage_key": storage_key,
        "request_key": request_key,
        "handed_in_by": str(actor),
        "received_at": at,
        "received_on": None if receipt is None else receipt.on,
        "received_why": "" if receipt is None else receipt.why,
    }
    rows = tx.rows(_INSERT, handed | {"most": FILES_PER_SUBJECT_MAX})
    if not rows:
        first = _find_first(handed)
        if first.subject == str(about) or (request_key and first.request_key == request_key):
            return first.pk
        return _refuse_known_file(first, handed, actor, at)
    upload_id: int = rows[0][0]
    journal.record(
        FileReceived(upload_id=upload_id, subject=str(about), kind=kind, sha256=sha256),
        about=about,
        actor=actor,
        at=at,
        party=party_id or None,
    )
    if kind in READ_KINDS:
        journal.defer(RECOGNISE, lock=f"upload:{upload_id}", upload_id=upload_id)
    return upload_id


_INSERT = """
    insert into documents_upload (subject, party_id, kind, state, live, refusal, source, layout,
           filename, media_type, sha256, size, pages, storage_key, notes, request_key,
           handed_in_by, received_at, received_on, received_why, attempts, version)
    select %(subject)s::text, %(party_id)s::bigint, %(kind)s::text, %(state)s::text, true, '', '', '',
           %(filename)s::text, %(media_type)s::text, %(sha256)s::text, %(size)s::int,
           %(pages)s::smallint, %(storage_key)s::text, '{}', %(request_key)s::text,
           %(handed_in_by)s::text, %(received_at)s::timestamptz, %(received_on)s::date,
           %(received_why)s::text, 0, 0
     where (select count(*) from (select 1 from documents_upload
             where subject = %(subject)s::text and live limit %(most)s::int) as here) < %(most)s::int
        on conflict do nothing
    returning id
"""


def _find_first(handed: dict[str, Any]) -> Upload:
    """The row that stood in the way of an insert. :raises TooManyFiles: if none did."""
    same = Q(live=True, sha256=handed["sha256"], kind=handed["kind"])
    if handed["kind"] != "INVOICE":
        same &= Q(subject=handed["subject"])
    if handed["request_key"]:
        same |= Q(party_id=handed["party_id"], request_key=handed["request_key"])
    first = Upload.objects.filter(same).order_by("id").first()
    if first is None:
        raise TooManyFiles
    return first


def _refuse_known_file(first: Upload, handed: dict[str, Any], actor: Ref, at: datetime) -> int:
    refused = {"state": Upload.State.REFUSED, "live": False, "refusal": "DUPLICATE"}
    upload = Upload.objects.create(**{**handed, **refused, "request_key": ""}, first=first)
    say_duplicate(upload, first, "SAME_FILE", actor=actor, at=at)
    return upload.pk


@tx.step
def say_duplicate(upload: Upload, first: Upload, witness: str, *, actor: Ref, at: datetime) -> None:
    """Record that an invoice was claimed before: the event names the first claim, for staff."""
    journal.record(
        DuplicateInvoiceRefused(
            upload_id=upload.pk,
            subject=upload.subject,
            first_subject=first.subject,
            witness=witness,
        ),
        about=Ref.parse(upload.subject),
        actor=actor,
        at=at,
        party=upload.party_id,
    )


def _tidy_name(filename: str) -> str:
    """The bare file name without path, control characters, or more than 160 characters."""
    bare = PurePath(filename.replace("\\", "/")).name
    bare = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", bare).strip()
    if len(bare) > 160:
        suffix = PurePath(bare).suffix[:10]
        bare = bare[: 160 - len(suffix)] + suffix
    return bare
