"""A paper turns out other than it was taken for: refused, corrected, found false (资料变动)."""

from __future__ import annotations

from datetime import datetime

from yilu.claims import events
from yilu.claims.models import ClaimType, ContactNote
from yilu.claims.rules import promises
from yilu.claims.rules.lifecycle import Action, State
from yilu.documents import queries as files
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.work import operations as work

from .assess import BY_MACHINE
from .hand_in import take_over
from .holding import Held, hold
from .promising import by

DECIDED = (
    State.APPROVED, State.PAYING, State.PAYOUT_PROBLEM, State.PAID, State.CLOSED, State.DECLINED,
)  # fmt: skip
NOT_GENUINE = frozenset({"NOT_FOUND", "MISMATCH", "REVERSED", "EXCHANGED"})
UNUSABLE = "有一份资料看不清或不完整，请重新拍照或换一份提交"
USED_BEFORE = "有一张发票此前已经用于理赔，不能重复使用；还有其他票据的，请继续提交"


@tx.step
def go_on_without(
    *, claim_id: int, upload_id: int, first: Ref | None, counted: bool, at: datetime
) -> State:
    """
    A file was refused: go on as far as the others reach, and tell the customer what to do.

    ``first``: where its invoice was handed in before, None for a file that is of no use.
    ``counted``: a person refused what had been taken over until then, so that a decision may rest
    on it.
    """
    held = hold(claim_id)
    if held.state in DECIDED:
        if counted:
            _look_again(held, upload_id, "REFUSED", "核定所用的一份资料被认定不能使用", at)
        return held.state
    if not held.can(Action.HAND_IN):
        return held.state
    elsewhere = first is not None and first != held.ref
    if elsewhere:
        _note(held, f"资料 {upload_id} 的发票已在 {first} 提交，不予受理", at)
        work.open_item(
            "claims.documents", about=held.ref, office_id=held.office_id, at=at,
            title=f"{ClaimType(held.claim_type).label}：发票重复，请核对", party_id=held.claimant_id,
        )  # fmt: skip
    state = take_over(held, at=at)
    if state in BY_MACHINE and (elsewhere or first is None):
        messaging.queue(
            "claims.progress", to=Ref("party", held.claimant_id), about=held.ref, at=at,
            facts={
                "claim": held.number, "step": USED_BEFORE if elsewhere else UNUSABLE,
                "by": by(promises.CHECKED, office_id=held.office_id, at=at),
            },
        )  # fmt: skip
    return state


@tx.step
def go_on_with_correction(*, claim_id: int, upload_id: int, field: str, at: datetime) -> State:
    """A field was put right: calculate anew; where it is decided, a person looks again."""
    held = hold(claim_id)
    if held.state in DECIDED:
        label = files.label_of(field)
        _look_again(held, upload_id, "CORRECTED", f"核定之后更正了资料的“{label}”", at)
    elif held.can(Action.CALCULATE) and files.get_upload(upload_id).state == "SETTLED":
        return take_over(held, at=at)
    return held.state


@tx.step
def go_on_with_answer(*, claim_id: int, upload_id: int, status: str, at: datetime) -> State:
    """The registry answered about an invoice: go on; where it is decided, a person looks again."""
    held = hold(claim_id)
    if held.state in DECIDED:
        if status in NOT_GENUINE:
            _look_again(held, upload_id, "NOT_GENUINE", "核定所用的票据查验未通过", at)
        return held.state
    return take_over(held, at=at)


def _look_again(held: Held, upload_id: int, change: str, text: str, at: datetime) -> None:
    """Nothing is taken back by itself: reopen the claim where the decision does not hold."""
    _note(held, f"{text}（资料 {upload_id}），请核对原结论是否仍然成立", at)
    journal.record(
        events.PaperChangedAfterDecision(
            upload_id=upload_id, change=change, state=held.state.value
        ),
        about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.open_item(
        "claims.look_again", about=held.ref, office_id=held.office_id, at=at, priority=20,
        title=f"{ClaimType(held.claim_type).label}：{text}", party_id=held.claimant_id,
        amount=held.benefit_amount,
    )  # fmt: skip


def _note(held: Held, text: str, at: datetime) -> None:
    ContactNote.objects.create(
        claim_id=held.id, kind=ContactNote.Kind.NOTE, text=text, written_by=str(SYSTEM), written_at=at
    )  # fmt: skip
