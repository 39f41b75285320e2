"""
Sign in and out, for every door: each door lists ``staff_paths``, ``customer_paths`` or
``agent_paths`` among its own urls.

Templates: ``common/sign_in_staff.html`` (form: username, password, totp), and
``common/sign_in_phone.html`` (form: phone) followed by ``common/sign_in_code.html`` (form: phone,
hidden, and code). Each gets ``form``, ``audience`` (staff, party or agent), ``next``, and ``refusal``
(message, hint) where the last try was refused; ``sign_in_code.html`` also ``masked_phone``,
``minutes`` and ``code_url``, where the same phone asks for another code.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yilu.kernel.errors import Refusal, said
from yilu.kernel.masks import mask_phone
from yilu.kernel.refs import SYSTEM
from yilu.messaging import operations as messaging
from yilu.people import operations as people
from yilu.web.common import access, preferences

HOMES = {"staff": "/staff/", "party": "/c/", "agent": "/agent/"}
CODE_MINUTES = 5


class StaffForm(forms.Form):
    """Name, password and one-time password, or a recovery code in place of the last."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    totp = forms.CharField(
        label=_("动态口令"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PhoneForm(forms.Form):
    """Where the code goes."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "autofocus": True}
        ),
    )


class CodeForm(forms.Form):
    """The code that came; the phone goes along unseen."""

    phone = forms.CharField(max_length=30, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("验证码"),
        max_length=6,
        min_length=6,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "pattern": "[0-9]{6}",
                "autofocus": True,
            }
        ),
    )


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """Staff: name, password, one-time password."""
    form = StaffForm(request.POST or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            who = people.sign_in_staff(**form.cleaned_data, at=now, address=access.address(request))
        except Refusal as reason:
            refusal = reason
        else:
            access.sign_in(request, who, at=now)
            return HttpResponseRedirect(access.way_on(request, HOMES["staff"]))
    return _page(request, "common/sign_in_staff.html", form, "staff", refusal)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def phone_sign_in(request: HttpRequest, audience: str) -> HttpResponse:
    """Customers and agents: the phone's page, then the code's."""
    if request.method == "GET":
        return _page(request, "common/sign_in_phone.html", PhoneForm(), audience)
    form = CodeForm(request.POST)
    refusal = None
    if form.is_valid():
        now = timezone.now()
        try:
            who = people.sign_in_with_code(**form.cleaned_data, audience=audience, at=now)
        except Refusal as reason:
            refusal = reason
        else:
            access.sign_in(request, who, at=now)
            response = HttpResponseRedirect(access.way_on(request, HOMES[audience]))
            if audience == "party":
                preferences.bring_along(request, response, who.id)
            return response
    return _code_page(request, form, audience, refusal)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def send_code(request: HttpRequest, audience: str) -> HttpResponse:
    """Have a code sent; the answer is the same whether or not anybody has the phone."""
    if request.method == "GET":  # somebody came back to the code's page: it has no code to wait for
        return HttpResponseRedirect(access.where_to_sign_in(audience))
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _page(request, "common/sign_in_phone.html", form, audience)
    phone, now = form.cleaned_data["phone"], timezone.now()
    try:
        issued = people.request_code(
            phone=phone, audience=audience, at=now, address=access.address(request)
        )
    except Refusal as refusal:
        return _page(request, "common/sign_in_phone.html", form, audience, refusal)
    if issued.to is not None:
        messaging.send_message(
            template="people.sign_in_code",
            to=issued.to,
            about=issued.to,
            facts={"code": issued.code, "minutes": str(CODE_MINUTES)},
            actor=SYSTEM,
            at=now,
        )
    return _code_page(request, CodeForm(initial={"phone": phone}), audience, None)


@require_POST
def sign_out(request: HttpRequest, audience: str) -> HttpResponse:
    """End this browser's session."""
    access.sign_out(request)
    return HttpResponseRedirect(access.where_to_sign_in(audience))


@require_POST
def sign_out_everywhere(request: HttpRequest, audience: str) -> HttpResponse:
    """End every session of the person asking, on every device."""
    principal = access.current(request)
    if principal is not None and principal.kind == audience:
        people.sign_out_everywhere(actor=principal.ref, at=timezone.now())
    access.sign_out(request)
    return HttpResponseRedirect(access.where_to_sign_in(audience))


def _code_page(
    request: HttpRequest, form: CodeForm, audience: str, refusal: Refusal | None
) -> HttpResponse:
    phone = str(form["phone"].value() or "")
    more = {
        "masked_phone": mask_phone(phone.strip()),
        "minutes": CODE_MINUTES,
        "code_url": _code_url(request),
    }
    return _page(request, "common/sign_in_code.html", form, audience, refusal, more)


def _code_url(request: HttpRequest) -> str:
    here = request.path.rstrip("/")
    return here if here.endswith("/code") else f"{here}/code"


def _page(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    audience: str,
    refusal: Refusal | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    status = refusal.status if refusal else 422 if form.errors else 200
    context = {
        "form": form,
        "audience": audience,
        "next": access.way_on(request, ""),
        "refusal": {
            "message": said(refusal.message, gettext),
            "hint": said(refusal.hint, gettext) if refusal.hint else "",
        }
        if refusal
        else None,
        "sign_in_url": access.where_to_sign_in(audience),
        "code_url": _code_url(request),
        **(more or {}),
    }
    response = render(request, template, context, status=status)
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _phone_paths(audience: str) -> list[URLPattern]:
    return [
        path("sign-in", partial(phone_sign_in, audience=audience), name="sign_in"),
        path("sign-in/code", partial(send_code, audience=audience), name="sign_in_code"),
        path("sign-out", partial(sign_out, audience=audience), name="sign_out"),
        path(
            "sign-out/everywhere",
            partial(sign_out_everywhere, audience=audience),
            name="sign_out_everywhere",
        ),
    ]


customer_paths = _phone_paths("party")
agent_paths = _phone_paths("agent")
staff_paths: list[URLPattern] = [
    path("sign-in", staff_sign_in, name="sign_in"),
    path("sign-out", partial(sign_out, audience="staff"), name="sign_out"),
    path(
        "sign-out/everywhere",
        partial(sign_out_everywhere, audience="staff"),
        name="sign_out_everywhere",
    ),
]
