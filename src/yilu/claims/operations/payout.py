"""The money on its way: arrived, returned by the bank, sent again to a corrected account."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import AfterReview, ClaimType, ContactNote, Decision, DirectShare, Payee
from yilu.claims.rules import lifecycle, promises, triage
from yilu.claims.rules.lifecycle import UNDECIDED, Action, State
from yilu.claims.rules.tips import tip_for
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.payments import queries as payouts
from yilu.people import queries as people
from yilu.people.queries.claimants import claimant_facts
from yilu.policies import queries as policies
from yilu.standards import queries as standards
from yilu.work import operations as work

from . import granting, identifying, late, overpaid, sharing
from .case import payee_of
from .holding import Held, hold, write
from .promising import due
from .refusals import ClaimNotFound, NotPossibleNow, need_reason
from .unreportable import DeceasedClaimant

BANK_REASONS = {
    "ACCOUNT_NOT_FOUND": "账号不存在",
    "NAME_MISMATCH": "户名与账号不符",
    "ACCOUNT_CLOSED": "账户已销户或冻结",
    "LIMIT": "超过银行收款限额",
    "OTHER": "银行未说明原因",
}


class NothingReturned(Refusal):
    """There is no payment that the bank returned."""

    code = "nothing_returned"
    message = "这件赔案没有被银行退回的付款"
    hint = "请刷新页面查看付款进展。"


@tx.step
def close_paid_claim(
    *, claim_id: int, payout_id: int, amount: str, purpose: str, at: datetime
) -> State:
    """
    The money has arrived (到账): say so, and close the claim once all of it is there. Twice is once.

    Money that came later than the law allows begins a proposal of interest; interest itself (``purpose``)
    is counted apart, never towards the benefit.

    A straight-through claim drawn for review afterwards stays at “已到账” until a person has looked.
    """
    held = hold(claim_id)
    if purpose == "INTEREST":
        late.interest_arrived(held, payout_id=payout_id, amount=amount, at=at)
        return held.state
    settled = yuan(amount)
    if not _first_time(held, payout_id):
        return held.state
    paid = held.paid_amount + settled
    owed = held.benefit_amount or ZERO
    late.work_out(held, payout_id=payout_id, purpose=purpose, at=at)
    done = paid >= owed and held.can(Action.SETTLE)
    if not done:
        write(held, at=at, paid_amount=paid)
        _ask_back(held, held.state, paid, at)
        return held.state
    drawn = _drawn(held, at)
    state = State.PAID if drawn else State.CLOSED
    write(
        held, at=at, state=state.value, paid_amount=paid, outcome="PAID",
        closed_at=None if drawn else at,
    )  # fmt: skip
    _ask_back(held, state, paid, at)
    _say_paid(held, payout_id, paid, at)
    if drawn:
        _draw(held, at)
    else:
        sharing.say_closed(held, "PAID", at=at)
        _give_tip(held, at)
    for queue in ("claims.payout_problem", "claims.consultant", "claims.call_customer"):
        work.close_items(about=held.ref, at=at, queue=queue)
    return state


def _ask_back(held: Held, state: State, paid: Decimal, at: datetime) -> None:
    """An advance that was on its way when less was decided: the rest is proposed to be asked back."""
    if paid <= (held.benefit_amount or ZERO) or held.state in UNDECIDED:
        return
    stands = Decision.objects.filter(
        claim_id=held.id, state="STANDS", kind__in=["APPROVE", "PARTIAL", "DECLINE"]
    ).first()
    if stands is not None:
        overpaid.ask_back(replace(held, state=state, paid_amount=paid), stands, at=at)


def _first_time(held: Held, payout_id: int) -> bool:
    """Whether this payout was not counted before: its settling writes one row here."""
    return bool(
        tx.rows(
            """
            insert into claims_settlement (claim_id, payout_id) values (%s::bigint, %s::bigint)
            on conflict do nothing returning id
            """,
            [held.id, payout_id],
        )
    )


def _drawn(held: Held, at: datetime) -> bool:
    if held.programme not in ("FAST", "DISASTER") or held.lane != "GREEN":
        return False
    said = standards.decide("claims.sampling", {"programme": held.programme}, at)
    return triage.is_drawn(held.number, said.outputs["share"])


def _draw(held: Held, at: datetime) -> None:
    AfterReview.objects.create(claim_id=held.id, drawn_at=at)
    journal.record(
        events.ClaimSampled(), about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id
    )
    work.open_item(
        "claims.sample", about=held.ref, office_id=held.office_id, at=at,
        title=f"{ClaimType(held.claim_type).label}：直通赔付事后复核", amount=held.benefit_amount,
        party_id=held.claimant_id,
    )  # fmt: skip


def _say_paid(held: Held, payout_id: int, amount: Decimal, at: datetime) -> None:
    journal.record(
        events.ClaimPaid(payout_id=payout_id, amount=str(amount)),
        about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
    )  # fmt: skip
    messaging.queue(
        _paid_message(held),
        to=Ref("party", held.claimant_id), about=held.ref, at=at, copy_agent=True,
        facts={"claim": held.number, "amount": str(amount)}, once=f"paid:{payout_id}",
    )  # fmt: skip


def _paid_message(held: Held) -> str:
    if held.divided:
        return "claims.paid_in_parts"
    if held.assignee_id is None:
        return "claims.paid"
    return "claims.paid_directly" if held.channel == "PROVIDER" else "claims.paid_to_other"


def _give_tip(held: Held, at: datetime) -> None:
    if tip := tip_for(held.claim_type):
        messaging.queue(
            "claims.prevention_tip", to=Ref("party", held.claimant_id), about=held.ref, at=at,
            facts={"tip": tip}, once="tip",
        )  # fmt: skip


@tx.step
def return_payout(*, claim_id: int, payout_id: int, reason: str, at: datetime) -> State:
    """
    The bank returned the payment (退回): tell the customer why, and ask for another account. Where somebody
    else is paid in their place, staff look after it and the customer is not bothered.

    Twice is once. A claim that was being paid waits at “付款退回” until the account is corrected;
    one that was paid in advance goes on, and the advance waits for its account.
    """
    held = hold(claim_id)
    interest = late.returned_interest(held, payout_id)
    if not interest and payout_id not in {p.id for p in sharing.returned(held)}:
        return held.state
    to = held.state
    if not interest:
        to = lifecycle.after(held.state, Action.RETURN_PAYOUT) or held.state
        if to is held.state and not held.can(Action.CORRECT_ACCOUNT):
            return to
        write(held, at=at, state=to.value)
    journal.record(
        events.PayoutFailed(payout_id=payout_id, reason=reason),
        about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
    )  # fmt: skip
    amount = next((p.amount for p in payouts.list_payouts(held.ref) if p.id == payout_id), ZERO)
    if (
        held.assignee_id is None
    ):  # a hospital's or a third party's account is not the customer's to put right
        messaging.queue(
            "claims.payout_failed", to=Ref("party", held.claimant_id), about=held.ref, at=at,
            facts={
                "claim": held.number, "amount": str(amount),
                "reason": BANK_REASONS.get(reason, BANK_REASONS["OTHER"]),
            },
        )  # fmt: skip
    work.open_item(
        "claims.payout_problem", about=held.ref, office_id=held.office_id, at=at, priority=20,
        title=f"付款退回：{BANK_REASONS.get(reason, reason)}", party_id=held.claimant_id, amount=amount,
        due_at=due(promises.CONTACT, office_id=held.office_id, at=at),
    )  # fmt: skip
    return to


@tx.step
def hold_unclear(*, claim_id: int, payout_id: int, at: datetime) -> None:
    """The bank contradicts itself: reconciliation finds out; meanwhile nothing is paid twice."""
    held = hold(claim_id)
    work.open_item(
        "claims.payout_problem", about=held.ref, office_id=held.office_id, at=at, priority=30,
        title="付款结果待查：等待对账，不得重复付款", party_id=held.claimant_id,
    )  # fmt: skip


@tx.use_case
def correct_account(
    *, claim_id: int, account_id: int, actor: Ref, at: datetime, access: people.Access | None = None,
    for_party: int | None = None, reason: str = "",
) -> State:  # fmt: skip
    """
    Set the account a claim is paid to, and pay what waited for it: once.

    The payee's own account only. Where the bank returned a payment, it goes out again to this
    account; where a decision waited for an account, it is paid now.

    ``for_party``: another beneficiary of a death benefit, or a third party paid directly, for whom staff
    set it, with how they asked for it (``reason``); it is kept in the log and said in an event.

    :raises ClaimNotFound: no such claim, or not theirs. :raises AccountNotFound: not the payee's.
    :raises NotPossibleNow: the money is on its way or there. :raises SameAccount: the very account
        that the bank refused for a fault of its own.
    """
    return set_account(
        claim_id=claim_id, account_id=account_id, actor=actor, at=at, access=access,
        for_party=for_party, reason=reason,
    )  # fmt: skip


@tx.step
def set_account(
    *, claim_id: int, account_id: int, actor: Ref, at: datetime, access: people.Access | None = None,
    for_party: int | None = None, reason: str = "",
) -> State:  # fmt: skip
    """``correct_account`` as part of somebody else's use case, with the same refusals."""
    held = hold(claim_id)
    party_id = _who_sets(held, actor, access)
    another = for_party is not None and for_party != party_id
    if for_party is not None and another:
        party_id = _for_another(held, for_party, account_id, reason, actor, at)
    if late.pay_interest_again(
        held, _payee(held, party_id, another), account_id, actor=actor, at=at
    ):
        return held.state
    several = held.claim_type == ClaimType.DEATH or held.divided
    shares = held.state is State.PAYING and several
    held.require(Action.NAME_SHARE_ACCOUNT if shares else Action.CORRECT_ACCOUNT)
    payee_id = _payee(held, party_id, another)
    facts = claimant_facts(
        payee_id,
        consent_of=payee_id,
        purpose="HEALTH_DATA",
        payee_id=payee_id,
        account_id=account_id,
    )
    if facts is None:
        raise people.AccountNotFound
    own = not another and (held.claim_type != ClaimType.DEATH or payee_id == held.claimant_id)
    columns = {"account_id": account_id, "account_index": facts.account_index} if own else {}
    again = _pay_again(held, payee_id, account_id, actor, at)
    if held.state is State.PAYOUT_PROBLEM:
        if not (pay_share(held, payee_id, account_id, actor, at)[0] or again):
            raise NothingReturned
        left = sharing.returned(held)
        to = held.state if left else held.require(Action.CORRECT_ACCOUNT)
        write(held, at=at, state=to.value, **columns)
        return to
    if held.state is State.APPROVED or shares:
        return pay_waiting(held, payee_id, account_id, columns, actor, at)
    write(held, at=at, **columns)
    return held.state


def _payee(held: Held, party_id: int, another: bool) -> int:
    """Whose account must be given: their own of a death benefit, else the payee's of the claim."""
    if held.claim_type == ClaimType.DEATH or another:
        return party_id
    return payee_of(held, policies.get_policy(held.policy_id, held.loss_date, without_cover=True))


def _for_another(
    held: Held, for_party: int, account_id: int, reason: str, actor: Ref, at: datetime
) -> int:
    """Staff act for another payee: who and why is kept. :raises ClaimNotFound: for anybody else."""
    named = Payee.objects.filter(claim_id=held.id, party_id=for_party)
    if held.claim_type != ClaimType.DEATH:
        named = named.filter(direct=True)
    if actor.kind != "staff" or not named.exists():
        raise ClaimNotFound
    DirectShare.objects.filter(claim_id=held.id, party_id=for_party).update(account_id=account_id)
    ContactNote.objects.create(
        claim_id=held.id, kind=ContactNote.Kind.NOTE, written_by=str(actor), written_at=at,
        text=f"代收款人登记账户：{need_reason(reason)}"[:2000],
    )  # fmt: skip
    journal.record(
        events.ShareAccountSet(party_id=for_party, by=str(actor)),
        about=held.ref, actor=actor, at=at, party=for_party,
    )  # fmt: skip
    return for_party


def _pay_again(held: Held, payee_id: int, account_id: int, actor: Ref, at: datetime) -> bool:
    """Send again what the bank returned to this payee; whether there was anything."""
    rejected = sharing.returned(held, payee_id)
    for payout in rejected:
        payout_id = payments.reissue_payout(
            payout_id=payout.id, account_id=account_id, actor=actor, at=at
        )
        Payee.objects.filter(claim_id=held.id, payout_id=payout.id).update(
            payout_id=payout_id, account_id=account_id
        )
        _promise(held, payout_id, payout.amount, actor, at)
    if rejected and not sharing.returned(held):
        work.close_items(about=held.ref, at=at, queue="claims.payout_problem")
    return bool(rejected)


@tx.step
def pay_share(
    held: Held, payee_id: int, account_id: int, actor: Ref, at: datetime
) -> tuple[bool, bool]:
    """
    Pay what waited for this payee, for themselves and for others: whether anything did, and was paid.

    What waits for their identity keeps the account.
    """
    waiting = list(
        Payee.objects.select_related("decision").filter(
            claim_id=held.id, decision__state="STANDS", party_id=payee_id, payout_id=None
        )
    )
    paid = False
    for part in waiting:
        if _unknown(held, payee_id, part.amount, at, direct=part.direct):
            Payee.objects.filter(pk=part.pk).update(account_id=account_id)
            identifying.wait(held, payee_id, part.amount, at=at)
            continue
        paid = True
        share = granting.Share(payee_id, None, part.amount, part.for_party_id)
        payout_id = payments.request_payout(
            about=held.ref, to_party=payee_id, account_id=account_id, amount=part.amount,
            purpose="EX_GRATIA" if part.decision.kind == "EX_GRATIA" else "CLAIM",
            key=f"decision:{part.decision_id}:{share.key}", at=at, actor=actor,
        )  # fmt: skip
        Payee.objects.filter(pk=part.pk).update(payout_id=payout_id, account_id=account_id)
        _promise(held, payout_id, part.amount, actor, at)
    return bool(waiting), paid


def _unknown(
    held: Held, payee_id: int, amount: Decimal, at: datetime, *, direct: bool = False
) -> bool:
    """Whether a sum waits until it is known who its payee is."""
    policy = policies.get_policy(held.policy_id, held.loss_date, without_cover=True)
    return identifying.must_wait(held, policy.holder_id, payee_id, amount, at=at, direct=direct)


@tx.step
def pay_waiting(
    held: Held, payee_id: int, account_id: int, columns: dict[str, object], actor: Ref, at: datetime
) -> State:
    """Pay what a decision promised and no account was known for, or nobody knew whose it is."""
    waited, paid = pay_share(held, payee_id, account_id, actor, at)
    if waited:
        stays = held.state is State.PAYING or not paid
        to = held.state if stays else held.require(Action.PAY)
        write(held, at=at, state=to.value, **columns)
        return to
    decision = Decision.objects.get(
        claim_id=held.id, state="STANDS", kind__in=["APPROVE", "PARTIAL", "EX_GRATIA"]
    )
    if held.state is State.PAYING or Payee.objects.filter(decision=decision).exists():
        raise NotPossibleNow(held.state, Action.CORRECT_ACCOUNT)  # others share it, not this one
    amount = decision.amount - sharing.committed(held)
    if _unknown(held, payee_id, amount, at):
        identifying.wait(held, payee_id, amount, at=at)
        write(held, at=at, **columns)
        return held.state
    payout_id = payments.request_payout(
        about=held.ref, to_party=payee_id, account_id=account_id, amount=amount,
        purpose="EX_GRATIA" if decision.kind == "EX_GRATIA" else "CLAIM",
        key=f"decision:{decision.pk}:{payee_id}", at=at, actor=actor,
    )  # fmt: skip
    _promise(held, payout_id, amount, actor, at)
    to = held.require(Action.PAY)
    write(held, at=at, state=to.value, **columns)
    return to


def _promise(held: Held, payout_id: int, amount: Decimal, actor: Ref, at: datetime) -> None:
    journal.record(
        events.PayoutPromised(payout_id=payout_id, amount=str(amount), programme=held.programme),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip


def _who_sets(held: Held, actor: Ref, access: people.Access | None) -> int:
    """Whose account it is. :raises ClaimNotFound: for a stranger."""
    if actor.kind == "party":
        own = (
            actor.id in (held.claimant_id, held.insured_id)
            or Payee.objects.filter(claim_id=held.id, party_id=actor.id, direct=False).exists()
        )
        if not own:
            raise ClaimNotFound
        if held.claim_type == ClaimType.DEATH and actor.id == held.insured_id:
            raise DeceasedClaimant
        return actor.id if held.claim_type == ClaimType.DEATH else held.claimant_id
    if actor.kind != "staff" or access is None or access.staff_id != actor.id:
        raise ClaimNotFound
    right = "claims.pay" if held.state is State.PAYOUT_PROBLEM else "claims.register"
    if not access.may("claims.pay", office_id=held.office_id):
        access.require(right, office_id=held.office_id)
    return held.claimant_id
