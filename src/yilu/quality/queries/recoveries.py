"""Recoveries as their owners and inspectors see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from yilu.kernel import masks, sealing
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality.inspection_refusals import InspectionNotFound, RecoveryNotFound
from yilu.quality.models import Recovery
from yilu.quality.origins import origin_of, seen_customer
from yilu.quality.places import RESULT, TRIED, WRONG
from yilu.quality.rules.recovering import CHANNELS, HANDLE, ORIGINS, OUTCOMES

__all__ = ["CHANNELS", "ORIGINS", "OUTCOMES"]
SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TryView:
    """One call or letter."""

    channel_label: str
    reached: bool
    words: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryView:
    """A recovery; ``tries`` and words only where one is opened."""

    id: int
    ref: Ref
    origin: Ref
    origin_label: str
    about: Ref
    party_id: int
    masked_name: str
    office_id: int
    owner_id: int
    state: str
    state_label: str
    outcome_label: str
    complaint_id: int | None
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    wrong: str = ""
    result: str = ""
    tries: tuple[TryView, ...] = ()


def list_recoveries(access: Access, *, state: str = "OPEN") -> list[RecoveryView]:
    """One's own, and those of the offices one looks at; the oldest open first, the latest closed first."""
    rows = Recovery.objects.filter(
        Q(owner_id=access.staff_id) | Q(office_id__in=access.offices_for("quality.view")),
        state=state if state in ("OPEN", "CLOSED") else "OPEN",
    ).select_related("party")
    return [_view(row) for row in rows.order_by("pk" if state == "OPEN" else "-pk")[:SHOWN]]


def get_recovery(recovery_id: int, access: Access) -> RecoveryView:
    """One with everything said. :raises RecoveryNotFound: none, or not theirs."""
    row = Recovery.objects.select_related("party").filter(pk=recovery_id).first()
    if row is None or not (
        row.owner_id == access.staff_id or access.may("quality.view", row.office_id)
    ):
        raise RecoveryNotFound
    return _view(row, whole=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartView:
    """What a recovery would be about: whom to call and who may; ``begun`` where there is one already."""

    origin: Ref
    origin_label: str
    about: Ref
    party_id: int | None
    masked_name: str
    owners: tuple[tuple[int, str], ...]
    begun: int | None


def get_start(origin: Ref, access: Access, *, party_id: int | None = None) -> StartView:
    """
    What would be put right, for who inspects the office; ``party_id`` as for ``open_recovery``.

    :raises InspectionNotFound: no such origin, or not theirs.
    """
    found = origin_of(origin, party_id=seen_customer(party_id, access))
    if not access.may("quality.inspect", found.office_id):
        raise InspectionNotFound
    name = people.get_party(found.party_id).masked_name if found.party_id is not None else ""
    colleagues = people.list_colleagues(found.office_id, HANDLE)
    return StartView(
        origin=origin, origin_label=ORIGINS[origin.kind], about=found.subject,
        party_id=found.party_id, masked_name=name, begun=recovery_of(origin),
        owners=tuple(each for each in colleagues if each[0] not in found.servers),
    )  # fmt: skip


def recovery_of(origin: Ref) -> int | None:
    """The recovery that something led to."""
    return Recovery.objects.filter(origin=str(origin)).values_list("pk", flat=True).first()


def _view(row: Recovery, *, whole: bool = False) -> RecoveryView:
    tries: tuple[TryView, ...] = ()
    if whole:
        made = list(row.tries.order_by("pk"))
        names = people.names_of({Ref.parse(t.made_by) for t in made})
        tries = tuple(
            TryView(
                channel_label=CHANNELS[t.channel], reached=t.reached,
                words=sealing.unseal(t.words, TRIED),
                made_by=names.get(Ref.parse(t.made_by), ""), made_at=t.made_at,
            )
            for t in made
        )  # fmt: skip
    origin = Ref.parse(row.origin)
    return RecoveryView(
        id=row.pk, ref=row.ref, origin=origin, origin_label=ORIGINS[origin.kind],
        about=Ref.parse(row.subject), party_id=row.party_id, masked_name=masks.mask_name(row.party.name), office_id=row.office_id,
        owner_id=row.owner_id, state=row.state, state_label=row.get_state_display(),
        outcome_label=OUTCOMES.get(row.outcome, ""), complaint_id=row.complaint_id,
        opened_by=row.opened_by, opened_at=row.opened_at, closed_at=row.closed_at,
        wrong=sealing.unseal(row.wrong, WRONG) if whole else "",
        result=sealing.unseal(row.result, RESULT) if whole and row.result else "", tries=tries,
    )  # fmt: skip
