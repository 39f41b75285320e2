"""Ask once for everything that is missing (一次性补充通知), and stop the clock by two proofs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Max

from yilu.claims import events
from yilu.claims.models import ClaimType, SupplementNotice
from yilu.claims.rules import promises
from yilu.claims.rules.lifecycle import Action, State
from yilu.documents import queries as files
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed, NotFound
from yilu.kernel.refs import Ref
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.work import operations as work

from .holding import Held, hold, move
from .promising import due
from .refusals import ReasonMissing

NOTE_MAX, TITLE_MAX = 2000, 60


class NothingMissing(Invalid):
    """A notice without items asks for nothing."""

    code = "nothing_missing"
    message = "请选择需要补充的资料"
    hint = "一次写全所有需要补充的资料；都齐全时无须发出通知。"


class NoticeTooLong(Invalid):
    """More than a letter of one page holds."""

    code = "notice_too_long"
    message = "补充通知的说明太长"
    hint = "说明请控制在2000字以内，资料名称在60字以内。"


class SecondNoticeNeedsSupervisor(NotAllowed):
    """The law wants one notice: a second one is a supervisor's decision (保险法 22)."""

    code = "second_notice"
    message = "补充资料应当一次性通知；再次要求补充须经主管批准"
    hint = "请由有“批准再次要求补充资料”权限的主管办理，并写明原因。"


class NoticeNotFound(NotFound):
    """There is no such notice of this claim."""

    code = "notice_not_found"
    message = "没有找到这份补充资料通知"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to ask for: a line of the checklist (``code``), or something of its own."""

    title: str
    kinds: tuple[str, ...] = ("OTHER",)
    note: str = ""
    code: str = ""


@tx.use_case
def request_supplement(
    *,
    claim_id: int,
    missing: Sequence[Missing],
    note: str,
    access: Access,
    actor: Ref,
    at: datetime,
) -> int:
    """
    Send the one notice of everything that is missing; its id.

    The clock of the decision stands still from the notice's arrival to that of the documents. A
    second notice needs ``claims.supplement_again`` and a reason in ``note``.

    :raises NothingMissing: without items. :raises NoticeTooLong: see there. :raises SecondNoticeNeedsSupervisor: see there.
    :raises NotPossibleNow: decided already, or a notice is open.
    """
    if not missing or any(not m.title.strip() for m in missing):
        raise NothingMissing
    if len(note) > NOTE_MAX or any(len(m.title) > TITLE_MAX for m in missing):
        raise NoticeTooLong
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    held.require(Action.REQUEST_SUPPLEMENT)
    before = SupplementNotice.objects.filter(claim_id=held.id).aggregate(n=Max("ordinal"))["n"] or 0
    if before:
        if not access.may("claims.supplement_again", office_id=held.office_id):
            raise SecondNoticeNeedsSupervisor
        if len(note.strip()) < 5:
            raise ReasonMissing
    return _send(held, missing, note.strip(), before + 1, actor, at)


@tx.step
def _send(
    held: Held, missing: Sequence[Missing], note: str, ordinal: int, actor: Ref, at: datetime
) -> int:
    # A claim that was in a person's hands goes back there; others to the machine.
    resumes_in = State.REVIEW if held.state is State.REVIEW else State.READING
    notice = SupplementNotice.objects.create(
        claim_id=held.id, ordinal=ordinal, note=note, requested_by=str(actor), requested_at=at,
        items=[{"code": m.code, "title": m.title, "kinds": list(m.kinds)} for m in missing],
        resumes_in=resumes_in.value,
    )  # fmt: skip
    move(held, Action.REQUEST_SUPPLEMENT, at=at)
    journal.record(
        events.SupplementRequested(
            notice_id=notice.pk, items=tuple(m.code or "OTHER" for m in missing), ordinal=ordinal
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    titles = "、".join(m.title for m in missing)
    messaging.queue(
        "claims.supplement_needed", to=Ref("party", held.claimant_id), about=held.ref, at=at,
        copy_agent=True, facts={"claim": held.number, "items": titles},
    )  # fmt: skip
    policy = policies.get_policy(held.policy_id, held.loss_date, without_cover=True)
    facts: dict[str, Any] = {
        "claim": held.number, "policy": policy.number, "product": policy.product_name,
        "insured_id": held.insured_id, "requested_on": day_of(at).isoformat(),
        "items": [{"title": m.title, "note": m.note} for m in missing], "ordinal": ordinal,
        "event": ClaimType(held.claim_type).label,
    }  # fmt: skip
    if note:
        facts["note"] = note
    letters.issue(
        kind="SUPPLEMENT",
        about=held.ref,
        party_id=held.claimant_id,
        facts=facts,
        actor=actor,
        at=at,
    )
    work.close_items(about=held.ref, at=at, queue="claims.review", outcome="WAITING")
    return notice.pk


@tx.step
def notice_arrived(
    *, claim_id: int, proof: str, actor: Ref, at: datetime, sent_at: datetime | None = None
) -> bool:
    """
    The open notice reached the customer: from here the clock stands still. Twice is once.

    ``proof`` says how we know: ``message:17``, ``letter:4``, a signed paper. ``sent_at``: when what
    arrived was sent, so that an earlier notice's letter proves nothing about this one.
    """
    held = hold(claim_id)
    found = tx.rows(
        """
        update claims_supplementnotice set arrived_at = %s::timestamptz, arrival_proof = %s
         where claim_id = %s::bigint and arrived_at is null and received_at is null
           and (%s::timestamptz is null or requested_at <= %s::timestamptz)
        returning id
        """,
        [at, proof[:120], held.id, sent_at, sent_at],
    )
    for (notice_id,) in found:
        journal.record(
            events.SupplementNoticeArrived(notice_id=notice_id, proof=proof[:120]),
            about=held.ref, actor=actor, at=at, party=held.claimant_id,
        )  # fmt: skip
    return bool(found)


@tx.use_case
def note_notice_arrival(
    *, claim_id: int, proof: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Write down that the customer has the notice: signed for at the counter, read on the phone.

    :raises NoticeNotFound: if no notice is on its way. :raises ReasonMissing: without a proof.
    """
    held = hold(claim_id)
    access.require("claims.register", office_id=held.office_id)
    if len(proof.strip()) < 2:
        raise ReasonMissing("请写明送达凭据")
    if not notice_arrived(claim_id=held.id, proof=proof.strip(), actor=actor, at=at):
        raise NoticeNotFound


@tx.step
def receive_supplement(held: Held, *, actor: Ref, at: datetime) -> Held:
    """
    Hold the files against the open notice; where all it asks for is here, the claim goes on.

    The arrival of the files counts, not their reading. Answers with the claim as it stands then.
    """
    notice = SupplementNotice.objects.filter(claim_id=held.id, received_at=None).first()
    if notice is None:
        return _resume(held, State.REVIEW, at)
    arrived = [
        u for u in files.list_uploads(held.ref) if u.live and u.received_at >= notice.requested_at
    ]
    kinds = {u.kind for u in arrived}
    if not all(kinds & set(item["kinds"]) for item in notice.items):
        return held
    proof = "、".join(f"upload:{u.id}" for u in arrived)[:120]
    SupplementNotice.objects.filter(pk=notice.pk).update(received_at=at, receipt_proof=proof)
    # Of several for one item the first counts, of several items the last.
    on = max(
        min(u.received_on for u in arrived if u.kind in item["kinds"]) for item in notice.items
    )
    journal.record(
        events.SupplementReceived(
            notice_id=notice.pk, proof=proof,
            received_on=on.isoformat() if on < day_of(at) else "",
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    return _resume(held, State(notice.resumes_in), at)


@tx.use_case
def waive_supplement(
    *, claim_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Go on without what was asked for: it came another way, or is not needed after all (从简办理).

    :raises NotPossibleNow: if nothing was asked for. :raises ReasonMissing: without a reason.
    :raises NoticeNotFound: if the notice was answered a moment ago.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    held.require(Action.RECEIVE_SUPPLEMENT)
    if len(reason.strip()) < 5:
        raise ReasonMissing
    notice = SupplementNotice.objects.filter(claim_id=held.id, received_at=None).first()
    if notice is None:
        raise NoticeNotFound
    proof = f"免交：{reason.strip()}"[:120]
    SupplementNotice.objects.filter(pk=notice.pk).update(received_at=at, receipt_proof=proof)
    journal.record(
        events.SupplementReceived(notice_id=notice.pk, proof="WAIVED"),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    _resume(held, State.REVIEW, at)


def _resume(held: Held, to: State, at: datetime) -> Held:
    action = Action.RECEIVE_SUPPLEMENT if to is State.REVIEW else Action.RESUME
    state = move(held, action, at=at)
    if state is State.REVIEW:
        work.open_item(
            "claims.review", about=held.ref, office_id=held.office_id, at=at, priority=30,
            title=f"{ClaimType(held.claim_type).label}：补充资料已到", party_id=held.claimant_id,
            due_at=due(promises.CHECKED, office_id=held.office_id, at=at),
        )  # fmt: skip
    return replace(held, state=state, version=held.version + 1)
