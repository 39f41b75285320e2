"""合作医疗机构: which hospitals settle directly near a customer, and which could."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.direct_billing.models import Authorisation, Partner
from yilu.people import queries as people
from yilu.people.queries import Access, ProviderView

SHOWN = 20


@dataclass(frozen=True, slots=True)
class NearHospital:
    """A hospital that settles directly; ``near``: of the customer's own branch."""

    code: str
    name: str
    grade: str
    near: bool
    authorised: bool


def providers_to_open(access: Access) -> list[ProviderView]:
    """Providers of the offices one administers that do not bill us directly yet, by name."""
    mine = access.offices_for("people.staff")
    known = set(Partner.objects.values_list("provider_id", flat=True))
    return [p for p in people.list_providers() if p.office_id in mine and p.id not in known]


def hospitals_for(party_id: int) -> list[NearHospital]:
    """The hospitals that settle directly, those of the customer's branch first; the first twenty."""
    near = _branch_of(people.get_party(party_id).office_id)
    agreed = set(
        Authorisation.objects.filter(party_id=party_id, withdrawn_at=None).values_list(
            "partner_id", flat=True
        )
    )
    partners = Partner.objects.select_related("provider").filter(
        active=True, provider__active=True, provider__kind="HOSPITAL"
    )
    found = [
        NearHospital(
            p.provider.code, p.provider.name, p.provider.grade, p.office_id in near, p.pk in agreed
        )
        for p in partners.order_by("provider__name", "pk")
    ]
    return sorted(found, key=lambda h: not h.near)[:SHOWN]


def _branch_of(office_id: int) -> set[int]:
    """The offices of the branch an office belongs to; every office for one of the head office."""
    offices = {each.id: each for each in people.list_offices()}
    top = offices.get(office_id)
    while top is not None and top.level not in ("BRANCH", "HEAD") and top.parent_id in offices:
        top = offices[top.parent_id]
    if top is None:
        return {office_id}
    within = {top.id}
    for each in offices.values():  # each office comes before those below it
        if each.parent_id in within:
            within.add(each.id)
    return within
