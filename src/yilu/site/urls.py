"""Where each door stands."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("yilu.web.common.urls")),
    path("", include("yilu.web.public.urls")),
    path("", include("yilu.web.customer.urls")),
    path("agent/", include("yilu.web.counter.urls")),
    path("staff/", include("yilu.web.staff.urls")),
    path("api/", include("yilu.web.api.urls")),
    path("hooks/", include("yilu.web.hooks.urls")),
]
if settings.DEMO:  # it shows passwords and codes: nowhere else is it even mounted
    urlpatterns.append(path("", include("yilu.web.staff.demo")))

handler400 = "yilu.web.common.errors.bad_request"
handler403 = "yilu.web.common.errors.forbidden"
handler404 = "yilu.web.common.errors.not_found"
handler500 = "yilu.web.common.errors.broken"
