"""
Interest for money that came late (逾期利息, 保险法 23): worked out when it was there, decided by a person.

What the law's own clocks say decides what was late. The machine proposes; it never pays nor refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import Agreement, Decision, LateInterest, Reopening
from yilu.claims.rules import late as rules
from yilu.documents import queries as documents
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound
from yilu.kernel.money import ZERO, said_yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.obligations import queries as obligations
from yilu.payments import operations as payments
from yilu.payments import queries as payouts
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.standards import queries as standards
from yilu.work import operations as work

from .holding import Held, hold
from .refusals import NotForOneself, need_reason

TABLE = "claims.late_payment"
PAY, DECIDE = "law.pay_ten_days", "law.decide_thirty_days"
QUEUE = "claims.second_review"
LATE_PURPOSES = ("CLAIM",)
"""Grace is not owed and an advance is early: only the benefit itself can be late."""
AT_ONCE = timedelta(days=1)
"""Whatever is decided and paid so soon after its first papers is late by no rule: nothing is looked up."""


class NothingLate(NotFound):
    """No interest waits for a decision."""

    code = "nothing_late"
    message = _("没有待核定的逾期利息")
    hint = _("请刷新页面；可能已有同事办理。")


class BadDays(Invalid):
    """More days than the payment was late by, or fewer than none."""

    code = "bad_late_days"
    message = _("核定的天数须在 0 天与实际逾期的天数之间")
    hint = _("请按页面上的逾期天数填写；不予支付的填 0 并写明理由。")


@tx.step
def work_out(held: Held, *, payout_id: int, purpose: str, at: datetime) -> int | None:
    """
    Work out what is owed because this payment came late, and ask a person; its id, None where nothing is.

    Once a payment. Waiting for the payee's account is no delay of ours (民法典 589).
    """
    begun = held.documents_at or held.registered_at or held.reported_at
    if purpose not in LATE_PURPOSES or at - begun <= AT_ONCE:
        return None
    known = {p.id: p for p in payouts.list_payouts(held.ref)}
    payout = known.get(payout_id)
    delay = _delay(held, known, payout, at) if payout is not None else None
    if payout is None or delay is None or delay.days <= 0:
        return None
    if LateInterest.objects.filter(payout_id=payout_id).exists():
        return None
    rate, rule = _rate(delay.begins_on + timedelta(days=1), at)
    amount = rules.interest(payout.amount, delay.days, rate.whole, int(rate.year_days))
    if amount <= ZERO:
        return None
    made = LateInterest.objects.create(
        claim_id=held.id, payout_id=payout_id, party_id=payout.to_party, principal=payout.amount,
        pay_by=delay.pay_by, paid_on=delay.paid_on,
        decide_by=delay.decide_by if delay.late_answer else None,
        decided_on=delay.decided_on if delay.late_answer else None,
        first_answered_on=delay.first_answered_on if delay.late_answer else None, waited_days=delay.not_ours,
        days=delay.days, rate=rate.whole, year_days=int(rate.year_days), amount=amount, rule=rule,
        worked_out_at=at,
    )  # fmt: skip
    journal.record(
        events.LateInterestWorkedOut(
            late_id=made.pk, payout_id=payout_id, days=delay.days, amount=str(amount)
        ),
        about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
    )  # fmt: skip
    work.open_item(
        QUEUE, about=held.ref, office_id=held.office_id, at=at, priority=10,
        title=f"赔款逾期 {delay.days} 天：请核定逾期利息", party_id=held.claimant_id, amount=amount,
    )  # fmt: skip
    return int(made.pk)


def _delay(
    held: Held, known: dict[int, payouts.PayoutView], payout: payouts.PayoutView, at: datetime
) -> rules.Delay | None:
    """What the clocks prove about one payment; None where none of them counted for it."""
    decided = (
        Decision.objects.filter(
            claim_id=held.id, state="STANDS", kind__in=["APPROVE", "PARTIAL"],
        ).order_by("-pk").first()
    )  # fmt: skip
    if decided is None:
        return None
    decided_at = held.decided_at or decided.approved_at or decided.decided_at
    clocks = obligations.list_clocks(held.ref, at)
    signed = set(
        Agreement.objects.filter(claim_id=held.id, kind="SETTLEMENT", state="SIGNED").values_list(
            "id", flat=True
        )
    )
    ours = [
        c for c in clocks
        if c.code == PAY and c.state != "CANCELLED" and c.ordinal in {decided.pk, *signed}
    ]  # fmt: skip
    if not ours:
        return None
    answers = [c for c in clocks if c.code == DECIDE and c.met_at and c.started_at <= decided_at]
    wrong = _put_right(held, answers)
    answer = wrong or max(answers, key=lambda c: c.started_at, default=None)
    late_answer = answer is not None and (
        answer.state == "MET_LATE" or (wrong is not None and decided_at >= wrong.due_at)
    )
    return rules.Delay(
        pay_by=_last_day(min(c.due_at for c in ours)), paid_on=day_of(payout.ended_at or at),
        decide_by=_last_day(answer.due_at) if answer is not None and late_answer else None,
        decided_on=day_of(decided_at) if late_answer else None,
        first_answered_on=day_of(wrong.met_at) if wrong and wrong.met_at and late_answer else None,
        waited=_waited(known, payout, decided_at),
    )  # fmt: skip


def _put_right(
    held: Held, answers: Sequence[obligations.ClockView]
) -> obligations.ClockView | None:
    """
    The clock of the first answer, where an appeal, a second look or a court changed it on the same papers.

    A wrong answer in time is none: the customer lost the money since the right one was due (保险法 23). What
    rests on new facts, or on papers that came after the answer, is counted from the reopening as ever
    (解释二 15).
    """
    again = list(Reopening.objects.filter(claim_id=held.id).order_by("pk"))
    known = max((n for n, each in enumerate(again) if each.cause == "NEW_FACTS"), default=-1)
    mistakes = again[known + 1 :]
    if not mistakes:
        return None
    before = [c for c in answers if c.met_at and c.met_at <= mistakes[0].opened_at]
    wrong = max(before, key=lambda c: c.started_at, default=None)
    if wrong is None or wrong.met_at is None:
        return None
    papers = documents.list_uploads(held.ref)
    return None if any(p.live and p.received_at > wrong.met_at for p in papers) else wrong


def _last_day(due_at: datetime) -> date:
    """The last day of a period that ends with the end of a day."""
    return day_of(due_at - timedelta(microseconds=1))


def _waited(
    known: dict[int, payouts.PayoutView], payout: payouts.PayoutView, decided_at: datetime
) -> int:
    """Days on which an account was missing, or the one given had been refused by the bank."""
    days, last = 0, payout
    while last.replaces_id is not None and last.replaces_id in known:
        before = known[last.replaces_id]
        if before.ended_at is not None:
            days += (day_of(last.requested_at) - day_of(before.ended_at)).days
        last = before
    return days + max((day_of(last.requested_at) - day_of(decided_at)).days, 0)


def _rate(late_from: date, at: datetime) -> tuple[rules.Rate, str]:
    said = standards.decide(TABLE, {"late_from": late_from}, at)
    rate = rules.Rate(said.outputs["rate"], said.outputs["plus"], said.outputs["year_days"])
    return rate, f"{said.table}/{said.version}#{said.rows[0]}"


@tx.use_case
def decide_late_interest(
    *, claim_id: int, late_id: int, days: int, reason: str = "", account_id: int | None = None,
    access: Access, actor: Ref, at: datetime,
) -> int | None:  # fmt: skip
    """
    Pay interest for so many days to whom the payment was late for, or for none; the payout's id.

    As many days as worked out, or more up to all the payment was late by: whoever may decide the sum.
    Fewer take something from the customer: a reason, and a reviewer who did not decide the claim.
    ``account_id``: another account of the payee's own; else the one the benefit went to.

    :raises NothingLate: nothing waits. :raises BadDays: beyond the delay. :raises ReasonMissing: fewer
        days without words. :raises NotForOneself: who decided the claim. :raises NotAllowed: beyond the
        person's authority. :raises NotTheirAccount: closed, or somebody else's.
    """
    held = hold(claim_id)
    row = (
        LateInterest.objects.select_for_update(of=("self",))
        .filter(pk=late_id, claim_id=held.id, state="PROPOSED")
        .first()
    )
    if row is None:
        access.require("claims.decide", office_id=held.office_id)
        raise NothingLate
    if not 0 <= days <= row.days + row.waited_days:
        raise BadDays
    amount = rules.interest(row.principal, days, row.rate, row.year_days)
    _may_decide(held, row, days, amount, access, actor)
    row.reason = need_reason(reason) if days != row.days else reason.strip()
    row.granted_days, row.granted = days, amount
    row.state = "GRANTED" if amount > ZERO else "REFUSED"
    row.decided_by, row.decided_at = str(actor), at
    if amount > ZERO:
        row.interest_payout_id = _pay(held, row, account_id, actor, at)
        _tell(held, row, amount, actor, at)
    row.save()
    journal.record(
        events.LateInterestDecided(
            late_id=row.pk, outcome=row.state, days=days, amount=str(amount),
            payout_id=row.interest_payout_id or 0,
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    if not LateInterest.objects.filter(claim_id=held.id, state="PROPOSED").exists():
        work.close_items(about=held.ref, at=at, queue=QUEUE)
    return row.interest_payout_id


def _may_decide(
    held: Held, row: LateInterest, days: int, amount: Decimal, access: Access, actor: Ref
) -> None:
    if days >= row.days:
        access.require("claims.decide", office_id=held.office_id, amount=amount)
        return
    access.require("claims.review", office_id=held.office_id, amount=row.amount)
    if Decision.objects.filter(claim_id=held.id, state="STANDS", decided_by=str(actor)).exists():
        raise NotForOneself


def _pay(held: Held, row: LateInterest, account_id: int | None, actor: Ref, at: datetime) -> int:
    late = payouts.find_payout(row.payout_id)
    assert late is not None
    assert row.granted is not None
    return payments.request_payout(
        about=held.ref, to_party=row.party_id, account_id=account_id or late.account_id,
        amount=row.granted, purpose="INTEREST", key=f"interest:{row.pk}", at=at, actor=actor,
    )  # fmt: skip


def _tell(held: Held, row: LateInterest, amount: Decimal, actor: Ref, at: datetime) -> None:
    """A message and a letter to whom it is paid: the days, the rate and the sum."""
    policy = policies.get_policy(held.policy_id, held.loss_date, without_cover=True)
    messaging.queue(
        "claims.late_interest", to=Ref("party", row.party_id), about=held.ref, at=at,
        facts={"claim": held.number, "amount": str(amount), "days": str(row.granted_days)},
        once=f"late:{row.pk}",
    )  # fmt: skip
    letters.issue(
        kind="LATE", about=held.ref, party_id=row.party_id, actor=actor, at=at,
        facts={
            "claim": held.number, "policy": policy.number, "product": policy.product_name,
            "insured_id": held.insured_id, "decided_on": day_of(at).isoformat(), "amount": str(amount),
            "words": sentence_of(row), "rows": _rows(row),
        },
    )  # fmt: skip


def sentence_of(row: LateInterest) -> str:
    """The sum in one sentence, as the letter says it."""
    rate = row.rate.normalize()
    days, amount = row.granted_days or row.days, row.granted or row.amount
    owed = said_yuan(row.principal)
    return (
        f"逾期的金额 {owed} 元，逾期 {days} 天，按年利率 {rate:f}%（一年按 {row.year_days} 天）计算："
        f"{owed} × {rate:f}% × {days} ÷ {row.year_days} = {said_yuan(amount)} 元。"
    )


def _rows(row: LateInterest) -> list[dict[str, str]]:
    said = [("应付款日", row.pay_by.isoformat()), ("实际到账日", row.paid_on.isoformat())]
    if row.first_answered_on:
        said.append(("第一次核定（后来改变了结论）", row.first_answered_on.isoformat()))
    if row.decide_by and row.decided_on:
        said += [
            ("应核定日", row.decide_by.isoformat()),
            ("实际核定日", row.decided_on.isoformat()),
        ]
    left_out = row.days + row.waited_days - (row.granted_days or 0)
    if left_out > 0:
        said.append(
            ("不计息的天数", f"{left_out} 天（{row.reason or '等待您提供可用的收款账户'}）")
        )
    return [{"label": label, "text": text} for label, text in said]


@tx.step
def interest_arrived(held: Held, *, payout_id: int, amount: str, at: datetime) -> None:
    """The interest is there: said once. A payment that replaces a returned one counts for it."""
    first, known = payout_id, {p.id: p for p in payouts.list_payouts(held.ref)}
    while (before := known[first].replaces_id) is not None:
        first = before
    changed = LateInterest.objects.filter(
        claim_id=held.id, interest_payout_id=first, settled_at=None
    ).update(settled_at=at)
    if not changed:
        return
    row = LateInterest.objects.get(interest_payout_id=first)
    journal.record(
        events.LateInterestPaid(late_id=row.pk, payout_id=payout_id, amount=amount),
        about=held.ref, actor=SYSTEM, at=at, party=held.claimant_id,
    )  # fmt: skip


@tx.step
def pay_interest_again(
    held: Held, party_id: int, account_id: int, *, actor: Ref, at: datetime
) -> bool:
    """Send interest that the bank returned to another account of the payee's; whether there was any."""
    known = payouts.list_payouts(held.ref)
    replaced = {p.replaces_id for p in known}
    returned = [
        p for p in known
        if p.purpose == "INTEREST" and p.state == "REJECTED" and p.to_party == party_id
        and p.id not in replaced
    ]  # fmt: skip
    for payout in returned:
        payments.reissue_payout(payout_id=payout.id, account_id=account_id, actor=actor, at=at)
    if returned:
        work.close_items(about=held.ref, at=at, queue="claims.payout_problem")
    return bool(returned)


def returned_interest(held: Held, payout_id: int) -> bool:
    """Whether a payment is interest that the bank returned and nobody has sent again."""
    known = payouts.list_payouts(held.ref)
    replaced = {p.replaces_id for p in known}
    return any(
        p.id == payout_id
        and p.purpose == "INTEREST"
        and p.state == "REJECTED"
        and p.id not in replaced
        for p in known
    )
