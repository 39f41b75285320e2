"""What goes on around a claim: notes, facts established, a rating, an upload link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError

from yilu.claims import events
from yilu.claims.models import ClaimType, ContactNote, Payee, Rating
from yilu.claims.rules import third_parties
from yilu.claims.rules.lifecycle import Action
from yilu.claims.rules.loss import Loss
from yilu.claims.rules.third_parties import PHONE_PLACE, WHY_NO_PHONE
from yilu.documents import operations as documents
from yilu.documents import queries as files
from yilu.documents.queries import FILE_KINDS
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed, Refusal
from yilu.kernel.phones import read_phone
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people.queries import Access
from yilu.work import operations as work

from .assess import BY_MACHINE, recalculate
from .holding import Held, hold, write
from .refusals import ClaimNotFound, need_reason

LINK_DAYS = 7


class ThirdPartyUnasked(Invalid):
    """On a video survey a third party's number is asked for, or the picture kept instead."""

    code = "third_party_unasked"
    message = "第三方在场时须记录其电话；不愿提供的，须留存影像凭据"
    hint = "请填写电话，或先把视频截图、现场照片交进这件赔案，再在这里选中它；不是视频的，也可以选一个原因。"


class StaffNeverRate(NotAllowed):
    """Ratings are the customer's word alone."""

    code = "staff_never_rate"
    message = "评价只能由客户本人作出"
    hint = "请客户在“我的理赔”中评价。"


class RatedAlready(Refusal):
    """One rating a claim."""

    code = "rated_already"
    message = "您已经评价过这次服务，谢谢"
    hint = "如还有意见，请联系客服。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """
    What was said with whom. ``third_party``: NONE, PRESENT or ABSENT.

    ``why_no_phone``: of ``WHY_NO_PHONE``, where somebody present gave no number and it was no video.
    ``shown_to_customer``: they heard from us how it stands, in this talk or in these words.
    """

    kind: str
    text: str
    third_party: str = "NONE"
    third_party_phone: str = ""
    evidence_upload_id: int | None = None
    why_no_phone: str = ""
    shown_to_customer: bool = False


@tx.use_case
def write_note(*, claim_id: int, note: Note, access: Access, actor: Ref, at: datetime) -> int:
    """
    Add to the log that all handlers of a claim share; the note's id.

    :raises ThirdPartyUnasked: a third party is on the picture, but neither number nor evidence.
    :raises ReasonMissing: an empty note. :raises NotAllowed: without sight of the claim.
    :raises Invalid: an unknown kind, or no telephone number where one is given.
    """
    held = hold(claim_id)
    access.require("claims.view", office_id=held.office_id)
    return write_note_on(held, note, actor=actor, at=at)


@tx.step
def log_talk(claim_id: int, note: Note, *, actor: Ref, at: datetime) -> int:
    """A line in the shared log, for a room above that has made sure who writes it. Raises as ``write_note``."""
    return write_note_on(hold(claim_id), note, actor=actor, at=at)


@tx.step
def write_note_on(held: Held, note: Note, *, actor: Ref, at: datetime) -> int:
    """A line in the shared log of a held claim; its id. Raises as ``write_note``."""
    if (
        note.kind not in ContactNote.Kind.values
        or note.third_party not in ContactNote.ThirdParty.values
    ):
        raise Invalid("请选择沟通方式")
    phone = ""
    if note.third_party_phone.strip():
        try:
            phone = read_phone(note.third_party_phone)
        except ValueError:
            raise Invalid("第三方电话号码有误") from None
    if not third_parties.is_asked(
        kind=note.kind, third_party=note.third_party, phone=bool(phone),
        evidence=note.evidence_upload_id is not None, why=note.why_no_phone,
    ):  # fmt: skip
        raise ThirdPartyUnasked
    if note.evidence_upload_id is not None:
        _belongs(held, note.evidence_upload_id)
    text = need_reason(note.text, least=2)
    if note.third_party == "PRESENT" and not phone and note.why_no_phone in WHY_NO_PHONE:
        text = f"{text}（{WHY_NO_PHONE[note.why_no_phone]}）"
    told = note.shown_to_customer and held.can(Action.TELL_PROGRESS)
    made = ContactNote.objects.create(
        claim_id=held.id, kind=note.kind, text=text,
        third_party=note.third_party, evidence_upload_id=note.evidence_upload_id,
        third_party_phone=sealing.seal(phone, PHONE_PLACE) if phone else b"",
        shown_to_customer=told, written_by=str(actor), written_at=at,
    )  # fmt: skip
    journal.record(
        events.NoteWritten(note_id=made.pk, kind=note.kind, shown=told),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if told:
        work.close_items(about=held.ref, at=at, queue="claims.call_customer", outcome="TOLD")
    return made.pk


def _belongs(held: Held, upload_id: int) -> None:
    """:raises Invalid: unless the file was handed in for this claim."""
    if upload_id not in {each.id for each in files.list_uploads(held.ref)}:
        raise Invalid(_("影像凭据不在这件赔案的资料中"))


@tx.use_case
def establish_facts(*, claim_id: int, loss: Loss, access: Access, actor: Ref, at: datetime) -> None:
    """
    Write down what the papers say about the loss, in codes, and calculate anew with it.

    :raises BadLoss: saying what cannot be. :raises NotPossibleNow: it is decided.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    loss.check(held.loss_date, day_of(at))
    loss = replace(loss, premium_share=held.loss.premium_share)  # two persons found that out
    early = held.state in BY_MACHINE
    held.require(Action.HAND_IN if early else Action.CALCULATE)
    write(held, at=at, loss=loss.as_json())
    journal.record(
        events.FactsEstablished(cause=loss.cause),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if not early:
        recalculate(hold(held.id), at=at, actor=actor)


@tx.use_case
def rate_claim(
    *, claim_id: int, stars: int, recommend: int, comment: str = "", actor: Ref, at: datetime
) -> None:
    """
    Take the customer's word on the service: 1–5 stars, 0–10 would recommend, a comment.

    Two stars or fewer open a call to the customer. Once a claim; staff never rate.

    :raises StaffNeverRate: anybody but a customer. :raises ClaimNotFound: somebody else's claim.
    :raises NotPossibleNow: it is not decided yet. :raises RatedAlready: the second time.
    :raises Invalid: stars or score out of range.
    """
    if actor.kind != "party":
        raise StaffNeverRate
    held = hold(claim_id)
    if actor.id not in (held.claimant_id, held.insured_id):
        if not Payee.objects.filter(claim_id=held.id, party_id=actor.id, direct=False).exists():
            raise ClaimNotFound
    held.require(Action.RATE)
    if not (1 <= stars <= 5 and 0 <= recommend <= 10):
        raise Invalid("请选择 1 至 5 星，以及 0 至 10 的推荐意愿")
    try:
        with tx.savepoint():
            Rating.objects.create(
                claim_id=held.id, party_id=actor.id, stars=stars, recommend=recommend,
                comment=comment.strip()[:2000], rated_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise RatedAlready from None
    journal.record(
        events.ClaimRated(stars=stars, recommend=recommend),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if stars <= 2:
        work.open_item(
            "claims.call_customer", about=held.ref, office_id=held.office_id, at=at, priority=20,
            title=f"{ClaimType(held.claim_type).label}：客户评价 {stars} 星，请回访",
            party_id=held.claimant_id,
        )  # fmt: skip


@tx.use_case
def send_upload_link(
    *, claim_id: int, kinds: Sequence[str], access: Access, actor: Ref, at: datetime
) -> str:
    """
    Send the customer a signed link by which the named documents can be handed in; the link.

    :raises NotPossibleNow: nothing can be handed in any more.
    """
    held = hold(claim_id)
    access.require("claims.register", office_id=held.office_id)
    held.require(Action.HAND_IN)
    labels = dict(FILE_KINDS)
    if not kinds or any(kind not in labels for kind in kinds):
        raise Invalid(_("请选择需要上传的资料"))
    until = at + timedelta(days=LINK_DAYS)
    token = documents.make_upload_link(
        about=held.ref,
        party_id=held.claimant_id,
        items=tuple(kinds),
        expires_at=until,
        actor=actor,
        at=at,
    )
    link = f"{settings.PUBLIC_URL}/u/{token}"
    messaging.queue(
        "claims.upload_link", to=Ref("party", held.claimant_id), about=held.ref, at=at,
        facts={
            "claim": held.number, "items": "、".join(labels.get(k, k) for k in kinds),
            "until": until.isoformat(), "link": link,
        },
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue="claims.intake")
    return link
