"""A hospital sends an invoice as data."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.utils.translation import gettext_noop as _

from yilu.documents.events import InvoiceFed
from yilu.documents.models import INVOICE_KINDS, Upload
from yilu.documents.operations.intake import say_duplicate
from yilu.documents.operations.invoicing import COLUMNS, NAMES
from yilu.documents.rules import invoices
from yilu.journal import operations as journal
from yilu.kernel import money, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref

_DAYS_MOST = Decimal("9999.9")  # what the column holds


class InvoiceFeedMalformed(Invalid):
    """The provider's system sent an invoice that cannot be one; the message says which part."""

    code = "invoice_feed_malformed"
    message = "发票数据不正确"
    hint = "请按接口说明核对后重新发送。"


@tx.step
def accept_invoice_feed(
    *,
    about: Ref,
    party_id: int,
    provider_id: int,
    invoice: dict[str, Any],
    actor: Ref,
    at: datetime,
) -> int:
    """
    Take in an invoice a provider's system sends as data: it stands at once, nothing is read.

    ``invoice``: kind, code, number, check_code, issued_on ("2026-05-04"), payer_name, payee_name,
    payee_code, total, fund_paid, account_paid, own_paid, self_paid, self_cost, other_paid (text
    amounts), visit_kind (OUTPATIENT or INPATIENT), admitted_on, discharged_on, hospital_days,
    department, insurance_type, lines (name, category A/B/C/OWN or 甲乙丙自费, amount, spec,
    quantity, price, self_paid). Required: number, issued_on, payer_name, total, lines that add up.

    One SQL statement whatever the number of lines. The same invoice for the same subject again
    returns the first upload; one that another claim holds is kept as REFUSED with the first named.

    :return: the upload's id.
    :raises InvoiceFeedMalformed: with the reason in Chinese.
    """
    row = read_feed(invoice, day_of(at))
    payload = orjson.dumps(row, default=str).decode()
    ids = tx.rows(
        _INSERT,
        {
            "subject": str(about),
            "party_id": party_id,
            "provider_id": provider_id,
            "sha256": hashlib.sha256(payload.encode()).hexdigest(),
            "size": len(payload),
            "actor": str(actor),
            "at": at,
            "invoice": payload,
        },
    )
    upload_id, stands = ids[0] if ids else (None, False)
    if not stands:
        return _refuse_known(about, party_id, provider_id, row, upload_id, payload, actor, at)
    journal.record(
        InvoiceFed(upload_id=upload_id, subject=str(about), provider_id=provider_id),
        about=about,
        actor=actor,
        at=at,
        party=party_id,
    )
    return int(upload_id)


_INSERT = f"""
    with handed as (
        insert into documents_upload (subject, party_id, kind, state, live, refusal, source, layout,
               filename, media_type, sha256, size, pages, storage_key, notes, request_key,
               provider_id, handed_in_by, received_at, settled_at, attempts, version)
        values (%(subject)s::text, %(party_id)s::bigint, 'INVOICE', 'SETTLED', true, '', 'FEED', '',
               '', 'application/json', %(sha256)s::text, %(size)s::int, 1, '', '{{}}', '',
               %(provider_id)s::bigint, %(actor)s::text, %(at)s::timestamptz, %(at)s::timestamptz, 0, 0)
            on conflict do nothing
        returning id
    ), written as (
        insert into documents_invoice (upload_id, live, settled, {NAMES}, reversed, exchanged,
               registry_state, registry_attempts)
        select handed.id, true, true, {NAMES}, false, false, 'NOT_NEEDED', 0
          from handed, jsonb_to_record(%(invoice)s::jsonb) as row({COLUMNS})
            on conflict do nothing
        returning upload_id
    )
    select handed.id, written.upload_id is not null
      from handed left join written on written.upload_id = handed.id
"""


def read_feed(given: dict[str, Any], today: date) -> dict[str, Any]:
    """Check a provider's invoice and bring it into columns. :raises InvoiceFeedMalformed:"""
    row: dict[str, Any] = {
        name: str(given.get(name) or "").strip()[:length]
        for name, length in invoices.TEXT_FIELDS.items()
    }
    row["kind"] = given.get("kind") or "FISCAL_OUTPATIENT"
    row["visit_kind"] = given.get("visit_kind") or (
        "INPATIENT" if row["kind"] == "FISCAL_INPATIENT" else "OUTPATIENT"
    )
    if row["kind"] not in dict(INVOICE_KINDS):
        raise InvoiceFeedMalformed(_("发票种类不正确"))
    if row["visit_kind"] not in ("OUTPATIENT", "INPATIENT"):
        raise InvoiceFeedMalformed(_("就诊类型不正确"))
    for name in ("number", "payer_name"):
        if not row[name]:
            raise InvoiceFeedMalformed(
                _("缺少发票号码") if name == "number" else _("缺少交款人姓名")
            )
    for name in invoices.MONEY_FIELDS:
        row[name] = _amount(given.get(name))
    for name in invoices.DATE_FIELDS:
        row[name] = _day(given.get(name))
    if row["issued_on"] is None or row["total"] is None:
        raise InvoiceFeedMalformed(_("缺少开票日期或金额合计"))
    if row["issued_on"] > today or (row["discharged_on"] or today) > today:
        raise InvoiceFeedMalformed(_("发票上的日期晚于今天"))
    if row["total"] <= 0:
        raise InvoiceFeedMalformed(_("发票金额应大于零"))
    row["hospital_days"] = _days(given.get("hospital_days"))
    try:
        lines = invoices.read_lines(given.get("lines") or ())
    except ValueError as wrong:
        raise InvoiceFeedMalformed(wrong.args[0]) from None
    if not lines:
        raise InvoiceFeedMalformed(_("缺少收费明细"))
    if invoices.sum_of(lines) != row["total"]:
        raise InvoiceFeedMalformed(_("收费明细之和与金额合计不一致"))
    row["lines"] = [line.as_json() for line in lines]
    return row


def _amount(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        amount = money.yuan(value)
    except (ValueError, TypeError):
        raise InvoiceFeedMalformed(_("金额不正确，应为最多两位小数的数字")) from None
    if amount < 0:
        raise InvoiceFeedMalformed(_("金额不能为负数"))
    return amount


def _day(value: Any) -> date | None:
    if value is None or value == "":
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise InvoiceFeedMalformed(_("日期不正确，应为 2026-05-04 这样的格式")) from None


def _days(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        days = money.yuan(str(value))
    except ValueError:
        raise InvoiceFeedMalformed(_("住院天数不正确")) from None
    if not 0 <= days <= _DAYS_MOST:
        raise InvoiceFeedMalformed(_("住院天数不正确"))
    return days


def _refuse_known(
    about: Ref,
    party_id: int,
    provider_id: int,
    row: dict[str, Any],
    upload_id: int | None,
    payload: str,
    actor: Ref,
    at: datetime,
) -> int:
    """The rare way: the invoice is here already, in this claim or in another one."""
    sha256 = hashlib.sha256(payload.encode()).hexdigest()
    first = (
        Upload.objects.filter(live=True, invoice__live=True)
        .filter(invoice__number=row["number"], invoice__code=row["code"])
        .order_by("id")
        .first()
    ) or Upload.objects.filter(live=True, kind="INVOICE", sha256=sha256).order_by("id").first()
    if first is None:
        raise RuntimeError("an invoice was in the way and is gone: try again")
    if first.subject == str(about):
        if upload_id is not None:
            Upload.objects.filter(pk=upload_id).delete()
        return first.pk
    if upload_id is None:
        upload = Upload(
            subject=str(about),
            party_id=party_id,
            kind="INVOICE",
            source="FEED",
            media_type="application/json",
            sha256=sha256,
            size=len(payload),
            provider_id=provider_id,
            handed_in_by=str(actor),
            received_at=at,
        )
    else:
        upload = Upload.objects.get(pk=upload_id)
    upload.state, upload.live, upload.refusal = Upload.State.REFUSED, False, "DUPLICATE"
    upload.first, upload.settled_at = first, None
    upload.save()
    say_duplicate(upload, first, "BUSINESS_KEY", actor=actor, at=at)
    return upload.pk


@dataclass(frozen=True, slots=True)
class Fed:
    """One of many invoices of a provider's: read, and not yet kept."""

    row: dict[str, Any]
    payload: str
    sha256: str

    @classmethod
    def read(cls, invoice: dict[str, Any], today: date) -> Fed:
        """Check what came. :raises InvoiceFeedMalformed: as ``accept_invoice_feed``."""
        row = read_feed(invoice, today)
        payload = orjson.dumps(row, default=str).decode()
        return cls(row, payload, hashlib.sha256(payload.encode()).hexdigest())


_KNOWN = """
    select n from json_to_recordset(%s::json) as q(n int, number text, code text, sha256 text)
     where exists (select 1 from documents_invoice i
                    where i.number = q.number and i.code = q.code and i.live and i.number <> '')
        or exists (select 1 from documents_upload u
                    where u.sha256 = q.sha256 and u.live and u.kind = 'INVOICE')
"""


_HAS = """
    select count(*) from json_to_recordset(%s::json) as q(number text, code text)
     where exists (select 1 from documents_invoice i join documents_upload u on u.id = i.upload_id
                    where i.number = q.number and i.code = q.code and u.subject = %s)
"""


def has_all(subject: Ref, fed: Sequence[Fed]) -> bool:
    """Whether all of these invoices were handed in for this very subject; one statement."""
    asked = [{"number": f.row["number"], "code": f.row["code"]} for f in fed]
    ((found,),) = tx.rows(_HAS, [orjson.dumps(asked).decode(), str(subject)])
    return int(found) == len(fed)


def known_invoices(fed: Sequence[Fed]) -> set[int]:
    """The places of those that some subject has handed in before; one statement."""
    asked = [
        {"n": n, "number": f.row["number"], "code": f.row["code"], "sha256": f.sha256}
        for n, f in enumerate(fed)
    ]
    return {n for (n,) in tx.rows(_KNOWN, [orjson.dumps(asked).decode()])}


_INSERT_MANY = f"""
    with given as materialized (
        select nextval(pg_get_serial_sequence('documents_upload', 'id')) as id, r.*
          from (select * from jsonb_to_recordset(%(given)s::jsonb) as r(n int, subject text,
                party bigint, sha256 text, size int, invoice jsonb) order by n) r
    ), handed as (
        insert into documents_upload (id, subject, party_id, kind, state, live, refusal, source, layout,
               filename, media_type, sha256, size, pages, storage_key, notes, request_key,
               provider_id, handed_in_by, received_at, settled_at, attempts, version)
        select id, subject, party, 'INVOICE', 'SETTLED', true, '', 'FEED', '',
               '', 'application/json', sha256, size, 1, '', '{{}}', '',
               %(provider)s::bigint, %(actor)s::text, %(at)s::timestamptz, %(at)s::timestamptz, 0, 0
          from given
            on conflict do nothing
        returning id
    ), written as (
        insert into documents_invoice (upload_id, live, settled, {NAMES}, reversed, exchanged,
               registry_state, registry_attempts)
        select given.id, true, true, {NAMES.replace("lines", "row.lines")}, false, false,
               'NOT_NEEDED', 0
          from given, jsonb_to_record(given.invoice) as row({COLUMNS})
            on conflict do nothing
        returning upload_id
    )
    select given.n, given.id from given join handed on handed.id = given.id
      join written on written.upload_id = given.id
"""


class FedBefore(Exception):
    """One of many invoices was kept by somebody else meanwhile: nothing of them may stand."""


@tx.step
def accept_invoice_feeds(
    *, fed: Sequence[tuple[Ref, int, Fed]], provider_id: int, actor: Ref, at: datetime
) -> list[int]:
    """
    ``accept_invoice_feed`` for many, (subject, party, invoice) each, in one statement: the uploads'
    ids by place. The events are the caller's to record (``say_fed``), in the order of its own.

    :raises FedBefore: where any of them is there already; the use case must not go on.
    """
    given = [
        {
            "n": n, "subject": str(about), "party": party_id, "sha256": each.sha256,
            "size": len(each.payload), "invoice": orjson.Fragment(each.payload),
        }
        for n, (about, party_id, each) in enumerate(fed)
    ]  # fmt: skip
    rows = tx.rows(
        _INSERT_MANY,
        {
            "given": orjson.dumps(given).decode(), "provider": provider_id, "actor": str(actor),
            "at": at,
        },
    )  # fmt: skip
    if len(rows) != len(fed):
        raise FedBefore
    return [upload_id for _, upload_id in sorted(rows)]


@tx.step
def say_fed(
    upload_id: int, *, about: Ref, party_id: int, provider_id: int, actor: Ref, at: datetime
) -> None:
    """Record that an invoice of ``accept_invoice_feeds`` was taken in."""
    journal.record(
        InvoiceFed(upload_id=upload_id, subject=str(about), provider_id=provider_id),
        about=about, actor=actor, at=at, party=party_id,
    )  # fmt: skip
