"""Nobody is paid before it is known who they are (核实收款人身份, 反洗钱法 29-31): whose money waits, and the asking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from yilu.claims import waiting_events as events
from yilu.claims.models import ClaimType, IdentityWait
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.standards import queries as standards
from yilu.work import operations as work

from .granting import Share
from .holding import Held

QUEUE = "claims.payee_identity"
FROM = "claims.payee_checked_from"


@tx.step
def marked(
    held: Held, holder_id: int, shares: Sequence[Share], *, at: datetime
) -> tuple[Share, ...]:
    """
    The shares with those marked whose payee must be identified first.

    Any amount of a death benefit whose payee did not make the contract; of all else from the figure on.
    A third party paid directly was checked by a second colleague when it was agreed.
    """
    least = standards.figure(FROM, at)

    def asks(share: Share) -> bool:
        unknown = held.claim_type == ClaimType.DEATH and share.party_id != holder_id
        return not share.direct and (unknown or share.amount >= least)

    asked = {s.party_id for s in shares if asks(s)}
    missing = people.unchecked(asked, day_of(at), contract=(holder_id, held.insured_id))
    return tuple(replace(s, unidentified=asks(s) and s.party_id in missing) for s in shares)


@tx.step
def must_wait(
    held: Held,
    holder_id: int,
    party_id: int,
    amount: Decimal,
    *,
    at: datetime,
    direct: bool = False,
) -> bool:
    """The same of one sum that is about to be paid."""
    share = Share(party_id, None, amount, direct=direct)
    return marked(held, holder_id, [share], at=at)[0].unidentified


@tx.step
def wait_for(held: Held, shares: Sequence[Share], *, at: datetime) -> None:
    """Ask who the payees of these shares are, where that must be known first."""
    for share in shares:
        if share.unidentified:
            wait(held, share.party_id, share.amount, at=at)


@tx.step
def wait(held: Held, party_id: int, amount: Decimal, *, at: datetime) -> None:
    """
    A payee's money waits for their identity: the register is asked, and staff; once while it lasts.

    The payee hears at once what to bring where the register cannot answer, else when it has said no.
    """
    made = tx.rows(
        """
        insert into claims_identitywait (claim_id, party_id, since)
        values (%s::bigint, %s::bigint, %s::timestamptz) on conflict do nothing returning id
        """,
        [held.id, party_id, at],
    )
    if not made:
        return
    journal.record(
        events.PayeeIdentityAwaited(party_id=party_id),
        about=held.ref, actor=SYSTEM, at=at, party=party_id,
    )  # fmt: skip
    work.open_item(
        QUEUE, about=held.ref, office_id=held.office_id, at=at, title="付款前核实收款人身份",
        party_id=party_id, amount=amount,
    )  # fmt: skip
    if not people_operations.ask_register_where_it_can_tell(party_id):
        tell(held, party_id, at=at)


@tx.step
def tell(held: Held, party_id: int, *, at: datetime) -> None:
    """Tell the payee, once a claim, that the law asks us to know them, and what to bring."""
    messaging.queue(
        "claims.payee_identity", to=Ref("party", party_id), about=held.ref, at=at,
        facts={"claim": held.number}, once=f"identity:{party_id}",
    )  # fmt: skip


@tx.step
def end_wait(held: Held, party_id: int, *, at: datetime) -> bool:
    """The payee is known now; whether anything waited for that. The work ends with the last of them."""
    waits = IdentityWait.objects.filter(claim_id=held.id, until=None)
    ended = waits.filter(party_id=party_id).update(until=at)
    if ended and not waits.exists():
        work.close_items(about=held.ref, at=at, queue=QUEUE)
    return bool(ended)
