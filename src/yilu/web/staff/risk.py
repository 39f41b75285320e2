"""风险信号: how well signals do, who hangs together, and the models (信号效果、关联团组、风险模型)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import queries as claims
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.risk import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.staff.page import access_of, show

DAYS = (30, 90, 365)


@require_GET
@staff_only(right="risk.view")
def signals(request: HttpRequest) -> HttpResponse:
    """How often each signal was raised, confirmed and dismissed; what nobody has looked into yet."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, DAYS) else DAYS[1]
    rows = queries.effectiveness(timezone.now() - timedelta(days=days))
    waiting = queries.list_open(limit=50)
    cards = claims.list_by_ids(access_of(request), (s.about.id for s in waiting))
    return show(
        request,
        "staff/risk/signals.html",
        {
            "rows": [r for r in rows if r.raised],
            "quiet": [r for r in rows if not r.raised],
            "waiting": [(s, cards[s.about.id]) for s in waiting if s.about.id in cards],
            "days": days,
            "choices": DAYS,
            "rules": queries.rules_in_force(),
        },
        here="risk",
    )


@require_GET
@staff_only(right="risk.view")
def signals_chart(request: HttpRequest) -> JsonResponse:
    """Confirmed, dismissed and open by signal."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, DAYS) else DAYS[1]
    rows = [r for r in queries.effectiveness(timezone.now() - timedelta(days=days)) if r.raised]
    parts = (
        (_("属实"), "bad", [r.confirmed for r in rows]),
        (_("已排除"), "good", [r.dismissed for r in rows]),
        (_("待核实"), "plain", [r.open for r in rows]),
    )
    return JsonResponse(
        {
            "direction": "down",
            "names": [_(r.label) for r in rows],
            "series": [
                {"name": name, "tone": tone, "data": data, "stack": "all"}
                for name, tone, data in parts
            ],
        }
    )


@require_GET
@staff_only(right="risk.view")
def groups(request: HttpRequest) -> HttpResponse:
    """Groups of persons whose claims share accounts, phones, devices or bills."""
    found = queries.list_groups()
    return show(request, "staff/risk/groups.html", {"groups": found}, here="risk")


@require_GET
@staff_only(right="risk.view")
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """One group with those of its claims that one may view."""
    return _group(request, group_id)


def _group(request: HttpRequest, group_id: int, refusal: Refusal | None = None) -> HttpResponse:
    found = queries.get_group(group_id)
    cards = claims.list_by_ids(access_of(request), (s.id for s in found.subjects))
    by_whom = Ref.parse(found.cleared_by) if found.cleared_by else None
    page: dict[str, Any] = {
        "group": found,
        "cards": sorted(cards.values(), key=lambda c: c.reported_at),
        "hidden": found.claims - len(cards),
        "cleared_by": people.names_of({by_whom}).get(by_whom, "") if by_whom else "",
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/risk/group.html", page, here="risk", status=status)


@require_POST
@staff_only(right="risk.view")
def clear_group(request: HttpRequest, group_id: int) -> HttpResponse:
    """Write down what a group turned out to be."""
    access = access_of(request)
    queries.get_group(group_id)
    try:
        operations.clear_group(
            group_id=group_id, holds=request.POST.get("holds") == "yes",
            finding=request.POST.get("finding", ""), access=access,
            actor=Ref("staff", access.staff_id), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _group(request, group_id, refusal)
    messages.success(request, _("核实结果已记录。"))
    return redirect("staff:risk_group", group_id=group_id)


@require_GET
@staff_only(right="risk.model")
def models(request: HttpRequest) -> HttpResponse:
    """Every model with its card in short; what a model may never look at."""
    return _models(request)


def _models(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    found = queries.list_models()
    page = {
        "models": found,
        "training": any(m.state == "TRAINING" for m in found),
        "features": queries.FEATURES.values(),
        "excluded": queries.EXCLUDED.values(),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/risk/models.html", page, here="risk_models", status=status)


@require_POST
@staff_only(right="risk.model")
def train(request: HttpRequest) -> HttpResponse:
    """Have a model trained in the background."""
    access = access_of(request)
    try:
        operations.ask_for_training(
            access=access, actor=Ref("staff", access.staff_id), at=timezone.now()
        )
    except Refusal as refusal:
        return _models(request, refusal)
    messages.success(request, _("已开始训练，完成后在这里查看模型卡。"))
    return redirect("staff:risk_models")


@require_GET
@staff_only(right="risk.model")
def model(request: HttpRequest, model_id: int) -> HttpResponse:
    """One model's card: on what it was trained, how well it does, whether claims have drifted."""
    return _model(request, model_id)


def _model(request: HttpRequest, model_id: int, refusal: Refusal | None = None) -> HttpResponse:
    found = queries.get_model(model_id)
    whom = {Ref.parse(w) for w in (found.asked_by, found.released_by, found.retired_by) if w}
    names = {str(k): v for k, v in people.names_of(whom).items()}
    card = found.card
    page: dict[str, Any] = {
        "model": found,
        "asked_by": names.get(found.asked_by, ""),
        "released_by": names.get(found.released_by, ""),
        "weights": [
            (queries.FEATURES.get(w["feature"], w["feature"]), round(100 * w["share"], 1))
            for w in card.get("weights", ())
        ],
        "top": [
            {k: v if k == "claims" else Decimal(str(v)) for k, v in row.items()}
            for row in card.get("top", ())
        ],
        "releasable": bool(card) and operations.beats_logistic(card),
        "drift": queries.drift(model_id, timezone.now()),
        "excluded": queries.EXCLUDED.values(),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/risk/model.html", page, here="risk_models", status=status)


@require_GET
@staff_only(right="risk.model")
def model_chart(request: HttpRequest, model_id: int, name: str) -> JsonResponse:
    """``calibration``: what was said and what was; ``drift``: claims of the last ninety days by band."""
    if name == "drift":
        bands = queries.drift(model_id, timezone.now()).bands
        return JsonResponse(
            {
                "names": [b[0] for b in bands],
                "series": [
                    {"name": _("训练时（%）"), "tone": "plain", "data": [10 for _b in bands]},
                    {"name": _("近 90 天（%）"), "tone": "info", "data": [round(100 * b[2], 1) for b in bands]},
                ],
            }
        )  # fmt: skip
    bins = queries.get_model(model_id).card.get("calibration", ())
    return JsonResponse(
        {
            "names": [f"{n + 1}" for n in range(len(bins))],
            "series": [
                {"name": _("模型估计（%）"), "tone": "info", "data": [round(100 * b["said"], 1) for b in bins]},
                {"name": _("人工认定（%）"), "tone": "bad", "data": [round(100 * b["was"], 1) for b in bins]},
            ],
        }
    )  # fmt: skip


@require_POST
@staff_only(right="risk.model")
def release(request: HttpRequest, model_id: int) -> HttpResponse:
    """Put a model in use."""
    access = access_of(request)
    queries.get_model(model_id)
    try:
        operations.release_model(
            model_id=model_id, reason=request.POST.get("reason", ""), access=access,
            actor=Ref("staff", access.staff_id), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _model(request, model_id, refusal)
    messages.success(request, _("模型已发布，从下一件赔案起使用。"))
    return redirect("staff:risk_model", model_id=model_id)


@require_POST
@staff_only(right="risk.model")
def retire(request: HttpRequest, model_id: int) -> HttpResponse:
    """Take a model out of use."""
    access = access_of(request)
    queries.get_model(model_id)
    try:
        operations.retire_model(
            model_id=model_id, access=access, actor=Ref("staff", access.staff_id), at=timezone.now()
        )
    except Refusal as refusal:
        return _model(request, model_id, refusal)
    messages.success(request, _("模型已停用。"))
    return redirect("staff:risk_model", model_id=model_id)
