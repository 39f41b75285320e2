"""提升活动: four themes and their figures, before and after, the offices that took no part beside them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import NotFound, Refusal, said
from yilu.kernel.refs import Ref
from yilu.scorecards import operations, queries
from yilu.scorecards.queries import EffectRow
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, day_of, names
from yilu.web.staff.page import access_of, show
from yilu.web.staff.scorecards_words import MANAGE, VIEW, office_names, shown, titles

HERE = "scorecards_campaigns"


@require_http_methods(["GET", "POST"])
@staff_only(right=VIEW)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign of one's offices; POST plans another."""
    access, now = access_of(request), timezone.now()
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = operations.plan_campaign(
                **_given(request), access=access, actor=actor_of(request), at=now
            )
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("活动已发起。"))
            return redirect("staff:score_campaign", made)
    offices, label = office_names(), titles()
    this = queries.period_of("MONTH", timezone.localdate()).after
    return show(
        request, "staff/scorecards/campaigns.html",
        {
            "rows": queries.list_campaigns(access, now), "offices": offices, "refusal": refusal,
            "given": request.POST, "chosen": set(request.POST.getlist("office")),
            "themes": queries.THEMES, "titles": label, "suggested": queries.SUGGESTED,
            "may_manage": access.may(MANAGE), "since": this.start, "until": this.last_day,
            "mine": {n: offices[n] for n in sorted(access.offices_for(MANAGE)) if n in offices},
        },
        here=HERE, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_GET
@staff_only(right=VIEW)
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign with what its figures did."""
    return _campaign(request, campaign_id)


def _campaign(
    request: HttpRequest, campaign_id: int, refusal: Refusal | None = None
) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    found, report = queries.get_campaign(campaign_id, access, now)
    who = names(*(Ref.parse(r) for r in (found.made_by, found.closed_by) if r))
    offices, label = office_names(), titles()
    return show(
        request, "staff/scorecards/campaign.html",
        {
            "c": found, "rows": [_row(each, label) for each in report], "refusal": refusal,
            "offices": [offices.get(n, "") for n in found.offices], "given": request.POST,
            "who": {str(ref): name for ref, name in who.items()}, "may_manage": access.may(MANAGE),
            "measured": any(each.difference is not None for each in report),
            "last_day": found.until - timedelta(days=1),
        },
        here=HERE, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_GET
@staff_only(right=VIEW)
def chart(request: HttpRequest, campaign_id: int) -> JsonResponse:
    """By how much each figure moved, in per cent of what it was, with its interval."""
    _found, report = queries.get_campaign(campaign_id, access_of(request), timezone.now())
    label = titles()
    rows = [each for each in report if each.before and each.difference is not None]
    return JsonResponse(
        {
            "kind": "interval", "names": [label.get(each.kpi, each.title) for each in rows],
            "rows": [
                [_relative(each, each.low), _relative(each, each.difference), _relative(each, each.high), each.days_after]
                for each in rows
            ],
        }
    )  # fmt: skip


@require_POST
@staff_only(right=MANAGE)
def close(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Keep what it came to with a conclusion."""
    try:
        operations.close_campaign(
            campaign_id=campaign_id, conclusion=request.POST.get("conclusion", ""),
            access=access_of(request), actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refused:
        return _campaign(request, campaign_id, refused)
    messages.success(request, _("活动已结束归档。"))
    return redirect("staff:score_campaign", campaign_id)


def _given(request: HttpRequest) -> dict[str, Any]:
    until = day_of(request.POST.get("until", "")) + timedelta(days=1)
    offices = [n for n in map(whole, request.POST.getlist("office")) if n is not None]
    return {
        "title": request.POST.get("title", ""), "aim": request.POST.get("aim", ""),
        "offices": offices, "since": day_of(request.POST.get("since", "")), "until": until,
        "themes": {
            theme: codes for theme in queries.THEMES if (codes := request.POST.getlist(f"kpi-{theme}"))
        },
    }  # fmt: skip


def _relative(each: EffectRow, value: float | None) -> float:
    moved = 100 * (value or 0) / abs(each.before or 1)
    return round(max(-100.0, min(100.0, moved)), 1)


def _row(each: EffectRow, label: dict[str, str]) -> dict[str, Any]:
    def signed(value: float | None) -> str:
        return "—" if value is None else f"{value:+.2f}"

    return {
        "row": each, "theme": said(each.theme_label, _), "title": label.get(each.kpi, each.title),
        "before": shown(each.before, each.unit), "after": shown(each.after, each.unit),
        "difference": signed(each.difference), "low": signed(each.low), "high": signed(each.high),
        "others": signed(each.others), "beyond": signed(each.beyond),
        "beyond_low": signed(each.beyond_low), "beyond_high": signed(each.beyond_high),
        "p": "—" if each.p is None else "<0.001" if each.p < 0.001 else f"{each.p:.3f}",
    }  # fmt: skip
