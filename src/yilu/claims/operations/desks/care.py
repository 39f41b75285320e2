"""
Help for somebody gravely ill or hurt before anything is decided (重案协助): a partner hospital, a
visit, costs advanced so that treatment does not stop. An advance is approved by another person
and counts towards the benefit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import CareOrder, ClaimType, Decision
from yilu.claims.operations import sharing
from yilu.claims.operations.ahead import Ahead, check_scene, keep_below
from yilu.claims.operations.extra import keep_within_calculation, pay_in_advance
from yilu.claims.operations.hand_in import Paper
from yilu.claims.operations.hard.evidence import keep_evidence
from yilu.claims.operations.holding import Held, hold, write
from yilu.claims.operations.refusals import BadAmount, NotForOneself, need_reason
from yilu.claims.rules.lifecycle import ENDED, Action
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work


class CareNotFound(NotFound):
    """No such help waits."""

    code = "care_not_found"
    message = "没有找到这项待办的协助"


class TooLateForCare(Refusal):
    """The claim has ended."""

    code = "too_late_for_care"
    message = "赔案已经结束，不能再安排协助"


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """
    What help is wanted: ``provider_id`` a partner hospital, ``amount`` of an advance.

    An advance before any bill is there (A74) names its ``scene`` (INPATIENT, EMERGENCY or NAMED) and the
    costs ``expected`` to remain with the insured; ``paper`` is the hospital's notice, if there is one.
    """

    kind: str
    words: str
    provider_id: int | None = None
    amount: Decimal | None = None
    scene: str = ""
    expected: Decimal | None = None
    paper: Paper | None = None


@tx.use_case
def order_care(*, claim_id: int, care: Care, access: Access, actor: Ref, at: datetime) -> int:
    """
    The consultant arranges help, as early as the report; its id.

    :raises TooLateForCare: ended. :raises Invalid: no such help, a hospital we do not know, an
        advance for a death. :raises BadAmount: an advance without a sum, or of more than is calculated. :raises NotPossibleNow: decided.
    :raises AheadTooHigh, AheadInDoubt, NotInTheGroup, PolicyNotInForce: an advance before any bill that
        may not be.
    """
    held = hold(claim_id)
    if not access.may("claims.assess", office_id=held.office_id):
        access.require("claims.register", office_id=held.office_id)
    if held.state in ENDED:
        raise TooLateForCare
    if care.kind not in CareOrder.Kind.values:
        raise Invalid("请选择协助方式")
    if care.provider_id is not None and care.provider_id not in {
        p.id for p in people.list_providers()
    }:
        raise Invalid("没有这家合作医院")
    amount = expected = None
    if care.kind == CareOrder.Kind.ADVANCE:
        if held.claim_type == ClaimType.DEATH:
            raise Invalid("身故赔案不适用医疗费垫付")
        amount, expected = _amount(care.amount), _expected(held, care, at)
    made = CareOrder.objects.create(
        claim_id=held.id, kind=care.kind, provider_id=care.provider_id, amount=amount,
        scene=care.scene if expected else "", expected=expected,
        words=need_reason(care.words, what=_("说明")), asked_by=str(actor), asked_at=at,
    )  # fmt: skip
    keep_evidence(held, care.paper, actor=actor, at=at)
    journal.record(
        events.CareOrdered(care_id=made.pk, care=care.kind),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    advance = care.kind == CareOrder.Kind.ADVANCE
    work.open_item(
        "claims.second_review" if advance else "claims.care", about=Ref("care", made.pk),
        office_id=held.office_id, at=at, title=f"{made.get_kind_display()}：{held.number}",
        amount=amount, party_id=held.claimant_id, priority=20,
    )  # fmt: skip
    return made.pk


@tx.use_case
def approve_advance(
    *, claim_id: int, care_id: int, approve: bool, outcome: str, access: Access, actor: Ref,
    at: datetime,
) -> int | None:  # fmt: skip
    """
    Approve an advance of costs: it is paid at once and counts towards the benefit; the payout's id.

    None where it is refused, or where the payee must be identified first: then the request waits, to be approved
    again once they are.

    Before any bill is there, how much may go out is worked out once more from the expected costs.

    :raises CareNotFound: none waits. :raises NotForOneself: whoever asked for it.
    :raises NotAllowed: above authority, which all advances on the claim use together.
    :raises BadAmount: more than is calculated so far. :raises AheadTooHigh, AheadInDoubt,
        PolicyNotInForce: ahead of bills, more than may be. :raises AccountMissing: nowhere to pay to.
    """
    held = hold(claim_id)
    order = _find(held, care_id, kind="ADVANCE")
    assert order.amount is not None
    before = sharing.advanced(held.id)
    access.require("claims.review", office_id=held.office_id, amount=before + order.amount)
    if order.asked_by == str(actor):
        raise NotForOneself
    payout_id = None
    if approve:
        ahead = None
        if order.expected is not None:
            held.require(Action.PAY_AHEAD)
            order.ceiling = keep_below(
                held, order.amount, before=before, expected=order.expected, at=at
            )
            ahead = Ahead(order.asked_by, order.ceiling)
        payout_id = pay_in_advance(
            held, amount=order.amount, reason=order.words, actor=actor, at=at, ahead=ahead
        )
        if payout_id is None:
            return None
        order.decision = (
            Decision.objects.filter(claim_id=held.id, kind="ADVANCE").order_by("-pk").first()
        )
    _settle(held, order, "DONE" if approve else "REFUSED", outcome, actor, at, by=True)
    return payout_id


@tx.use_case
def finish_care(
    *, claim_id: int, care_id: int, outcome: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say what came of a contact or visit.

    :raises CareNotFound: none waits. :raises ReasonMissing: without words.
    """
    held = hold(claim_id)
    access.require("claims.view", office_id=held.office_id)
    order = _find(held, care_id)
    if order.kind == CareOrder.Kind.ADVANCE:
        raise CareNotFound
    _settle(held, order, "DONE", outcome, actor, at)


def _expected(held: Held, care: Care, at: datetime) -> Decimal | None:
    """The costs an advance before any bill rests on, None where it rests on the calculation."""
    if not care.scene and care.expected is None:
        held.require(Action.PAY_UNDISPUTED)
        keep_within_calculation(held, _amount(care.amount))
        return None
    if care.scene not in CareOrder.Scene.values:
        raise Invalid(_("请选择预付的场景"))
    held.require(Action.PAY_AHEAD)
    check_scene(held, care.scene, at)
    expected = _amount(care.expected)
    before = sharing.advanced(held.id)
    keep_below(held, _amount(care.amount), before=before, expected=expected, at=at)
    return expected


def _find(held: Held, care_id: int, kind: str = "") -> CareOrder:
    orders = CareOrder.objects.select_for_update(of=("self",)).filter(
        pk=care_id, claim_id=held.id, state="ASKED"
    )
    found = orders.filter(kind=kind).first() if kind else orders.first()
    if found is None:
        raise CareNotFound
    return found


def _settle(
    held: Held, order: CareOrder, state: str, outcome: str, actor: Ref, at: datetime,
    by: bool = False,
) -> None:  # fmt: skip
    order.state, order.outcome, order.done_at = (
        state,
        need_reason(outcome, what=_("结果"), least=2),
        at,
    )
    if by:
        order.decided_by, order.decided_at = str(actor), at
    order.save()
    if not by:
        write(held, at=at)
    journal.record(
        events.CareSettled(care_id=order.pk, state=state),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.close_items(about=Ref("care", order.pk), at=at)


def _amount(amount: Decimal | None) -> Decimal:
    try:
        read = yuan(amount if amount is not None else ZERO)
    except (ValueError, TypeError):
        raise BadAmount from None
    if read <= ZERO:
        raise BadAmount
    return read
