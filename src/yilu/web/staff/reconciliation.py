"""银行对账: the bank's statement from a file or from the bank itself, and what does not agree."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from yilu.gateways import bank
from yilu.kernel import days as kernel_days
from yilu.kernel.days import CHINA
from yilu.kernel.errors import Invalid, Refusal
from yilu.payments import operations
from yilu.payments import queries as payments
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, day_of, id_after
from yilu.web.staff.page import access_of, show
from yilu.web.staff.payment_files import content_of

log = logging.getLogger(__name__)

BYTES_MAX = 5 * 1024 * 1024
LINES_MAX = 50_000
COLUMNS = ("银行流水号", "幂等键", "金额", "记账时间")
CODES = ("reference", "key", "amount", "booked_at")


class UnreadableStatement(Invalid):
    """The file is not a statement as agreed with the bank."""

    code = "unreadable_statement"
    message = "对账单文件无法读取"
    hint = "请使用 UTF-8 编码的 CSV 文件，首行为：银行流水号,幂等键,金额,记账时间；幂等键是银行原样返回的指令编号。"


class NoStatementYet(Invalid):
    """The day is not over, or the bank has nothing for it."""

    code = "no_statement_yet"
    message = "这一天的对账单还没有"
    hint = "对账单在次日早上六点后提供，请选择已经结束的日期。"


@require_GET
@staff_only(right="payments.reconcile")
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Reconciled days and open differences."""
    return _page(request)


@require_POST
@staff_only(right="payments.reconcile")
def take_in(request: HttpRequest) -> HttpResponse:
    """Take a statement in: from a CSV file, or (``from=bank``) from the bank."""
    try:
        day = day_of(request.POST.get("day", ""))
        if day >= kernel_days.day_of(timezone.now()):
            raise NoStatementYet
        lines = _from_bank(day) if request.POST.get("from") == "bank" else _from_file(request)
        found = operations.reconcile(statement_date=day, lines=lines, at=timezone.now())
    except Refusal as refusal:
        return _page(request, refusal)
    if found:
        words = ngettext("对账完成，发现 %(n)s 处差异。", "对账完成，发现 %(n)s 处差异。", found)
        messages.warning(request, words % {"n": found})
    else:
        messages.success(request, _("对账完成，没有新的差异。"))
    return redirect("staff:reconciliation")


@require_POST
@staff_only(right="payments.reconcile")
def take_in_file(request: HttpRequest) -> HttpResponse:
    """Take in the bank's statement as an ISO 20022 file (camt.053)."""
    try:
        taken = operations.take_in_statement(
            content=content_of(request), access=access_of(request), actor=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, refusal)
    said = {"differences": taken.differences, "repayments": taken.repayments}
    words = _("对账单已处理：差异 %(differences)d 处，还款入账 %(repayments)d 笔。") % said
    (messages.warning if taken.differences else messages.success)(request, words)
    return redirect("staff:reconciliation")


@require_GET
@staff_only(right="payments.reconcile")
def chart(request: HttpRequest) -> JsonResponse:
    """Day by day: what we say was paid, and what the bank booked."""
    days = payments.daily_picture(access_of(request), kernel_days.day_of(timezone.now()))
    return JsonResponse(
        {
            "names": [f"{each.day:%m-%d}" for each in days],
            "series": [
                {"name": _("我方已到账"), "tone": "info", "data": [float(d.ours) for d in days]},
                {
                    "name": _("银行已记账"),
                    "tone": "good",
                    "data": [None if d.theirs is None else float(d.theirs) for d in days],
                },
            ],
        }
    )


@require_POST
@staff_only(right="payments.reconcile")
def claim(request: HttpRequest, credit_id: int) -> HttpResponse:
    """Count money that came in as a repayment."""
    try:
        owed = operations.claim_credit(
            credit_id=credit_id, reference=request.POST.get("reference", ""),
            access=access_of(request), actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("已登记为还款。"))
    return redirect("staff:receivable", owed)


@require_POST
@staff_only(right="payments.reconcile")
def set_aside(request: HttpRequest, credit_id: int) -> HttpResponse:
    """Say that money that came in has nothing to do with claims."""
    try:
        operations.set_aside_credit(
            credit_id=credit_id, note=request.POST.get("note", ""), access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("已注明用途。"))
    return redirect("staff:reconciliation")


@require_POST
@staff_only(right="payments.reconcile")
def close(request: HttpRequest, difference_id: int) -> HttpResponse:
    """Close a difference with what was found out."""
    try:
        operations.resolve_difference(
            difference_id=difference_id,
            resolution=request.POST.get("resolution", ""),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, _("差异已处理。"))
    return redirect("staff:reconciliation")


def _page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    all_of_them = request.GET.get("all") == "1"
    rows = payments.list_differences(
        access, only_open=not all_of_them, after=id_after(request) or 0, limit=50
    )
    page = {
        "differences": rows,
        "next": rows[-1].id if len(rows) == 50 else None,
        "all": all_of_them,
        "statements": payments.list_statements(access),
        "credits": payments.list_credits(access),
        "bank_is_set_up": bank.chosen() is not None,
        "columns": ",".join(COLUMNS),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/payments/reconciliation.html", page, here="payments", status=status)


def _from_bank(day: date) -> list[bank.Booking]:
    teller = bank.chosen()
    if teller is None:
        raise NoStatementYet(_("没有接入银行"), hint=_("请改为上传银行提供的对账单文件。"))
    try:
        return list(teller.statement(day))
    except bank.BankTrouble as trouble:
        log.warning("no bank statement of %s: %s", day, trouble)
        raise NoStatementYet(
            _("银行暂时没有答复"), hint=_("请稍后再试，或上传银行提供的对账单文件。")
        ) from None


def _from_file(request: HttpRequest) -> list[bank.Booking]:
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise UnreadableStatement(_("请选择对账单文件"))
    if file.size > BYTES_MAX:
        raise UnreadableStatement(_("对账单文件超过 5 MB"))
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableStatement from None
    return list(_lines(text))


def _lines(text: str) -> Iterator[bank.Booking]:
    rows = csv.reader(io.StringIO(text))
    try:
        head = tuple(cell.strip() for cell in next(rows, []))
        if head not in (COLUMNS, CODES):
            raise UnreadableStatement(_("首行的列名与约定不同"))
        seen: set[str] = set()
        for number, row in enumerate(rows, 2):
            if not any(cell.strip() for cell in row):
                continue
            if number > LINES_MAX:
                raise UnreadableStatement(_("对账单行数太多"))
            booking = _line(number, [cell.strip() for cell in row])
            if booking.reference in seen:
                raise UnreadableStatement(_("第 %(n)s 行的银行流水号重复") % {"n": number})
            seen.add(booking.reference)
            yield booking
    except csv.Error:
        raise UnreadableStatement from None


def _line(number: int, row: list[str]) -> bank.Booking:
    if len(row) != len(COLUMNS) or not row[0] or not row[1] or max(map(len, row[:2])) > 64:
        raise UnreadableStatement(_("第 %(n)s 行的列不完整") % {"n": number})
    try:
        amount = Decimal(row[2].replace(",", ""))
        booked_at = datetime.fromisoformat(row[3])
    except (InvalidOperation, ValueError):
        raise UnreadableStatement(_("第 %(n)s 行的金额或时间有误") % {"n": number}) from None
    if not amount.is_finite() or amount <= 0 or amount >= 10**12 or amount != round(amount, 2):
        raise UnreadableStatement(_("第 %(n)s 行的金额或时间有误") % {"n": number})
    if booked_at.tzinfo is None:
        booked_at = booked_at.replace(tzinfo=CHINA)
    return bank.Booking(row[0], row[1], round(amount, 2), booked_at.astimezone(UTC))
