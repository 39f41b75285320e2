"""
单证验真: is this document ours, and unaltered?

The file itself need not come to us: the browser computes its SHA-256 and asks by that. Where it
cannot, the file is hashed here and forgotten. The answer names no person.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from yilu.journal import queries as journal
from yilu.kernel.errors import Invalid, NotFound
from yilu.letters import queries as letters


class NothingToCheck(Invalid):
    """Neither a file nor a code was given."""

    code = "nothing_to_check"
    message = _("请选择文件，或填写文书上的验证码")
    hint = _("验证码印在文书二维码的下方。")


class DocumentUnknown(NotFound):
    """No document of ours has this hash or this code."""

    code = "document_unknown"
    message = _("没有查到这份文书")
    hint = _(
        "它可能被改动过、转换过格式（如截图、打印再扫描），或不是我们出具的。请向客服核实，先不要据此办理任何事。"
    )


@dataclass(frozen=True)
class Evidence:
    """Where the document's hash stands in the log."""

    index: int
    size: int


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask by file, by its hash (``?sha256=``) or by the code beside the QR picture."""
    if request.method == "POST":
        return _ask(request)
    sha256 = request.GET.get("sha256", "").strip().lower()
    if not sha256:
        return render(request, "public/verify.html", {})
    found = letters.find_by_sha256(sha256)
    if found is None:
        return _unknown(request)
    return _genuine(request, found, whole=True)


@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the QR picture leads to. A code shows that we issued it, not that a copy is unaltered."""
    found = letters.find_by_code(_tidy(code))
    return _unknown(request) if found is None else _genuine(request, found, whole=False)


@require_safe
def proof(request: HttpRequest, sha256: str) -> HttpResponse:
    """The inclusion proof as a C2SP ``.tlog-proof`` file. :raises DocumentUnknown: no such document."""
    found = letters.find_by_sha256(sha256)
    if found is None or found.event_id is None:
        raise DocumentUnknown
    response = HttpResponse(
        journal.inclusion_proof(found.event_id).file(), content_type="text/plain; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{sha256[:16]}.tlog-proof"'
    return response


def _ask(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is not None and file.size:
        digest = hashlib.sha256()
        for part in file.chunks():
            digest.update(part)
        return redirect(f"{reverse('public:verify')}?sha256={digest.hexdigest()}")
    code = _tidy(request.POST.get("code", ""))
    if not code:
        refusal = NothingToCheck()
        return render(request, "public/verify.html", {"refusal": refusal}, status=refusal.status)
    return redirect("public:verify_code", code=code)


def _genuine(request: HttpRequest, letter: letters.PublicProof, *, whole: bool) -> HttpResponse:
    page = {"letter": letter, "whole": whole, "evidence": _evidence(letter)}
    return render(request, "public/verified.html", page)


def _unknown(request: HttpRequest) -> HttpResponse:
    refusal = DocumentUnknown()
    return render(request, "public/verify.html", {"unknown": refusal}, status=refusal.status)


def _evidence(letter: letters.PublicProof) -> Evidence | None:
    proofs = journal.inclusion_proofs([letter.event_id]) if letter.event_id else []
    return Evidence(proofs[0].index, proofs[0].head.size) if proofs else None


def _tidy(code: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", code).upper()[:40]
