"""赔案关联图: what shares an account, a phone, a device or a bill with a claim, drawn for the reviewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import queries as claims
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.risk import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.staff.desk import show_desk
from yilu.web.staff.page import access_of, show

SIZES = {"CLAIM": 34, "INSURED": 28, "HOSPITAL": 22}
UNMASKED_MAX = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """A node as this person may see it."""

    id: str
    kind: str
    kind_label: str
    label: str
    url: str
    start: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A claim's links as one person may see them."""

    links: queries.Links
    shown: dict[str, Shown]
    parties: dict[int, people.PartyView]

    def ways(self) -> list[tuple[Shown, list[Shown]]]:
        """Each other claim with the shortest way to it in words."""
        return [(self.shown[str(w.claim)], [self.shown[n] for n in w.way]) for w in self.links.why]


@require_GET
@staff_only(right="risk.view")
def page(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The graph, and beside it in words why each other claim is linked."""
    access = access_of(request)
    card = claims.get_for_staff(claim_id, access)
    return _page(request, card, access)


def _page(
    request: HttpRequest, card: claims.ClaimCard, access: Access, *,
    names: dict[int, str] | None = None, refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    drawn = _drawn(card, access)
    mine = [p for p in drawn.parties.values() if access.may("people.unmask", office_id=p.office_id)]
    context: dict[str, Any] = {
        "card": card,
        "ways": drawn.ways(),
        "cut": drawn.links.cut,
        "nodes": len(drawn.shown),
        "can_unmask": bool(mine) and names is None,
        "names": sorted((names or {}).items()),
        "reasons": people.UNMASK_REASONS.items(),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/risk/links.html", context, here="claims", status=status)


@require_GET
@staff_only(right="risk.view")
def graph(request: HttpRequest, claim_id: int) -> JsonResponse:
    """The nodes and links as ECharts draws them; names masked, no key of an account or a phone."""
    access = access_of(request)
    drawn = _drawn(claims.get_for_staff(claim_id, access), access)
    kinds = list(dict.fromkeys(s.kind for s in drawn.shown.values()))
    places = {node: n for n, node in enumerate(drawn.shown)}
    return JsonResponse(
        {
            "categories": [_(next(s.kind_label for s in drawn.shown.values() if s.kind == k)) for k in kinds],
            "nodes": [
                {
                    "name": s.label, "category": kinds.index(s.kind), "url": s.url, "start": s.start,
                    "size": SIZES.get(s.kind, 16),
                }
                for s in drawn.shown.values()
            ],
            "links": [[places[a], places[b]] for a, b in drawn.links.edges],
        }
    )  # fmt: skip


@require_POST
@staff_only(right="people.unmask")
def names(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Show the names of the persons one may unmask; each is recorded with the reason."""
    access, now = access_of(request), timezone.now()
    access.require("risk.view")
    card = claims.get_for_staff(claim_id, access)
    parties = _drawn(card, access).parties.values()
    mine = [p.id for p in parties if access.may("people.unmask", office_id=p.office_id)]
    shown: dict[int, str] = {}
    try:
        for party_id in sorted(mine)[:UNMASKED_MAX]:
            shown[party_id] = people_operations.unmask(
                actor=Ref("staff", access.staff_id), party_id=party_id, field="name",
                reason=request.POST.get("reason", ""), at=now,
            )  # fmt: skip
    except Refusal as refusal:
        return _page(request, card, access, names=shown or None, refusal=refusal)
    return _page(request, card, access, names=shown)


@require_POST
@staff_only(right="risk.view")
def clear_signal(request: HttpRequest, claim_id: int, signal_id: int) -> HttpResponse:
    """Write down what a signal turned out to be, on the claim's desk."""
    access = access_of(request)
    card = claims.get_for_staff(claim_id, access)
    try:
        operations.clear_signal(
            signal_id=signal_id, holds=request.POST.get("holds") == "yes", about=card.ref,
            finding=request.POST.get("finding", ""), access=access,
            actor=Ref("staff", access.staff_id), at=timezone.now(),
        )  # fmt: skip
    except (operations.FindingMissing, operations.SignalAlreadyCleared) as refusal:
        return show_desk(request, claim_id, refusal=refusal)
    messages.success(request, _("核实结果已记录。"))
    return redirect(reverse("staff:claim", args=[claim_id]) + "#h-signals")


def _drawn(card: claims.ClaimCard, access: Access) -> Drawn:
    links = queries.links_of(card.ref, timezone.now())
    cards = claims.list_by_ids(
        access, (n.ref.id for n in links.nodes if n.kind == "CLAIM" and n.ref)
    )
    wanted = [n.ref.id for n in links.nodes if n.kind == "INSURED" and n.ref]
    everyone = people.list_parties(wanted)
    parties = {
        p.id: p for p in everyone.values() if access.may("people.view", office_id=p.office_id)
    }
    counts: dict[str, int] = {}
    shown = {}
    for node in links.nodes:
        counts[node.kind] = counts.get(node.kind, 0) + 1
        label, url = _label(node, counts[node.kind], cards, parties)
        shown[node.id] = Shown(
            node.id, node.kind, node.kind_label, label, url, node.ref == card.ref
        )
    return Drawn(links, shown, parties)


def _label(
    node: queries.Node, number: int, cards: dict[int, claims.ClaimCard],
    parties: dict[int, people.PartyView],
) -> tuple[str, str]:  # fmt: skip
    """What a node is called: nothing of another office's, and never an account or a phone."""
    if node.kind == "CLAIM" and node.ref:
        seen = cards.get(node.ref.id)
        if seen is None:
            return _("其他机构的赔案 %(n)s") % {"n": number}, ""
        return seen.number, reverse("staff:claim", args=[seen.id])
    if node.kind == "INSURED" and node.ref:
        party = parties.get(node.ref.id)
        if party is None:
            return _("其他机构的客户 %(n)s") % {"n": number}, ""
        return party.masked_name, reverse("staff:customer", args=[party.id])
    if node.kind == "HOSPITAL":
        return node.id.partition(":")[2], ""
    label = _(node.kind_label)
    return (
        f"{label} {number}（{node.shared_by}）" if node.shared_by > 1 else f"{label} {number}"
    ), ""
