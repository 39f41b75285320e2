"""Addresses the outside calls: the bank, providers."""

from django.urls import path

from yilu.web.hooks import bank, collections

app_name = "hooks"
urlpatterns = [
    path("bank", bank.notice, name="bank"),
    path("collections", collections.notice, name="collections"),
]
