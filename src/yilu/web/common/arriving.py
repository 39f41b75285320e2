"""
How a customer came to our pages: WeChat, its mini programme, a link we sent, or a browser.

A plain channel, told by what the browser says of itself and by our own links; nothing about the person.
"""

from __future__ import annotations

from django.http import HttpRequest

OF_MESSAGE = "message"
"""Links in messages end in ``?from=message``."""
_KEPT = "came_by_message"


def note(request: HttpRequest) -> None:
    """Remember for this visit that a message's link was followed."""
    if request.GET.get("from") == OF_MESSAGE:
        request.session[_KEPT] = True


def came_by(request: HttpRequest) -> str:
    """WECHAT, MINI_PROGRAM (as WeChat's own browser says), MESSAGE or BROWSER."""
    agent = request.headers.get("User-Agent", "").lower()
    if "micromessenger" in agent:
        return "MINI_PROGRAM" if "miniprogram" in agent else "WECHAT"
    return "MESSAGE" if request.session.get(_KEPT) else "BROWSER"
