"""A house of three doors for the tests of access: each view only says who came in."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from yilu.kernel.errors import Invalid, NotFound, Stale
from yilu.people.operations import TooOften
from yilu.web.common import access, sign_in


def who(request: HttpRequest) -> HttpResponse:
    principal = access.current(request)
    return HttpResponse(str(principal.ref) if principal else "nobody")


def refuse(request: HttpRequest, name: str) -> HttpResponse:
    raise {"missing": NotFound, "stale": Stale, "bad": Invalid, "often": TooOften}[name]()


def crash(request: HttpRequest) -> HttpResponse:
    raise LookupError("a bug")


@csrf_exempt
@access.providers_only
def feed(request: HttpRequest) -> HttpResponse:
    principal = access.current(request)
    assert principal is not None
    return JsonResponse({"who": str(principal.ref)})


def door(name: str, only, paths, extra=()):
    return include(([path("me", only(who), name="me"), *paths, *extra], name))


urlpatterns = [
    path("c/", door("customer", access.customers_only, sign_in.customer_paths)),
    path("agent/", door("counter", access.agents_only, sign_in.agent_paths)),
    path(
        "staff/",
        door(
            "staff",
            access.staff_only(),
            sign_in.staff_paths,
            [
                path("assess", access.staff_only(right="claims.assess")(who)),
                path("system", access.staff_only(right="system.operate")(who)),
            ],
        ),
    ),
    path("who", who),
    path("refuse/<name>", refuse),
    path("crash", crash),
    path("api/refuse/<name>", refuse),
    path("api/me", access.customers_only(who)),
    path("hooks/feed", feed),
    path("hooks/refuse/<name>", refuse),
    path("", include("yilu.web.common.urls")),
    path("", include("yilu.web.public.urls")),
]
