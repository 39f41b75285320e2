"""服务项目: for whom each is, what it changes, its clocks; edited by one, published by another."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.care import queries as care
from yilu.claims.queries import programmes as claims
from yilu.claims.queries.speed import READ_MAX
from yilu.direct_billing import queries as direct_billing
from yilu.insight.queries.claims_years import YearsCount, programme_years
from yilu.journeys import queries as journeys
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.standards import operations
from yilu.standards import queries as standards
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.staff.asked import actor_of, names, number_in
from yilu.web.staff.links import reverse_open
from yilu.web.staff.page import access_of, show

OF_CARE = {
    "hospital_visit": "HOSPITAL", "home_collection": "HOME", "scene_survey": "SURVEY",
    "injury_care": "MEDIATION", "third_party": "THIRD_PARTY",
}  # fmt: skip
"""Which service of the care room each programme is."""


@require_GET
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """Every programme in force; everybody at the insurer may read."""
    now = timezone.now()
    known = {d.code: d for d in obligations.list_definitions(now)}
    access = access_of(request)
    counts = _counts(access.offices_for("claims.view"))
    years = _years(access.offices_for("claims.view"))
    rows = [
        {
            "programme": p, "clocks": [known[c] for c in p.obligations if c in known],
            "count": counts.get(p.code), "years": years.get(p.code), "place": reverse_open(p.page, access),
        }
        for p in standards.list_programmes(now)
    ]  # fmt: skip
    page = {"rows": rows, "most": READ_MAX, "year": timezone.localdate().year}
    return show(request, "staff/programmes/list.html", page, here="programmes")


def _counts(offices: frozenset[int]) -> dict[str, claims.Count]:
    """How many cases each programme has in these offices, open and over; {} for nobody's offices."""
    if not offices:
        return {}
    found = claims.count_programmes(offices)
    services = care.count_services(offices)
    for code, kind in OF_CARE.items():
        found[code] = claims.Count(*services.get(kind, (0, 0)))
    found["direct_billing"] = claims.Count(*direct_billing.count_visits(offices))
    found["advance_disaster"] = found["disaster"]
    return found


def _years(offices: frozenset[int]) -> dict[str, YearsCount]:
    """What the programmes that lead a claim came to this year and last, by their code."""
    found = programme_years(timezone.localdate().year, offices) if offices else {}
    keys = {code: f"programme:{name}" for name, code in claims.OF_CLAIMS.items()}
    keys |= {"proactive": "channel:PROACTIVE", "care_12345": "all"}
    return {code: found[key] for code, key in keys.items() if key in found}


@require_GET
@staff_only()
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """One programme with its versions and its clocks."""
    versions = standards.programme_versions(code)
    published = [v for v in versions if v.state != "DRAFT"]
    wanted = request.GET.get("version", "")
    shown = next((v for v in published if str(v.number) == wanted), published[0])
    known = {d.code: d for d in obligations.list_definitions(timezone.now())}
    return show(
        request,
        "staff/programmes/programme.html",
        {
            "shown": shown, "versions": versions,
            "clocks": [known[c] for c in shown.obligations if c in known],
            "draft": next((v for v in versions if v.state == "DRAFT"), None),
            "who": names(*(ref for v in versions for ref in (v.author, v.publisher))),
            "place": reverse_open(shown.page, access_of(request)),
            "may_edit": access_of(request).may("standards.edit"),
            "goes_back": len(published) > 1,
        },
        here="programmes",
    )  # fmt: skip


@require_POST
@staff_only(right="standards.edit")
def make(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a draft; where there is one, go on with it."""
    try:
        operations.make_programme_draft(
            code=code, note=request.POST.get("note", "").strip(), actor=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip
    except operations.DraftExists:
        messages.info(request, _("已经有一份草稿，请接着编辑。"))
    return redirect("staff:programme_draft", code)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="standards.edit")
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """Edit the draft."""
    found, given = _draft(code), request.POST
    if request.method != "POST":
        return _page(request, found)
    try:
        operations.put_programme(
            code=code, title=given.get("title", ""), title_en=given.get("title_en", ""),
            words=given.get("words", ""), changes=given.get("changes", "").splitlines(),
            offered=given.get("offered") == "1", revision=number_in(request, "revision"),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, found, refusal)
    messages.success(request, _("草稿已保存。"))
    return redirect("staff:programme_draft", code)


@require_POST
@staff_only(right="standards.edit")
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Answer one of the seven checks of the draft."""
    found, given = _draft(code), request.POST
    try:
        operations.answer_programme_check(
            code=code, check=given.get("check", ""), passed=given.get("passed") == "yes",
            evidence=given.get("evidence", ""), actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except operations.UnknownCheck:
        raise
    except Refusal as refusal:
        return _page(request, found, refusal)
    messages.success(request, _("已记录。"))
    return redirect("staff:programme_draft", code)


@require_POST
@staff_only(right="standards.edit")
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Put the draft in force: by another person than its author."""
    found = _draft(code)
    try:
        number = operations.publish_programme(
            code=code, revision=number_in(request, "revision"), actor=actor_of(request),
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, found, refusal)
    messages.success(request, _("第 %(number)s 版已发布。") % {"number": number})
    return redirect("staff:programme", code)


@require_POST
@staff_only(right="standards.edit")
def roll_back(request: HttpRequest, code: str) -> HttpResponse:
    """Put the version before in force again at once."""
    with telling(request):
        number = operations.roll_back_programme(
            code=code, actor=actor_of(request), at=timezone.now()
        )
        messages.success(
            request, _("已回退：现行的是第 %(number)s 版，内容与上一版相同。") % {"number": number}
        )
    return redirect("staff:programme", code)


@require_POST
@staff_only(right="standards.edit")
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Give the draft up."""
    operations.discard_programme_draft(code=code, actor=actor_of(request), at=timezone.now())
    messages.success(request, _("草稿已放弃。"))
    return redirect("staff:programme", code)


def _draft(code: str) -> standards.ProgrammeView:
    for version in standards.programme_versions(code):
        if version.state == "DRAFT":
            return version
    raise operations.NoProgrammeDraft


def _page(
    request: HttpRequest, found: standards.ProgrammeView, refusal: Refusal | None = None
) -> HttpResponse:
    given = request.POST if refusal and "title" in request.POST else {}
    checks = journeys.checks_of(Ref("programme", found.id), timezone.localdate())
    return show(
        request,
        "staff/programmes/draft.html",
        {
            "draft": found, "refusal": refusal, "title": given.get("title", found.title),
            "title_en": given.get("title_en", found.title_en),
            "words": given.get("words", found.words),
            "changes": given.get("changes", "\n".join(found.changes)),
            "is_author": found.author == actor_of(request), "checks": checks,
            "ready": all(each.passed for each in checks),
            "who": names(*(each.by for each in checks)),
        },
        here="programmes",
        status=refusal.status if refusal else 200,
    )  # fmt: skip
