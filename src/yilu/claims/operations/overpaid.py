"""What a later decision leaves without a ground: money that reached somebody and is not owed after all."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from yilu.claims.models import Decision
from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.kernel.words import marked as _

from .hard.recovering import propose_overpaid
from .holding import Held

WHY = _("核定金额低于此前已经支付的金额")
WHY_FRAUD = _("保险法第二十七条：此前的给付是欺诈所得")


@tx.step
def ask_back(held: Held, decision: Decision, *, at: datetime) -> Decimal:
    """
    Propose to ask back what was paid above a decision, in its maker's name; how many yuan of it.

    Another person approves or refuses each proposal. No statement where nothing was paid before.
    """
    if held.paid_amount <= decision.amount:
        return ZERO
    words = WHY_FRAUD if decision.fraud else WHY
    return propose_overpaid(
        held, owed=decision.amount, cause="FRAUD" if decision.fraud else "CORRECTED",
        reason=f"{words}。{decision.reason}", proposer=decision.decided_by, at=at,
    )  # fmt: skip
