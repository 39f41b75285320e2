"""What courses and situations share: written by form in versions, approved by somebody else as it was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from yilu.people.queries import Access
from yilu.quality.queries.shapes import Shape
from yilu.web.common.errors import telling
from yilu.web.staff import shaped
from yilu.web.staff.asked import acting, actor_of, names_said, number_in
from yilu.web.staff.page import access_of, show


@dataclass(frozen=True)
class Kind:
    """One sort of text: how it is read and written, and where its pages are."""

    shape: Callable[[], Shape]
    versions: Callable[[Access, str], Sequence[Any]]
    write: Callable[..., int]  # code, text, revision, new and who acts
    approve: Callable[..., None]
    discard: Callable[..., None]
    listing: str
    page: str
    template: str
    here: str
    approved: str  # what the approver is told


def new(request: HttpRequest, kind: Kind, *, heading: str, example: str) -> HttpResponse:
    """One that is not there yet, under a code of its own."""
    code = request.POST.get("code", "").strip()
    writing = shaped.write(
        request, kind.shape(), text="",
        save=lambda text: kind.write(code, text=text, revision=0, new=True, **acting(request)),
    )  # fmt: skip
    if writing is None:
        return _kept(request, kind, code)
    page = {
        "writing": writing, "code": code, "example": example, "back": f"staff:{kind.listing}",
        "heading": heading,
    }  # fmt: skip
    return show(request, "staff/shaped/new.html", page, here=kind.here, status=writing.status)


def versions(request: HttpRequest, kind: Kind, code: str) -> HttpResponse:
    """Every version of one, newest first; write the next."""
    rows, shape = kind.versions(access_of(request), code), kind.shape()
    writing = shaped.write(
        request, shape, text=rows[0].text,
        save=lambda text: kind.write(
            code, text=text, revision=number_in(request, "revision"), **acting(request)
        ),
    )  # fmt: skip
    if writing is None:
        return _kept(request, kind, code)
    page = shaped.versions(shape, rows) | {
        "code": code, "rows": rows, "writing": writing, "me": str(actor_of(request)),
        "who": names_said(*(each for row in rows for each in (row.author, row.approver))),
    }  # fmt: skip
    return show(request, kind.template, page, here=kind.here, status=writing.status)


def version(request: HttpRequest, kind: Kind, code: str, number: int) -> Any:
    """One version, draft or not. :raises Http404: there is none."""
    rows = kind.versions(access_of(request), code)
    row = next((each for each in rows if each.number == number), None)
    if row is None:
        raise Http404
    return row


def act(request: HttpRequest, kind: Kind, code: str, name: str) -> HttpResponse:
    """Approve a draft as it was seen, or give it up."""
    if name not in _ACTS:
        raise Http404
    with telling(request):
        _ACTS[name](request, kind)
    if name == "discard" and not shaped.is_there(lambda: kind.versions(access_of(request), code)):
        return redirect(f"staff:{kind.listing}")
    return redirect(f"staff:{kind.page}", code)


def _approve(request: HttpRequest, kind: Kind) -> None:
    kind.approve(
        version_id=number_in(request, "version"), revision=number_in(request, "revision"),
        **acting(request),
    )  # fmt: skip
    messages.success(request, _(kind.approved))


def _discard(request: HttpRequest, kind: Kind) -> None:
    kind.discard(version_id=number_in(request, "version"), **acting(request))
    messages.success(request, _("草稿已放弃。"))


_ACTS: Mapping[str, Callable[[HttpRequest, Kind], None]] = {
    "approve": _approve, "discard": _discard,
}  # fmt: skip


def _kept(request: HttpRequest, kind: Kind, code: str) -> HttpResponse:
    messages.success(request, _("草稿已保存，请另一位同事批准。"))
    return redirect(f"staff:{kind.page}", code)
