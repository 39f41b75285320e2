"""What it costs or pays, shown before anybody confirms (试算)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.servicing import events, forms
from yilu.servicing.frame import Case, Kind, Quote, digest_of
from yilu.servicing.models import Request
from yilu.servicing.operations import alone
from yilu.servicing.operations.holding import (
    By,
    case_of,
    counted_on,
    hold,
    kind_of,
    opened_form,
    quote_as_kept,
    require_state,
    say,
)
from yilu.servicing.operations.refusals import AccountOfSomebodyElse
from yilu.servicing.rules.standing import EDITABLE
from yilu.standards import queries as standards


@dataclass(frozen=True, slots=True)
class Quoted:
    """
    A quote and the name a confirmation must give it; ``blocked``: not by oneself, and why; ``second``:
    why a person calls before it is paid.
    """

    quote: Quote
    digest: str
    blocked: str = ""
    second: str = ""


@tx.use_case
def quote_request(*, request_id: int, actor: Ref, at: datetime, by: By = None) -> Quoted:
    """
    Work out what the request costs or pays, and keep what was shown (试算).

    Above what the customer's page may do by itself nothing fails: ``blocked`` says why, the form is
    kept, and the other ways are offered (``continue_with``). Asking again is harmless.

    :raises NotPossibleNow: handed in already. :raises: what the kind refuses.
    """
    row = hold(request_id, actor, by, narrow=True)
    require_state(row, *EDITABLE)
    kind = kind_of(row.kind)
    quoted, _case = make_quote(row, kind, at)
    row.quote, row.digest = quote_as_kept(quoted.quote), quoted.digest
    first = bool(quoted.blocked) and not row.blocked
    row.blocked = quoted.blocked[:200]
    row.pays, row.collects = quoted.quote.pays_customer, quoted.quote.collects
    row.amount = quoted.quote.authority
    row.save(update_fields=["quote", "digest", "blocked", "pays", "collects", "amount"])
    if first:
        say(row, events.SelfServiceBlocked(request=row.kind, reason="LIMIT"), actor=actor, at=at)
    return quoted


@tx.step
def make_quote(
    row: Request, kind: Kind, at: datetime, *, as_of: date | None = None, checked: bool = True
) -> tuple[Quoted, Case]:
    """
    The quote as it is now, with its name; ``as_of``: as for another day. :raises: what the kind refuses.

    Not ``checked`` where ``apply`` follows at once and asks everything again under the lock.
    """
    on = as_of or counted_on(row, kind, at)
    case = case_of(row, kind, on, verified=row.verified_at is not None)
    kept = opened_form(row)
    form = forms.read(kind, case, kept)
    if checked or not kind.applies_checks:
        kind.check(case, form)
    quote = kind.quote(case, form, case.on)
    if quote.pays_customer > 0 and quote.account_id is None:
        raise AccountOfSomebodyElse
    looked = alone.look(row, kind, quote, at)
    digest = digest_of(row.kind, kept, quote)
    return Quoted(quote, digest, looked.blocked, looked.second), case


def day_bound(quote: Quote) -> date | None:
    """The day whose sums bind us: values move from day to day, what was confirmed does not."""
    return quote.effective_on if quote.pays_customer or quote.collects else None


def why_a_person(kind: Kind, quote: Quote, at: datetime, *, attended: bool) -> str:
    """Why somebody looks at it before it takes effect; empty where it takes effect at once."""
    if quote.refer:
        return quote.refer
    if kind.papers:
        return _("需要核对资料")
    checked_from = standards.figure("servicing.surrender_checked_from", at)
    if kind.gives_back and quote.pays_customer >= checked_from:
        return _("退保金额达到规定金额，需核对申请人身份")
    if attended and (quote.pays_customer or quote.amount):
        return _("柜面经办的款项由另一位同事审批")
    return ""
