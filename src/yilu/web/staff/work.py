"""My work: what I hold, what waits, taking, handing over, putting back (我的工作)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import queries as claims
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.links import place_of
from yilu.web.staff.page import access_of, show
from yilu.work import operations as work
from yilu.work import queries

LAST_QUEUE = "staff_last_queue"
BESIDE_A_CLAIM = ("care.mediation", "care.plan", "care.legal_aid")
"""Queues whose work is done on the page beside a claim, not at its desk."""


@require_GET
@staff_only()
def home(request: HttpRequest) -> HttpResponse:
    """What I hold, most pressing first, and how much waits in my queues."""
    access = access_of(request)
    mine = queries.page(access=access, at=timezone.now(), mine=True, after=request.GET.get("after"))
    sizes = queries.sizes(access)
    return show(
        request,
        "staff/work/home.html",
        {
            "page": _linked(mine, access),
            "next": mine.next,
            "waiting": [queue for queue in sizes if queue.count],
            "quiet": [queue for queue in sizes if not queue.count],
        },
        here="home",
    )


@require_GET
@staff_only()
def queue(request: HttpRequest, code: str) -> HttpResponse:
    """One queue, most pressing first; ``?office=`` shows what waits in that office alone."""
    access = access_of(request)
    now = timezone.now()
    office_id = whole(request.GET.get("office"))
    page = queries.page(
        access=access, at=now, queue=code, office_id=office_id, after=request.GET.get("after")
    )
    offices = {o.id: o.name for o in people.list_offices() if o.id in access.office_ids}
    return show(
        request,
        "staff/work/queue.html",
        {
            "queue": queries.get_queue(code),
            "page": _linked(page, access),
            "next": page.next,
            "led": _led(page, access),
            "office": offices.get(office_id or 0, ""),
            "part": office_id,
        },
        here="home",
    )


@require_POST
@staff_only()
def take_next(request: HttpRequest, code: str) -> HttpResponse:
    """Take the most pressing item of a queue, or of the office's part shown, and open what it is about."""
    access, office_id = access_of(request), whole(request.POST.get("part"))
    try:
        item_id = work.take_next(
            queue=code,
            access=access,
            actor=Ref("staff", access.staff_id),
            at=timezone.now(),
            office_id=office_id,
        )
    except work.NothingWaiting as empty:
        messages.info(request, _(empty.message))
        return _queue(code, office_id)
    request.session[LAST_QUEUE] = code
    return redirect(_place(queries.get_item(item_id, access=access, at=timezone.now())))


@require_POST
@staff_only()
def next_item(request: HttpRequest) -> HttpResponse:
    """
    On to the next with one key: what I hold already, else the most pressing of the queue I took from
    last, else of any queue of mine. ``after`` is the claim (or other ``kind``) just looked at.
    """
    access, now = access_of(request), timezone.now()
    kind = "application" if request.POST.get("kind") == "application" else "claim"
    done = Ref(kind, whole(request.POST.get("after")) or 0)
    mine = queries.page(access=access, at=now, mine=True)
    for item in mine.items:
        if item.about != done:
            return redirect(_place(item))
    waiting = [queue.code for queue in queries.sizes(access) if queue.count]
    last = request.session.get(LAST_QUEUE, "")
    for code in sorted(waiting, key=lambda each: each != last):
        try:
            item_id = work.take_next(
                queue=code, access=access, actor=Ref("staff", access.staff_id), at=now
            )
        except work.NothingWaiting:
            continue
        return redirect(_place(queries.get_item(item_id, access=access, at=now)))
    messages.info(request, _("都办完了：手上和队列里都没有等待的工作。"))
    return redirect("staff:home")


@require_POST
@staff_only()
def take(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take one item and open what it is about."""
    access = access_of(request)
    work.take_item(
        item_id=item_id, access=access, actor=Ref("staff", access.staff_id), at=timezone.now()
    )
    return redirect(_place(queries.get_item(item_id, access=access, at=timezone.now())))


@require_POST
@staff_only()
def release(request: HttpRequest, item_id: int) -> HttpResponse:
    """Put an item back into its queue."""
    access = access_of(request)
    work.release(
        item_id=item_id, access=access, actor=Ref("staff", access.staff_id), at=timezone.now()
    )
    messages.success(request, _("已放回队列，其他同事可以领取。"))
    return redirect("staff:home")


@require_POST
@staff_only()
def finish(request: HttpRequest, item_id: int) -> HttpResponse:
    """Say that an item is done whose work leaves no trace of its own."""
    access = access_of(request)
    work.finish(
        item_id=item_id, access=access, actor=Ref("staff", access.staff_id), at=timezone.now()
    )
    messages.success(request, _("已办结。"))
    return redirect("staff:home")


@staff_only()
def hand_over(request: HttpRequest, item_id: int) -> HttpResponse:
    """Choose a colleague, give the reason, hand the item over."""
    access = access_of(request)
    item = queries.get_item(item_id, access=access, at=timezone.now())
    if request.method == "POST":
        to, reason = whole(request.POST.get("to")), request.POST.get("reason", "").strip()
        if to is None or not reason:
            raise Invalid(_("请选择接手的同事，并写明原因"))
        work.hand_over(
            item_id=item_id,
            to=people.staff_access(to),
            reason=reason[:40],
            access=access,
            actor=Ref("staff", access.staff_id),
            at=timezone.now(),
        )
        messages.success(request, _("已转交。"))
        return redirect("staff:home")
    return show(
        request,
        "staff/work/hand_over.html",
        {
            "item": item,
            "colleagues": [
                each for each in people.list_staff(access) if each.id != access.staff_id
            ],
        },
        here="home",
    )


@require_POST
@staff_only(right="work.lead")
def pool(request: HttpRequest, code: str) -> HttpResponse:
    """Open the waiting items one office I lead has in a queue to the whole country."""
    access = access_of(request)
    part = whole(request.POST.get("part"))
    count = work.pool(
        queue=code,
        office_id=whole(request.POST.get("office")) or access.office_id,
        access=access,
        actor=Ref("staff", access.staff_id),
        at=timezone.now(),
    )
    messages.success(request, _("已将 %(count)s 项工作转为全国共享作业。") % {"count": count})
    return _queue(code, part)


def _queue(code: str, office_id: int | None) -> HttpResponse:
    """Back to the queue, or to the part of it that was shown."""
    part = f"?office={office_id}" if office_id is not None else ""
    return redirect(reverse("staff:queue", args=[code]) + part)


def _place(item: queries.ItemRow) -> str:
    """Where an item is worked on."""
    if item.about.kind == "claim" and item.queue in BESIDE_A_CLAIM:
        return reverse("staff:claim_care", args=[item.about.id])
    if item.about.kind == "claim":
        return reverse("staff:claim", args=[item.about.id])
    if item.about.kind == "collection":
        return reverse("staff:collection", args=[item.about.id])
    if item.about.kind == "renewal_case":
        return reverse("staff:renewal_case", args=[item.about.id])
    if item.about.kind == "handover":
        return reverse("staff:renewal_orphan", args=[item.about.id])
    if item.about.kind == "payout":
        return reverse("staff:payout", args=[item.about.id])
    if item.about.kind == "party":
        return reverse("staff:customer", args=[item.about.id])
    if item.about.kind == "upload":
        return reverse("staff:upload", args=[item.about.id])
    if item.about.kind == "servicing_request":
        return reverse("staff:service_request", args=[item.about.id])
    if item.about.kind == "letter":
        return reverse("staff:letter_failed", args=[item.about.id])
    return place_of(item.about) or reverse("staff:home")


def _led(page: queries.Page, access: people.Access) -> list[people.OfficeView]:
    """The offices of the reader's whose items on this page may still be shared."""
    waiting = {
        i.office_id for i in page.items if not i.pooled and access.may("work.lead", i.office_id)
    }
    return [office for office in people.list_offices() if office.id in waiting]


def _linked(page: queries.Page, access: people.Access) -> list[dict[str, object]]:
    """Each item with where it is done and, where it is about a claim, whose: all of them in one statement."""
    cards = claims.list_by_ids(access, (i.about.id for i in page.items if i.about.kind == "claim"))
    return [
        _row(item, cards.get(item.about.id) if item.about.kind == "claim" else None)
        for item in page.items
    ]


def _row(item: queries.ItemRow, card: claims.ClaimCard | None) -> dict[str, object]:
    """``amount``: what the claim comes to now, else what was at stake when the item was opened."""
    now = card.benefit_amount if card else None
    return {
        "item": item, "url": _place(item), "by_hand": item.queue in queries.BY_HAND, "claim": card,
        "amount": item.amount if now is None else now, "left": item.due_at - timezone.now(),
    }  # fmt: skip
