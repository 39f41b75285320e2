"""How a claim ends or goes on: withdrawn, merged, reopened, its denial delivered, looked at afterwards."""

from __future__ import annotations

from datetime import datetime

from yilu.claims import events
from yilu.claims.models import AfterReview, ClaimType, ContactNote, Decision, Merger, Reopening
from yilu.claims.rules import promises
from yilu.claims.rules.lifecycle import Action, State
from yilu.documents import operations as documents
from yilu.documents import queries as files
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.letters import queries as letters
from yilu.messaging import operations as messaging
from yilu.people import operations as people_operations
from yilu.people.queries import Access
from yilu.policies import operations as policies
from yilu.work import operations as work

from . import sharing
from .hand_in import take_over
from .holding import Held, hold, move, write
from .promising import by, due
from .refusals import ClaimNotFound, need_reason


class MoneyPaidAlready(Refusal):
    """Something was paid or promised on the claim: it cannot just go away."""

    code = "money_paid"
    message = "赔案已有付款，不能撤回，也不能并入其他赔案"
    hint = "请联系理赔人员办理。"


class NotTheSameLoss(Invalid):
    """Only claims on one policy for one sort of benefit can be one claim."""

    code = "not_the_same_loss"
    message = "两件赔案不是同一保单、同一类型，不能并案"
    hint = "请核对两件赔案的保单和理赔类型。"


class NothingToReview(NotFound):
    """The claim was not drawn, or was looked at already."""

    code = "nothing_to_review"
    message = "这件赔案没有待做的事后复核"


@tx.use_case
def withdraw_claim(
    *, claim_id: int, reason: str = "", actor: Ref, at: datetime, access: Access | None = None
) -> None:
    """
    Take the claim back at the claimant's wish (撤案). It may be reported again later.

    :raises ClaimNotFound: no such claim, or not theirs. :raises NotPossibleNow: it is decided.
    :raises MoneyPaidAlready: something was paid on it, in advance or before it was reopened: its
        bills are used up and must not be claimed again.
    """
    held = hold(claim_id)
    _is_theirs(held, actor, access)
    held.require(Action.WITHDRAW)
    if sharing.committed(held) > ZERO:
        raise MoneyPaidAlready
    if reason.strip():
        ContactNote.objects.create(
            claim_id=held.id, kind=ContactNote.Kind.NOTE, text=reason.strip()[:2000],
            written_by=str(actor), written_at=at,
        )  # fmt: skip
    move(held, Action.WITHDRAW, at=at, outcome="WITHDRAWN", closed_at=at)
    journal.record(
        events.ClaimWithdrawn(), about=held.ref, actor=actor, at=at, party=held.claimant_id
    )
    journal.record(
        events.ClaimClosed(outcome="WITHDRAWN"),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    Decision.objects.filter(claim_id=held.id, state="PROPOSED").update(state="SUPERSEDED")
    documents.release_documents(about=held.ref, reason="WITHDRAWN", actor=actor, at=at)
    if held.claim_type == "DEATH":
        people_operations.forget_death(about=held.ref)
    work.close_items(about=held.ref, at=at, outcome="WITHDRAWN")
    messaging.queue(
        "claims.withdrawn", to=Ref("party", held.claimant_id), about=held.ref, at=at,
        facts={"claim": held.number},
    )  # fmt: skip


@tx.use_case
def merge_claims(*, claim_id: int, into_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Join a second report of the same loss to the first (并案), as staff found out.

    The first goes on as far as the papers of both reach.

    :raises NotTheSameLoss: another policy or type. :raises NotPossibleNow: either is too far on.
    :raises MoneyPaidAlready: something was paid on the second.
    """
    first_id, second_id = sorted((claim_id, into_id))
    held_by_id = {first_id: hold(first_id), second_id: hold(second_id)}
    held, into = held_by_id[claim_id], held_by_id[into_id]
    for each in (held, into):
        access.require("claims.assess", office_id=each.office_id)
    if held.id == into.id or (held.policy_id, held.claim_type) != (into.policy_id, into.claim_type):
        raise NotTheSameLoss
    held.require(Action.MERGE)
    into.require(Action.HAND_IN)
    if sharing.committed(held) > ZERO:
        raise MoneyPaidAlready
    move(held, Action.MERGE, at=at, merged_into_id=into.id, outcome="MERGED", closed_at=at)
    moving = [u.id for u in files.list_uploads(held.ref)]
    documents.move_documents(about=held.ref, to=into.ref)
    Merger.objects.create(
        claim_id=held.id, into_id=into.id, uploads=moving, merged_by=str(actor), merged_at=at
    )
    write(into, at=at, documents_at=into.documents_at or held.documents_at)
    journal.record(
        events.ClaimMerged(into_claim_id=into.id),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, outcome="MERGED")
    take_over(hold(into.id), at=at)


@tx.use_case
def reopen_claim(
    *, claim_id: int, cause: str, text: str, actor: Ref, at: datetime, access: Access | None = None
) -> int:
    """
    Go on with a decided claim: the customer appeals, or new facts came up; the reopening's id.

    What stood is superseded and what it used of the policy given back; money already paid counts
    towards the new decision. Somebody else than before should decide.

    :raises ClaimNotFound: no such claim, or not theirs. :raises NotPossibleNow: nothing is decided.
    :raises ReasonMissing: it must say why. :raises Invalid: a cause that is none of ours.
    """
    held = hold(claim_id)
    if actor.kind == "party":
        _is_theirs(held, actor, None)
        cause = Reopening.Cause.APPEAL
    else:
        if access is None:
            raise ClaimNotFound
        access.require("claims.review", office_id=held.office_id)
    if cause not in Reopening.Cause.values:
        raise Invalid("请选择重新处理的原因")
    held.require(Action.REOPEN)
    made = Reopening.objects.create(
        claim_id=held.id,
        cause=cause,
        text=need_reason(text, what=_("说明")),
        opened_by=str(actor),
        opened_at=at,
    )
    Decision.objects.filter(claim_id=held.id, state__in=["STANDS", "PROPOSED"]).exclude(
        kind="ADVANCE"
    ).update(state="SUPERSEDED")
    policies.take_back_benefit_use(policy_id=held.policy_id, claim_ref=held.ref, at=at)
    move(
        held, Action.REOPEN, at=at, outcome="", closed_at=None, decided_at=None,
        reasons=["REOPENED"], **_by_hand_now(held),
    )  # fmt: skip
    journal.record(
        events.ClaimReopened(reason=str(cause)),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    promise = promises.DECIDED["STANDARD"]
    messaging.queue(
        "claims.in_review", to=Ref("party", held.claimant_id), about=held.ref, at=at,
        facts={
            "claim": held.number, "reason": "收到您的申诉或新的情况，重新审核",
            "by": by(promise, office_id=held.office_id, at=at),
        },
    )  # fmt: skip
    work.open_item(
        "claims.review", about=held.ref, office_id=held.office_id, at=at, priority=20,
        title=f"{ClaimType(held.claim_type).label}：{Reopening.Cause(cause).label}",
        party_id=held.claimant_id, due_at=due(promise, office_id=held.office_id, at=at),
    )  # fmt: skip
    return made.pk


def _by_hand_now(held: Held) -> dict[str, str]:
    """What was the machine's is a person's from here: neither green nor to be drawn afterwards."""
    now = {"lane": "YELLOW"} if held.lane == "GREEN" else {}
    return now | ({"programme": "STANDARD"} if held.programme == "FAST" else {})


@tx.step
def close_declined_claim(*, claim_id: int, letter_id: int, at: datetime) -> None:
    """
    The reasoned letter reached the customer: the three days are kept, the claim ends. Twice is once.

    Where grace was granted meanwhile the letter is owed all the same, and the claim goes its way.
    """
    held = hold(claim_id)
    letter = letters.find_letter(letter_id)
    if letter and held.decided_at and letter.requested_at < held.decided_at:
        return  # the letter of an earlier decision: the one that stands has its own
    graced = held.state is not State.DECLINED
    if graced and not _declined_with_grace(held):
        return
    journal.record(
        events.DenialNoticeSent(letter_id=letter_id),
        about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue="claims.letter")
    if not graced:
        nothing_due = Decision.objects.filter(claim_id=held.id, state="STANDS", nothing_due=True)
        outcome = "ZERO" if nothing_due.exists() else "DECLINED"
        move(held, Action.CLOSE, at=at, outcome=outcome, closed_at=at)
        sharing.say_closed(held, outcome, at=at)


def _declined_with_grace(held: Held) -> bool:
    stands = Decision.objects.filter(claim_id=held.id, state="STANDS")
    return set(stands.values_list("kind", flat=True)) >= {"DECLINE", "EX_GRATIA"}


@tx.use_case
def review_afterwards(
    *, claim_id: int, verdict: str, finding: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Look at a straight-through claim after it was paid (事后复核), and close it.

    A fault found does not take money back by itself: reopen the claim, or change the rules.

    :raises NothingToReview: not drawn, or done. :raises ReasonMissing: a fault without words.
    :raises Invalid: a verdict that is none of ours.
    """
    held = hold(claim_id)
    access.require("claims.review", office_id=held.office_id)
    if verdict not in AfterReview.Verdict.values:
        raise Invalid("请选择复核结论")
    text = (
        finding.strip()
        if verdict == AfterReview.Verdict.RIGHT
        else need_reason(finding, what=_("说明"))
    )
    done = AfterReview.objects.filter(claim_id=held.id, reviewed_at=None).update(
        verdict=verdict, finding=text, reviewed_by=str(actor), reviewed_at=at
    )
    if not done:
        raise NothingToReview
    journal.record(
        events.SampleReviewed(verdict=verdict),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue="claims.sample")
    if held.state is State.PAID:
        move(held, Action.CLOSE, at=at, closed_at=at)
        sharing.say_closed(held, "PAID", at=at)


def _is_theirs(held: Held, actor: Ref, access: Access | None) -> None:
    """:raises ClaimNotFound: in the same words for a stranger as for a wrong number."""
    if actor.kind == "party":
        if actor.id != held.claimant_id:
            raise ClaimNotFound
        return
    if actor.kind != "staff" or access is None or access.staff_id != actor.id:
        raise ClaimNotFound
    access.require("claims.register", office_id=held.office_id)
