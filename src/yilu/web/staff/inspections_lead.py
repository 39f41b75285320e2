"""质检概况: scores over time, by office and person, what is missed most; the draws, drawn again."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.quality.queries import inspections as queries
from yilu.quality.queries import pictures
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import names
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of, show

HERE = "inspections_picture"


@require_GET
@staff_only(right="quality.view")
def picture(request: HttpRequest) -> HttpResponse:
    """The last twelve weeks of the offices one looks at."""
    found = pictures.picture(access_of(request), timezone.now())
    page = {"picture": found, "weeks": pictures.WEEKS}
    return show(request, "staff/inspections/picture.html", page, here=HERE)


@require_GET
@staff_only(right="quality.view")
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """``weeks``, ``people``, ``offices`` or ``missed``; each person's bar leads to their results."""
    found = pictures.picture(access_of(request), timezone.now())
    if name == "weeks":
        return JsonResponse(
            {
                "max": 100, "names": [f"{day:%m-%d}" for day, _m, _n in found.weeks],
                "series": [{"name": _("平均分"), "data": [mean for _d, mean, _n in found.weeks]}],
            }
        )  # fmt: skip
    if name == "missed":
        return JsonResponse(
            {
                "direction": "down", "names": [each.ask for each in found.missed],
                "series": [
                    {"name": _("失分次数"), "tone": "bad", "data": [m.count for m in found.missed]},
                ],
            }
        )  # fmt: skip
    if name not in ("people", "offices"):
        raise Http404
    rows = found.people if name == "people" else found.offices
    place = reverse("staff:inspections")
    return JsonResponse(
        {
            "direction": "down", "max": 100, "names": [each.name for each in rows],
            "links": [f"{place}?show=all&staff={each.id}" for each in rows]
            if name == "people" else [],
            "series": [{"name": _("平均分"), "tone": "info", "data": [each.mean for each in rows]}],
        }
    )  # fmt: skip


@require_GET
@staff_only(right="quality.view")
def lots(request: HttpRequest) -> HttpResponse:
    """The latest draws."""
    page = {
        "rows": queries.list_lots(access_of(request)),
        "offices": {each.id: each.name for each in people.list_offices()},
    }
    return show(request, "staff/inspections/lots.html", page, here=HERE)


@require_GET
@staff_only(right="quality.view")
def lot(request: HttpRequest, lot_id: int) -> HttpResponse:
    """One draw with its seed, and whether drawing again finds the same."""
    access = access_of(request)
    found = queries.get_lot(lot_id, access)
    who = names(*{Ref("staff", each.staff_id) for each in found.again})
    page = {
        "lot": found, "who": {ref.id: name for ref, name in who.items()},
        "links": links_to({each.subject for each in found.drawn}, access), "because": queries.BECAUSE,
        "office": people.get_office(found.office_id).name,
    }  # fmt: skip
    return show(request, "staff/inspections/lot.html", page, here=HERE)
