"""
Several policies and several insurers for one cost (多保单、多家保险公司).

The insured chooses which of their own policies pays first (健康保险办法 25); what others paid is
proved by their settlement notes; together nobody pays more than the cost (5).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import Calculation, Claim, ClaimType, PaidElsewhere, PolicyOrder
from yilu.claims.operations.assess import recalculate
from yilu.claims.operations.case import Chosen
from yilu.claims.operations.hand_in import Paper
from yilu.claims.operations.holding import Held, hold, write
from yilu.claims.operations.refusals import BadAmount, ClaimNotFound
from yilu.claims.rules.lifecycle import Action, State
from yilu.documents import queries as documents
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

from .evidence import keep_evidence

INDEMNITY = frozenset({ClaimType.MEDICAL, ClaimType.ACCIDENT})
DECIDED = (State.APPROVED, State.PAYING, State.PAYOUT_PROBLEM, State.PAID, State.CLOSED)


class NotACost(Invalid):
    """Fixed sums are not reduced by what others pay."""

    code = "not_a_cost"
    message = "只有费用补偿型赔案才扣除他处赔付"
    hint = "定额给付（津贴、重疾、身故等）不受其他保险影响。"


class MoreThanItCost(Invalid):
    """Together more would be paid than was spent."""

    code = "more_than_it_cost"
    message = "各处赔付合计超过实际发生的费用"
    hint = "请核对票据金额、医保基金支付和各分割单的金额。"


class EarlierUndecided(Refusal):
    """The policy that pays first has not decided."""

    code = "earlier_undecided"
    message = "按客户选择的顺序，先赔的保单还没有核定"
    hint = "请先核定顺序在前的赔案，再计算这一件。"


@tx.use_case
def note_paid_elsewhere(
    *, claim_id: int, insurer: str, note_number: str, amount: Decimal,
    evidence: Paper | None = None, access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Note what another insurer paid for the same bills, by its settlement note (分割单); its id.

    :raises NotACost: a fixed sum. :raises MoreThanItCost: more than is left of the bills.
    :raises NotPossibleNow: decided. :raises Invalid, BadAmount: incomplete, or noted before.
    """
    held = _cost(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    held.require(Action.CALCULATE)
    try:
        read = yuan(amount)
    except (ValueError, TypeError):
        raise BadAmount from None
    if read <= ZERO:
        raise BadAmount
    if not insurer.strip() or not note_number.strip():
        raise Invalid("请填写赔付的保险公司和分割单编号")
    notes = PaidElsewhere.objects.filter(claim_id=held.id, withdrawn_at=None)
    if notes.filter(insurer=insurer.strip(), note_number=note_number.strip()).exists():
        raise Invalid("这张分割单已经登记过")
    if elsewhere(held.id) + read > cost_of(held)[0]:
        raise MoreThanItCost
    made = PaidElsewhere.objects.create(
        claim_id=held.id, insurer=insurer.strip()[:60], note_number=note_number.strip()[:60],
        amount=read, upload_id=keep_evidence(held, evidence, actor=actor, at=at),
        noted_by=str(actor), noted_at=at,
    )  # fmt: skip
    journal.record(
        events.PaidElsewhereNoted(note_id=made.pk, amount=str(read)),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    _recalculate(held, actor, at)
    return made.pk


@tx.use_case
def withdraw_paid_elsewhere(
    *, claim_id: int, note_id: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A note was wrong: it counts no longer.

    :raises Invalid: no such note. :raises NotPossibleNow: decided.
    """
    held = _cost(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    held.require(Action.CALCULATE)
    done = PaidElsewhere.objects.filter(
        pk=note_id, claim_id=held.id, withdrawn_at__isnull=True
    ).update(withdrawn_at=at)
    if not done:
        raise Invalid("没有这张分割单")
    _recalculate(held, actor, at)


@tx.use_case
def choose_policy_order(
    *, claim_id: int, claim_ids: Sequence[int], actor: Ref, at: datetime,
    access: Access | None = None,
) -> None:  # fmt: skip
    """
    Say in which order one's policies pay for one cost; each claim of it learns the order.

    The insured's own choice, by themselves or written down by staff.

    :raises ClaimNotFound: a claim that is none of theirs. :raises NotACost: a fixed sum.
    :raises Invalid: fewer than two, or one twice.
    """
    if len(claim_ids) < 2 or len(set(claim_ids)) != len(claim_ids) or claim_id not in claim_ids:
        raise Invalid("请选择两件以上赔案的先后顺序")
    rows = {n: _cost(n) for n in sorted(claim_ids)}
    held = rows[claim_id]
    if any(r.insured_id != held.insured_id for r in rows.values()):
        raise ClaimNotFound
    if actor.kind == "party":
        if actor.id not in (held.insured_id, held.claimant_id):
            raise ClaimNotFound
    elif access is None:
        raise ClaimNotFound
    else:
        for each in rows.values():
            access.require("claims.register", office_id=each.office_id)
    PolicyOrder.objects.bulk_create(
        [
            PolicyOrder(claim_id=n, claims=list(claim_ids), chosen_by=str(actor), chosen_at=at)
            for n in claim_ids
        ]
    )
    for each in rows.values():
        write(each, at=at)
        journal.record(
            events.PolicyOrderChosen(claims=tuple(claim_ids)),
            about=each.ref, actor=actor, at=at, party=each.claimant_id,
        )  # fmt: skip


@tx.use_case
def coordinate(*, claim_id: int, access: Access, actor: Ref, at: datetime) -> Decimal:
    """
    Calculate a claim with all that was paid before it: by other insurers, and by the insured's own
    policies in the order they chose. What counts as paid before.

    :raises EarlierUndecided: a policy before it has not decided. :raises NotPossibleNow: decided.
    """
    held = _cost(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    held.require(Action.CALCULATE)
    return _recalculate(held, actor, at)


def elsewhere(claim_id: int) -> Decimal:
    """What other insurers' notes say."""
    notes = PaidElsewhere.objects.filter(claim_id=claim_id, withdrawn_at=None)
    return sum((n.amount for n in notes), ZERO)


def cost_of(held: Held) -> tuple[Decimal, Decimal]:
    """What the insured themselves had to bear of the bills, and what the bills say in all."""
    bills = documents.invoices_for(held.ref)
    total = sum((b.total or ZERO for b in bills), ZERO)
    borne = sum(((b.total or ZERO) - (b.fund_paid or ZERO) - (b.other_paid or ZERO) for b in bills), ZERO)  # fmt: skip
    return max(borne, ZERO), total


def before(claim_id: int) -> tuple[int, ...]:
    """The claims that pay before this one, by the latest choice."""
    latest = PolicyOrder.objects.filter(claim_id=claim_id).order_by("-pk").first()
    if latest is None:
        return ()
    return tuple(latest.claims[: latest.claims.index(claim_id)])


def _recalculate(held: Held, actor: Ref, at: datetime) -> Decimal:
    own = ZERO
    for row in Claim.objects.filter(pk__in=before(held.id)):
        if row.state not in DECIDED or row.benefit_amount is None:
            raise EarlierUndecided
        own += row.benefit_amount
    paid = elsewhere(held.id) + own
    latest = Calculation.objects.filter(claim_id=held.id).order_by("-ordinal").first()
    kept = Chosen.from_json(latest.chosen) if latest else Chosen()
    chosen = Chosen(
        upheld=kept.upheld, paid_elsewhere=paid, other_death_cover=kept.other_death_cover
    )
    write(held, at=at)
    recalculate(hold(held.id), at=at, chosen=chosen, actor=actor)
    return paid


def _cost(claim_id: int) -> Held:
    held = hold(claim_id)
    if held.claim_type not in INDEMNITY:
        raise NotACost
    return held
