"""What a customer may have paid out by themselves (自助办理): the day's sum, and what calls for a second look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Cast

from yilu.kernel import tx
from yilu.kernel.days import day_of, start_of_day
from yilu.kernel.refs import Ref
from yilu.servicing import frame
from yilu.servicing.frame import Kind, Quote
from yilu.servicing.models import Request
from yilu.servicing.rules import alone
from yilu.standards import queries as standards

# What the customer's own confirmations pay out today: neither what a person looked at nor what came to
# nothing; when the phone changed; and the account, where it took the place of another or came beside it.
_STANDING = """
    select (select coalesce(sum(r.pays), 0) from servicing_request r
             where r.party_id = %(party)s::bigint and r.door = %(door)s and r.pays > 0 and r.refer = ''
               and r.confirmed_at >= %(begins)s::timestamptz and r.confirmed_at < %(ends)s::timestamptz
               and r.state not in ('REFUSED', 'WITHDRAWN') and r.id <> %(own)s::bigint),
           (select max(e.happened_at) from journal_event e
             where e.subject = %(subject)s and e.kind = 'people.party_changed'
               and jsonb_exists(e.facts -> 'fields', 'phone')),
           (select a.added_at from people_bankaccount a
             where a.id = %(account)s::bigint and a.party_id = %(party)s::bigint
               and exists (select from people_bankaccount f
                            where f.party_id = a.party_id and f.id < a.id))
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """
    ``blocked``: why the customer's page cannot finish it. ``second``: why a person calls before it is
    paid (A36). Empty where neither is so.
    """

    blocked: str = ""
    second: str = ""


def one_at_a_time() -> Func:
    """
    Read with a request's row: two that one customer confirms at the same time go one after the other,
    so that the second finds what the first pays out.
    """
    key = Func(
        Value("servicing.alone"), F("party_id"), function="hashtextextended", arity=2
    )  # fmt: skip
    return Cast(Func(key, function="pg_advisory_xact_lock"), CharField())


def look(row: Request, kind: Kind, quote: Quote, at: datetime) -> Looked:
    """
    What stands against a payout by oneself; one statement, and none where nothing is paid or others ask.

    Ending a contract is never blocked, nor is what a person looks at in any case.
    """
    if row.door != frame.CUSTOMER or not quote.pays_customer:
        return Looked()
    before, phone, account = _standing(row, quote.account_id, at)
    asked = alone.questions(
        day_of(at), day_of(phone) if phone else None, day_of(account) if account else None
    )
    said = standards.decide(alone.TABLE, asked, at).outputs
    plain = standards.decide(alone.TABLE, alone.UNCHANGED, at).outputs
    blocked = ""
    if not (kind.papers or quote.refer or kind.gives_back):
        blocked = alone.above(max(quote.pays_customer, quote.authority), before, plain["most"])
    return Looked(blocked, "" if said["why"] == plain["why"] else str(said["why"]))


def _standing(
    row: Request, account_id: int | None, at: datetime
) -> tuple[Decimal, datetime | None, datetime | None]:
    begins = start_of_day(at)
    given: dict[str, Any] = {
        "party": row.party_id, "door": frame.CUSTOMER, "begins": begins,
        "ends": begins + timedelta(days=1), "own": row.pk,
        "subject": str(Ref("party", row.party_id)), "account": account_id,
    }  # fmt: skip
    [(before, phone, account)] = tx.rows(_STANDING, given)
    return before, phone, account
