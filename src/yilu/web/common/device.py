"""
The device somebody reports by (报案设备): a random cookie, kept as a blind index only.

The cookie says nothing about the device or the person; the index is compared between claims by risk.
It is first set when a customer reports or adds an account, and read nowhere else.
"""

from __future__ import annotations

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from yilu.kernel import sealing

COOKIE = "yilu_device"
TWO_YEARS = 2 * 365 * 24 * 3600
_OURS = re.compile(r"[0-9a-f]{32}")


def device_of(request: HttpRequest) -> tuple[str, str]:
    """The device's blind index, and the cookie to keep; a cookie that is not ours is replaced."""
    kept = request.COOKIES.get(COOKIE, "")
    token = kept if _OURS.fullmatch(kept) else secrets.token_hex(16)
    return sealing.blind_index(token, "device"), token


def keep(response: HttpResponse, token: str) -> None:
    """Leave the cookie with the device, unreadable to scripts and on our own site only."""
    response.set_cookie(
        COOKIE, token, max_age=TWO_YEARS, samesite="Lax", secure=settings.SECURE, httponly=True
    )
