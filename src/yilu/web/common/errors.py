"""Error pages: what went wrong in plain words, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from yilu.kernel.errors import NotFound, Refusal, said


@dataclass(frozen=True)
class Words:
    """What a page says for a status where nothing more exact is known."""

    message: str
    hint: str


WORDS = {
    400: Words(_("请求的内容不完整或格式不对"), _("请返回上一页，刷新后重新填写提交。")),
    401: Words(_("请先登录"), _("登录后即可继续办理。")),
    403: Words(_("您没有办理此项的权限"), _("请换用有权限的账号登录，或联系客服。")),
    404: Words(_("没有找到您要的内容"), _("请核对号码后再试；如需帮助，请联系客服。")),
    405: Words(_("这个操作方式不受支持"), _("请返回页面，用页面上的按钮办理。")),
    409: Words(_("内容已有变化，刚才的提交没有生效"), _("请刷新页面，核对最新内容后再提交。")),
    413: Words(
        _("提交的内容太大"), _("单个文件请不要超过 20 MB，可分几次上传，或拍照时选择较低清晰度。")
    ),
    422: Words(_("填写的内容有误"), _("请按提示改正后再提交，刚才没有任何改动。")),
    429: Words(_("操作太频繁"), _("请稍等片刻再试。")),
    500: Words(
        _("系统出了点问题，我们已经收到提醒"),
        _("您的资料没有丢失。请稍后再试；着急的话请拨打客服电话。"),
    ),
    503: Words(_("系统正在维护"), _("请过几分钟再试。")),
}


def say(
    request: HttpRequest, status: int, message: str = "", hint: str = "", code: str = ""
) -> HttpResponse:
    """
    Answer with an error in the form the asker understands: a page, a part of one, or JSON.

    Texts are Chinese source texts and are said in the reader's language. A partial request gets the
    words in the ``Yilu-Says`` header too, which the page shows as a toast.
    """
    words = WORDS.get(status, WORDS[500])
    message = said(message or words.message, gettext)
    hint = said(hint or words.hint, gettext)
    machine = request.path.startswith(("/api/", "/hooks/"))
    if machine or request.headers.get("Accept", "").startswith("application/json"):
        response: HttpResponse = JsonResponse(
            {"code": code, "message": message, "hint": hint}, status=status
        )
    elif request.headers.get("HX-Request"):
        response = render(
            request, "common/parts/refusal.html", {"message": message, "hint": hint}, status=status
        )
        response.headers["Yilu-Says"] = quote(f"{message}。{hint}" if hint else message)
    else:
        page = {"status": status, "message": message, "hint": hint, "code": code}
        staff = request.path.startswith("/staff/")
        template = "common/error_staff.html" if staff else "common/error.html"
        response = render(request, template, page, status=status)
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """413, said before the request is read: no session, no language beyond the browser's."""
    words = WORDS[413]
    text = f"{gettext(words.message)}。{gettext(words.hint)}"
    response = HttpResponse(text, status=413, content_type="text/plain; charset=utf-8")
    response.headers["Yilu-Says"] = quote(text)
    response.headers["Connection"] = "close"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return say(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return say(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return say(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: rendered without touching the database, which may be what failed."""
    try:
        return say(request, 500)
    except Exception:  # noqa: BLE001  (the error page itself must never fail)
        words = WORDS[500]
        return HttpResponse(
            f"{words.message}。{words.hint}", status=500, content_type="text/plain; charset=utf-8"
        )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or came from elsewhere."""
    detail = f" ({reason})" if settings.DEBUG else ""
    return say(
        request, 403, _("这个页面打开太久，或浏览器没有允许 Cookie"), _("请刷新页面后再提交一次。") + detail,
        code="csrf",
    )  # fmt: skip


def tell_refused(request: HttpRequest, refused: Refusal) -> None:
    """Say on the next page what was refused and what to do, in the reader's language."""
    message, hint = said(refused.message, gettext), said(refused.hint, gettext)
    stop = "。" if (get_language() or "zh").startswith("zh") else ". "
    messages.error(request, stop.join(filter(None, (message, hint))))


@contextmanager
def telling(request: HttpRequest) -> Iterator[None]:
    """What is refused within is told on the next page (:func:`tell_refused`); what is not there stays a 404."""
    try:
        yield
    except NotFound:
        raise
    except Refusal as refused:
        tell_refused(request, refused)
