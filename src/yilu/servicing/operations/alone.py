"""What a customer may have paid out by themselves (自助办理): the day's sum, and what calls for a second look."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from yilu.kernel import tx
from yilu.kernel.days import day_of, start_of_day
from yilu.kernel.money import ZERO
from yilu.people import queries as people
from yilu.servicing import frame
from yilu.servicing.frame import Kind, Quote
from yilu.servicing.models import Request
from yilu.servicing.rules import alone
from yilu.standards import queries as standards


@tx.step
def wait_for_the_other(party_id: int) -> None:
    """Two payouts that one customer confirms at the same time are added up one after the other."""
    tx.rows(
        "select pg_advisory_xact_lock(hashtextextended('servicing.alone', %s::bigint))", [party_id]
    )


def paid_out_today(party_id: int, at: datetime, *, besides: int) -> Decimal:
    """
    What this customer's own confirmations pay out today, all policies and kinds together.

    Requests that a person looked at, or that were refused or withdrawn, are not self-service.
    """
    today = start_of_day(at)
    mine = Request.objects.filter(
        party_id=party_id, door=frame.CUSTOMER, pays__gt=0, refer="",
        confirmed_at__gte=today, confirmed_at__lt=today + timedelta(days=1),
    )  # fmt: skip
    mine = mine.exclude(pk=besides).exclude(state__in=("REFUSED", "WITHDRAWN"))
    return mine.aggregate(sum=Sum("pays"))["sum"] or ZERO


def blocked(row: Request, kind: Kind, quote: Quote, at: datetime) -> str:
    """
    Why the customer's page cannot finish it; empty where it can. Ending a contract is never blocked,
    nor is what a person looks at in any case.
    """
    looked_at = bool(kind.papers or quote.refer)
    if row.door != frame.CUSTOMER or not quote.pays_customer:
        return ""
    if looked_at or kind.clock == "SURRENDER":
        return ""
    most: Decimal = standards.decide(alone.TABLE, alone.UNCHANGED, at).outputs["most"]
    before = paid_out_today(row.party_id, at, besides=row.pk)
    return alone.above(max(quote.pays_customer, quote.authority), before, most)


def second_look(row: Request, quote: Quote, at: datetime) -> str:
    """Why a person calls before it is paid: a phone or an account changed a few days ago (A36)."""
    if row.door != frame.CUSTOMER or not quote.pays_customer or quote.account_id is None:
        return ""
    changed = people.lately_changed(row.party_id, quote.account_id)
    asked = alone.questions(day_of(at), changed.phone_on, changed.account_on)
    if asked == alone.UNCHANGED:
        return ""
    said = standards.decide(alone.TABLE, asked, at).outputs
    plain = standards.decide(alone.TABLE, alone.UNCHANGED, at).outputs
    return "" if said["why"] == plain["why"] else str(said["why"])
