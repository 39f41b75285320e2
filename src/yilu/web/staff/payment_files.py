"""付款批次: payments in files for the bank, four eyes, the file itself, and what the bank answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.gateways.iso20022 import BYTES_MAX
from yilu.journal import queries as journal
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.payments import operations
from yilu.payments import queries as payments
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, day_of, id_after, names
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of, show

TONES = {
    "PROPOSED": "warn", "READY": "info", "SENT": "info", "ANSWERED": "info", "CLOSED": "good",
    "DISCARDED": "", "SENDING": "info", "SETTLED": "good", "REJECTED": "bad", "UNCLEAR": "warn",
}  # fmt: skip


class FileTooLarge(Invalid):
    """Larger than any file of the bank's."""

    code = "file_too_large"
    message = "文件超过 20 MB"
    hint = "请确认选择的是银行返回的 XML 文件。"


@require_http_methods(["GET", "POST"])
@staff_only(right="claims.pay")
def batches(request: HttpRequest) -> HttpResponse:
    """What waits for a file, the batches; a POST makes one of what waits."""
    if request.method == "GET":
        return _list(request)
    try:
        wanted = request.POST.get("execute_on", "")
        made = operations.make_batch(
            access=access_of(request), actor=actor_of(request), at=timezone.now(),
            execute_on=day_of(wanted) if wanted else None,
        )  # fmt: skip
    except Refusal as refusal:
        return _list(request, refusal)
    if made is None:
        messages.warning(request, _("等待的付款账户都已停用，已转为退回处理，没有生成批次。"))
        return redirect("staff:batches")
    messages.success(request, _("已生成付款批次。"))
    return redirect("staff:batch", made)


@require_GET
@staff_only(right="claims.pay")
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch with its payments, what the bank said about each, and what may be done now."""
    return _page(request, batch_id)


@require_POST
@staff_only(right="claims.pay")
def release(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The second pair of eyes."""
    try:
        operations.release_batch(
            batch_id=batch_id, access=access_of(request), actor=actor_of(request), at=timezone.now()
        )
    except Refusal as refusal:
        return _page(request, batch_id, refusal)
    messages.success(request, _("复核通过，付款文件已生成。"))
    return redirect("staff:batch", batch_id)


@require_POST
@staff_only(right="claims.pay")
def discard(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Discard a batch whose file nobody took."""
    try:
        operations.discard_batch(
            batch_id=batch_id, note=request.POST.get("note", ""), access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, batch_id, refusal)
    messages.success(request, _("批次已作废，其中的付款等待重新制单。"))
    return redirect("staff:batch", batch_id)


@require_POST
@staff_only(right="claims.pay")
def file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The payment file itself; that it was taken is on record."""
    try:
        name, content = operations.give_out_file(
            batch_id=batch_id, access=access_of(request), actor=actor_of(request), at=timezone.now()
        )
    except Refusal as refusal:
        return _page(request, batch_id, refusal)
    response = HttpResponse(content, content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@staff_only(right="payments.reconcile")
def answer(request: HttpRequest) -> HttpResponse:
    """Take in the bank's answer to a batch (pain.002)."""
    try:
        taken = operations.take_in_status_report(
            content=content_of(request), access=access_of(request), actor=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _list(request, refusal)
    said = {
        "settled": taken.settled, "rejected": taken.rejected, "under_way": taken.under_way,
        "unclear": taken.unclear,
    }  # fmt: skip
    messages.success(
        request,
        _(
            "回执已处理：到账 %(settled)d 笔，退回 %(rejected)d 笔，处理中 %(under_way)d 笔，待核实 %(unclear)d 笔。"
        )
        % said,
    )
    found = next(
        (f.batch_id for f in payments.list_bank_files(access_of(request)) if f.id == taken.file_id),
        None,
    )
    return redirect("staff:batch", found) if found else redirect("staff:batches")


def content_of(request: HttpRequest) -> bytes:
    """The uploaded file's bytes. :raises Invalid: none, or too large."""
    uploaded = request.FILES.get("file")
    if uploaded is None or not uploaded.size:
        raise Invalid(_("请选择银行返回的文件"))
    if uploaded.size > BYTES_MAX:
        raise FileTooLarge
    return bytes(uploaded.read())


def _list(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    rows = payments.list_batches(access, after=id_after(request))
    who = names(*(Ref.parse(b.made_by) for b in rows))
    page = {
        "rows": [
            {"batch": b, "tone": TONES[b.state], "who": who.get(Ref.parse(b.made_by), "")}
            for b in rows
        ],
        "next": rows[-1].id if len(rows) == 30 else None,
        "waiting": payments.waiting_for_file(access),
        "files": payments.list_bank_files(access, limit=8),
        "may_reconcile": access.may("payments.reconcile"),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/payments/batches.html", page, here="payments", status=status)


def _page(request: HttpRequest, batch_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access, actor = access_of(request), str(actor_of(request))
    seen = payments.get_batch(access, batch_id)
    if seen is None:
        raise NotFound
    entries = payments.list_batch_entries(access, batch_id, after=id_after(request) or 0)
    named = links_to((e.about for e in entries), access)
    history = journal.timeline(Ref("payment_batch", batch_id))
    who = names(*(row.actor for row in history), Ref.parse(seen.made_by))
    page = {
        "batch": seen,
        "tone": TONES[seen.state],
        "entries": [
            {"row": e, "tone": TONES.get(e.state, "info"), "link": named[e.about]} for e in entries
        ],
        "next": entries[-1].position if len(entries) == 100 else None,
        "files": payments.list_bank_files(access, batch_id),
        "history": [{"label": r.label, "at": r.at, "who": who.get(r.actor, "")} for r in history],
        "maker": who.get(Ref.parse(seen.made_by), ""),
        "may_release": seen.state == "PROPOSED" and seen.made_by != actor,
        "own": seen.state == "PROPOSED" and seen.made_by == actor,
        "may_take": seen.state not in ("PROPOSED", "DISCARDED"),
        "may_discard": seen.state in ("PROPOSED", "READY") and not seen.given_out_at,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/payments/batch.html", page, here="payments", status=status)
