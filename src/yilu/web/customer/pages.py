"""How a page of this door is shown, and to whom."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.web.common import access


def me(request: HttpRequest) -> Ref:
    """The customer asking. :raises SignInNeeded: if it is nobody or somebody else."""
    return Ref("party", access.party_id(request))


def find_me(request: HttpRequest) -> Ref | None:
    """The customer asking, None for a stranger and for agents and staff."""
    principal = access.current(request)
    return principal.ref if principal is not None and principal.kind == "party" else None


def show(
    request: HttpRequest, name: str, given: dict[str, Any], *, tab: str = "", status: int = 200
) -> HttpResponse:
    """Render ``customer/<name>.html`` for somebody signed in."""
    page = {"signed_in": True, "tab": tab, **given}
    return render(request, f"customer/{name}.html", page, status=status)


def status_of(refusal: Refusal | None, form: Form | None = None) -> int:
    """The status of a page that shows a form again: the refusal's, 422 for a bad form, else 200."""
    if refusal is not None:
        return refusal.status
    return 422 if form is not None and form.errors else 200
