"""Parts of the claim desk that are read beside it: what was declared at the sale, what was changed since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yilu.claims import queries as claims
from yilu.claims.queries import scene
from yilu.kernel.days import day_of
from yilu.policies.queries.issued import main_of
from yilu.servicing import queries as servicing
from yilu.servicing.queries import RequestRow
from yilu.underwriting.queries import at_sale
from yilu.web.common.access import staff_only
from yilu.web.staff.page import access_of

READERS = ("claims.assess", "claims.review", "claims.investigate")
"""Whoever judges a claim reads what was declared; whoever takes reports in need not."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the policy beside the claim; ``days`` from it to the loss, negative where it came after."""

    row: RequestRow
    on: date | None
    days: int | None

    @property
    def days_after(self) -> int:
        """How long after the loss it was."""
        return -(self.days or 0)


@require_GET
@staff_only(right="claims.view")
def at_sale_part(request: HttpRequest, claim_id: int) -> HttpResponse:
    """
    What was answered at the sale, the verdict and exclusions, and the policy's changes with days.

    Read by whoever judges this claim, by the claim's own right; nothing is shown to others.
    """
    access = access_of(request)
    card = claims.get_for_staff(claim_id, access)
    if not any(access.may(right, card.office_id) for right in READERS):
        return HttpResponse("")
    whose = dict.fromkeys((card.policy_id, main_of(card.policy_id)))
    rows = [row for policy_id in whose for row in servicing.list_of_policy(policy_id)]
    page = {
        "sold": at_sale.at_sale(card.policy_id), "card": card,
        "changes": [_change(row, card.loss_date) for row in rows],
        "may_open": {
            "application": access.may("underwriting.view", card.office_id),
            "request": access.may("servicing.view", card.office_id),
        },
    }  # fmt: skip
    return render(request, "staff/claims/at_sale.html", page)


def _change(row: RequestRow, loss_date: date) -> Change:
    at = row.ended_at or row.confirmed_at
    on = day_of(at) if at else None
    return Change(row, on, (loss_date - on).days if on else None)


@require_GET
@staff_only(right="claims.view")
def first_opinion_part(request: HttpRequest, claim_id: int) -> HttpResponse:
    """What was thought on the spot and whether it binds; nothing where nobody said so."""
    access = access_of(request)
    opinion = scene.first_opinion(claims.get_for_staff(claim_id, access), access, timezone.now())
    if opinion is None:
        return HttpResponse("")
    return render(request, "staff/claims/first_opinion.html", {"opinion": opinion})
