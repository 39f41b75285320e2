"""Addresses the outside calls: the bank, providers."""

from django.urls import path

from yilu.web.hooks import bank, calls, collections, messages

app_name = "hooks"
urlpatterns = [
    path("bank", bank.notice, name="bank"),
    path("collections", collections.notice, name="collections"),
    path("calls", calls.event, name="calls"),
    path("push", messages.pushed, name="push"),
    path("wechat", messages.official_account, name="wechat"),
    path("sms/<slug:provider>/<str:secret>", messages.sms, name="sms"),
]
