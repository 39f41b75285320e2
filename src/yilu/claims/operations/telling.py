"""Tell each of several beneficiaries of their own part, and of nobody else's (各受益人的结果)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.claims.models import ClaimType
from yilu.claims.operations import granting
from yilu.claims.operations.case import Case
from yilu.claims.operations.promising import by
from yilu.claims.rules import promises
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging

BENEFIT_BASIS = ("身故保险金中归本受益人的部分", "保险法第39、40、42条及认定结论")


@tx.step
def tell_beneficiaries(
    case: Case,
    shares: Sequence[granting.Share],
    *,
    actor: Ref,
    at: datetime,
    basis: Sequence[str] = BENEFIT_BASIS,
) -> None:
    """
    A message and a letter of decision with the own amount for everybody but the claimant, who hears
    from ``granting.tell_approved``. Whoever gave no account yet is asked for one.
    """
    held = case.held
    if held.divided:
        _tell_of_the_rest(case, shares, at)
    if held.claim_type != ClaimType.DEATH or len(shares) < 2:
        return
    paid = promises.PAID.get(held.programme, promises.PAID["STANDARD"])
    when = by(paid, office_id=held.office_id, at=at)
    for share in shares:
        if share.party_id == held.claimant_id and share.for_party_id is None:
            continue
        facts = {"claim": held.number, "amount": str(share.amount)}
        if share.ready or share.account_id is None:  # else the day it is paid by is not ours to say
            messaging.queue(
                _words_for(share), to=Ref("party", share.party_id), about=held.ref, at=at,
                facts=facts | ({"by": when} if share.account_id else {}), once=f"share:{share.key}",
            )  # fmt: skip
        letters.issue(
            kind="DECISION", about=held.ref, party_id=share.party_id, actor=actor, at=at,
            facts=granting.case_facts(case) | {
                "event": ClaimType(held.claim_type).label,
                "decided_on": day_of(at).isoformat(),
                "loss_date": held.loss_date.isoformat(), "amount": str(share.amount),
                "basis": list(basis),
            },
        )  # fmt: skip


def _words_for(share: granting.Share) -> str:
    """The template of a part: paid to themselves, paid to them for somebody, or waiting for an account."""
    if share.account_id is None:
        return "claims.share_needs_account"
    return "claims.share_decided" if share.for_party_id is None else "claims.share_held_for_another"


def _tell_of_the_rest(case: Case, shares: Sequence[granting.Share], at: datetime) -> None:
    """The insured's own part of a divided claim has nowhere to go yet: ask for their account."""
    held = case.held
    for share in shares:
        if not share.direct and share.account_id is None:
            messaging.queue(
                "claims.share_needs_account", to=Ref("party", share.party_id), about=held.ref, at=at,
                facts={"claim": held.number, "amount": str(share.amount)}, once=f"share:{share.key}",
            )  # fmt: skip
