"""新单回访: the eight questions on one's own page, instead of a call (令2023-2 第35条)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.views.decorators.http import require_http_methods

from yilu.contact import operations, queries
from yilu.kernel.errors import NotFound, Refusal
from yilu.policies import queries as policies
from yilu.web.common import access
from yilu.web.customer import pages


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Answer the questions about a new policy; what somebody does not know is explained by phone."""
    me, now, refusal = pages.me(request), timezone.now(), None
    if request.method == "POST":
        try:
            found = operations.complete_electronically(
                policy_id=policy_id, answers=_answers(request),
                words={q.code: request.POST.get(f"{q.code}_words", "") for q in queries.QUESTIONS},
                actor=me, at=now,
            )  # fmt: skip
            messages.success(request, _(_THANKS[found]))
            return redirect("customer:follow_up", policy_id)
        except NotFound:
            raise
        except Refusal as problem:
            refusal = problem
    visit = queries.follow_up_for_holder(policy_id, me.id, at=now)
    page: dict[str, Any] = {
        "visit": visit,
        # Where nothing was recorded there is nothing to say of it either.
        "on_record": [q for q in visit.spared if q.code != "recording"],
        "policy": policies.get_for_party(policy_id, me.id),
        "besides": [
            policies.policy_card(each)
            for each in (visit.policy_id, *visit.beside_ids) if each != policy_id
        ],
        "questions": [
            q for q in queries.QUESTIONS if q.code != "self" and q not in visit.spared
        ],
        "given": request.POST, "refusal": refusal,
    }  # fmt: skip
    return pages.show(request, "follow_up", page, tab="home", status=pages.status_of(refusal))


def _answers(request: HttpRequest) -> dict[str, str]:
    """Whoever signed in with their own phone is the holder: that one is not asked again."""
    given = {q.code: request.POST[q.code] for q in queries.QUESTIONS if request.POST.get(q.code)}
    return {**given, "self": "YES"}


_THANKS = {
    "GOOD": _n("谢谢您，回访已完成，我们不会再为此致电。"),
    "TO_EXPLAIN": _n("谢谢您。不清楚的地方，我们会打电话给您讲明白。"),
    "MIS_SELLING": _n("谢谢您告诉我们。我们会请销售以外的同事在十五个工作日内为您解决。"),
}
