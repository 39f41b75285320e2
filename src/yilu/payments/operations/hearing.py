"""What the bank says about a payment, whoever asked and in whatever order it comes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings

from yilu.gateways import bank
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import yuan
from yilu.kernel.refs import Ref
from yilu.payments import events, rules
from yilu.payments.models import BankNotice, Payout, Refund
from yilu.people import queries as people
from yilu.people.operations import keep_until
from yilu.work import operations as work

BANK = Ref("bank", 0)
"""The bank as an actor."""
QUEUE = "payments.reconcile"


_KEY = re.compile(r"[0-9a-fA-F]{32}")


class BadSignature(Refusal):
    """Whoever sent it does not know our secret, or it was altered on the way."""

    code = "bad_signature"
    message = "签名无效，通知未受理"
    hint = "请检查签名密钥与签名算法。"
    status = 401


class StaleNotice(Refusal):
    """Signed too long ago, or in the future: it may have been recorded and sent again."""

    code = "stale_notice"
    message = "通知时间超出允许范围，未受理"
    hint = "请校准时钟，并以当前时间重新签名发送。"
    status = 401


class ReplayedNotice(Refusal):
    """The very same signed request was taken before."""

    code = "replayed_notice"
    message = "该通知已经处理过，重复发送的请求未受理"
    hint = "无需再次发送。"


class UnreadableNotice(Invalid):
    """Signed by the bank, but not of the agreed form."""

    code = "unreadable_notice"
    message = "通知内容不符合约定格式，未受理"
    hint = "请对照接口说明检查各字段。"


@dataclass(frozen=True, slots=True)
class _Notice:
    message_id: str
    key: str
    said: str
    reason: str
    reference: str
    amount: Decimal | None


@tx.use_case
def receive_bank_notice(*, body: bytes, signature: str, timestamp: str, at: datetime) -> str:
    """
    Take what the bank tells us of a payment; return what it changed.

    SETTLED, REJECTED or SENT if the payment went on; NONE if it said what we knew (a second notice, one
    that comes out of order); CONTRADICTION if it cannot be true together with what it said before: then
    the payment is unclear until a person resolves it; UNKNOWN for a payment that is not ours.
    The signature is HMAC-SHA256 in hex over timestamp, a dot, and the body.

    :raises BadSignature: if the signature is not the bank's. :raises StaleNotice: if it was signed more
        than five minutes from ``at``. :raises ReplayedNotice: for the very same request again, or
        another content under a known message id. :raises UnreadableNotice: if the form is wrong.
    """
    check_signed(body, signature, timestamp, at)
    notice = _read(body)
    digest = hashlib.sha256(body).hexdigest()
    first = tx.rows(
        """
        insert into payments_banknotice
               (message_id, signature, digest, said, reason, amount, effect, received_at)
        values (%s, %s, %s, %s, %s, %s::numeric, '', %s::timestamptz)
        on conflict do nothing returning id
        """,
        [notice.message_id, signature, digest, notice.said, notice.reason, notice.amount, at],
    )
    if not first:
        return _heard_before(notice, signature, digest)
    payout = locked_by_key(notice.key)
    if payout is None:
        effect = "UNKNOWN"
        _report_unknown(int(first[0][0]), notice, at)
    else:
        effect = apply(
            payout, said=notice.said, reason=notice.reason, reference=notice.reference,
            amount=notice.amount, actor=BANK, at=at,
        )  # fmt: skip
    BankNotice.objects.filter(pk=first[0][0]).update(payout=payout, effect=effect)
    return effect


@tx.use_case
def record_answer(*, payout_id: int, answer: bank.Answer, at: datetime) -> str:
    """Note what the bank answered to the sender; same effects as ``receive_bank_notice``."""
    payout = Payout.objects.select_for_update(of=("self",)).get(pk=payout_id)
    return apply(
        payout, said=answer.state, reason=answer.reason, reference=answer.reference,
        amount=answer.amount, actor=BANK, at=at,
    )  # fmt: skip


@tx.step
def apply(
    payout: Payout,
    *,
    said: str,
    reason: str,
    reference: str,
    amount: Decimal | None,
    actor: Ref,
    at: datetime,
) -> str:
    """
    Let the bank's word take effect on a locked payment; return what happened.

    Of each payment there is one PayoutSettled or one PayoutRejected at most, unless a person resolves a
    contradiction.
    """
    same_amount = amount is None or amount == payout.amount
    effect = rules.judge(payout.state, payout.problem, said, same_amount=same_amount)
    if effect.happened == "NONE":
        if said in {"ACCEPTED", "PROCESSING"} and payout.state == Payout.State.SENT:
            _ask_again_later(payout, at)
        return effect.happened
    payout.leased_until = None
    payout.bank_reference = payout.bank_reference or reference[:64]
    if effect.happened == "SENT":
        if payout.state == Payout.State.UNCLEAR:  # it was silent, and has answered after all
            work.close_items(about=payout.ref, queue=QUEUE, at=at)
        payout.state, payout.problem = Payout.State.SENT, ""
        payout.sent_at, payout.due_at, payout.attempts = (
            payout.sent_at or at,
            at + rules.ASK_AFTER,
            0,
        )
        payout.save()
        _record(
            payout,
            events.PayoutSent(subject=payout.about, bank_reference=payout.bank_reference),
            actor,
            at,
        )
    elif effect.happened == "CONTRADICTION":
        make_unclear(payout, rules.CONTRADICTION, at)
    else:
        end(payout, effect.happened, reason, actor, at)
    return effect.happened


@tx.step
def end(payout: Payout, state: str, reason: str, actor: Ref, at: datetime) -> None:
    """Bring a locked payment to its end, SETTLED or REJECTED, and say so."""
    was_unclear = payout.state == Payout.State.UNCLEAR
    payout.state, payout.ended_at, payout.problem, payout.leased_until = state, at, "", None
    payout.sent_at = payout.sent_at or at
    payout.reason = (reason or "OTHER") if state == Payout.State.REJECTED else ""
    payout.save()
    if state == Payout.State.SETTLED:
        fact: Any = events.PayoutSettled(
            subject=payout.about,
            payout_id=payout.pk,
            amount=str(payout.amount),
            purpose=payout.purpose,
        )
        keep_until(party_id=payout.to_party_id, on=rules.records_kept_until(at))
        _note_refund(payout, at)
    else:
        fact = events.PayoutRejected(
            subject=payout.about, payout_id=payout.pk, reason=payout.reason, purpose=payout.purpose
        )
    _record(payout, fact, actor, at)
    if was_unclear:
        work.close_items(about=payout.ref, queue=QUEUE, at=at)


def _note_refund(payout: Payout, at: datetime) -> None:
    """A refund that went back as a payout has arrived with it."""
    if payout.purpose != Payout.Purpose.REFUND:
        return
    first = payout
    while first.replaces is not None:
        first = first.replaces
    refund = Refund.objects.select_related("collection").filter(payout=first, state="WAITING")
    for each in refund.select_for_update(of=("self",)):
        each.state, each.ended_at = Refund.State.DONE, at
        each.save()
        fact = events.RefundDone(
            collection_id=each.collection_id, key=each.key, amount=str(each.amount)
        )
        about = Ref.parse(each.collection.about)
        journal.record(fact, about=about, actor=BANK, at=at, party=payout.to_party_id)


@tx.step
def make_unclear(payout: Payout, problem: str, at: datetime) -> None:
    """
    Nobody knows whether a locked payment was made: tell a person, and pay nothing in its place.

    A replacement that has not left yet is held back until it is resolved.
    """
    was_unclear = payout.state == Payout.State.UNCLEAR
    payout.state, payout.problem, payout.ended_at, payout.leased_until = (
        Payout.State.UNCLEAR, problem, None, None,
    )  # fmt: skip
    payout.due_at = at + rules.ASK_EVERY
    payout.save()
    Payout.objects.filter(replaces=payout, state=Payout.State.REQUESTED).update(held=True)
    if not was_unclear:
        _record(payout, events.PayoutUnclear(subject=payout.about, payout_id=payout.pk), BANK, at)
    title = (
        "银行前后通知矛盾，请核实是否已付款"
        if problem == rules.CONTRADICTION
        else "银行长时间未答复，请核实是否已付款"
    )
    open_item(payout, title, at)


@tx.step
def open_item(payout: Payout, title: str, at: datetime) -> None:
    """Have somebody look at a payment."""
    party = people.get_party(payout.to_party_id)
    work.open_item(
        QUEUE, about=payout.ref, office_id=party.office_id, title=title, at=at, priority=30,
        amount=payout.amount, party_id=payout.to_party_id,
    )  # fmt: skip


def check_signed(body: bytes, signature: str, timestamp: str, at: datetime) -> None:
    """:raises BadSignature: not the bank's. :raises StaleNotice: signed too long ago, or in the future."""
    if not bank.is_signed(settings.BANK_SECRET, timestamp, body, signature):
        raise BadSignature
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        raise StaleNotice
    if abs(at - datetime.fromtimestamp(int(timestamp), UTC)) > rules.NOTICE_WINDOW:
        raise StaleNotice


def _read(body: bytes) -> _Notice:
    try:
        said = json.loads(body)
        amount = said.get("amount")
        notice = _Notice(
            message_id=said["id"],
            key=said["key"],
            said=said["state"],
            reason=said.get("reason") or "",
            reference=said.get("reference") or "",
            amount=None if amount is None else yuan(str(amount)),
        )
        texts = (notice.message_id, notice.key, notice.said, notice.reason, notice.reference)
        # Not printable are also NUL and half characters, which no column keeps.
        if not all(isinstance(t, str) and len(t) <= 64 and t.isprintable() for t in texts):
            raise ValueError
        if not notice.message_id or notice.said not in {"ACCEPTED", "SETTLED", "REJECTED"}:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableNotice from None
    if notice.said == "REJECTED" and notice.reason not in Payout.Reason.values:
        return _Notice(
            notice.message_id, notice.key, notice.said, "OTHER", notice.reference, notice.amount
        )
    return notice


def _heard_before(notice: _Notice, signature: str, digest: str) -> str:
    known = BankNotice.objects.filter(message_id=notice.message_id).first()
    if known is None or known.signature == signature or known.digest != digest:
        raise ReplayedNotice
    return "NONE"


def locked(payout_ids: Iterable[int]) -> dict[int, Payout]:
    """Payments by id, locked in the order of their ids by one statement, however many they are."""
    found = Payout.objects.select_for_update(of=("self",)).filter(pk__in=set(payout_ids))
    return {payout.pk: payout for payout in found.order_by("pk")}


def locked_by_keys(keys: Iterable[str]) -> dict[str, Payout]:
    """Payments by the key the bank knows them by, locked by one statement; what is no key of ours is left out."""
    wanted = {key: UUID(key) for key in keys if _KEY.fullmatch(key)}
    found = Payout.objects.select_for_update(of=("self",)).filter(bank_key__in=wanted.values())
    by_key = {payout.bank_key: payout for payout in found.order_by("pk")} if wanted else {}
    return {key: by_key[uuid] for key, uuid in wanted.items() if uuid in by_key}


def locked_by_key(key: str) -> Payout | None:
    try:
        bank_key = UUID(key)
    except ValueError:
        return None
    return Payout.objects.select_for_update(of=("self",)).filter(bank_key=bank_key).first()


def _report_unknown(notice_id: int, notice: _Notice, at: datetime) -> None:
    work.open_item(
        QUEUE, about=Ref("bank_notice", notice_id), office_id=head_office_id(), at=at, priority=30,
        title="银行通知了一笔我方没有的付款", amount=notice.amount,
    )  # fmt: skip


def head_office_id() -> int:
    """Where work lands that belongs to no customer."""
    return people.list_offices()[0].id


def _ask_again_later(payout: Payout, at: datetime) -> None:
    payout.leased_until, payout.due_at = None, at + rules.ASK_EVERY
    payout.save(update_fields=["leased_until", "due_at"])


def _record(payout: Payout, fact: Any, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=payout.ref, actor=actor, at=at, party=payout.to_party_id)
