"""The API of version 1: ``/api/v1/…``, described at ``/api/v1/openapi.json``."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from yilu.kernel.errors import Invalid, Refusal
from yilu.web.api import wording
from yilu.web.api.auth import ProviderToken
from yilu.web.api.claims import router
from yilu.web.api.direct_billing import router as direct_billing
from yilu.web.common.access import BadToken
from yilu.web.common.middleware import answer


class BodyTooLarge(Invalid):
    """More than one call may carry."""

    code = "body_too_large"
    message = _("一次发送的内容太大")
    hint = _("单次不超过 2 MB；票据多的，分几次发送。")
    status = 413


class NotJson(Invalid):
    """The body cannot be read at all."""

    code = "not_json"
    message = _("请求内容不是 JSON")
    hint = _("请按接口说明发送 UTF-8 编码的 JSON。")
    status = 400


class Reader(Parser):
    """JSON without the NUL character: the database cannot keep it, so no field may hold it."""

    def parse_body(self, request: HttpRequest) -> Any:
        if b"\\u0000" in request.body:
            raise ValueError("NUL")
        return json.loads(request.body)


api = NinjaAPI(
    title="Yilu 一路",
    version="1",
    description="For hospitals and pharmacies: report claims with invoices, and ask where they stand.",
    auth=ProviderToken(),
    docs_url=None,  # its page would load scripts from elsewhere
    urls_namespace="api",
    parser=Reader(),
)
api.add_router("", router)
api.add_router("/direct-billing", direct_billing)


class Malformed(Invalid):
    """The body is not what the description says."""

    code = "malformed"
    message = _("请求内容不符合接口说明")


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return answer(request, refusal)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return answer(request, BadToken())


def _named(where: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The place of an error as the caller wrote it: without where it came from and what we call the body."""
    return where[2:] if where[0] == "body" and len(where) > 2 else where[1:]


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    places = "；".join(
        ".".join(str(step) for step in _named(each["loc"])) + "：" + wording.of(each)
        for each in error.errors[:10]
    )
    return answer(request, Malformed(hint=places))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return answer(request, BodyTooLarge())


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == NotJson.status:  # ninja says it in English, whatever the parser raised
        return answer(request, NotJson())
    refusal = Malformed(hint=str(error))
    refusal.status = error.status_code
    return answer(request, refusal)


urlpatterns = [path("v1/", api.urls)]
