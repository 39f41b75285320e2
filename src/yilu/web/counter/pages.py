"""How a page of this door is shown, and to whom."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yilu.people.queries import AgentAccess
from yilu.web.common import access


def me(request: HttpRequest) -> AgentAccess:
    """The agent asking, and whose customers they may see. :raises SignInNeeded: if it is none."""
    principal = access.current(request)
    if principal is None or principal.agent is None:
        raise access.SignInNeeded
    return principal.agent


def show(
    request: HttpRequest, name: str, given: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render ``counter/<name>.html`` for the agent."""
    return render(request, f"counter/{name}.html", {"agent": me(request), **given}, status=status)
