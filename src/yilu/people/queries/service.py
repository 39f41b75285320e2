"""How somebody wants to be served, and who acts for whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from yilu.kernel import sealing
from yilu.people.models import Decease, Guardianship, ServicePreference

ADDRESS_PLACE = "people_servicepreference.address"
CODE_PHONE_PLACE = "people_onetimecode.phone"


@dataclass(frozen=True, slots=True)
class ServiceWishes:
    """
    How somebody wants to be served (服务偏好); what nobody said is as here.

    ``reminder`` is SMS, WECHAT, PHONE or CALENDAR; ``has_address`` tells no address.
    """

    reminded: bool = True
    reminder: str = "SMS"
    reminder_days: int = 30
    assisted: bool = False
    has_address: bool = False


@dataclass(frozen=True, slots=True)
class GuardianView:
    """Somebody who acts for somebody (监护关系)."""

    ward_id: int
    guardian_id: int
    ground: str
    ground_label: str
    since: date


def service_wishes(party_id: int) -> ServiceWishes:
    """The wishes of one person."""
    return list_service_wishes([party_id]).get(party_id, ServiceWishes())


def list_service_wishes(party_ids: list[int]) -> dict[int, ServiceWishes]:
    """Of many, in one statement; absent where nothing was ever said."""
    found = ServicePreference.objects.filter(party_id__in=party_ids)
    return {
        p.party_id: ServiceWishes(
            p.reminded, p.reminder or "SMS", p.reminder_days, p.assisted, bool(p.address)
        )
        for p in found
    }


def reminder_ways(party_ids: Collection[int]) -> dict[int, str]:
    """By which channel these chose to be reminded of premiums, SMS or WECHAT; absent where they did not."""
    found = ServicePreference.objects.filter(party_id__in=party_ids, reminder__in=("SMS", "WECHAT"))
    return dict(found.values_list("party_id", "reminder"))


def postal_address(party_id: int) -> str:
    """Where letters go, in full: for the jobs that send and the person themselves; "" if unknown."""
    found = ServicePreference.objects.filter(party_id=party_id).values_list("address", flat=True)
    sealed = found.first()
    return sealing.unseal(sealed, ADDRESS_PLACE) if sealed else ""


def wards_of(guardian_id: int) -> tuple[int, ...]:
    """For whom somebody acts now."""
    found = Guardianship.objects.filter(guardian_id=guardian_id, until__isnull=True)
    return tuple(found.order_by("ward_id").values_list("ward_id", flat=True))


def guardians_of(ward_id: int) -> tuple[GuardianView, ...]:
    """Who acts for somebody now."""
    found = Guardianship.objects.filter(ward_id=ward_id, until__isnull=True).order_by("pk")
    return tuple(
        GuardianView(
            g.ward_id, g.guardian_id, g.ground, str(Guardianship.Ground(g.ground).label), g.since
        )
        for g in found
    )


def died_on(party_id: int) -> date | None:
    """The day somebody is said to have died; None as far as we know."""
    return Decease.objects.filter(party_id=party_id).values_list("died_on", flat=True).first()
