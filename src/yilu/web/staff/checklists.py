"""资料清单: what a claim, an application, a request must hand in; a draft, published by a second person."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.documents import queries as documents
from yilu.kernel.errors import Refusal
from yilu.servicing import queries as servicing
from yilu.standards import operations
from yilu.standards import queries as standards
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff import words
from yilu.web.staff.asked import actor_of, moment_in, names, number_in
from yilu.web.staff.page import show

CONCERNS = (
    ("INSURED", gettext_noop("被保险人")),
    ("CLAIMANT", gettext_noop("申请人")),
    ("BENEFICIARY", gettext_noop("受益人")),
    ("EVENT", gettext_noop("事故")),
    ("HOLDER", gettext_noop("投保人")),
)
AREAS = (
    (standards.Area.CLAIM, gettext_noop("理赔")),
    (standards.Area.APPLICATION, gettext_noop("投保")),
    (standards.Area.SERVICING, gettext_noop("保全")),
)
SPARED = {
    standards.Area.CLAIM: gettext_noop("金额低于此数免交"),
    standards.Area.APPLICATION: gettext_noop("保额低于此数免交"),
}
"""What the amount of an item is held against; a request has none."""
ITEMS_MAX = 30
ANSWERS = {"yes": True, "no": False}


@require_GET
@staff_only(right="standards.edit")
def listing(request: HttpRequest) -> HttpResponse:
    """Every checklist in force, by business."""
    rows: dict[standards.Area, list[dict[str, Any]]] = {area: [] for area, _label in AREAS}
    for each in standards.list_checklists(timezone.now()):
        versions = standards.checklist_versions(each.subject)
        rows[standards.area_of(each.subject)].append(
            {
                "checklist": each,
                "label": _label(each.subject),
                "required": sum(item.required for item in each.items),
                "draft": any(v["state"] == "DRAFT" for v in versions),
            }
        )
    areas = [(_(label), rows[area]) for area, label in AREAS if rows[area]]
    return show(request, "staff/checklists/list.html", {"areas": areas}, here="checklists")


@require_GET
@staff_only(right="standards.edit")
def checklist(request: HttpRequest, subject: str) -> HttpResponse:
    """One version of a checklist: the newest published one unless ``?version=`` names another."""
    versions = _versions(subject)
    wanted = request.GET.get("version", "")
    published = [v for v in versions if v["state"] != "DRAFT"]
    shown = next((v for v in published if str(v["number"]) == wanted), published[0])
    return show(
        request,
        "staff/checklists/checklist.html",
        {
            "subject": subject,
            "label": _label(subject),
            "shown": shown,
            "items": _items(shown["items"], subject),
            "versions": versions,
            "draft": next((v for v in versions if v["state"] == "DRAFT"), None),
            "who": names(*(ref for v in versions for ref in (v["author"], v["publisher"]))),
        },
        here="checklists",
    )


@require_POST
@staff_only(right="standards.edit")
def make(request: HttpRequest, subject: str) -> HttpResponse:
    """Begin a draft as a copy of the newest version; where there is one, go on with it."""
    try:
        operations.make_checklist_draft(
            subject=subject,
            note=request.POST.get("note", "").strip()[:200],
            actor=actor_of(request),
            at=timezone.now(),
        )
    except operations.DraftExists:
        messages.info(request, _("已经有一份草稿，请接着编辑。"))
    return redirect("staff:checklist_draft", subject)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="standards.edit")
def draft(request: HttpRequest, subject: str) -> HttpResponse:
    """Edit the draft; ``act`` adds, removes or moves an item after saving what was written."""
    found = _draft(subject)
    if request.method != "POST":
        return _page(request, subject, found, found["items"])
    items = _read(request, found["items"], subject)
    _rearrange(items, request.POST.get("act", ""))
    try:
        operations.put_checklist_items(
            subject=subject,
            items=items,
            title=request.POST.get("title", "").strip()[:80] or None,
            guidance=request.POST.get("guidance", "").strip()[:2000],
            revision=number_in(request, "revision"),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, subject, found, items, refusal)
    messages.success(request, _("草稿已保存。"))
    return redirect("staff:checklist_draft", subject)


@require_POST
@staff_only(right="standards.edit")
def publish(request: HttpRequest, subject: str) -> HttpResponse:
    """Put the draft in force: by another person than its author."""
    found = _draft(subject)
    try:
        number = operations.publish_checklist(
            subject=subject,
            revision=number_in(request, "revision"),
            effective_from=moment_in(request, "effective_from"),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, subject, found, found["items"], refusal)
    messages.success(request, _("第 %(number)s 版已发布。") % {"number": number})
    return redirect("staff:checklist", subject)


@require_POST
@staff_only(right="standards.edit")
def discard(request: HttpRequest, subject: str) -> HttpResponse:
    """Give the draft up."""
    operations.discard_checklist_draft(subject=subject, actor=actor_of(request), at=timezone.now())
    messages.success(request, _("草稿已放弃。"))
    return redirect("staff:checklist", subject)


def _versions(subject: str) -> list[dict[str, Any]]:
    versions = standards.checklist_versions(subject)
    if not any(v["state"] != "DRAFT" for v in versions):
        raise standards.UnknownChecklist
    return versions


def _draft(subject: str) -> dict[str, Any]:
    for version in _versions(subject):
        if version["state"] == "DRAFT":
            return version
    raise operations.NoChecklistDraft


def _label(subject: str) -> str:
    """What a list is for, in the reader's language."""
    if standards.area_of(subject) is standards.Area.APPLICATION:
        return _("所有产品")
    kind = standards.request_kind(subject)
    return _(servicing.name_of(kind)) if kind else words.say(subject)


def _items(stored: list[dict[str, Any]], subject: str) -> list[dict[str, Any]]:
    kinds, concerns = dict(documents.FILE_KINDS), dict(CONCERNS)
    circumstances = standards.circumstances_of(standards.area_of(subject))
    return [
        {
            **item,
            "required": item.get("required", True),
            "kind_labels": [kinds.get(kind, kind) for kind in item.get("kinds", ())],
            "concerns": item.get("concerns", "INSURED"),
            "concerns_label": concerns.get(item.get("concerns", "INSURED"), ""),
            "depends": [
                (code, label, item.get("when", {}).get(code)) for code, label in circumstances
            ],
        }
        for item in stored
    ]


def _read(request: HttpRequest, stored: list[dict[str, Any]], subject: str) -> list[dict[str, Any]]:
    """The items as the form gives them; what it does not show (``recognisable``) stays as it was."""
    circumstances = standards.circumstances_of(standards.area_of(subject))
    before = {item["code"]: item for item in stored}
    given, items = request.POST, []
    for n in range(ITEMS_MAX):
        code = given.get(f"{n}:code", "")
        if not re.fullmatch(r"[A-Za-z0-9_]{1,40}", code):
            continue
        item: dict[str, Any] = {
            "code": code,
            "title": given.get(f"{n}:title", "").strip()[:80],
            "required": given.get(f"{n}:required") == "1",
            "kinds": given.getlist(f"{n}:kinds"),
            "concerns": given.get(f"{n}:concerns", "INSURED"),
            "recognisable": bool(before.get(code, {}).get("recognisable", False)),
        }
        for name, most in (("note", 300), ("condition", 200), ("waived_below", 12)):
            if text := given.get(f"{n}:{name}", "").strip()[:most]:
                item[name] = text
        said = {name: given.get(f"{n}:when:{name}", "") for name, _label in circumstances}
        if when := {name: ANSWERS[answer] for name, answer in said.items() if answer in ANSWERS}:
            item["when"] = when
        items.append(item)
    return items


def _rearrange(items: list[dict[str, Any]], act: str) -> None:
    what, _colon, place = act.partition(":")
    found = whole(place)
    n = -1 if found is None else found
    if what == "add" and len(items) < ITEMS_MAX:
        taken = {item["code"] for item in items}
        code = next(f"item_{i}" for i in range(1, ITEMS_MAX + 2) if f"item_{i}" not in taken)
        items.append(
            {"code": code, "title": _("新的资料项"), "required": False, "kinds": ["OTHER"]}
        )
    elif what == "remove" and 0 <= n < len(items):
        del items[n]
    elif what == "up" and 0 < n < len(items):
        items.insert(n - 1, items.pop(n))
    elif what == "down" and 0 <= n < len(items) - 1:
        items.insert(n + 1, items.pop(n))


def _page(
    request: HttpRequest,
    subject: str,
    found: dict[str, Any],
    items: list[dict[str, Any]],
    refusal: Refusal | None = None,
) -> HttpResponse:
    given = request.POST if refusal and "title" in request.POST else {}
    return show(
        request,
        "staff/checklists/draft.html",
        {
            "subject": subject,
            "label": _label(subject),
            "spared": SPARED.get(standards.area_of(subject), ""),
            "draft": found,
            "title": given.get("title", found["title"]),
            "guidance": given.get("guidance", found["guidance"]),
            "items": _items(items, subject),
            "kinds": documents.FILE_KINDS,
            "concerns": CONCERNS,
            "is_author": found["author"] == actor_of(request),
            "author": names(found["author"]).get(found["author"], ""),
            "refusal": refusal,
        },
        here="checklists",
        status=refusal.status if refusal else 200,
    )
