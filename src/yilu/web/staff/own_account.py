"""我的账号: one's own roles, and one's own password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from yilu.kernel.errors import Invalid, Refusal
from yilu.people import operations
from yilu.people import queries as people
from yilu.web.common import access as signed
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of
from yilu.web.staff.page import access_of, show


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(password_due=True)
def account(request: HttpRequest) -> HttpResponse:
    """What one may do, and a new password; the first page of whoever came in with a one-time one."""
    refusal = None
    if request.method == "POST":
        try:
            _choose_password(request)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("密码已修改，其他设备上的登录已经退出。"))
            return redirect("staff:home")
    access = access_of(request)
    page = {
        "refusal": refusal, "due": access.password_due, "office": people.get_office(access.office_id),
        "roles": [
            (people.ROLE_LABELS[grant.role], people.STANDARD_LIMITS.get(grant.role) and grant.amount_limit,
             len(grant.office_ids)) for grant in access.grants
        ],
    }  # fmt: skip
    return show(
        request, "staff/personnel/account.html", page, here="",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _choose_password(request: HttpRequest) -> None:
    new, now = request.POST.get("password_new", ""), timezone.now()
    if new != request.POST.get("password_again", ""):
        raise Invalid(_("两次输入的新密码不同"), hint=_("请再输入一遍。"))
    who = actor_of(request)
    operations.change_password(
        staff_id=who.id, present=request.POST.get("password", ""), new=new, actor=who, at=now
    )
    signed.sign_in(request, who, at=now)
