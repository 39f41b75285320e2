"""What the tax or finance registry says about an invoice."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.documents.events import InvoiceVerified
from yilu.documents.models import Invoice, RegistryAnswer, Upload
from yilu.documents.operations.invoicing import FINAL, FIRST_WAIT, ToVerify
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref

LEASE = timedelta(minutes=2)
ATTEMPTS_MAX = 6
BACK_OFF = (
    FIRST_WAIT,
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
)


class NothingToVerify(Refusal):
    """The invoice lacks one of the five elements, or is no invoice."""

    code = "nothing_to_verify"
    message = "这张发票缺少查验所需的要素"
    hint = "请先补全票据代码、号码、校验码、开票日期和金额。"


@tx.use_case
def lease_for_verification(*, at: datetime, limit: int = 20) -> tuple[ToVerify, ...]:
    """Take invoices whose turn it is; nobody else gets them for two minutes."""
    rows = tx.rows(
        """
        with due as (
            select upload_id from documents_invoice
             where registry_state = 'WAITING' and registry_due_at <= %s::timestamptz and live
             order by registry_due_at limit %s::int for update skip locked)
        update documents_invoice i
           set registry_due_at = %s::timestamptz, registry_attempts = registry_attempts + 1
          from due where i.upload_id = due.upload_id
        returning i.upload_id, i.kind, i.code, i.number, i.check_code, i.issued_on, i.total
        """,
        [at, limit, at + LEASE],
    )
    return tuple(ToVerify(*row) for row in rows)


@tx.use_case
def record_registry_answer(
    *, upload_id: int, status: str, registry: str, receipt: str = "", at: datetime
) -> None:
    """
    Keep what the registry said; the event lets the claim react.

    UNAVAILABLE is asked again later, six times in all, then left for a person. An answer to an
    invoice that already has one changes nothing.
    """
    invoice = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("upload")
        .filter(pk=upload_id, registry_state="WAITING")
        .first()
    )
    if invoice is None:
        return
    RegistryAnswer.objects.create(
        invoice=invoice, status=status, registry=registry, receipt=receipt[:80], asked_at=at
    )
    again = status not in FINAL and invoice.registry_attempts < ATTEMPTS_MAX
    if again:
        wait = BACK_OFF[min(invoice.registry_attempts - 1, len(BACK_OFF) - 1)]
        Invoice.objects.filter(pk=upload_id).update(registry_due_at=at + wait)
        return
    invoice.registry_state = status if status in FINAL else "UNAVAILABLE"
    invoice.registry_due_at = None
    invoice.reversed = invoice.reversed or status == "REVERSED"
    invoice.exchanged = invoice.exchanged or status == "EXCHANGED"
    invoice.save(update_fields=["registry_state", "registry_due_at", "reversed", "exchanged"])
    journal.record(
        InvoiceVerified(
            upload_id=upload_id, subject=invoice.upload.subject, status=invoice.registry_state
        ),
        about=Ref.parse(invoice.upload.subject),
        actor=SYSTEM,
        at=at,
        party=invoice.upload.party_id,
    )


@tx.use_case
def ask_registry_again(*, upload_id: int, actor: Ref, at: datetime) -> None:
    """
    Have an invoice verified (again) as soon as possible, as when the registry was away.

    :raises NothingToVerify: if the five elements are not all there.
    """
    changed = Invoice.objects.filter(
        pk=upload_id, live=True, issued_on__isnull=False, total__isnull=False
    ).exclude(number="")
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None or not changed.update(
        registry_state="WAITING", registry_due_at=at, registry_attempts=0
    ):
        raise NothingToVerify
