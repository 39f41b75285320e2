"""
What the customer agrees to about a claim: put to them in words, signed with a code to their own phone.

The signature is bound to the digest of what was shown (电子签名法 13–14); nobody signs for them.
Signed, it has its effect: a settlement binds the decision, a plan of repayment the receivable's days,
an authorisation goes with every order to an outside firm.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import Agreement, Calculation, Recovery
from yilu.claims.operations.case import last_day_to_pay
from yilu.claims.operations.holding import Held, hold, write
from yilu.claims.operations.refusals import BadAmount, need_reason
from yilu.claims.rules.agreements import (
    TERMS_MAX,
    TERMS_MIN,
    Line,
    departs,
    digest_of,
    wrong_with_plan,
)
from yilu.claims.rules.lifecycle import Action
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Stale
from yilu.kernel.masks import mask_phone
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.work import operations as work

CODE_MINUTES = 5
TRIES = 5
CODES_AN_HOUR = 6
DOMAIN = "claim agreement"


class AgreementNotFound(NotFound):
    """None of this number that waits for this person: in the same words."""

    code = "agreement_not_found"
    message = "没有找到等您签名的协议"
    hint = "可能已经签好或被收回，请看这件理赔的最新情况。"


class BadAgreement(Invalid):
    """It does not say what is agreed."""

    code = "bad_agreement"
    message = "协议内容不完整"
    hint = "请用完整的句子写明双方同意什么。"


class MoreThanCalculated(BadAmount):
    """A settlement is about what the contract owes; what is above it is ex gratia."""

    code = "more_than_calculated"
    message = _("协议金额不能高于理算金额")
    hint = _("请先理算；超出理算的部分请按通融赔付办理。")


class DepartsFromAgreement(Invalid):
    """A settlement both sides signed binds us: another sum needs a reason and a second person."""

    code = "departs_from_agreement"
    message = "金额与客户已签的给付金额协议不同"
    hint = "协议对双方都有约束力：请按协议金额核定，或与客户另签协议；确要改变的（如依裁判），写明理由，由第二人复核。"


class WrongSigningCode(Invalid):
    """Wrong, used, too old, or tried too often: in the same words."""

    code = "wrong_signing_code"
    message = "验证码不对或已失效"
    hint = "请重新获取验证码；连续五次不对，就要重新获取。"


class TooManySigningCodes(WrongSigningCode):
    """Somebody asks for codes again and again."""

    code = "too_many_signing_codes"
    message = "获取验证码过于频繁"
    hint = "请一小时后再试，或联系客服。"
    status = 429


class AgreementChanged(Stale):
    """What was shown is not what stands there."""

    code = "agreement_changed"
    message = "协议内容已变"
    hint = "请重新核对后再签名。"


class NoPhoneToSign(Invalid):
    """There is no phone of the signer's own to send a code to."""

    code = "no_phone_to_sign"
    message = "没有登记手机号，无法电子签名"
    hint = "请到柜面办理，或先登记本人手机号。"


@tx.use_case
def ask_agreement(
    *, claim_id: int, kind: str, terms: str, access: Access, actor: Ref, at: datetime,
    amount: Decimal | None = None, lines: Sequence[Line] = (), recovery_id: int | None = None,
) -> int:  # fmt: skip
    """
    Put an agreement to the claimant, or a plan of repayment to whoever owes; its id.

    One of a kind waits for a person at a time: the same again is that one, another takes its place.
    Whoever offers a sum must be allowed to decide it: signed, it binds.

    :raises BadAgreement: no such kind, no words, no approved recovery, or no plan for its amount.
    :raises BadAmount: a settlement without a sum. :raises MoreThanCalculated: above what is calculated.
    :raises NotAllowed: a settlement above the person's authority. :raises NotPossibleNow: decided already.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    words = terms.strip()
    if kind not in Agreement.Kind.values or not TERMS_MIN <= len(words) <= TERMS_MAX:
        raise BadAgreement
    party_id, recovery = held.claimant_id, None
    if kind == "REPAYMENT":
        recovery = _owed(held, recovery_id)
        party_id, amount = recovery.from_party_id, recovery.amount
        if wrong := wrong_with_plan(lines, amount, day_of(at)):
            raise BadAgreement(wrong)
    elif kind == "SETTLEMENT":
        amount = _settlement(held, amount, access)
    else:
        amount = None
    plan = tuple(lines) if kind == "REPAYMENT" else ()
    digest = digest_of(
        kind=kind, claim=held.number, party_id=party_id, terms=words, amount=amount, lines=plan
    )
    waiting = Agreement.objects.filter(
        claim_id=held.id, kind=kind, party_id=party_id, state="ASKED"
    ).first()
    if waiting is not None and waiting.digest == digest:
        return waiting.pk
    if waiting is not None:
        _close(held, waiting, "WITHDRAWN", "由新的内容代替", actor, at)
    made = Agreement.objects.create(
        claim_id=held.id, kind=kind, party_id=party_id, terms=words, amount=amount, digest=digest,
        lines=[[day.isoformat(), str(sum_)] for day, sum_ in plan], recovery=recovery,
        asked_by=str(actor), asked_at=at,
    )  # fmt: skip
    write(held, at=at)
    told = events.AgreementAsked(agreement_id=made.pk, agreement=kind, digest=digest)
    journal.record(told, about=held.ref, actor=actor, at=at, party=party_id)
    messaging.queue(
        "claims.agreement_asked", to=Ref("party", party_id), about=held.ref, at=at,
        facts={"claim": held.number},
    )  # fmt: skip
    return made.pk


@tx.use_case
def withdraw_agreement(
    *, claim_id: int, agreement_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Take back what was put to the customer and is not signed.

    :raises AgreementNotFound: none waits. :raises ReasonMissing: without a reason.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    found = _waiting(agreement_id, claim_id=held.id)
    _close(held, found, "WITHDRAWN", need_reason(reason), actor, at)
    write(held, at=at)


@tx.use_case
def send_agreement_code(*, agreement_id: int, digest: str, actor: Ref, at: datetime) -> str:
    """
    Send the signer a code for exactly what they see; the masked phone. An earlier code stops working.

    :raises AgreementNotFound: not theirs, or not open. :raises AgreementChanged: another digest.
    :raises NoPhoneToSign: none on record. :raises TooManySigningCodes: six in an hour.
    """
    found = _waiting(agreement_id, party_id=_own(actor))
    if digest != found.digest:
        raise AgreementChanged
    contact = people.get_contact(actor)
    if not contact.phone:
        raise NoPhoneToSign
    if found.codes_since is None or at - found.codes_since >= timedelta(hours=1):
        found.codes, found.codes_since = 0, at
    if found.codes >= CODES_AN_HOUR:
        raise TooManySigningCodes
    code = f"{secrets.randbelow(1_000_000):06d}"
    found.codes, found.tries, found.phone = found.codes + 1, 0, mask_phone(contact.phone)
    found.code_hash, found.code_until = (
        _hashes(found, code)[0],
        at + timedelta(minutes=CODE_MINUTES),
    )
    found.save(update_fields=["codes", "codes_since", "tries", "phone", "code_hash", "code_until"])
    messaging.queue(
        "claims.agreement_code", to=actor, about=found.claim.ref, at=at,
        facts={"code": code, "minutes": str(CODE_MINUTES), "claim": found.claim.number},
    )  # fmt: skip
    return found.phone


def sign_agreement(*, agreement_id: int, code: str, actor: Ref, at: datetime, door: str) -> int:
    """
    Sign what the code was sent for, with its effect; the claim's id.

    The try is counted in a transaction of its own, before it is compared: a refusal keeps the count.

    :raises AgreementNotFound: not theirs, or not open. :raises WrongSigningCode: wrong, used, too old.
    :raises PlanDoesNotFit: the first day of a plan has passed. :raises ReceivableEnded: nothing is owed.
    """
    counted = _count_try(agreement_id=agreement_id, actor=actor, at=at)
    return _sign(
        agreement_id=agreement_id, counted=counted, code=code, actor=actor, at=at, door=door
    )


@tx.use_case
def decline_agreement(*, agreement_id: int, reason: str, actor: Ref, at: datetime) -> int:
    """The customer does not agree: a person of the desk calls them. The claim's id."""
    found = _waiting(agreement_id, party_id=_own(actor))
    held = hold(found.claim_id)
    _close(held, found, "DECLINED", reason.strip()[:500], actor, at)
    work.open_item(
        "claims.review", about=held.ref, office_id=held.office_id, at=at, priority=20,
        title=f"客户不同意：{found.get_kind_display()}，请联系", party_id=found.party_id,
    )  # fmt: skip
    write(held, at=at)
    return held.id


@tx.use_case
def take_back_authorisation(*, agreement_id: int, actor: Ref, at: datetime) -> int:
    """
    The customer takes back what they signed to let others be asked (个人信息保护法 15); the claim's id.

    No further order carries it; what was asked before stays lawful.

    :raises AgreementNotFound: not theirs, not signed, or no authorisation.
    """
    found = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("claim")
        .filter(pk=agreement_id, kind="THIRD_PARTY", state="SIGNED", party_id=_own(actor))
        .first()
    )
    if found is None:
        raise AgreementNotFound
    held = hold(found.claim_id)
    _close(held, found, "WITHDRAWN", "客户撤回授权", actor, at)
    write(held, at=at)
    return held.id


@tx.use_case
def _count_try(*, agreement_id: int, actor: Ref, at: datetime) -> bool:
    counted = tx.rows(
        """
        update claims_agreement set tries = tries + 1
         where id = %s::bigint and party_id = %s::bigint and state = 'ASKED' and code_hash <> ''
           and tries < %s::int and code_until > %s::timestamptz
        returning id
        """,
        [agreement_id, _own(actor), TRIES, at],
    )
    return bool(counted)


@tx.use_case
def _sign(
    *, agreement_id: int, counted: bool, code: str, actor: Ref, at: datetime, door: str
) -> int:
    found = _waiting(agreement_id, party_id=_own(actor))
    given = code.strip()
    if not counted or not any(
        hmac.compare_digest(found.code_hash, each) for each in _hashes(found, given)
    ):
        raise WrongSigningCode
    held = hold(found.claim_id)
    found.state, found.signed_at, found.door, found.code_hash = "SIGNED", at, door, ""
    found.closed_by, found.closed_at = str(actor), at
    found.save(update_fields=["state", "signed_at", "door", "code_hash", "closed_by", "closed_at"])
    _carry_out(held, found, actor, at)
    write(held, at=at)
    journal.record(
        events.AgreementSigned(
            agreement_id=found.pk, agreement=found.kind, digest=found.digest, door=door,
            pay_by=_pay_by(held, at) if found.kind == "SETTLEMENT" else "",
        ),
        about=held.ref, actor=actor, at=at, party=found.party_id,
    )  # fmt: skip
    return held.id


def _pay_by(held: Held, at: datetime) -> str:
    return last_day_to_pay(
        policies.get_policy(held.policy_id, held.loss_date, without_cover=True), at
    )


def settled(claim_id: int) -> Agreement | None:
    """The settlement both sides signed last on a claim: what its decision is bound to."""
    return (
        Agreement.objects.filter(claim_id=claim_id, kind="SETTLEMENT", state="SIGNED")
        .order_by("-signed_at", "-pk")
        .first()
    )


def beside_agreement(claim_id: int, amount: Decimal, why_another: str) -> tuple[str, bool]:
    """
    The reason a signed settlement gives a decision over its sum, and whether a decision departs from it.

    :raises DepartsFromAgreement: over another sum, without a reason.
    """
    found = settled(claim_id)
    if found is None:
        return "", False
    if departs(found.amount, amount):
        if len(why_another.strip()) < 5:
            raise DepartsFromAgreement
        return "", True
    return f"按客户 {day_of(found.signed_at or found.asked_at)} 签署的给付金额协议", False


def _carry_out(held: Held, found: Agreement, actor: Ref, at: datetime) -> None:
    """What a signature does at once: a plan sets the receivable's days, a settlement calls the desk."""
    if found.recovery is not None and found.recovery.receivable_id is not None:
        payments.agree_plan(
            receivable_id=found.recovery.receivable_id, parts=lines_of(found), actor=actor, at=at
        )
    if found.kind == "SETTLEMENT":
        work.open_item(
            "claims.review", about=held.ref, office_id=held.office_id, at=at, priority=20,
            title="客户已签给付金额协议，请按协议核定", party_id=found.party_id, amount=found.amount,
        )  # fmt: skip


def lines_of(found: Agreement) -> tuple[Line, ...]:
    """The parts of a plan of repayment."""
    return tuple((date.fromisoformat(day), Decimal(amount)) for day, amount in found.lines)


@tx.step
def _waiting(
    agreement_id: int, *, party_id: int | None = None, claim_id: int | None = None
) -> Agreement:
    found = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("claim")
        .filter(pk=agreement_id, state="ASKED")
    )
    whose = {"claim_id": claim_id} if claim_id else {"party_id": party_id or 0}
    one = found.filter(**whose).first()
    if one is None:
        raise AgreementNotFound
    return one


@tx.step
def _close(held: Held, found: Agreement, state: str, reason: str, actor: Ref, at: datetime) -> None:
    found.state, found.reason, found.code_hash = state, reason, ""
    found.closed_by, found.closed_at = str(actor), at
    found.save(update_fields=["state", "reason", "code_hash", "closed_by", "closed_at"])
    told = events.AgreementClosed(agreement_id=found.pk, agreement=found.kind, ending=state)
    journal.record(told, about=held.ref, actor=actor, at=at, party=found.party_id)


def _owed(held: Held, recovery_id: int | None) -> Recovery:
    found = Recovery.objects.filter(pk=recovery_id or 0, claim_id=held.id, state="APPROVED").first()
    if found is None:
        raise BadAgreement(_("分期返还要先有已批准的追回"))
    return found


def _settlement(held: Held, amount: Decimal | None, access: Access) -> Decimal:
    """The sum of a settlement, if whoever offers it may bind us to it."""
    held.require(Action.CALCULATE)
    read = _sum(amount)
    latest = Calculation.objects.filter(claim_id=held.id).order_by("-ordinal").first()
    if latest is None or read > latest.benefit:
        raise MoreThanCalculated
    access.require("claims.decide", office_id=held.office_id, amount=read)
    return read


def _sum(amount: Decimal | None) -> Decimal:
    try:
        read = yuan(amount or ZERO)
    except (ValueError, TypeError):
        raise BadAmount from None
    if read <= ZERO:
        raise BadAmount
    return read


def _own(actor: Ref) -> int:
    """Nobody signs for somebody else: not staff, not an agent."""
    if actor.kind != "party":
        raise AgreementNotFound
    return actor.id


def _hashes(found: Agreement, code: str) -> list[str]:
    return sealing.keyed_digests(f"{found.pk}:{code}", DOMAIN)
