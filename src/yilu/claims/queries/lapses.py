"""Whether a claim's contract gives cover by our records, and what was found about its lapse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yilu.claims.models import MistakenLapse
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.policies import queries as policies

from .views import ClaimCard

GROUNDS = tuple(MistakenLapse.Ground.choices)


@dataclass(frozen=True, slots=True)
class CoverBeside:
    """
    The contract beside a claim: ``why_not`` (empty where it gives cover), since when it is suspended, and
    every finding of a mistaken lapse with the names of who found and confirmed it, the latest first.
    """

    why_not: str
    suspended_on: date | None
    found: tuple[tuple[MistakenLapse, str, str], ...]

    @property
    def waits(self) -> bool:
        """Whether a finding waits for its second pair of eyes: there is one at a time."""
        return any(row.state == "PROPOSED" for row, _by, _confirmed in self.found)


def cover_beside(card: ClaimCard) -> CoverBeside:
    """How the contract stands on the day of loss."""
    policy = policies.get_policy(card.policy_id, card.loss_date, without_cover=True)
    rows = list(MistakenLapse.objects.filter(claim_id=card.id).order_by("-pk"))
    refs = {Ref.parse(who) for row in rows for who in (row.found_by, row.confirmed_by) if who}
    names = people.names_of(refs)

    def name(who: str) -> str:
        return names.get(Ref.parse(who), "") if who else ""

    return CoverBeside(
        policy.why_not_covered(card.loss_date), policy.contract.suspended_on,
        tuple((row, name(row.found_by), name(row.confirmed_by)) for row in rows),
    )  # fmt: skip
