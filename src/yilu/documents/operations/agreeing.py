"""Papers that a settled bill of the same subject bears out settle with it."""

from __future__ import annotations

from datetime import datetime

from yilu.documents.events import DocumentSettled
from yilu.documents.models import Field, Invoice, Upload
from yilu.documents.rules import agreement, settling
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref


@tx.step
def bills_of(subject: str) -> tuple[agreement.BillFacts, ...]:
    """What the settled bills of a subject say about its visits."""
    rows = Invoice.objects.filter(
        upload__subject=subject, upload__live=True, settled=True
    ).values_list(
        "payer_name",
        "payee_name",
        "total",
        "admitted_on",
        "discharged_on",
        "visited_on",
        "issued_on",
    )
    return tuple(
        agreement.BillFacts(payer, payee, total, admitted or visited or issued, discharged)
        for payer, payee, total, admitted, discharged, visited, issued in rows
    )


@tx.step
def settle_what_agrees(*, subject: str, at: datetime) -> int:
    """
    Settle the certificates of a subject that one of its bills bears out; returns how many.

    Called when a bill settles after they were read. Nothing that a person has touched is changed.
    """
    waiting = list(
        Upload.objects.select_for_update(of=("self",))
        .filter(
            subject=subject,
            live=True,
            state=Upload.State.NEEDS_PERSON,
            kind__in=sorted(settling.BORNE_OUT),
        )
        .order_by("id")
    )
    if not waiting:
        return 0
    bills = bills_of(subject)
    return sum(_settle(upload, bills, at) for upload in waiting)


def _settle(upload: Upload, bills: tuple[agreement.BillFacts, ...], at: datetime) -> bool:
    fields = {field.name: field for field in Field.objects.filter(upload=upload)}
    values = {name: field.value for name, field in fields.items()}
    untouched = all(field.staff_id is None for field in fields.values())
    witnessed = settling.borne_out(upload.kind, upload.layout, values, tuple(upload.notes), bills)
    if not witnessed or not untouched:
        return False
    for name in witnessed:
        field = fields[name]
        field.witnesses = sorted({*field.witnesses, agreement.WITNESS})
        field.accepted_by, field.accepted_at = "MACHINE", at
        field.save(update_fields=["witnesses", "accepted_by", "accepted_at"])
    upload.state, upload.settled_at = Upload.State.SETTLED, at
    upload.version += 1
    upload.save()
    journal.record(
        DocumentSettled(upload_id=upload.pk, subject=upload.subject, kind=upload.kind),
        about=Ref.parse(upload.subject),
        actor=SYSTEM,
        at=at,
        party=upload.party_id,
    )
    return True
