"""A file was read: what was found is written, once, and said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from yilu.documents.events import DocumentRecognised
from yilu.documents.models import Field, Reading, Upload
from yilu.documents.operations import invoicing
from yilu.documents.operations.agreeing import bills_of, settle_what_agrees
from yilu.documents.operations.intake import RECOGNISE, say_duplicate
from yilu.documents.operations.invoicing import Answered
from yilu.documents.rules import agreement, likeness, settling
from yilu.documents.rules.found import SENSITIVE, Found, Recognised
from yilu.journal import operations as journal
from yilu.kernel import masks, sealing, tx
from yilu.kernel.refs import SYSTEM, Ref

ATTEMPTS_MAX = 3
SEALED_PLACE = "documents_field.sealed"
UNREAD = (Upload.State.RECEIVED, Upload.State.READING)


@tx.use_case
def start_reading(*, upload_id: int, at: datetime) -> bool:
    """
    Take an upload for reading; False where there is nothing (more) to read.

    After three attempts that never came to an end the file itself is the problem: it goes to a
    person unread.
    """
    rows = tx.rows(
        """
        update documents_upload set state = 'READING', attempts = attempts + 1
         where id = %s::bigint and state in ('RECEIVED', 'READING')
        returning attempts
        """,
        [upload_id],
    )
    if not rows:
        return False
    if rows[0][0] > ATTEMPTS_MAX:
        nothing = Recognised("NONE", "none", "", notes=("UNREADABLE",))
        _write(_lock(upload_id), nothing, at)
        return False
    return True


@tx.use_case
def record_reading(
    *, upload_id: int, read: Recognised, at: datetime, answer: Answered | None = None
) -> str:
    """
    Write what was read from an upload and decide what stands; returns the state it is in now.

    ``answer`` is what the registry said about the invoice, where it was asked already.

    Recording again changes nothing. An invoice that another live upload holds is refused
    (``documents.duplicate_invoice_refused``, with the first claim named); one that the same claim
    holds unread is replaced by the better file.
    """
    upload = _lock(upload_id)
    if upload is None:
        return Upload.objects.values_list("state", flat=True).get(pk=upload_id)
    return _write(upload, read, at, answer)


def _lock(upload_id: int) -> Upload | None:
    return (
        Upload.objects.select_for_update(of=("self",))
        .filter(pk=upload_id, state__in=UNREAD)
        .first()
    )


def _write(
    upload: Upload | None, read: Recognised, at: datetime, answer: Answered | None = None
) -> str:
    if upload is None:
        return ""
    judgement = settling.judge(upload.kind, read)
    _remember_looks(upload, read)
    settled = judgement.settled
    duplicate_of: tuple[Upload, str] | None = None
    if upload.kind in settling.BORNE_OUT:
        read, judgement, settled = _beside_its_bills(upload, read, judgement)
    if upload.kind == "INVOICE":
        duplicate_of = _find_look_alike(upload, read)
        if duplicate_of is None and read.values:
            settled = settled and "LOOKS_LIKE" not in upload.notes
            duplicate_of = _write_invoice(upload, read, settled, answer, at)
    Reading.objects.create(
        upload=upload,
        source=read.source,
        engine=read.engine,
        engine_version=read.engine_version,
        layout=read.layout,
        seconds=read.seconds,
        cpu_seconds=read.cpu_seconds,
        turns=[degrees for turn in read.turns for degrees in turn],
        read_at=at,
    )
    Field.objects.bulk_create(_fields(upload, read, judgement, at))
    upload.source, upload.layout = read.source, read.layout
    upload.notes = list(dict.fromkeys([*upload.notes, *read.notes]))
    upload.version += 1
    if duplicate_of is not None:
        _refuse(upload, *duplicate_of, at=at)
        return upload.state
    upload.state = Upload.State.SETTLED if settled else Upload.State.NEEDS_PERSON
    upload.settled_at = at if settled else None
    upload.save()
    journal.record(
        DocumentRecognised(
            upload_id=upload.pk,
            subject=upload.subject,
            kind=upload.kind,
            settled=settled,
            source=read.source,
        ),
        about=Ref.parse(upload.subject),
        actor=SYSTEM,
        at=at,
        party=upload.party_id,
    )
    if settled and upload.kind == "INVOICE":
        settle_what_agrees(subject=upload.subject, at=at)
    return upload.state


def _beside_its_bills(
    upload: Upload, read: Recognised, judgement: settling.Judgement
) -> tuple[Recognised, settling.Judgement, bool]:
    """A certificate that a settled bill of the same claim places needs nobody to confirm it."""
    values = {name: found.value for name, found in read.values.items()}
    witnessed = settling.borne_out(
        upload.kind, read.layout, values, read.notes, bills_of(upload.subject)
    )
    if not witnessed:
        return read, judgement, False
    named = {
        name: found.with_witness(agreement.WITNESS) if name in witnessed else found
        for name, found in read.values.items()
    }
    accepted = replace(judgement, accepted=judgement.accepted | witnessed)
    return replace(read, values=named), accepted, True


def _fields(
    upload: Upload, read: Recognised, judgement: settling.Judgement, at: datetime
) -> list[Field]:
    made = []
    for name, found in read.values.items():
        accepted = name in judgement.accepted
        made.append(
            Field(
                upload=upload,
                name=name,
                source=found.source,
                confidence=Decimal(f"{min(max(found.confidence, 0), 1):.3f}"),
                witnesses=sorted(found.witnesses),
                required=settling.is_required(upload.kind, name, read.layout),
                page=found.page,
                box=[round(side, 4) for side in found.box] if found.box else None,
                accepted_by="MACHINE" if accepted else "",
                accepted_at=at if accepted else None,
                **kept_value(name, found),
            )
        )
    return made


def kept_value(name: str, found: Found | str) -> dict[str, Any]:
    """A value as its row keeps it: numbers of persons and accounts sealed, with their mask."""
    value = found if isinstance(found, str) else found.value
    if name not in SENSITIVE:
        return {"value": value, "sealed": None}
    mask = masks.mask_account if name == "account_number" else masks.mask_identity
    return {"value": mask(value), "sealed": sealing.seal(value, SEALED_PLACE) if value else None}


def _write_invoice(
    upload: Upload, read: Recognised, settled: bool, answer: Answered | None, at: datetime
) -> tuple[Upload, str] | None:
    """Write the invoice; or the upload that holds it already, and what says so."""
    row = invoicing.row_from(read)

    def write() -> bool:
        return invoicing.write_invoice(
            upload_id=upload.pk, row=row, settled=settled, read=read, answer=answer, at=at
        )

    if write():
        return None
    first = invoicing.find_holder(row["code"], row["number"])
    if first is None:
        raise RuntimeError("an invoice was in the way and is gone: try again")
    if first.subject == upload.subject and settled and first.state == Upload.State.NEEDS_PERSON:
        _supersede(first, upload, at)
        write()
        return None
    return first, "BUSINESS_KEY"


def _supersede(first: Upload, better: Upload, at: datetime) -> None:
    """The customer handed in a clearer file of the same invoice: that one counts."""
    tx.changed(
        """
        with gone as (
            update documents_upload
               set live = false, state = 'REFUSED', refusal = 'SUPERSEDED', first_id = %s::bigint,
                   version = version + 1
             where id = %s::bigint)
        update documents_invoice set live = false, settled = false where upload_id = %s::bigint
        """,
        [better.pk, first.pk, first.pk],
    )


def _refuse(upload: Upload, first: Upload, witness: str, *, at: datetime) -> None:
    same = first.subject == upload.subject
    upload.state, upload.live = Upload.State.REFUSED, False
    upload.refusal = "ALREADY_HERE" if same else "DUPLICATE"
    upload.first = first
    upload.save()
    say_duplicate(upload, first, witness, actor=SYSTEM, at=at)


def _remember_looks(upload: Upload, read: Recognised) -> None:
    if upload.kind != "INVOICE":
        return
    if read.phash is not None:
        upload.phash, upload.phash_bands = read.phash, likeness.look_bands(read.phash)
    if hashes := likeness.text_hashes(read.text):
        upload.text_hashes, upload.text_bands = hashes, likeness.text_bands(hashes)


_ALIKE = """
    select id, phash, text_hashes, coalesce(invoice.number, ''), coalesce(invoice.code, '')
      from documents_upload as upload
      left join documents_invoice as invoice on invoice.upload_id = upload.id
     where upload.live and upload.id <> %(id)s::bigint
       and ((upload.phash_bands is not null and upload.phash_bands && %(looks)s::int[])
         or (upload.text_bands is not null and upload.text_bands && %(texts)s::int[]))
     order by upload.id
     limit 200
"""


def _find_look_alike(upload: Upload, read: Recognised) -> tuple[Upload, str] | None:
    """
    The earlier upload of the same picture, believed only where look and numbers agree.

    Where only the words agree and the number could not be read, the upload is marked LOOKS_LIKE
    for a person, with the earlier one beside it.
    """
    if not upload.phash_bands and not upload.text_bands:
        return None
    number = read.value("number")
    candidates = tx.rows(
        _ALIKE,
        {"id": upload.pk, "looks": upload.phash_bands or [], "texts": upload.text_bands or []},
    )
    for other_id, phash, hashes, other_number, _code in candidates:
        if number and other_number and number != other_number:
            continue  # two bills of one form look alike
        alike = likeness.likeness(upload.text_hashes or [], hashes or [])
        if alike < likeness.SAME_TEXT:
            continue
        looks_same = (
            phash is not None
            and upload.phash is not None
            and likeness.bits_apart(phash, upload.phash) <= likeness.LOOK_BITS_MAX
        )
        if looks_same:
            return Upload.objects.get(pk=other_id), "LOOK_ALIKE"
        if not (number and other_number):
            upload.first_id = other_id
            upload.notes = [*upload.notes, "LOOKS_LIKE"]
            return None
    return None


@tx.use_case
def defer_forgotten(*, before: datetime) -> int:
    """
    Have every upload handed in before a time and still unread read, where no job will do so.

    Returns how many. The job itself copes with being there twice.
    """
    forgotten = tx.rows(
        """
        select id from documents_upload as upload
         where state in ('RECEIVED', 'READING') and received_at < %s::timestamptz
           and not exists (
               select 1 from procrastinate_jobs as job
                where task_name = %s::text and status in ('todo', 'doing')
                  and (args ->> 'upload_id')::bigint = upload.id)
         order by id limit 100
        """,
        [before, RECOGNISE],
    )
    for (upload_id,) in forgotten:
        journal.defer(RECOGNISE, lock=f"upload:{upload_id}", upload_id=upload_id)
    return len(forgotten)
