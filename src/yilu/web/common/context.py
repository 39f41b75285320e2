"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yilu.web.common import preferences


def page(request: HttpRequest) -> dict[str, Any]:
    """The reader's settings, who is asking, and whether this is the demo insurer."""
    return {
        "large_type": preferences.large_type(request),
        "demo": settings.DEMO,
        "push_url": settings.NEWS_URL,
        "asker": getattr(request, "asker", None),
    }
