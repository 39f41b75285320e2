"""
The demo's page: who one may be, the codes that would come by telephone, ready papers.

It shows passwords and codes, so it answers in the demo only: it is mounted nowhere else, and looks
again at every request.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pyotp
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.direct_billing import operations as direct_billing
from yilu.direct_billing import queries as billed
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations
from yilu.messaging import queries as messaging
from yilu.people import queries as people
from yilu.people.queries import ROLE_LABELS
from yilu.web.common.errors import telling

CODES_SHOWN = 5
PAPER_TYPES = {
    ".pdf": "application/pdf", ".xml": "application/xml", ".ofd": "application/ofd",
    ".csv": "text/csv", ".jpg": "image/jpeg", ".png": "image/png",
}  # fmt: skip
DOORS = (
    ("/c/", "user-heart", _("客户手机端"), _("用客户的手机号登录，投保、办保全、报案、看进度。")),
    ("/staff/", "layout-dashboard", _("理赔工作台"), _("用下面任一员工账号登录。")),
    ("/agent/", "briefcase", _("代理人柜面"), _("用代理人的手机号登录，替客户报案。")),
    (
        "/call",
        "phone-call",
        _("拨打客服热线"),
        _("按键自助、转人工：在另一个窗口用坐席 zuo.xi 点“就绪”来接。"),
    ),
    ("/verify", "shield-check", _("公开查验"), _("任何人都可以核验文书真伪。")),
)
LIVES = {
    "BORROW": (
        _("借款"),
        _("首页“保全大厅”→“保单借款”，借 5,000 元，验证码核身后确认，看款项到账。"),
    ),
    "BORROW_MUCH": (
        _("借得超过自助上限"),
        _(
            "借 400,000 元：不会报错，填写的内容保留，选视频、专人或柜面接着办。再用 fu.wu 打开“断点清单”登记问题、写方案和落地；责任人不能给自己销号，用 biao.zhun 核对销号。"
        ),
    ),
    "FAIL": (
        _("交费没成功，有人帮"),
        _("“我的缴费”去支付，让练习银行答复“余额不足”：看别的办法，同事的致电任务已建好。"),
    ),
    "REVIVE": (
        _("保单失效后复效"),
        _("“我的缴费”里“去办理复效”，补交保险费和利息，到账后恢复保障。"),
    ),
    "WAIVE": (
        _("投保人出险，保险费豁免"),
        _("保单页看附加的投保人豁免险；“理赔报案”选豁免保险费，核定后以后各期不用再交。"),
    ),
    "IDENTIFY": (
        _("付款前核实身份"),
        _(
            "早年纸质投保，没有登记证件号码；退保已办好，钱等着核实身份。用 bao.quan 从“保单付款前核实收款人身份”打开客户页，登记看过的证件原件，再换 li.zhu 复核：钱自动付出，只付一次。"
        ),
    ),
    "INHERIT": (
        _("投保人身故，几位继承人各自同意"),
        _(
            "这位是最后一位继承人：首页或“我的办理”里“等您同意”，用验证码同意；随后由保全人员核对办理。"
        ),
    ),
    "SHARE": (
        _("分红与多交的钱"),
        _(
            "保单页看红利（演示数据，不保证）；“领回余款和红利”领到卡上，“变更红利领取方式”改抵交保险费或购买交清增额。"
        ),
    ),
}
"""The stories of a policy's life, each with a customer made ready for it: title and steps."""
WAYS = (
    ("SMTP", _("邮件")), ("SMS", _("短信")), ("WECHAT", _("微信")), ("FAX", _("传真")),
)  # fmt: skip
"""How one writes to the insurer without a gateway."""
View = Callable[..., HttpResponse]


def _demo_only(view: View) -> View:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return checked


@require_GET
@_demo_only
@never_cache
def demo(request: HttpRequest) -> HttpResponse:
    """Every sign-in of the demo, the codes of the moment, and papers to hand in."""
    told = _told()
    return render(
        request,
        "staff/demo.html",
        {
            "doors": DOORS,
            "password": told.get("password", ""),
            "staff": [
                {**each, "role_labels": [ROLE_LABELS.get(r, r) for r in each.get("roles", ())]}
                for each in told.get("staff", ())
            ],
            "customers": told.get("customers", ()),
            "agents": told.get("agents", ()),
            "papers": [p for p in told.get("papers", ()) if _file(p["file"]) is not None],
            "hard": told.get("hard"),
            "video": told.get("video"),
            "lives": [
                {**each, "title": LIVES[each["story"]][0], "steps": LIVES[each["story"]][1]}
                for each in told.get("lives", ())
            ],
            "ready": bool(told),
            "trial": billed.latest_trial(timezone.now()),
            "trial_rows": direct_billing.TRIAL_ROWS,
            "ways": WAYS,
            **_codes(told),
        },
    )


@require_GET
@_demo_only
@never_cache
def codes(request: HttpRequest) -> HttpResponse:
    """The codes of the moment alone: the page asks for them every few seconds."""
    return render(request, "staff/demo_codes.html", _codes(_told()))


@require_http_methods(["GET", "POST"])
@_demo_only
@never_cache
def batch(request: HttpRequest) -> HttpResponse:
    """Have a hospital's batch made to try with; how far it is, asked for every two seconds."""
    if request.method == "POST":
        direct_billing.try_batch(at=timezone.now())
        return redirect("/demo#h-batch")
    trial = billed.latest_trial(timezone.now())
    page = {"trial": trial, "trial_rows": direct_billing.TRIAL_ROWS}
    return render(request, "staff/demo_batch.html", page)


@require_POST
@_demo_only
def letter(request: HttpRequest) -> HttpResponse:
    """Write to the insurer as a customer or a stranger would: what a gateway would bring comes from here."""
    given, now = request.POST, timezone.now()
    channel, phone = given.get("channel", ""), given.get("phone", "")
    party = next(iter(people.parties_calling_from(phone)), None) if phone else None
    address = {
        "SMTP": "nobody@example.com",
        "SMS": phone or "13900001234",
        "FAX": "02161234567",
    }.get(channel, f"demo-{party or 'stranger'}")
    if channel == "WECHAT" and party:
        operations.keep_address(who=Ref("party", party), channel="WECHAT", address=address, at=now)
    inbound = operations.Inbound(
        channel, "demo", uuid4().hex, address, given.get("text", "")[:1000]
    )
    with telling(request):
        operations.take_reply(inbound=inbound, at=now)
        messages.success(request, _("已送到：用坐席 zuo.xi 点“就绪”，它会在几秒内响起。"))
    return redirect("/demo#h-letter")


@require_http_methods(["GET", "POST"])
@_demo_only
@never_cache
def wechat(request: HttpRequest) -> HttpResponse:
    """What opens on the customer's phone when they scan a binding code: WeChat's part, played by a page."""
    scene = request.POST.get("scene") or request.GET.get("scene", "")
    done = None
    if request.method == "POST":
        account = f"demo-wechat-{sha256(scene.encode()).hexdigest()[:16]}"
        done = operations.bind_wechat(scene=scene, address=account, at=timezone.now())
    return render(request, "staff/demo_wechat.html", {"scene": scene, "done": done})


@require_GET
@_demo_only
def paper(request: HttpRequest, name: str) -> HttpResponse:
    """One of the ready papers, by the name the demo wrote down; nothing else on the disk."""
    known = {p["file"] for p in _told().get("papers", ())}
    if trial := billed.latest_trial(timezone.now()):
        known.add(trial.file)
    file = _file(name) if name in known else None
    if file is None:
        raise Http404
    kind = PAPER_TYPES.get(file.suffix.lower(), "application/octet-stream")
    response = HttpResponse(file.read_bytes(), content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _told() -> dict[str, Any]:
    """What the demo's seed wrote down; nothing before it has run."""
    try:
        told: dict[str, Any] = json.loads((settings.VAR / "demo.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told


def _file(name: str) -> Path | None:
    file = Path(settings.VAR) / "demo-papers" / Path(name).name
    return file if file.is_file() else None


def _codes(told: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    page: dict[str, Any] = {"now": now, "sent": _latest_codes()}
    if secret := told.get("totp_secret"):
        totp = pyotp.TOTP(secret)
        page |= {
            "totp": totp.at(datetime.fromtimestamp(now.timestamp(), UTC)),
            "left": totp.interval - int(now.timestamp()) % totp.interval,
        }
    return page


def _latest_codes() -> list[messaging.MessageView]:
    """The codes sent last, to sign in or to sign, as their recipients' telephones would show them."""
    sent = messaging.outbox(templates=messaging.CODES, limit=CODES_SHOWN)
    return sorted(sent, key=lambda m: m.promised_at, reverse=True)


urlpatterns = [
    path("demo", demo, name="demo"),
    path("demo/codes", codes, name="demo_codes"),
    path("demo/batch", batch, name="demo_batch"),
    path("demo/letter", letter, name="demo_letter"),
    path("demo/wechat", wechat, name="demo_wechat"),
    path("demo/papers/<str:name>", paper, name="demo_paper"),
]
