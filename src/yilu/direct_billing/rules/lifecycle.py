"""The states of a visit that is settled directly, and what leads from one to the next. Pure."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from yilu.kernel.words import marked as _


class State(StrEnum):
    """Where a visit stands (就诊状态)."""

    ADMITTED = "ADMITTED"
    GUARANTEED = "GUARANTEED"
    IN_DOUBT = "IN_DOUBT"
    SETTLED = "SETTLED"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


STATE_LABELS: dict[str, str] = {
    "ADMITTED": _("已登记"),
    "GUARANTEED": _("已担保"),
    "IN_DOUBT": _("人工核对中"),
    "SETTLED": _("已结算"),
    "PAID": _("已付医院"),
    "CANCELLED": _("已取消"),
}
OPEN = (State.ADMITTED, State.GUARANTEED)
"""Before the bill: a guarantee may be asked for, the visit settled or cancelled."""


def owed_by_patient(
    own_part: Decimal, benefit: Decimal | None, guaranteed: Decimal | None
) -> Decimal:
    """
    What the patient pays at the desk: what is left of their own part after our part.

    While a person still looks into the bill, the guarantee stands for our part: the patient leaves
    and pays only what goes beyond it.
    """
    ours = benefit if benefit is not None else (guaranteed or Decimal("0.00"))
    return max(Decimal("0.00"), own_part - ours)
