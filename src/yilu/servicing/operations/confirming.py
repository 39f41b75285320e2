"""The customer confirms exactly what was shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Subquery
from django.db.models.functions import Coalesce

from yilu.documents import queries as documents
from yilu.documents.operations import Receipt, checked_receipt
from yilu.kernel import tx
from yilu.kernel.days import start_of_day
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access, AgentAccess
from yilu.servicing import events, forms, frame
from yilu.servicing.frame import Case, Kind, Quote
from yilu.servicing.kinds import KINDS
from yilu.servicing.models import Request
from yilu.servicing.operations.agreeing import ask_others, who_must_agree
from yilu.servicing.operations.alone import one_at_a_time
from yilu.servicing.operations.effecting import go_on
from yilu.servicing.operations.holding import (
    By,
    hold,
    kind_of,
    opened_form,
    quote_as_kept,
    require_state,
    say,
)
from yilu.servicing.operations.quoting import make_quote, why_a_person
from yilu.servicing.operations.refusals import (
    AboveSelfService,
    DocumentMissing,
    NewPhoneNotProved,
    NotPossibleNow,
    PapersMissing,
    ProofNeeded,
    QuoteChanged,
    RequestNotFound,
    TooManyToday,
)
from yilu.servicing.papers import papers_of, required
from yilu.servicing.proofs import SEEN, still_serves
from yilu.servicing.rules.standing import EDITABLE
from yilu.standards import queries as standards

MONEY_KINDS = tuple(kind.code for kind in KINDS.values() if kind.moves_money)


@tx.use_case
def confirm_request(
    *, request_id: int, digest: str, actor: Ref, at: datetime, by: Access | None = None,
    receipt: Receipt | None = None,
) -> str:  # fmt: skip
    """
    Confirm what was shown (确认提交); the state it has now. The same again changes nothing.

    The quote is worked out anew: where it is no longer what ``digest`` names, nothing happens. Without
    papers, anybody else to agree or a reason for a look, it takes effect in this transaction. At the counter
    a colleague hands it in for a customer they have identified (``by``); an agent never confirms.
    What came signed on paper counts from the day it came (``receipt``, said by a colleague only); where
    value goes back the sums are that day's, so it is said when the request is begun.

    :raises QuoteChanged: the sums have changed since. :raises ProofNeeded: money moves and nobody
        proved just now who they are. :raises AboveSelfService: a person must go on with it.
    :raises NewPhoneNotProved, DocumentMissing, PapersMissing, TooManyToday: see there.
    :raises BadReceiptDay: a day of receipt that cannot be, or long ago without a reason.
    :raises: what the kind refuses, with the reason and the way on.
    """
    row = _held_for_confirming(request_id, actor, by, at)
    if row.confirmed_at is not None and row.digest == digest:
        return row.state
    require_state(row, *EDITABLE)
    kind = kind_of(row.kind)
    _prove(row, kind, actor, at)
    attended = isinstance(by, Access)
    if attended and (came := checked_receipt(receipt, not_before=None, at=at)):
        row.received_on, row.received_why = came.on, came.why
    quoted, case = make_quote(row, kind, at, checked=False)
    if not digest or quoted.digest != digest:
        raise QuoteChanged
    if quoted.blocked and not attended:
        raise AboveSelfService
    quote = quoted.quote
    complete = _papers_here(row, kind, case)
    if not complete and not attended:
        raise PapersMissing
    row.quote, row.digest, row.confirmed_at = quote_as_kept(quote), digest, at
    row.pays, row.collects, row.amount = quote.pays_customer, quote.collects, quote.authority
    row.refer, row.effective_on = (
        (_why_a_person(row, kind, quote, at, attended=attended) or quoted.second)[:200],
        quote.effective_on,
    )
    others = _others(row, kind, case)
    if kind.applies_checks and (row.refer or others or quote.collects):
        kind.check(case, forms.read(kind, case, opened_form(row)))  # ``apply`` is not at once
    fact = events.RequestConfirmed(
        request=row.kind, door=row.door, office_id=row.office_id, clock=kind.clock,
        reviewed=bool(row.refer), complete=complete, waiting=bool(others), pays=str(row.pays), collects=str(row.collects),
        received_on=row.received_on.isoformat() if row.received_on else "", policy_id=row.policy_id or 0,
    )  # fmt: skip
    say(row, fact, actor=actor, at=at)
    if others:
        ask_others(row, kind, others, at=at)
    else:
        go_on(row, kind, case, quote, actor=actor, at=at)
    return row.state


def _others(row: Request, kind: Kind, case: Case) -> tuple[int, ...]:
    """Who else must agree."""
    if kind.second_party is None:
        return ()
    return who_must_agree(kind, case, forms.read(kind, case, opened_form(row)))


def _papers_here(row: Request, kind: Kind, case: Case) -> bool:
    holder_id = case.contract.holder_id if case.contract else None
    papers = papers_of(
        kind, party_id=row.party_id, holder_id=holder_id, begun_at=row.started_at
    )  # fmt: skip
    return not required(papers) or bool(documents.list_uploads(row.ref))


def _held_for_confirming(request_id: int, actor: Ref, by: By, at: datetime) -> Request:
    if isinstance(by, AgentAccess):
        raise RequestNotFound
    row = hold(request_id, actor, by, counted=_today(actor, at), alone=one_at_a_time())
    if isinstance(by, Access) and row.door != frame.COUNTER:
        raise NotPossibleNow
    return row


def _prove(row: Request, kind: Kind, actor: Ref, at: datetime) -> None:
    """Whoever asks has proved who they are, where it matters."""
    attended = actor.kind == "staff"
    if attended or kind.moves_money or kind.proves:
        if not still_serves(row.verified_at, at, attended=attended):
            raise ProofNeeded
        if kind.moves_money and not attended:
            _refuse_too_many(row, at)
    if kind.changes_phone and not still_serves(row.phone_proved_at, at, attended=attended):
        raise NewPhoneNotProved
    if (
        attended
        and kind.changes_phone
        and row.proof in SEEN
        and not documents.list_uploads(row.ref)
    ):
        raise DocumentMissing


def _why_a_person(row: Request, kind: Kind, quote: Quote, at: datetime, *, attended: bool) -> str:
    """As for every kind; and what a caller knows may be known to others, so a second person listens."""
    if attended and kind.changes_phone and row.proof == Request.Proof.CALL:
        return _("电话核身更换手机号，由另一位同事听录音复核")
    return why_a_person(kind, quote, at, attended=attended)


def _today(actor: Ref, at: datetime) -> Any:
    """How many requests that move money the customer has confirmed alone today: read with the row."""
    today = start_of_day(at)
    mine = Request.objects.filter(
        party_id=actor.id if actor.kind == "party" else 0, kind__in=MONEY_KINDS, proof="CODE",
        confirmed_at__gte=today, confirmed_at__lt=today + timedelta(days=1),
    )  # fmt: skip
    counted = mine.order_by().values("party_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def _refuse_too_many(row: Request, at: datetime) -> None:
    most = standards.whole_figure("servicing.money_confirmations_a_day", at)
    if getattr(row, "counted", 0) >= most:
        raise TooManyToday
