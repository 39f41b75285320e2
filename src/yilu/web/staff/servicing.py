"""保全: the counter, the desk of those who look at requests, and the customers who want a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.contact import queries as conversations
from yilu.documents import queries as documents
from yilu.kernel.days import day_of as today
from yilu.kernel.errors import Invalid, NotAllowed, Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _n
from yilu.letters import queries as letters
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.servicing import operations as servicing
from yilu.servicing import queries
from yilu.web.common.access import staff_only
from yilu.web.common.asking import FILE_MAX, begin
from yilu.web.common.files import pdf, shown
from yilu.web.common.numbers import whole
from yilu.web.common.receipt import receipt_in
from yilu.web.staff import contact_concerns
from yilu.web.staff.asked import actor_of, id_after
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import access_of, show

HERE = "servicing"
PAGE = 50
WHICH = {
    "review": _n("待审核"), "continue": _n("客户请人接着办"), "counter": _n("柜面填写中"),
    "agree": _n("等他人同意"),
    "money": _n("款项办理中"), "ended": _n("已结束"),
}  # fmt: skip
MISSING_LINES = 5


@require_GET
@staff_only(right="servicing.view")
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; ``?which=`` one of ``WHICH``."""
    which = request.GET.get("which", "review")
    if which not in WHICH:
        which = "review"
    rows = queries.list_for_staff(
        access_of(request), which=which, after=id_after(request), limit=PAGE + 1
    )
    page = {
        "rows": rows[:PAGE], "which": which, "tabs": WHICH.items(),
        "following": rows[PAGE - 1].id if len(rows) > PAGE else None,
    }  # fmt: skip
    return show(request, "staff/servicing/desk.html", page, here=HERE)


@require_GET
@staff_only(right="servicing.call")
def hall(request: HttpRequest, party_id: int) -> HttpResponse:
    """What may be asked for a customer who stands at the counter or is on the telephone."""
    access = access_of(request)
    customer = people.see_party(access, party_id)
    rows = policies.list_for_party(party_id)
    page = {
        "customer": customer, "begun": contact_concerns.begun_from(request, customer.id),
        "shelves": queries.shelves_of(rows, queries.COUNTER, today(timezone.now())), "own": queries.kinds_of_customer(queries.COUNTER),
        "requests": queries.list_for_customer(party_id, limit=10),
    }  # fmt: skip
    return show(request, "staff/servicing/hall.html", page, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="servicing.call")
def ask(request: HttpRequest, party_id: int, kind: str) -> HttpResponse:
    """Fill in a request with the customer."""
    access, now = access_of(request), timezone.now()
    customer = people.see_party(access, party_id)
    talk = contact_concerns.begun_from(request, customer.id)
    begun = begin(
        request, kind, party_id=party_id, policy_id=whole(request.GET.get("policy")),
        door=queries.COUNTER, by=access, actor=actor_of(request), at=now,
        kept=lambda id: queries.get_for_staff(id, access, now),
    )  # fmt: skip
    if begun.request_id is not None:
        contact_concerns.end_in(request, talk, Ref("servicing_request", begun.request_id))
        return redirect("staff:service_request", begun.request_id)
    page = {
        "customer": customer, "talk": talk, "asked": begun.asked, "form": begun.form, "refusal": begun.refusal,
        "receipt": request.POST if request.method == "POST" else request.GET,
    }  # fmt: skip
    return show(request, "staff/servicing/ask.html", page, here=HERE, status=begun.status)


@require_GET
@staff_only(right="servicing.view")
def request_page(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: what was filled in, what it comes to, the papers, the clocks, and what to do."""
    return _show(request, request_id)


def _show(request: HttpRequest, request_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    found, quoted = queries.get_for_staff(request_id, access, now), None
    handles = access.may("servicing.handle", office_id=found.office_id)
    prepares = handles or (
        access.may("servicing.call", office_id=found.office_id)
        and found.prepared_by == str(actor_of(request))
    )
    ours = found.editable and found.door == queries.COUNTER and prepares
    if ours:
        try:
            quoted = servicing.quote_request(
                request_id=request_id, by=access, actor=actor_of(request), at=now
            )
        except Refusal as refused:
            refusal = refusal or refused
    actor = str(actor_of(request))
    page = {
        "request_": found, "quoted": quoted, "refusal": refusal, "ours": ours, "handles": handles,
        "talks": conversations.talks_about(found.ref, access),
        "customer": people.get_party(found.party_id), "needs": queries.needs(found, now, attended=True),
        "seen_ways": queries.SEEN, "missing_lines": range(MISSING_LINES),
        "may_approve": access.may(
            "servicing.approve", office_id=found.office_id, amount=found.amount
        ) and found.prepared_by != actor,
        "may_refuse": access.may("servicing.approve", office_id=found.office_id),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/servicing/request.html", page, here=HERE, status=status)


@require_POST
@staff_only(right="servicing.call")
def act(request: HttpRequest, request_id: int, name: str) -> HttpResponse:
    """One step: accept, missing, approve, refuse, delay, take_over, seen, caller, phone_code, phone_verify, confirm, prepare, papers, signed, withdraw."""
    doing = _ACTS.get(name)
    if doing is None:
        raise Http404
    queries.get_for_staff(request_id, access_of(request), timezone.now())
    try:
        doing(request, request_id)
    except (servicing.RequestNotFound, NotAllowed):
        raise
    except Refusal as refused:
        return _show(request, request_id, refused)
    messages.success(request, _("已记录。"))
    return redirect("staff:service_request", request_id)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"access": access_of(request), "actor": actor_of(request), "at": timezone.now()}


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": access_of(request), "actor": actor_of(request), "at": timezone.now()}


def _accept(request: HttpRequest, request_id: int) -> None:
    servicing.accept_request(request_id=request_id, **_who(request))


def _missing(request: HttpRequest, request_id: int) -> None:
    servicing.ask_papers(
        request_id=request_id, missing=request.POST.getlist("missing"),
        note=request.POST.get("note", ""), **_who(request),
    )  # fmt: skip


def _approve(request: HttpRequest, request_id: int) -> None:
    servicing.approve_request(
        request_id=request_id, digest=request.POST.get("digest", ""),
        instead=request.POST.get("instead", ""), **_who(request),
    )  # fmt: skip


def _signed(request: HttpRequest, request_id: int) -> None:
    file = request.FILES.get("file")
    servicing.sign_at_counter(
        request_id=request_id, party_id=whole(request.POST.get("party")) or 0,
        agrees=request.POST.get("answer") == "agree", filename=(file and file.name) or "photo.jpg",
        content=file.read(FILE_MAX + 1) if file else b"", **_who(request),
    )  # fmt: skip


def _refuse(request: HttpRequest, request_id: int) -> None:
    servicing.refuse_request(
        request_id=request_id, reasons=request.POST.get("reasons", "").splitlines(), **_who(request)
    )


def _delay(request: HttpRequest, request_id: int) -> None:
    servicing.explain_delay(
        request_id=request_id, words=request.POST.get("words", ""), **_who(request)
    )


def _take_over(request: HttpRequest, request_id: int) -> None:
    servicing.take_over(request_id=request_id, **_who(request))


def _seen(request: HttpRequest, request_id: int) -> None:
    servicing.note_identity_seen(
        request_id=request_id, proof=request.POST.get("proof", ""), **_who(request)
    )


def _caller(request: HttpRequest, request_id: int) -> None:
    born = request.POST.get("birth_date", "").strip()
    servicing.check_caller(
        request_id=request_id, identity_tail=request.POST.get("identity_tail", ""),
        birth_date=day_in(born) if born else None, **_who(request),
    )  # fmt: skip


def _phone_code(request: HttpRequest, request_id: int) -> None:
    servicing.send_code_to_new_phone(request_id=request_id, **_by(request))


def _phone_verify(request: HttpRequest, request_id: int) -> None:
    servicing.verify_new_phone(
        request_id=request_id, code=request.POST.get("code", ""), **_by(request)
    )


def _confirm(request: HttpRequest, request_id: int) -> None:
    servicing.confirm_request(
        request_id=request_id, digest=request.POST.get("digest", ""),
        receipt=receipt_in(request.POST), **_by(request),
    )  # fmt: skip


def _prepare(request: HttpRequest, request_id: int) -> None:
    servicing.prepare_request(request_id=request_id, **_by(request))


def add_papers(request: HttpRequest, request_id: int) -> None:
    """Papers of a form go into a request; also from the visit to somebody who cannot come."""
    files = request.FILES.getlist("files")
    if not files:
        raise Invalid(_("请先拍照或选择文件"))
    for n, file in enumerate(files, start=1):
        servicing.add_papers(
            request_id=request_id, filename=file.name or "photo.jpg",
            content=file.read(FILE_MAX + 1), last=n == len(files),
            receipt=receipt_in(request.POST), **_by(request),
        )  # fmt: skip


def _withdraw(request: HttpRequest, request_id: int) -> None:
    servicing.withdraw_request(request_id=request_id, **_by(request))


_ACTS: dict[str, Callable[[HttpRequest, int], None]] = {
    "accept": _accept, "missing": _missing, "approve": _approve, "refuse": _refuse, "delay": _delay,
    "take_over": _take_over, "seen": _seen, "caller": _caller,
    "phone_code": _phone_code, "phone_verify": _phone_verify, "confirm": _confirm,
    "prepare": _prepare, "papers": add_papers, "withdraw": _withdraw, "signed": _signed,
}  # fmt: skip


@require_GET
@staff_only(right="servicing.view")
def file(request: HttpRequest, request_id: int, upload_id: int) -> HttpResponse:
    """One of the papers handed in."""
    found = queries.get_for_staff(request_id, access_of(request), timezone.now())
    view = next((u for u in found.uploads if u.id == upload_id), None)
    if view is None:
        raise servicing.RequestNotFound
    content, media_type = documents.open_file(upload_id)
    return shown(content, media_type, view.filename)


@require_GET
@staff_only(right="servicing.view")
def letter(request: HttpRequest, request_id: int, letter_id: int) -> HttpResponse:
    """One of the letters about it."""
    found = queries.get_for_staff(request_id, access_of(request), timezone.now())
    if letter_id not in {each.id for each in found.letters}:
        raise servicing.RequestNotFound
    opened = letters.open_letter(letter_id)
    return pdf(opened.content, opened.filename)
