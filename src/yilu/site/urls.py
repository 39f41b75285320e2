"""Where each door stands."""

import contextlib
from importlib import import_module

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

DOORS = {
    "yilu.web.common.urls": "",
    "yilu.web.public.urls": "",
    "yilu.web.customer.urls": "",
    "yilu.web.counter.urls": "agent/",
    "yilu.web.staff.urls": "staff/",
    "yilu.web.api.urls": "api/",
    "yilu.web.hooks.urls": "hooks/",
    "yilu.web.console.urls": "console/",
}

urlpatterns: list[URLPattern | URLResolver] = []
for _urls, _prefix in DOORS.items():
    with contextlib.suppress(ImportError):  # a door that is still being built stays shut
        import_module(_urls)
        urlpatterns.append(path(_prefix, include(_urls)))

if settings.DEMO:  # it shows passwords and codes: nowhere else is it even mounted
    urlpatterns.append(path("", include("yilu.web.staff.demo")))

handler400 = "yilu.web.common.errors.bad_request"
handler403 = "yilu.web.common.errors.forbidden"
handler404 = "yilu.web.common.errors.not_found"
handler500 = "yilu.web.common.errors.broken"
