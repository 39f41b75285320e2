"""Why a decided claim goes on: what the customer said, or which new facts came up."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.claims.models import Decision, Reopening
from yilu.kernel.refs import Ref
from yilu.people import queries as people

from .views import ReopeningRow


def reopenings_of(claim_id: int, decisions: Sequence[Decision]) -> tuple[ReopeningRow, ...]:
    """
    Every reopening of a claim for those who work on it, the latest first, with who asked for it.

    Asked of the database only where a decision was superseded: nothing else is ever reopened.
    """
    if not any(each.state == Decision.State.SUPERSEDED for each in decisions):
        return ()
    found = list(Reopening.objects.filter(claim_id=claim_id).order_by("-pk"))
    names = people.names_of(Ref.parse(each.opened_by) for each in found)
    return tuple(_row(each, names.get(Ref.parse(each.opened_by), "")) for each in found)


def own_appeal(claim_id: int, party_id: int | None, reasons: Sequence[str]) -> ReopeningRow | None:
    """What this customer said themselves in the appeal that is being looked at; else None."""
    if party_id is None or "REOPENED" not in reasons:
        return None
    latest = Reopening.objects.filter(claim_id=claim_id).order_by("-pk").first()
    if latest is None or latest.opened_by != str(Ref("party", party_id)):
        return None
    return _row(latest, "")


def _row(each: Reopening, by: str) -> ReopeningRow:
    return ReopeningRow(Reopening.Cause(each.cause).label, each.text, by, each.opened_at)
