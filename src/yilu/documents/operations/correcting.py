"""People look at what the machine read: they correct, confirm, or refuse it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_noop as _

from yilu.documents.events import (
    DocumentRefused,
    DocumentSettled,
    DuplicateInvoiceRefused,
    FieldCorrected,
    FieldShown,
)
from yilu.documents.models import Field, Invoice, Upload
from yilu.documents.operations import invoicing
from yilu.documents.operations.agreeing import settle_what_agrees
from yilu.documents.operations.recognising import SEALED_PLACE, kept_value
from yilu.documents.rules import invoices, labels, layouts, settling, values
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Sentence, Stale
from yilu.kernel.refs import Ref


class NotForCustomers(NotAllowed):
    """Only staff change what was read."""

    code = "documents_staff_only"
    message = "只有工作人员可以核对识别结果"


class DocumentUnknown(NotFound):
    """There is no such upload."""

    code = "document_unknown"
    message = "没有找到这份资料"


class DocumentChanged(Stale):
    """Somebody else, or the machine, changed the document meanwhile."""

    code = "document_changed"
    message = "这份资料刚刚被更新过"
    hint = "请刷新页面，核对最新的识别结果后再提交。"


class DocumentNotOpen(Refusal):
    """The document is refused, or still being read."""

    code = "document_not_open"
    message = "这份资料现在不能核对"
    hint = "识别尚未完成或资料已不予受理，请稍后刷新页面查看。"


class UnknownField(Invalid):
    """There is no such field on a document of this kind."""

    code = "unknown_field"
    message = "这类资料没有这个字段"


class FieldMalformed(Invalid):
    """The value cannot be one of this field."""

    code = "field_malformed"
    message = "填写的内容不正确"


class RequiredFieldMissing(Invalid):
    """A field without which the document is no use is empty."""

    code = "required_field_missing"
    message = "还有必填的字段没有填写"
    hint = "请对照图片补全后再确认。"


class LinesDoNotAddUp(Invalid):
    """The items and the total of an invoice differ."""

    code = "lines_do_not_add_up"
    message = "明细之和与金额合计不一致"
    hint = "请核对明细和金额合计，更正后再确认。"


class InvoiceAlreadyClaimed(Refusal):
    """Another document holds the invoice of this code and number."""

    code = "invoice_already_claimed"
    message = "这个票据代码和号码已经在另一份资料中"
    hint = "请核对号码；如确为同一张发票，请将这份资料标记为重复。"


@tx.use_case
def correct_field(
    *, upload_id: int, name: str, value: str, version: int, actor: Ref, at: datetime
) -> int:
    """
    Put a field right beside the picture; what the machine had read is kept for the accuracy report.

    ``version`` is the one the person looked at. An empty value clears the field. Returns the new
    version.

    :raises DocumentChanged, DocumentNotOpen, UnknownField, FieldMalformed, InvoiceAlreadyClaimed:
    """
    upload = _open(upload_id, version, actor)
    if not labels.is_correctable(upload.kind, name):
        raise UnknownField
    cleaned = _checked(name, value, at)
    if upload.kind == "INVOICE":
        _write_column(upload, name, cleaned)
    field = Field.objects.filter(upload=upload, name=name).first()
    kept = kept_value(name, cleaned)
    if field is None:
        field = Field(upload=upload, name=name, source="STAFF", confidence=Decimal(1))
        field.required = settling.is_required(upload.kind, name, upload.layout)
        field.corrected_from = ""
    elif field.value != kept["value"] and field.corrected_from is None:
        field.corrected_from = field.value
    field.value, field.sealed = kept["value"], kept["sealed"]
    field.accepted_by, field.staff_id, field.accepted_at = "STAFF", actor.id, at
    field.save()
    _say_corrected(upload, name, actor, at)
    return _bump(upload)


@tx.use_case
def correct_lines(
    *, upload_id: int, lines: Sequence[Mapping[str, Any]], version: int, actor: Ref, at: datetime
) -> int:
    """
    Put the items of an invoice right, all at once. Returns the new version.

    :raises FieldMalformed: with the reason in Chinese. :raises UnknownField: where the document has
        no items; and as :func:`correct_field`.
    """
    upload = _open(upload_id, version, actor)
    if upload.kind != "INVOICE":
        raise UnknownField
    try:
        read = invoices.read_lines(lines)
    except ValueError as wrong:
        raise FieldMalformed(wrong.args[0]) from None
    if any(line.amount < 0 for line in read):
        raise FieldMalformed(_("明细金额不能为负数"))
    kept = [line.as_json() for line in read]
    invoice, _made = Invoice.objects.get_or_create(upload=upload, defaults={"kind": "OTHER"})
    invoice.lines = kept
    invoice.save(update_fields=["lines"])
    _say_corrected(upload, "lines", actor, at)
    return _bump(upload)


@tx.use_case
def confirm_document(*, upload_id: int, version: int, actor: Ref, at: datetime) -> None:
    """
    A person stands for every field as it is shown: the document settles.

    Confirming a settled document again changes nothing.

    :raises RequiredFieldMissing, LinesDoNotAddUp, DocumentChanged, DocumentNotOpen:
    """
    upload = _open(upload_id, version, actor)
    if upload.state == Upload.State.SETTLED:
        return
    filled = set(
        Field.objects.filter(upload=upload).exclude(value="").values_list("name", flat=True)
    )
    needed = [*settling.REQUIRED.get(upload.kind, ()), "code"]
    missing = [
        n for n in needed if settling.is_required(upload.kind, n, upload.layout) and n not in filled
    ]
    if missing:
        raise RequiredFieldMissing(_please_fill(missing))
    if upload.kind == "INVOICE":
        _settle_invoice(upload, at)
    Field.objects.filter(upload=upload, accepted_by="").update(
        accepted_by="STAFF", staff_id=actor.id, accepted_at=at
    )
    upload.state, upload.settled_at = Upload.State.SETTLED, at
    _bump(upload)
    journal.record(
        DocumentSettled(upload_id=upload.pk, subject=upload.subject, kind=upload.kind),
        about=Ref.parse(upload.subject),
        actor=actor,
        at=at,
        party=upload.party_id,
    )
    if upload.kind == "INVOICE":
        settle_what_agrees(subject=upload.subject, at=at)


@tx.use_case
def refuse_document(
    *,
    upload_id: int,
    reason: str,
    version: int,
    actor: Ref,
    at: datetime,
    first_upload_id: int | None = None,
) -> None:
    """
    A person says that a file cannot be used: UNUSABLE, or DUPLICATE of the first one named.

    :raises Invalid: for another reason, or a duplicate of nothing. :raises DocumentUnknown: of a
        first one that is not there.
    """
    upload = _open(upload_id, version, actor)
    if reason not in {"UNUSABLE", "DUPLICATE"} or (reason == "DUPLICATE" and not first_upload_id):
        raise Invalid(_("请选择不予受理的原因；重复的发票请选出首次提交的资料"))
    upload.state, upload.live, upload.refusal = Upload.State.REFUSED, False, reason
    if first_upload_id:
        upload.first = Upload.objects.filter(pk=first_upload_id).exclude(pk=upload.pk).first()
        if upload.first is None:
            raise DocumentUnknown
    Invoice.objects.filter(upload=upload).update(live=False, settled=False)
    _bump(upload)
    if upload.first is not None and reason == "DUPLICATE":
        journal.record(
            DuplicateInvoiceRefused(
                upload_id=upload.pk,
                subject=upload.subject,
                first_subject=upload.first.subject,
                witness="STAFF",
            ),
            about=Ref.parse(upload.subject),
            actor=actor,
            at=at,
            party=upload.party_id,
        )
    else:
        journal.record(
            DocumentRefused(
                upload_id=upload.pk, subject=upload.subject, kind=upload.kind, reason=reason
            ),
            about=Ref.parse(upload.subject), actor=actor, at=at, party=upload.party_id,
        )  # fmt: skip


@tx.use_case
def show_field(*, upload_id: int, name: str, reason: str, actor: Ref, at: datetime) -> str:
    """
    The full value of a sealed field, for somebody with a reason: the showing is recorded.

    :raises Invalid: without a reason. :raises DocumentUnknown: if there is no such value.
    :raises NotForCustomers: for anybody but staff.
    """
    if actor.kind != "staff":
        raise NotForCustomers
    if not reason.strip():
        raise Invalid(_("请填写查看完整号码的原因"))
    field = Field.objects.select_related("upload").filter(upload_id=upload_id, name=name).first()
    if field is None:
        raise DocumentUnknown
    journal.record(
        FieldShown(upload_id=upload_id, field=name, reason=reason.strip()[:100]),
        about=Ref.parse(field.upload.subject),
        actor=actor,
        at=at,
        party=field.upload.party_id,
    )
    return sealing.unseal(field.sealed, SEALED_PLACE) if field.sealed else field.value


def _please_fill(names: Sequence[str]) -> Sentence:
    """Which fields are missing, each still to be said in another language."""
    figures = {f"field{n}": labels.label_of(name) for n, name in enumerate(names)}
    listed = Sentence("、".join(f"{{{name}}}" for name in figures), **figures)
    return Sentence(_("请补全：{fields}"), fields=listed)


def _open(upload_id: int, version: int, actor: Ref) -> Upload:
    if actor.kind != "staff":
        raise NotForCustomers
    upload = Upload.objects.select_for_update(of=("self",)).filter(pk=upload_id).first()
    if upload is None:
        raise DocumentUnknown
    if upload.version != version:
        raise DocumentChanged
    if upload.state not in {Upload.State.NEEDS_PERSON, Upload.State.SETTLED}:
        raise DocumentNotOpen
    if upload.source == "FEED":
        raise DocumentNotOpen(
            _("医疗机构直传的数据不能更改"), hint=_("如有错误，请联系医疗机构重新发送。")
        )
    return upload


def _bump(upload: Upload) -> int:
    upload.version += 1
    upload.save()
    return upload.version


def _say_corrected(upload: Upload, name: str, actor: Ref, at: datetime) -> None:
    journal.record(
        FieldCorrected(upload_id=upload.pk, subject=upload.subject, field=name),
        about=Ref.parse(upload.subject),
        actor=actor,
        at=at,
        party=upload.party_id,
    )


def _checked(name: str, value: str, at: datetime) -> str:
    """The value as it is kept, or a sentence about what is wrong with it."""
    text = values.tidy(value)
    if not text:
        return ""
    label = labels.label_of(name)
    if name in invoices.MONEY_FIELDS:
        amount = values.read_amount(text)
        if amount is None:
            raise FieldMalformed(Sentence(_("{label}不正确，应为最多两位小数的金额"), label=label))
        if amount < 0:
            raise FieldMalformed(Sentence(_("{label}不能为负数"), label=label))
        return str(amount)
    if name in labels.DATES:
        day = values.read_date(text)
        if day is None:
            raise FieldMalformed(
                Sentence(_("{label}不正确，应为 2026-05-04 这样的日期"), label=label)
            )
        if invoicing.is_future(day, at) and name != "valid_to":
            raise FieldMalformed(Sentence(_("{label}不能晚于今天"), label=label))
        return day.isoformat()
    if name in {"code", "number", "payee_code", "account_number", "record_number"}:
        text = values.read_code(text)
    if name == "identity_number":
        text = values.read_code(text)
        if not values.is_identity_number(text):
            raise FieldMalformed(_("身份证号码不正确，请逐位核对"))
    if name == "account_number" and not values.passes_luhn(text):
        raise FieldMalformed(_("银行卡号不正确，请逐位核对"))
    if name == "hospital_days" and not layouts.normalise(text, "days"):
        raise FieldMalformed(Sentence(_("{label}不正确，应为数字"), label=label))
    return text[: invoices.TEXT_FIELDS.get(name, 400)]


def _write_column(upload: Upload, name: str, value: str) -> None:
    known = {*invoices.TEXT_FIELDS, *invoices.MONEY_FIELDS, *invoices.DATE_FIELDS, "hospital_days"}
    if name not in known:
        return
    invoice, _made = Invoice.objects.get_or_create(upload=upload, defaults={"kind": "OTHER"})
    column: object = value
    if name in invoices.DATE_FIELDS:
        column = date.fromisoformat(value) if value else None
    elif name not in invoices.TEXT_FIELDS:
        column = Decimal(value) if value else None
    setattr(invoice, name, column)
    try:
        with tx.savepoint():
            invoice.save()
    except IntegrityError:
        holder = invoicing.find_holder(invoice.code, invoice.number, apart_from=upload.pk)
        where = holder.subject if holder else "?"
        raise InvoiceAlreadyClaimed(
            Sentence(_("这个票据代码和号码已经在另一份资料中（{where}）"), where=where)
        ) from None


def _settle_invoice(upload: Upload, at: datetime) -> None:
    invoice = Invoice.objects.filter(upload=upload).first()
    if invoice is None or invoice.total is None:
        raise RequiredFieldMissing(_please_fill(["total"]))
    lines = [invoices.Line.from_json(line) for line in invoice.lines]
    if lines and invoices.sum_of(lines) not in {invoice.total, invoice.total - (invoice.tax or 0)}:
        raise LinesDoNotAddUp(
            Sentence(
                _("明细之和为{lines}元，与金额合计{total}元不一致"),
                lines=invoices.sum_of(lines),
                total=invoice.total,
            )
        )
    invoice.settled = True
    row: dict[str, Any] = {"kind": invoice.kind, "code": invoice.code, "number": invoice.number}
    row |= {"issued_on": invoice.issued_on, "total": invoice.total}
    if invoicing.can_be_verified(row) and invoice.registry_state == "NOT_NEEDED":
        invoice.registry_state, invoice.registry_due_at = "WAITING", at
    invoice.save()
