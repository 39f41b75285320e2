"""Get back what was paid too much: a receivable, repayments, and who may give up the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.payments import events, rules
from yilu.payments.models import Receivable
from yilu.people import queries as people
from yilu.work import operations as work

RECOVERY = "payments.recovery"
"""The queue in which a receivable waits until it is repaid or given up."""


class NothingToRecover(Invalid):
    """Zero or less is not owed back."""

    code = "nothing_to_recover"
    message = _("追回金额必须大于零，且不超过两位小数")
    hint = _("请核对多付的金额。")


class RecoveryKeyUsed(Refusal):
    """The same key stands for another amount, payer or reason."""

    code = "recovery_key_used"
    message = _("这笔追回款已经登记，且金额、还款人或原因与本次不同")
    hint = _("请刷新页面核对已登记的追回款，不要重复提交。")


class ReceivableNotFound(NotFound):
    """There is no such receivable, or it is not for them to see: in the same words."""

    code = "receivable_not_found"
    message = _("没有找到这笔追回款")


class ReceivableEnded(Refusal):
    """It is repaid, given up or withdrawn: nothing is left to change."""

    code = "receivable_ended"
    message = _("这笔追回款已经完结")
    hint = _("请刷新页面查看最新情况。")


class MoreThanOwed(Invalid):
    """More came than is open: what is over belongs to the payer."""

    code = "more_than_owed"
    message = _("还款金额超过尚未归还的金额")
    hint = _("请只登记应还部分，多出的部分退还付款人。")


class RepaidInPart(Refusal):
    """A part is back: withdrawing would leave that part without a reason."""

    code = "repaid_in_part"
    message = _("这笔追回款已有还款，不能撤销")
    hint = _("请先退还已收到的款项，或核销余额。")


class PlanDoesNotFit(Invalid):
    """A plan of repayment that is not for this amount, or begins in the past."""

    code = "plan_does_not_fit"
    message = _("分期计划与应归还的金额不符，或第一期的日期已经过去")
    hint = _("请按现在的应归还金额重新拟定各期。")


_OPEN = """
    with next as (select nextval(pg_get_serial_sequence('payments_receivable', 'id')) as id)
    insert into payments_receivable (id, about, key, reference, from_party_id, amount, repaid, reason,
           state, due_on, plan, asked_times, note, opened_at)
    select id, %(about)s, %(key)s, 'RF' || lpad((98 - (lpad(id::text, 10, '0') || '271500')::bigint %% 97)::text,
           2, '0') || lpad(id::text, 10, '0'), %(party)s::bigint, %(amount)s::numeric, 0, %(reason)s, 'OPEN',
           %(due)s::date, '[]'::jsonb, 0, '', %(at)s::timestamptz
      from next
    on conflict (about, key) do nothing
    returning id
"""


@tx.step
def open_receivable(
    *, about: Ref, from_party: int, amount: Decimal, reason: str, key: str, actor: Ref, at: datetime
) -> int:
    """
    Note that somebody was paid ``amount`` yuan too much and is to give it back; return its id.

    ``reason`` is one of ``Receivable.Reason``: OVERPAID, PAID_TWICE, UNUSED_ADVANCE, PAID_ELSEWHERE,
    NOT_OWED, OTHER. The payer is asked (``RepaymentAsked``: whoever knows the subject writes the
    message) and has thirty days. The same ``key`` for the same subject again returns the first one and
    changes nothing.

    :raises NothingToRecover: unless the amount is more than zero (two decimals at most).
    :raises RecoveryKeyUsed: if the key stands for another amount, payer or reason.
    """
    try:
        amount = yuan(amount)
    except ValueError:
        raise NothingToRecover from None
    if amount <= ZERO:
        raise NothingToRecover
    if reason not in Receivable.Reason.values:
        raise ValueError(f"no such reason: {reason}")
    due = day_of(at) + timedelta(days=rules.REPAY_WITHIN_DAYS)
    made = tx.rows(
        _OPEN,
        {
            "about": str(about), "key": key, "party": from_party, "amount": amount, "reason": reason,
            "due": due, "at": at,
        },
    )  # fmt: skip
    if not made:
        return _opened_before(about, key, from_party, amount, reason)
    receivable = _locked(int(made[0][0]))
    party = people.get_party(from_party)
    _record(
        receivable,
        events.ReceivableOpened(subject=str(about), amount=str(amount), reason=reason),
        actor,
        at,
    )
    work.open_item(
        RECOVERY, about=receivable.ref, office_id=party.office_id, at=at, amount=amount,
        title=f"追回多付款：{Receivable.Reason(reason).label}", party_id=from_party,
        due_at=at + timedelta(days=rules.REPAY_WITHIN_DAYS),
    )  # fmt: skip
    _ask(receivable, actor, at)
    return int(receivable.pk)


@tx.use_case
def ask_for_repayment(*, receivable_id: int, actor: Ref, at: datetime) -> None:
    """
    Ask the payer once more; the days run anew, unless a plan says them. Twice within a day is once.

    :raises ReceivableNotFound: if there is none, or it is not theirs to see.
    :raises ReceivableEnded: if nothing is open. :raises NotAllowed: without claims.pay over the office.
    """
    receivable = _theirs(receivable_id, "claims.pay", actor)
    _require_open(receivable)
    if receivable.asked_at is not None and day_of(receivable.asked_at) == day_of(at):
        return
    if not receivable.plan:
        receivable.due_on = day_of(at) + timedelta(days=rules.REPAY_WITHIN_DAYS)
    _ask(receivable, actor, at)


@tx.step
def agree_plan(
    *, receivable_id: int, parts: Sequence[rules.Part], actor: Ref, at: datetime
) -> date:  # fmt: skip
    """
    Let a receivable come back in the parts its payer signed; the day of the first that is open.

    What is back already counts towards the earliest. The work about it waits for that day, and the
    payer is asked for each part ``rules.REMIND_DAYS`` before its day. A later plan takes the place of
    an earlier one.

    :raises PlanDoesNotFit: the parts do not come to the whole amount, or are over.
    :raises ReceivableEnded: if nothing is open.
    """
    receivable = _locked(receivable_id)
    _require_open(receivable)
    left = rules.open_parts(parts, receivable.repaid)
    whole = sum((amount for _day, amount in parts), ZERO)
    if whole != receivable.amount or left[0][0] < day_of(at):
        raise PlanDoesNotFit
    receivable.plan = [[day.isoformat(), str(amount)] for day, amount in parts]
    _wait_for(receivable, left[0][0])
    receivable.save()
    _record(
        receivable,
        events.RepaymentPlanned(
            subject=receivable.about, receivable_id=receivable.pk, parts=len(parts),
            first_due_on=receivable.due_on.isoformat(), last_due_on=parts[-1][0].isoformat(),
        ),
        actor,
        at,
    )  # fmt: skip
    return receivable.due_on


@tx.use_case
def ask_for_parts(*, today: date, at: datetime) -> int:
    """Ask for every part of a plan whose day comes near, once each; how many were asked."""
    near = today + timedelta(days=rules.REMIND_DAYS)
    found = (
        Receivable.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state="OPEN", due_on__lte=near)
        .exclude(plan=[])
        .order_by("pk")
    )
    done = 0
    for receivable in found:
        since = receivable.due_on - timedelta(days=rules.REMIND_DAYS)
        if receivable.asked_at is None or day_of(receivable.asked_at) < since:
            _ask(receivable, SYSTEM, at)
            done += 1
    return done


@tx.step
def note_repayment(
    *, receivable_id: int, amount: Decimal, booked_on: date, key: str, actor: Ref, at: datetime
) -> Decimal:
    """
    Count money that came back; return what is still open. The same ``key`` again changes nothing.

    :raises MoreThanOwed: if it is more than what is open. :raises ReceivableEnded: if nothing is open.
    """
    receivable = _locked(receivable_id)
    known = receivable.repayments.filter(key=key).exists()
    left = receivable.amount - receivable.repaid
    if known:
        return left
    _require_open(receivable)
    amount = yuan(amount)
    if amount > left:
        raise MoreThanOwed
    receivable.repayments.create(
        key=key, amount=amount, booked_on=booked_on, noted_by=str(actor), noted_at=at
    )
    receivable.repaid += amount
    left -= amount
    if left == ZERO:
        receivable.state, receivable.ended_at = Receivable.State.REPAID, at
    elif parts := rules.open_parts(plan_of(receivable), receivable.repaid):
        _wait_for(receivable, parts[0][0])
    receivable.save()
    _record(
        receivable,
        events.RepaymentReceived(
            subject=receivable.about,
            receivable_id=receivable.pk,
            amount=str(amount),
            left=str(left),
        ),
        actor,
        at,
    )
    if left == ZERO:
        _record(
            receivable,
            events.ReceivableRepaid(
                subject=receivable.about, receivable_id=receivable.pk, amount=str(receivable.amount)
            ),
            actor,
            at,
        )
        work.close_items(about=receivable.ref, queue=RECOVERY, at=at)
    return left


@tx.use_case
def write_off(*, receivable_id: int, note: str, actor: Ref, at: datetime) -> None:
    """
    Give up what is left of a receivable, with a reason: a person with authority only.

    :raises NotAllowed: without payments.write_off over the payer's office and up to what is left;
        the machine never may. :raises Invalid: without a word of explanation.
    :raises ReceivableNotFound: if there is none. :raises ReceivableEnded: if nothing is open.
    """
    if not note.strip():
        raise Invalid(_("请写明核销的原因"), hint=_("例如：还款人已故且无遗产，附法院裁定文号。"))
    receivable = _theirs(receivable_id, "payments.write_off", actor, with_amount=True)
    _require_open(receivable)
    _end(receivable, Receivable.State.WRITTEN_OFF, note, at)
    left = receivable.amount - receivable.repaid
    _record(
        receivable,
        events.ReceivableWrittenOff(
            subject=receivable.about, receivable_id=receivable.pk, left=str(left)
        ),
        actor,
        at,
    )


@tx.step
def withdraw_receivable(*, receivable_id: int, note: str, actor: Ref, at: datetime) -> None:
    """
    Take a receivable back that was not owed after all: an appeal, a slip. Twice is once.

    :raises RepaidInPart: if something came back already. :raises ReceivableEnded: if it ended otherwise.
    """
    receivable = _locked(receivable_id)
    if receivable.state == Receivable.State.WITHDRAWN:
        return
    _require_open(receivable)
    if receivable.repaid > ZERO:
        raise RepaidInPart
    _end(receivable, Receivable.State.WITHDRAWN, note, at)
    _record(
        receivable,
        events.ReceivableWithdrawn(subject=receivable.about, receivable_id=receivable.pk),
        actor,
        at,
    )


def plan_of(receivable: Receivable) -> tuple[rules.Part, ...]:
    """The parts a receivable comes back in, in their order; none where nothing was agreed."""
    return tuple((date.fromisoformat(day), Decimal(amount)) for day, amount in receivable.plan)


def _wait_for(receivable: Receivable, day: date) -> None:
    """A part is next: it, and the work about it, are due on its day."""
    receivable.due_on = day
    end = datetime.combine(day + timedelta(days=1), time(), CHINA)
    work.set_due(RECOVERY, about=receivable.ref, due_at=end)


def _asked(receivable: Receivable) -> Decimal:
    if receivable.plan:
        return rules.asked_by(plan_of(receivable), receivable.repaid, receivable.due_on)
    return receivable.amount - receivable.repaid


def _ask(receivable: Receivable, actor: Ref, at: datetime) -> None:
    receivable.asked_at, receivable.asked_times = at, receivable.asked_times + 1
    receivable.save()
    _record(
        receivable,
        events.RepaymentAsked(
            subject=receivable.about, receivable_id=receivable.pk, amount=str(_asked(receivable)),
            reference=receivable.reference, due_on=receivable.due_on.isoformat(),
            times=receivable.asked_times,
        ),
        actor,
        at,
    )  # fmt: skip


def _end(receivable: Receivable, state: str, note: str, at: datetime) -> None:
    receivable.state, receivable.ended_at, receivable.note = state, at, note.strip()[:200]
    receivable.save()
    work.close_items(about=receivable.ref, queue=RECOVERY, at=at)


def _opened_before(about: Ref, key: str, from_party: int, amount: Decimal, reason: str) -> int:
    first = Receivable.objects.get(about=str(about), key=key)
    if (first.from_party_id, first.amount, first.reason) != (from_party, amount, reason):
        raise RecoveryKeyUsed
    return int(first.pk)


def _locked(receivable_id: int) -> Receivable:
    found = Receivable.objects.select_for_update(of=("self",)).filter(pk=receivable_id).first()
    if found is None:
        raise ReceivableNotFound
    return found


def _theirs(receivable_id: int, right: str, actor: Ref, *, with_amount: bool = False) -> Receivable:
    receivable = _locked(receivable_id)
    if actor.kind != "staff":
        raise NotAllowed
    access = people.staff_access(actor.id)
    access.require(right)
    office_id = people.get_party(receivable.from_party_id).office_id
    if not access.may(right, office_id):
        raise ReceivableNotFound
    if with_amount:
        access.require(right, office_id, receivable.amount - receivable.repaid)
    return receivable


def _require_open(receivable: Receivable) -> None:
    if receivable.state != Receivable.State.OPEN:
        raise ReceivableEnded


def _record(receivable: Receivable, fact: Any, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=receivable.ref, actor=actor, at=at, party=receivable.from_party_id)
