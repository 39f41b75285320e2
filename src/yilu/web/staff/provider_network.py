"""合作医疗机构: the network of providers, a new one registered and opened in one form, and its tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yilu.direct_billing import operations, queries
from yilu.kernel.errors import NotFound, Refusal
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, actor_of, money_of, number_in
from yilu.web.staff.page import access_of, show
from yilu.web.staff.providers import show_partner

KINDS = {"HOSPITAL": gettext_noop("医院"), "PHARMACY": gettext_noop("药店")}
GRADES = (
    gettext_noop("三级甲等"), gettext_noop("三级乙等"), gettext_noop("三级"), gettext_noop("二级甲等"),
    gettext_noop("二级乙等"), gettext_noop("二级"), gettext_noop("一级"), gettext_noop("未定级"),
)  # fmt: skip
LIMIT = "100000.00"
"""What is proposed for a new partner; a person may choose otherwise."""


@require_safe
@staff_only(right="people.staff")
def network(request: HttpRequest) -> HttpResponse:
    """The partners of one's offices, and the providers that are registered but settle nothing directly."""
    access = access_of(request)
    offices = {office.id: office.name for office in people.list_offices()}
    page = {
        "partners": [(p, offices.get(p.office_id, "")) for p in queries.list_partners(access)],
        "others": [(p, offices.get(p.office_id, "")) for p in queries.providers_to_open(access)],
        "kinds": KINDS,
    }  # fmt: skip
    return show(request, "staff/direct_billing/network.html", page, here="provider_network")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="people.staff")
def enrol(request: HttpRequest) -> HttpResponse:
    """Register a provider and open direct billing with it; or open one that is registered."""
    refusal = None
    if request.method == "POST":
        try:
            partner_id = _enrolled(request)
        except Refusal as problem:
            refusal = problem
        else:
            messages.success(
                request, _("已登记并开通直付。下一步：签发接口密钥，交给机构的技术人员。")
            )
            return redirect("staff:direct_partner", partner_id=partner_id)
    access = access_of(request)
    page = {
        "given": request.POST if request.method == "POST" else _known(request),
        "kinds": KINDS.items(), "grades": GRADES, "banks": people.list_banks(),
        "offices": people.offices_with(access, "people.staff"), "limit": LIMIT,
        "refusal": refusal,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(
        request, "staff/direct_billing/enrol.html", page, here="provider_network", status=status
    )


def _enrolled(request: HttpRequest) -> int:
    given = request.POST
    told = operations.NewProvider(
        code=given.get("code", ""), name=given.get("name", ""), kind=given.get("kind", ""),
        grade=given.get("grade", ""), office_id=number_in(request, "office_id"),
        credit_code=given.get("credit_code", ""), bank_code=given.get("bank_code", ""),
        bank_name=given.get("bank_name", ""), account_holder=given.get("account_holder", ""),
        account_number=given.get("account_number", ""),
    )  # fmt: skip
    limit = money_of(given.get("limit", ""))
    return operations.enrol_partner(provider=told, guarantee_limit=limit, **acting(request))


def _known(request: HttpRequest) -> dict[str, Any]:
    """The particulars of a provider that is registered already, if one is to be opened."""
    provider_id = whole(request.GET.get("provider"))
    if provider_id is None:
        return {}
    for each in queries.providers_to_open(access_of(request)):
        if each.id == provider_id:
            return {
                "code": each.code, "name": each.name, "kind": each.kind, "grade": each.grade,
                "office_id": str(each.office_id), "account_holder": each.name,
            }  # fmt: skip
    raise NotFound


@require_POST
@staff_only(right="people.staff")
def new_token(request: HttpRequest, partner_id: int) -> HttpResponse:
    """New keys for a provider's bills and papers; shown on this page and never again."""
    view = queries.get_partner(access_of(request), partner_id)
    try:
        keys = people_operations.renew_provider_keys(
            provider_id=view.provider_id, actor=actor_of(request), at=timezone.now()
        )
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return show_partner(request, partner_id, refusal)
    return show_partner(request, partner_id, token=keys)
