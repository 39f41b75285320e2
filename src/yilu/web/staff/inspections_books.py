"""质检规范: the sampling plan, the forms and the phrases, in versions by two people."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.days import day_of
from yilu.quality import operations
from yilu.quality.queries import books as queries
from yilu.quality.queries import shapes
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.staff import shaped
from yilu.web.staff.asked import acting, actor_of, names_said, number_in
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import access_of, show

HERE = "quality_books"


@require_GET
@staff_only(right="quality.view")
def listing(request: HttpRequest) -> HttpResponse:
    """What counts of each today."""
    rows = [
        (_kind(book), queries.BOOKS[book], found)
        for book, found in queries.books_now(day_of(timezone.now())).items()
    ]
    page = {"rows": rows, "may_manage": access_of(request).may("quality.manage")}
    return show(request, "staff/inspections/books.html", page, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="quality.manage")
def versions(request: HttpRequest, book: str) -> HttpResponse:
    """Every version of one; write the next; ``?from=standard`` begins a form with its standard."""
    code, today = _book(book), day_of(timezone.now())
    shape, rows = shapes.book_shape(code), queries.list_books(code)
    made = queries.form_from_standard(code, today) if request.GET.get("from") == "standard" else ""
    writing = shaped.write(
        request, shape, text=made or (rows[0].text if rows else ""),
        save=lambda text: operations.write_book(
            book=code, text=text, revision=number_in(request, "revision"), **acting(request)
        ),
    )  # fmt: skip
    if writing is None:
        messages.success(request, _("草稿已保存，请另一位同事批准。"))
        return redirect("staff:quality_book", book)
    page = shaped.versions(shape, rows) | {
        "kind": book, "label": queries.BOOKS[code], "rows": rows, "writing": writing,
        "today": today, "is_form": code.startswith("form."), "me": str(actor_of(request)),
        "who": names_said(*(row.author for row in rows), *(row.approver for row in rows)),
    }  # fmt: skip
    return show(request, "staff/inspections/book.html", page, here=HERE, status=writing.status)


@require_POST
@staff_only(right="quality.manage")
def act(request: HttpRequest, book: str, name: str) -> HttpResponse:
    """Approve or give up a draft."""
    _book(book)
    if name not in _ACTS:
        raise Http404
    with telling(request):
        _ACTS[name](request)
    return redirect("staff:quality_book", book)


def _approve(request: HttpRequest) -> None:
    operations.approve_book(
        version_id=number_in(request, "version"), revision=number_in(request, "revision"),
        since=day_in(request.POST.get("since", "")), **acting(request),
    )  # fmt: skip
    messages.success(request, _("已批准，从生效日起按这一版办理。"))


def _discard(request: HttpRequest) -> None:
    operations.discard_book(version_id=number_in(request, "version"), **acting(request))
    messages.success(request, _("草稿已放弃。"))


_ACTS: dict[str, Callable[[HttpRequest], None]] = {"approve": _approve, "discard": _discard}


def _kind(code: str) -> str:
    return code.replace(".", "-")


def _book(kind: str) -> str:
    code = kind.replace("-", ".", 1)
    if code not in queries.BOOKS:
        raise Http404
    return code
