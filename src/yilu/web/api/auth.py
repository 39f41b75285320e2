"""Who may call: a provider's system by its token."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from yilu.people.queries import ProviderView, find_provider_by_token


class ProviderToken(HttpBearer):
    """``Authorization: Bearer …`` with the token given when the provider was registered."""

    def authenticate(self, request: HttpRequest, token: str) -> ProviderView | None:
        return find_provider_by_token(token)
