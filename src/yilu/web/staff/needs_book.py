"""需求诊断手册: what customers are asked, what follows from it; drafted by one, published by another."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import Refusal
from yilu.standards import operations as standards_operations
from yilu.standards import queries as standards
from yilu.underwriting import operations, queries
from yilu.underwriting.operations import NeedsPart
from yilu.underwriting.queries import needs_book as rules
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff import needs_book_forms as forms
from yilu.web.staff.asked import acting, actor_of, names, number_in
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import access_of, show

HERE = "needs_book"
NEW = "new"
TITLES = {
    NeedsPart.QUESTION: (gettext_noop("诊断问题"), gettext_noop("新的问题")),
    NeedsPart.TAG: (gettext_noop("画像标签"), gettext_noop("新的标签")),
    NeedsPart.PLAN: (gettext_noop("方案"), gettext_noop("新的方案")),
}


@require_GET
@staff_only(right="standards.edit")
def book(request: HttpRequest) -> HttpResponse:
    """One version in plain words: the one of today unless ``?version=`` names another."""
    versions = standards.book_versions(queries.NEEDS)
    today = queries.book(timezone.localdate()).number
    wanted = whole(request.GET.get("version")) or today
    published = [v for v in versions if v.state != "DRAFT"]
    shown = next((v for v in published if v.number == wanted), published[0])
    page = {
        "shown": shown, "today": today, "versions": versions,
        "draft": next((v for v in versions if v.state == "DRAFT"), None),
        "parts": _parts(shown.content), "who": names(*_people(versions)),
    }  # fmt: skip
    return show(request, "staff/needs_book/book.html", page, here=HERE)


@require_POST
@staff_only(right="standards.edit")
def make(request: HttpRequest) -> HttpResponse:
    """Begin a draft as a copy of the newest version; where there is one, go on with it."""
    try:
        operations.draft_needs(note=request.POST.get("note", ""), **acting(request))
    except standards_operations.DraftExists:
        messages.info(request, _("已经有一份草稿，请接着编辑。"))
    return redirect("staff:needs_draft")


@require_GET
@staff_only(right="standards.edit")
def draft(request: HttpRequest) -> HttpResponse:
    """The draft in plain words, what does not fit yet, what it changes; each part leads to its form."""
    return _draft_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="standards.edit")
def part(request: HttpRequest, part: str, code: str) -> HttpResponse:
    """Write one question, tag or plan; ``act`` takes it out or moves it."""
    kind, found = _part(part), _draft()
    key = kind.key
    row = next((each for each in found.content[kind] if each[key] == code), None)
    if row is None and code != NEW:
        raise operations.NoSuchPart
    if request.method != "POST":
        shown = row or forms.blank(kind, found.content)
        return _part_page(request, found, kind, code, shown)
    who: dict[str, Any] = {"access": access_of(request), "actor": actor_of(request)}
    told: dict[str, Any] = {"part": kind, "revision": number_in(request, "revision"), **who}
    act = request.POST.get("act", "")
    if row is not None and act in ("up", "down"):
        operations.move_needs_part(code=code, by=1 if act == "down" else -1, **told)
        return redirect("staff:needs_draft")
    if row is not None and act == "remove":
        try:
            operations.put_needs_part(code=code, row=None, **told)
        except Refusal as refusal:
            return _part_page(request, found, kind, code, row, refusal)
        messages.success(request, _("已从草稿中删除。"))
        return redirect("staff:needs_draft")
    written = forms.read(kind, request.POST, found.content, row, lambda: secrets.token_hex(4))
    try:
        if row is None and any(each[key] == written[key] for each in found.content[kind]):
            raise operations.BadNeedsBook(_("这个产品已有方案，请直接修改它"))
        operations.put_needs_part(code=written[key], row=written, **told)
    except Refusal as refusal:
        return _part_page(request, found, kind, code, written, refusal)
    messages.success(request, _("草稿已保存。"))
    return redirect("staff:needs_draft")


@require_POST
@staff_only(right="standards.edit")
def publish(request: HttpRequest) -> HttpResponse:
    """Have customers asked by the draft from a day on: by another person than its author."""
    try:
        number = operations.publish_needs(
            revision=number_in(request, "revision"),
            since=day_in(request.POST.get("since", "")), **acting(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _draft_page(request, refusal)
    messages.success(request, _("第 %(number)s 版已发布。") % {"number": number})
    return redirect("staff:needs_book")


@require_POST
@staff_only(right="standards.edit")
def discard(request: HttpRequest) -> HttpResponse:
    """Give the draft up."""
    operations.discard_needs_draft(revision=number_in(request, "revision"), **acting(request))
    messages.success(request, _("草稿已放弃。"))
    return redirect("staff:needs_book")


def _draft_page(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    found, tomorrow = _draft(), timezone.localdate() + timedelta(days=1)
    versions = standards.book_versions(queries.NEEDS)
    before = next(v for v in versions if v.state != "DRAFT")
    products = queries.may_be_offered(tomorrow)
    page = {
        "draft": found, "parts": _parts(found.content), "before": before.number,
        "loose": rules.loose_ends(found.content, products),
        "changes": rules.changes(before.content, found.content, products),
        "is_author": found.author == actor_of(request), "who": names(found.author),
        "tomorrow": tomorrow, "since": request.POST.get("since") or tomorrow.isoformat(),
        "refusal": refusal,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/needs_book/draft.html", page, here=HERE, status=status)


def _part_page(
    request: HttpRequest, found: standards.BookVersionView, kind: NeedsPart, code: str,
    row: Mapping[str, Any], refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    products = queries.may_be_offered(timezone.localdate())
    old, new = TITLES[kind]
    page = {
        "draft": found, "kind": str(kind), "code": code, "is_new": code == NEW,
        "title": _(new if code == NEW else old), "row": row, "refusal": refusal,
        **forms.shown(kind, row, found.content, products),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/needs_book/part.html", page, here=HERE, status=status)


def _parts(content: Mapping[str, Any]) -> dict[str, Any]:
    """A version as people read it."""
    products = queries.may_be_offered(timezone.localdate())
    labels = {tag["code"]: tag["label"] for tag in content["tag"]}
    leads: dict[str, list[str]] = {code: [] for code in labels}
    plans = []
    for plan in sorted(content["plan"], key=lambda plan: plan["order"]):
        name = products.get(plan["product"], plan["product"])
        for tag in dict.fromkeys((*plan.get("needs", ()), *(r[0] for r in plan["reasons"]))):
            leads.setdefault(tag, []).append(name)
        plans.append(
            plan | {
                "name": name, "sold": plan["product"] in products,
                "why": [(labels.get(tag, tag), text) for tag, text in plan["reasons"]],
                "must": [labels.get(tag, tag) for tag in plan.get("needs", ())],
            }
        )  # fmt: skip
    tags = [
        tag | {"lines": rules.words_of(tag, content["question"]), "leads": leads[tag["code"]]}
        for tag in content["tag"]
    ]
    return {"questions": content["question"], "tags": tags, "plans": plans}


def _draft() -> standards.BookVersionView:
    for version in standards.book_versions(queries.NEEDS):
        if version.state == "DRAFT":
            return version
    raise standards_operations.NoBookDraft


def _part(name: str) -> NeedsPart:
    if name not in list(NeedsPart):
        raise operations.NoSuchPart
    return NeedsPart(name)


def _people(versions: tuple[standards.BookVersionView, ...]) -> list[Any]:
    return [ref for v in versions for ref in (v.author, v.publisher)]
