"""Take a merger apart (拆分并案): what looked like one loss was two."""

from __future__ import annotations

from datetime import datetime

from yilu.claims import events
from yilu.claims.models import Claim, ClaimType, Merger
from yilu.claims.operations.holding import hold, hold_itself, write
from yilu.claims.operations.promising import due
from yilu.claims.operations.refusals import need_reason
from yilu.claims.rules import promises
from yilu.claims.rules.lifecycle import Action, State
from yilu.documents import operations as documents
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.work import operations as work


class DecidedTogether(Refusal):
    """The claim it joined is decided: money was reckoned on both."""

    code = "decided_together"
    message = "并入的赔案已经核定，不能直接拆分"
    hint = "请先将并入的赔案重新处理，再拆分。"


@tx.use_case
def part_claims(*, claim_id: int, reason: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Let a merged report stand by itself again: its papers come back, it goes to a desk.

    :raises NotPossibleNow: it is not merged. :raises DecidedTogether: the claim it joined is
        decided. :raises ReasonMissing: without a reason.
    """
    held = hold_itself(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    held.require(Action.PART)
    into_id = held.merged_into_id
    assert into_id is not None
    into = hold(into_id)
    if not into.can(Action.HAND_IN):
        raise DecidedTogether
    merger = Merger.objects.filter(claim_id=held.id, undone_at=None).first()
    uploads = list(merger.uploads) if merger else None
    if uploads:
        documents.move_documents(about=into.ref, to=held.ref, only=uploads)
    if merger:
        merger.undone_by, merger.undone_at, merger.reason = str(actor), at, need_reason(reason)
        merger.save(update_fields=["undone_by", "undone_at", "reason"])
    Claim.objects.filter(pk=held.id).update(merged_into=None, state=State.REVIEW.value)
    fresh = hold_itself(held.id)
    write(fresh, at=at, outcome="", closed_at=None, reasons=["PARTED"], lane="YELLOW")
    write(into, at=at)
    for each, other in ((fresh, into), (into, fresh)):
        journal.record(
            events.ClaimsParted(from_claim_id=other.id, back=each is fresh),
            about=each.ref, actor=actor, at=at, party=each.claimant_id,
        )  # fmt: skip
    work.open_item(
        "claims.review", about=held.ref, office_id=held.office_id, at=at, priority=30,
        title=f"{ClaimType(held.claim_type).label}：并案已拆分", party_id=held.claimant_id,
        due_at=due(promises.CHECKED, office_id=held.office_id, at=at),
    )  # fmt: skip
