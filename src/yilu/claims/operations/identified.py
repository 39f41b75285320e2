"""What follows when somebody's identity was checked: the money that waited for it (反洗钱法 29-31)."""

from __future__ import annotations

from datetime import datetime

from yilu.claims.models import IdentityWait, Payee
from yilu.claims.rules.lifecycle import State
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM
from yilu.people import queries as people

from . import identifying, payout
from .hard.instalments import pay_stated_if_due
from .holding import Held, hold, write


@tx.step
def pay_identified(party_id: int, *, at: datetime) -> None:
    """Pay what waited for this person's identity, claim by claim, each once."""
    for claim_id in _waiting(party_id):
        held = hold(claim_id)
        if identifying.end_wait(held, party_id, at=at):
            _pay(held, party_id, at)


@tx.use_case
def pay_who_is_known(*, at: datetime, after: int = 0, limit: int = 200) -> journal.Page:
    """
    By the clock: pay whose check came in the same moment as the waiting, or with a merged record.

    No event follows for those; a page of the waits by id.
    """
    waits = list(IdentityWait.objects.filter(until=None, pk__gt=after).order_by("pk")[:limit])
    waiting = {wait.party_id for wait in waits}
    known = waiting - people.unchecked(waiting, day_of(at))
    for party_id in sorted(known):
        pay_identified(party_id, at=at)
    return journal.Page(len(known), waits[-1].pk if len(waits) == limit else 0)


@tx.step
def ask_for_original(party_id: int, *, at: datetime) -> None:
    """The register did not know them: whoever waits hears what to bring; staff have it on their desk."""
    for claim_id in _waiting(party_id):
        identifying.tell(hold(claim_id), party_id, at=at)


def _waiting(party_id: int) -> list[int]:
    waits = IdentityWait.objects.filter(party_id=party_id, until=None)
    return list(waits.order_by("claim_id").values_list("claim_id", flat=True))


def _pay(held: Held, party_id: int, at: datetime) -> None:
    """To the account they gave; where there is none, or it was closed since, it is asked for as ever."""
    if held.state not in (State.APPROVED, State.PAYING, State.PAYOUT_PROBLEM):
        pay_stated_if_due(held, at=at)
        return
    parts = Payee.objects.filter(
        claim_id=held.id, decision__state="STANDS", party_id=party_id, payout_id=None
    )
    shared = parts.exists()
    if not shared and held.state is not State.APPROVED:
        return
    given = parts.values_list("account_id", flat=True).first() if shared else held.account_id
    if given is None:
        return
    try:
        people.get_payable_account(party_id, given)
    except people.AccountNotFound:
        parts.update(account_id=None)
        if not shared:
            write(held, at=at, account_id=None)
        return
    if held.state is State.PAYOUT_PROBLEM:
        payout.pay_share(held, party_id, given, SYSTEM, at)
    else:
        payout.pay_waiting(held, party_id, given, {}, SYSTEM, at)
