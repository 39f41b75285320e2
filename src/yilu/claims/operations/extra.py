"""Money outside the usual way: the undisputed part first, and what is paid without being owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from yilu.claims import events
from yilu.claims import named_events as advances
from yilu.claims.models import Calculation, ClaimType, Decision
from yilu.claims.rules import authority, promises
from yilu.claims.rules.lifecycle import Action, after
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Sentence
from yilu.kernel.money import ZERO, said_yuan, yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.standards import queries as standards
from yilu.work import operations as work

from . import granting, identifying, sharing
from .ahead import ADVANCED, Ahead
from .case import payee_of, read_case
from .holding import Held, hold, write
from .promising import by
from .refusals import AccountMissing, BadAmount, NotForOneself, RoleTooLow, need_reason
from .telling import tell_beneficiaries

DETERMINED = "能够确定的 {amount} 元先行支付，其余部分继续办理"
PAID_AHEAD = (
    "预付 {amount} 元已批准并发起付款。请保留并提交单据：核定后从赔款中扣除这笔预付款，"
    "预付多于核定金额的，多出部分需要退还"
)
GRACE_BASIS = ["通融给付，不构成保险责任的承认"]


@tx.use_case
def pay_undisputed_part(
    *, claim_id: int, amount: Decimal, reason: str, access: Access, actor: Ref, at: datetime
) -> int | None:
    """
    Pay first what can be determined (保险法 25), while the rest is still being found out.

    It counts towards the benefit: the decision pays the difference. Returns the payout's id; None where a
    payee must be identified first: that is under way now, and it is asked for again afterwards.

    :raises NotPossibleNow: decided already. :raises BadAmount: more than the calculated benefit.
    :raises AccountMissing: nowhere to pay to. :raises NotAllowed: above the person's authority,
        which all advances on the claim use together.
    """
    held = hold(claim_id)
    amount = _money(amount)
    access.require(
        "claims.decide", office_id=held.office_id, amount=sharing.advanced(held.id) + amount
    )
    return pay_in_advance(held, amount=amount, reason=need_reason(reason), actor=actor, at=at)


def keep_within_calculation(held: Held, amount: Decimal) -> None:
    """:raises BadAmount: with what was advanced before it is more than is calculated now, in yuan."""
    _latest, left = _still_determined(held)
    if amount > left:
        raise _more_than(left)


def _still_determined(held: Held) -> tuple[Calculation | None, Decimal]:
    """The latest calculation, and how much of it was not advanced yet: none without one."""
    latest = Calculation.objects.filter(claim_id=held.id).order_by("-ordinal").first()
    if latest is None:
        return None, ZERO
    return latest, max(latest.benefit - sharing.advanced(held.id), ZERO)


def _more_than(left: Decimal) -> BadAmount:
    hint = _("还可先行支付 {left} 元。资料补充后重新理算，或按预计费用预付。")
    return BadAmount(
        _("先行支付的金额超过目前理算的金额"), hint=Sentence(hint, left=said_yuan(left))
    )


@tx.step
def pay_in_advance(
    held: Held,
    *,
    amount: Decimal,
    reason: str,
    actor: Ref,
    at: datetime,
    ahead: Ahead | None = None,
) -> int | None:
    """
    The payments of an undisputed part, or ``ahead`` of any bill; the first payout's id.

    None: somebody's identity must be checked first; the register and the desk are asked, nothing is paid.

    Of a death benefit with several entitled each gets their part, as at the decision: where one of
    them has given no account yet, nothing is paid before they have. ``amount`` in yuan. From here on
    a person decides the claim: what went out is taken off then, and asked back where it was too much.

    :raises BadAmount: with what was advanced before it is more than is calculated now, or than the
        ceiling ``ahead`` of bills. :raises AccountMissing: somebody's account is not known.
    :raises NotPossibleNow: as its state says.
    """
    held.require(Action.PAY_AHEAD if ahead else Action.PAY_UNDISPUTED)
    latest, left = _still_determined(held)
    if amount > left:
        if ahead is None or sharing.advanced(held.id) + amount > ahead.ceiling:
            raise _more_than(left)
        latest = None
    policy = policies.get_policy(held.policy_id, held.loss_date, without_cover=True)
    shares = sharing.shares_in(held, payee_of(held, policy), amount)
    if any(s.account_id is None for s in shares):
        raise AccountMissing
    shares = identifying.marked(held, policy.holder_id, shares, at=at)
    if any(s.unidentified for s in shares):
        identifying.wait_for(held, shares, at=at)
        return None
    decision = _decide_advance(held, amount, reason, latest, ahead, actor, at)
    payouts = []
    for share in shares:
        assert share.account_id is not None
        payouts.append(
            payments.request_payout(
                about=held.ref, to_party=share.party_id, account_id=share.account_id,
                amount=share.amount, purpose="PARTIAL",
                key=f"advance:{decision.pk}:{share.key}" if len(shares) > 1 else f"advance:{decision.pk}",
                at=at, actor=actor,
            )
        )  # fmt: skip
        journal.record(
            (events.PartialPaymentMade if latest else advances.AdvancePaid)(
                payout_id=payouts[-1], amount=str(share.amount)
            ),
            about=held.ref, actor=actor, at=at, party=held.claimant_id,
        )  # fmt: skip
    messaging.queue(
        "claims.progress", to=Ref("party", held.claimant_id), about=held.ref, at=at,
        facts={
            "claim": held.number,
            "step": (DETERMINED if latest else PAID_AHEAD).format(amount=said_yuan(amount)),
            "by": by(promises.PAID["STANDARD"], office_id=held.office_id, at=at),
        },
    )  # fmt: skip
    work.close_items(about=held.ref, at=at, queue="claims.advance")
    write(held, at=at, reasons=list(dict.fromkeys((*held.reasons, ADVANCED))))
    return payouts[0]


def _decide_advance(
    held: Held, amount: Decimal, reason: str, latest: Calculation | None, ahead: Ahead | None,
    actor: Ref, at: datetime,
) -> Decision:  # fmt: skip
    """What an advance rests on: a calculation, or, ahead of bills, two people's word."""
    if latest is not None:
        return Decision.objects.create(
            claim_id=held.id, calculation=latest, kind=Decision.Kind.ADVANCE, amount=amount,
            digest=latest.digest, reason=reason, machine_amount=latest.benefit,
            decided_by=str(actor), decided_at=at, rule="保险法25",
        )  # fmt: skip
    assert ahead is not None
    return Decision.objects.create(
        claim_id=held.id, kind=Decision.Kind.ADVANCE, amount=amount, reason=reason,
        decided_by=ahead.asked_by, decided_at=at, approved_by=str(actor), approved_at=at, rule="预付",
    )  # fmt: skip


@tx.use_case
def grant_ex_gratia(
    *, claim_id: int, amount: Decimal, reason: str, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Pay what is not owed, on a named reviewer's authority (通融赔付); the decision's id.

    Nobody grants grace on what they decided themselves. On a death claim it is dealt out among the
    beneficiaries as the benefit would be: each to their own account, whoever has none is asked.

    How high somebody's role must be says the table ``claims.ex_gratia``.

    :raises NotPossibleNow: neither in review nor declined. :raises NotForOneself: the same person.
    :raises RoleTooLow: the amount needs a higher role.
    :raises AccountMissing, BadAmount, ReasonMissing, NotAllowed: as they say.
    """
    held = hold(claim_id)
    amount = _money(amount)
    access.require("claims.review", office_id=held.office_id, amount=amount)
    approved = held.require(Action.GRANT_EX_GRATIA)
    if held.account_id is None and held.claim_type != ClaimType.DEATH:
        raise AccountMissing
    _may_grant(held, amount, access, actor, at)
    before = sharing.committed(held) - sum((p.amount for p in sharing.returned(held)), ZERO)
    decision = Decision.objects.create(
        claim_id=held.id, kind=Decision.Kind.EX_GRATIA, amount=amount, reason=need_reason(reason),
        decided_by=str(actor), decided_at=at, rule="通融",
    )  # fmt: skip
    policy = policies.get_policy(held.policy_id, held.loss_date, without_cover=True)
    case = read_case(held, at=at, policy=policy)
    shares = sharing.shares_in(held, payee_of(held, policy), amount)
    shares = identifying.marked(held, policy.holder_id, shares, at=at)
    to = after(approved, Action.PAY) if any(s.ready for s in shares) else approved
    assert to is not None
    write(
        held, at=at, state=to.value, benefit_amount=before + amount, decided_at=at,
        band=promises.band_of(amount),
    )  # fmt: skip
    journal.record(
        events.ExGratiaGranted(decision_id=decision.pk, amount=str(amount)),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    payouts = granting.promise_money(
        case, shares, purpose="EX_GRATIA", key=f"decision:{decision.pk}", programme=held.programme,
        actor=actor, at=at,
    )  # fmt: skip
    sharing.keep_shares(case, decision, shares, payouts)
    identifying.wait_for(held, shares, at=at)
    tell_beneficiaries(case, shares, actor=actor, at=at, basis=GRACE_BASIS)
    _tell_grace(held, policy, amount, shares, actor, at)
    work.close_items(about=held.ref, at=at, queue="claims.review")
    return decision.pk


def _may_grant(held: Held, amount: Decimal, access: Access, actor: Ref, at: datetime) -> None:
    """The table's role for the amount, and nobody who decided the claim. :raises RoleTooLow, NotForOneself."""
    asked = standards.decide("claims.ex_gratia", {"amount": amount}, at).outputs["role"]
    if not authority.holds(
        [g.role for g in access.grants if held.office_id in g.office_ids], asked
    ):
        raise RoleTooLow
    own = Decision.objects.filter(claim_id=held.id, decided_by=str(actor))
    if own.exclude(kind="ADVANCE").exclude(state=Decision.State.OPINION).exists():
        raise NotForOneself


def _tell_grace(
    held: Held, policy: policies.ClaimablePolicy, amount: Decimal, shares: Sequence[granting.Share],
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """The claimant's message, and the letter that says on what footing it is paid."""
    messaging.queue(
        "claims.approved", to=Ref("party", held.claimant_id), about=held.ref, at=at, copy_agent=True,
        facts={
            "claim": held.number, "amount": str(amount),
            "by": by(promises.PAID["STANDARD"], office_id=held.office_id, at=at),
        },
    )  # fmt: skip
    letters.issue(
        kind="DECISION", about=held.ref, party_id=held.claimant_id, actor=actor, at=at,
        facts={
            "claim": held.number, "policy": policy.number, "product": policy.product_name,
            "insured_id": held.insured_id, "event": ClaimType(held.claim_type).label,
            "decided_on": day_of(at).isoformat(), "amount": str(amount),
            "basis": GRACE_BASIS,
        } | granting.in_words_of(shares),
    )  # fmt: skip


def _money(amount: Decimal) -> Decimal:
    try:
        read = yuan(amount)
    except (ValueError, TypeError):
        raise BadAmount from None
    if read <= ZERO:
        raise BadAmount
    return read
