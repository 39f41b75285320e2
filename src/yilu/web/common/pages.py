"""Pages that belong to no single door."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from yilu.contact import queries as contact
from yilu.kernel.days import day_of
from yilu.standards import queries as standards


@require_safe
def how_to_reach_us(request: HttpRequest) -> HttpResponse:
    """Every way to be served, telephone and online among them (互联网办法 27), with the hours that are in force."""
    now = timezone.now()
    first, last = contact.manned_on(day_of(now))
    page = {
        "hotline": settings.HOTLINE, "somebody": contact.opening(now),
        "manned": {"from": f"{first}:00", "to": f"{last}:00"},
        "counters": "、".join(standards.calendar_hours(0).week[0]).replace("-", "–"),
    }  # fmt: skip
    return render(request, "common/help.html", page)


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every part the customers' pages are made of, for whoever builds a page."""
    return render(request, "common/gallery.html", _parts())


@require_safe
def staff_gallery(request: HttpRequest) -> HttpResponse:
    """The same inside the staff's frame."""
    return render(request, "common/staff_gallery.html", _parts())


class _Sample(forms.Form):
    on = forms.DateField(label="出险日期", widget=forms.DateInput(attrs={"type": "date"}))
    amount = forms.DecimalField(label="发票金额", decimal_places=2, max_value=Decimal(100))
    story = forms.CharField(label="经过", required=False, widget=forms.Textarea)


def _parts() -> dict[str, Any]:
    if not settings.DEBUG:
        raise Http404
    now = timezone.now()

    def clock(**given: Any) -> SimpleNamespace:
        usual: dict[str, Any] = {
            "code": "claims.decide", "title": "作出核定", "citation": "《人身保险业务基本服务规定》第二十三条：五个工作日内作出核定。",
            "state": "RUNNING", "started_at": now, "due_at": now + timedelta(days=5), "working_left": 1500,
            "natural_left": timedelta(days=5), "owner": "理赔审核", "met_at": None, "breached": False,
        }  # fmt: skip
        return SimpleNamespace(**(usual | given))

    return {
        "form": _Sample({"amount": "1.234"}),
        "clocks": [
            clock(),
            clock(working_left=25, due_at=now + timedelta(minutes=25)),
            clock(breached=True, working_left=0, due_at=now - timedelta(hours=3)),
            clock(state="PAUSED"),
            clock(state="MET", met_at=now),
        ],
        "states": ["IN_FORCE", "WAITING_DOCUMENTS", "RECOGNISING", "PAID", "PAYOUT_FAILED", "DECLINED"],
        "rows": [
            SimpleNamespace(label="赔款到账", at=now, who="", detail="尾号 6688 的银行卡"),
            SimpleNamespace(label="理算完成", at=now - timedelta(minutes=2), who="系统", detail=""),
            SimpleNamespace(label="客户报案", at=now - timedelta(days=9), who="您", detail=""),
        ],
        "files": [
            SimpleNamespace(filename="门诊发票.ofd", kind_label="发票", size=48213, received_at=now, state="SETTLED", sentence=""),
            SimpleNamespace(filename="诊断证明.jpg", kind_label="诊断证明", size=3_400_000, received_at=now, state="READING", sentence=""),
            SimpleNamespace(filename="照片.heic", kind_label="", size=9000, received_at=now, state="REFUSED", sentence="这种格式读不了，请换成 JPG 或 PDF。"),
        ],
        "amount": Decimal("12345.60"),
    }  # fmt: skip
