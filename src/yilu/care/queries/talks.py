"""The talks with people who were hurt, as a list: who, how far, when next, whose, how long is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from yilu.care.models import Bid, Mediation, ThirdParty
from yilu.kernel import masks
from yilu.kernel.words import marked as _
from yilu.people.queries import Access

LIST_MAX = 100
PROMISE = "pledge.mediation_ten_days"
"""The clock on the claim that runs while both sides talk."""
OPEN, MINE, ENDED = "open", "mine", "ended"
_UNDER_WAY = Q(state__in=("PREPARED", "PLANNED", "TALKING", "LEGAL_AID")) | Q(
    state="FAILED", claim__closed_at=None
)
NEXT_STEPS = {
    "PREPARED": _("主管确认方案后才能向对方报价"),
    "PLANNED": _("联系对方，记下第一次报价"),
    "TALKING": _("接着谈，记下报价；谈完写结论"),
    "FAILED": _("告知法律途径；客户需要的，申请法律援助"),
    "LEGAL_AID": _("法律专员联系客户，写下结果"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TalksRow:
    """
    One mediation in the list. ``ours`` and ``theirs``: what either side named last, None: nothing yet.

    ``hurt``: the masked names of those who were hurt. ``unarranged``: talks go on and no day is agreed;
    ``late``: the day has gone by and nothing was written down since.
    """

    id: int
    claim_id: int
    claim_number: str
    masked_name: str
    hurt: tuple[str, ...]
    state: str
    state_label: str
    next_step: str
    plan_amount: Decimal
    agreed_amount: Decimal | None
    ours: Decimal | None
    theirs: Decimal | None
    next_on: date | None
    unarranged: bool
    late: bool
    staff_id: int | None
    staff_name: str


def list_talks(access: Access, *, which: str = OPEN, today: date) -> tuple[TalksRow, ...]:
    """
    The talks of one's offices: OPEN those under way, what presses first; MINE those one leads; ENDED the
    latest that are over. At most a hundred, in three statements.
    """
    found = Mediation.objects.select_related("claim__claimant", "staff").filter(
        office_id__in=access.offices_for("claims.assess")
    )
    if which == ENDED:
        found = found.exclude(_UNDER_WAY).order_by("-ended_at", "-pk")
    else:
        found = found.filter(_UNDER_WAY).order_by("next_on", "pk")
        found = found.filter(staff_id=access.staff_id) if which == MINE else found
    rows = list(found[:LIST_MAX])
    named, hurt = _named_last(rows), _hurt(rows)
    made = [_row(m, named, hurt.get(m.claim_id, ()), today) for m in rows]
    return tuple(made if which == ENDED else sorted(made, key=lambda row: not row.late))


def _row(
    m: Mediation, named: dict[tuple[int, bool], Decimal], hurt: tuple[str, ...], today: date
) -> TalksRow:
    talked = m.state in ("PLANNED", "TALKING")
    return TalksRow(
        id=m.pk, claim_id=m.claim_id, claim_number=m.claim.number,
        masked_name=masks.mask_name(m.claim.claimant.name), hurt=hurt, state=m.state,
        state_label=Mediation.State(m.state).label, next_step=NEXT_STEPS.get(m.state, ""),
        plan_amount=m.plan_amount, agreed_amount=m.agreed_amount,
        ours=named.get((m.pk, True)), theirs=named.get((m.pk, False)), next_on=m.next_on,
        unarranged=talked and m.next_on is None,
        late=talked and m.next_on is not None and m.next_on < today,
        staff_id=m.staff_id, staff_name=m.staff.name if m.staff else "",
    )  # fmt: skip


def _named_last(rows: Sequence[Mediation]) -> dict[tuple[int, bool], Decimal]:
    bids = Bid.objects.filter(mediation_id__in=[m.pk for m in rows]).order_by("pk")
    return {(b.mediation_id, b.ours): b.amount for b in bids}


def _hurt(rows: Sequence[Mediation]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    thirds = ThirdParty.objects.select_related("party").filter(
        claim_id__in={m.claim_id for m in rows}, relation__in=("INJURED", "HEIR")
    )
    for third in thirds.order_by("pk"):
        name = masks.mask_name(third.party.name)
        found[third.claim_id] = (*found.get(third.claim_id, ()), name)
    return found
