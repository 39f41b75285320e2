"""What retention says happened: ids and codes; why somebody wants things kept stays in the table."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("retention.hold_placed", "下达留存指令")
class HoldPlaced:
    """Nothing that belongs to a contract is deleted until this is lifted."""

    policy_id: int | None
    office_id: int
    cause: str  # LAWSUIT, ARBITRATION, REGULATOR, AUTHORITY, INTERNAL


@fact("retention.hold_lifted", "解除留存指令")
class HoldLifted:
    """What it was for is over; the time the law wants after a dispute runs from here."""

    cause: str
