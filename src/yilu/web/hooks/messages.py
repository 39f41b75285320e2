"""What message gateways post to us: receipts, replies, who follows and who leaves (通知回执与上行)."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from yilu.gateways import cloud_sms, push, wechat
from yilu.gateways.sms import read_place
from yilu.kernel.errors import Refusal
from yilu.messaging import operations as messaging
from yilu.messaging.operations import Inbound, Report

log = logging.getLogger(__name__)

PUSH_SECONDS = 300
SECRET_MIN = 24


@csrf_exempt  # a cloud has no session; the secret in its address stands in, since it signs nothing
@require_POST
def sms(request: HttpRequest, provider: str, secret: str) -> JsonResponse:
    """Receipts and replies of a cloud, in lists. A list with anything unreadable is refused as a whole."""
    known = settings.SMS_HOOK_SECRET
    if len(known) < SECRET_MIN or not hmac.compare_digest(secret.encode(), known.encode()):
        raise Http404
    try:
        content = json.loads(request.body)
        receipts, replies = cloud_sms.read_posted(provider, content)
    except ValueError:
        return JsonResponse({"code": 1, "result": 1, "msg": "unreadable"}, status=422)
    now = timezone.now()
    messaging.take_receipts(
        reports=[
            Report(
                provider, each.reference, "DELIVERED" if each.arrived else "FAILED", each.proof,
                each.key, each.code,
            )
            for each in receipts
        ],
        at=now,
    )  # fmt: skip
    _keep(Inbound("SMS", provider, each.proof, each.number, each.text) for each in replies)
    return JsonResponse({"code": 0, "result": 0, "msg": "OK"})


@csrf_exempt  # signed over time and body
@require_POST
def pushed(request: HttpRequest) -> JsonResponse:
    """What became of one push: ``{"key": …, "outcome": "DELIVERED" or "FAILED", "proof": …}``."""
    stamp = request.headers.get(push.TIMESTAMP_HEADER, "")
    signature = request.headers.get(push.SIGNATURE_HEADER, "")
    secret = read_place(settings.PUSH_URL).password if settings.PUSH_URL else ""
    fresh = stamp.isascii() and stamp.isdigit() and len(stamp) < 15
    if (
        not fresh
        or abs(timezone.now().timestamp() - int(stamp)) > PUSH_SECONDS
        or not push.is_signed(secret, stamp, request.body, signature)
    ):
        return JsonResponse({"code": "not_signed"}, status=403)
    try:
        said = json.loads(request.body)
        key, outcome, proof = str(said["key"]), str(said["outcome"]), str(said["proof"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"code": "unreadable"}, status=422)
    news = messaging.receive_receipt(
        message_key=key, outcome=outcome, proof=f"push:{proof}", at=timezone.now()
    )
    return JsonResponse({"news": news})


@csrf_exempt  # signed, and sealed for us
@require_http_methods(["GET", "POST"])
def official_account(request: HttpRequest) -> HttpResponse:
    """The official account's callback: what somebody wrote, who follows or leaves, what has arrived."""
    asked = request.GET
    appid = read_place(settings.WECHAT_URL).user if settings.WECHAT_URL else ""
    envelope = wechat.Envelope(settings.WECHAT_TOKEN, settings.WECHAT_AES_KEY, appid)
    stamp, nonce = asked.get("timestamp", ""), asked.get("nonce", "")
    try:
        if request.method == "GET":
            envelope.check_greeting(asked.get("signature", ""), stamp, nonce)
            return HttpResponse(asked.get("echostr", "")[:64], content_type="text/plain")
        told = envelope.open(
            request.body, asked.get("msg_signature", ""), stamp, nonce, timezone.now().timestamp()
        )
    except wechat.Forged as forged:
        log.warning("a callback of the official account was refused: %s", forged)
        return HttpResponse("", status=403)
    _hear(told)
    return HttpResponse("success", content_type="text/plain")


def _hear(told: Any) -> None:
    now, who = timezone.now(), told.get("FromUserName", "")
    event = told.get("Event", "").lower() if told.get("MsgType") == "event" else ""
    if event in {"subscribe", "scan"}:
        scene = told.get("EventKey", "").removeprefix("qrscene_")
        messaging.bind_wechat(scene=scene, address=who, at=now)
    elif event == "unsubscribe":
        messaging.unfollow(address=who, at=now)
    elif event == "templatesendjobfinish":
        status = told.get("Status", "")
        outcome = "DELIVERED" if status == "success" else "FAILED"
        name = told.get("MsgID", "")
        report = Report("wechat", name, outcome, f"{name}:{status}", reason=status)
        messaging.take_receipts(reports=[report], at=now)
    elif told.get("MsgType") == "text":
        _keep([Inbound("WECHAT", "wechat", told.get("MsgId", ""), who, told.get("Content", ""))])


def _keep(letters: Iterable[Inbound]) -> None:
    for letter in letters:
        try:
            messaging.take_reply(inbound=letter, at=timezone.now())
        except Refusal as refused:
            log.warning("a reply over %s cannot be read: %s", letter.gateway, refused.code)
