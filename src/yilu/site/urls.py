"""Where each door stands."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

DOORS = {
    "": "yilu.web.common.urls",
    "c/": "yilu.web.customer.urls",
    "agent/": "yilu.web.counter.urls",
    "staff/": "yilu.web.staff.urls",
    "api/": "yilu.web.api.urls",
    "hooks/": "yilu.web.hooks.urls",
    "console/": "yilu.web.console.urls",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yilu.web.public.urls")),
    *(path(prefix, include(urls)) for prefix, urls in DOORS.items() if find_spec(urls) is not None),
]

handler400 = "yilu.web.common.errors.bad_request"
handler403 = "yilu.web.common.errors.forbidden"
handler404 = "yilu.web.common.errors.not_found"
handler500 = "yilu.web.common.errors.broken"
