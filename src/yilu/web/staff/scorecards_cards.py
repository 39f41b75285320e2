"""考核成绩: one's own card, those of one's offices, closing a month, correcting a closed card."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.scorecards import operations, queries
from yilu.scorecards.queries import CardView, Period
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, names
from yilu.web.staff.page import access_of, show
from yilu.web.staff.scorecards_words import (
    MANAGE,
    VIEW,
    around,
    office_names,
    period_of,
    shown,
    titles,
)

HERE = "scorecards_cards"
UNITS = frozenset({"MONTH", "QUARTER"})


@require_GET
@staff_only()
def cards(request: HttpRequest) -> HttpResponse:
    """One's own card in short; for a lead the offices and people too; what is to close."""
    return _cards(request)


def _cards(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    period = period_of(request, now, units=UNITS)
    offices, people = queries.list_cards(access, period)
    label = titles()
    return show(
        request, "staff/scorecards/cards.html",
        {
            "period": period, **around(period, now, ["MONTH", "QUARTER"]), "refusal": refusal,
            "mine": _row(queries.card_of_staff(access.staff_id, period, access), label),
            "offices": [_row(card, label) for card in offices],
            "people": [_row(card, label) for card in people], "office_names": office_names(),
            "names": _names(people), "closed": queries.is_closed(period),
            "may_view": access.may(VIEW), "may_manage": access.may(MANAGE),
            "to_close": queries.to_close(now) if access.may(MANAGE) else (),
        },
        here=HERE, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_GET
@staff_only()
def person(request: HttpRequest, staff_id: int) -> HttpResponse:
    """A person's card: their own, or of one's offices."""
    access, now = access_of(request), timezone.now()
    period = period_of(request, now, units=UNITS)
    card = queries.card_of_staff(staff_id, period, access)
    who = names(Ref("staff", staff_id)).get(Ref("staff", staff_id), "")
    return _card(request, card, period, who, now)


@require_GET
@staff_only(right=VIEW)
def office(request: HttpRequest, office_id: int) -> HttpResponse:
    """An office's card."""
    access, now = access_of(request), timezone.now()
    period = period_of(request, now, units=UNITS)
    card = queries.card_of_office(office_id, period, access)
    return _card(request, card, period, office_names().get(office_id, ""), now)


@require_GET
@staff_only()
def chart(request: HttpRequest) -> JsonResponse:
    """Points earned and lost on one card, figure by figure."""
    access, now = access_of(request), timezone.now()
    period = period_of(request, now, units=UNITS)
    office_id = whole(request.GET.get("office"))
    staff_id = whole(request.GET.get("person"))
    if office_id is not None:
        card = queries.card_of_office(office_id, period, access)
    else:
        card = queries.card_of_staff(staff_id or access.staff_id, period, access)
    parts = [part for part in card.parts if part.points is not None] if card else []
    label = titles()
    return JsonResponse(
        {
            "direction": "down", "names": [label.get(p.code, p.title) for p in parts],
            "series": [
                {"name": _("得分"), "tone": "good", "stack": "a", "data": [float(p.points or 0) for p in parts]},
                {"name": _("失分"), "tone": "bad", "stack": "a", "data": [float(p.lost or 0) for p in parts]},
            ],
        }
    )  # fmt: skip


@require_POST
@staff_only(right=MANAGE)
def close(request: HttpRequest) -> HttpResponse:
    """Close a month or quarter."""
    period = request.POST.get("period", "")
    try:
        kept = operations.close_period(
            period=period, access=access_of(request), actor=actor_of(request), at=timezone.now()
        )
    except Refusal as refused:
        return _cards(request, refused)
    messages.success(request, _("已结账，保存 {n} 份成绩。").format(n=kept))
    return redirect(f"{reverse('staff:score_cards')}?period={period.strip()}")


@require_POST
@staff_only(right=MANAGE)
def correct(request: HttpRequest, card_id: int) -> HttpResponse:
    """Count a closed card anew."""
    with telling(request):
        operations.correct_card(
            card_id=card_id, reason=request.POST.get("reason", ""), access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("已更正，原成绩保留在下方。"))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where the card is; anything else than a card of ours leads to the list."""
    period = request.POST.get("period", "")
    query = f"?period={queries.read_period(period).code}"
    staff_id, office_id = whole(request.POST.get("person")), whole(request.POST.get("office"))
    if staff_id:
        return reverse("staff:score_card", args=[staff_id]) + query
    if office_id:
        return reverse("staff:score_card_office", args=[office_id]) + query
    return reverse("staff:score_cards") + query


def _card(
    request: HttpRequest, card: CardView | None, period: Period, who: str, now: datetime
) -> HttpResponse:
    access = access_of(request)
    label = titles()
    makers = names(*(Ref.parse(each.made_by) for each in card.history)) if card else {}
    return show(
        request, "staff/scorecards/card.html",
        {
            "period": period, **around(period, now, ["MONTH", "QUARTER"]), "who": who, "card": card,
            "row": _row(card, label), "parts": _parts(card, label) if card else (),
            "makers": {str(ref): name for ref, name in makers.items()},
            "own": card is not None and card.staff_id == access.staff_id,
            "office_names": office_names(), "may_manage": access.may(MANAGE), "may_view": access.may(VIEW),
            "stars": queries.times_a_star(card.staff_id) if card and card.staff_id else 0,
        },
        here=HERE,
    )  # fmt: skip


def _row(card: CardView | None, label: dict[str, str]) -> dict[str, Any] | None:
    if card is None:
        return None
    worst = card.lost_most
    return {
        "card": card, "total": _plain(card.total), "volume": _plain(card.volume),
        "lost": label.get(worst.code, worst.title) if worst else "",
        "lost_points": _plain(worst.lost) if worst else "",
        "tone": _tone(card.total),
    }  # fmt: skip


def _parts(card: CardView, label: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "title": label.get(part.code, part.title), "code": part.code, "weight": _plain(part.weight),
            "value": shown(part.value, part.unit), "target": shown(part.target, part.unit),
            "zero": shown(part.zero, part.unit), "full": shown(part.full, part.unit),
            "score": _plain(part.score), "points": _plain(part.points), "lost": _plain(part.lost),
            "new": shown(part.new, part.unit), "old": shown(part.old, part.unit),
            "reached": part.reached, "up": part.better == "UP",
        }
        for part in card.parts
    ]  # fmt: skip


def _tone(total: Decimal | None) -> str:
    if total is None:
        return ""
    return "good" if total >= 85 else "warn" if total >= 60 else "bad"


def _names(cards: list[CardView]) -> dict[int, str]:
    found = names(*(Ref("staff", card.staff_id) for card in cards if card.staff_id))
    return {ref.id: name for ref, name in found.items()}


def _plain(number: Decimal | None) -> str:
    return "—" if number is None else f"{number.normalize():,f}"
