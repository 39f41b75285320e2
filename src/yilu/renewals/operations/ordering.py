"""Pay one or several premiums in one payment: all of them, or none (组合缴费)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal, Sentence
from yilu.kernel.money import ZERO
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.policies import operations as policies
from yilu.renewals import events
from yilu.renewals.models import OrderLine, PremiumDue, PremiumOrder
from yilu.renewals.operations import caring, renewing
from yilu.standards import queries as standards

LINES_MAX = 20


class PremiumNotFound(NotFound):
    """There is no such premium, or it is another person's: in the same words."""

    code = "premium_not_found"
    message = _("没有找到这笔应交保险费")
    hint = _("请从“我的缴费”重新选择。")


class NothingChosen(Invalid):
    """An order needs one premium, and is of twenty at most."""

    code = "nothing_chosen"
    message = _("请选择要交的保险费")
    hint = _("一次最多合并 20 笔。")


class PolicyHasLapsed(Refusal):
    """A premium no longer keeps a lapsed policy in force: it is to be reinstated."""

    code = "policy_has_lapsed"
    message = _("保单已经中止，不能再直接交这一期保险费")
    hint = _("可以申请复效：补交欠交保险费和利息后恢复保障，请到保全大厅办理“复效”。")


class AlreadySettled(Refusal):
    """It is paid, waived or ended: nothing is owed."""

    code = "premium_settled"
    message = _("这一期保险费不用再交")
    hint = _("请刷新“我的缴费”查看最新情况。")


class BeingPaid(Refusal):
    """Another payment of the same premium is under way."""

    code = "premium_being_paid"
    message = _("所选保险费中有一笔正在支付")
    hint = _("请等它有了结果；如不想继续，可先取消那次缴费。不会重复扣款。")


class CollectionHeld(Refusal):
    """No premium is taken while a question is open (解释二 7)."""

    code = "collection_held"
    message = _("这张保单暂停收取保险费")
    hint = _("我们正在核实一个问题，期间不用交费，保障不会因此中止；有结果会马上告诉您。")


class YearIsOver(Refusal):
    """The year has ended, and with it the time to go on without a gap."""

    code = "year_is_over"
    message = _("保险期间已经届满，不能再续保")
    hint = _("可以重新投保；重新投保的，等待期重新计算。")


class OrderNotFound(NotFound):
    """There is no such order, or it is another person's: in the same words."""

    code = "premium_order_not_found"
    message = _("没有找到这笔缴费")


class OrderUnderWay(Refusal):
    """The bank has it already: its answer is awaited."""

    code = "premium_order_under_way"
    message = _("这笔缴费银行正在处理，不能取消")
    hint = _("通常几秒钟就有结果。")


@tx.use_case
def make_order(
    *,
    holder_id: int,
    due_ids: Sequence[int],
    request_key: str,
    method: str = "WECHAT",
    account_id: int | None = None,
    actor: Ref,
    at: datetime,
) -> int:
    """
    Put premiums of the holder's own policies into one order and ask for its total; the collection's id.

    The same ``request_key`` again is the same order. The holder pays it on the pay page within a day.

    :raises NothingChosen: none, or too many. :raises PremiumNotFound: not the holder's own.
    :raises PolicyHasLapsed: saying the way back. :raises AlreadySettled: nothing is owed.
    :raises CollectionHeld: a question is open. :raises BeingPaid: another order has it.
    :raises TooEarlyToRenew, YearIsOver: the next year of a one-year contract, out of its time.
    """
    wanted = sorted(set(due_ids))
    if not 0 < len(wanted) <= LINES_MAX:
        raise NothingChosen
    key = f"{holder_id}:{request_key}"
    known = PremiumOrder.objects.filter(request_key=key).first()
    if known is not None:
        return int(known.collection_id or 0)
    dues = _payable(wanted, holder_id, day_of(at))
    total = sum((due.amount for due in dues), ZERO)
    order = PremiumOrder.objects.create(
        holder_id=holder_id, kind="SELF", request_key=key, total=total, made_by=str(actor),
        made_at=at,
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        OrderLine(order=order, due=due, amount=due.amount) for due in dues
    )
    collection_id = payments.request_collection(
        key=f"order:{order.pk}", payer_id=holder_id, method=method, account_id=account_id,
        amount=total, about=order.ref, actor=actor, at=at, expires_at=_waits_until(at),
    )  # fmt: skip
    order.collection_id = collection_id
    order.save(update_fields=["collection_id"])
    fact = events.OrderMade(kind="SELF", total=str(total), policies=len(dues))
    journal.record(fact, about=order.ref, actor=actor, at=at, party=holder_id)
    return collection_id


def _payable(wanted: Sequence[int], holder_id: int, day: date) -> list[PremiumDue]:
    """The premiums, locked; each can be paid now."""
    dues = list(
        PremiumDue.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted, holder_id=holder_id)
        .order_by("pk")
    )
    if len(dues) < len(wanted):
        raise PremiumNotFound
    stands = {row[0]: row[1:] for row in tx.rows(_STANDS, [[due.policy_id for due in dues]])}
    for due in dues:
        number, state, held, _paid_to, version_id, ends_on = stands[due.policy_id]
        if due.for_new_year:
            if due.state != PremiumDue.State.OPEN or state not in policies.RENEWABLE_FROM:
                raise AlreadySettled
            if held:
                raise CollectionHeld
            if day > due.grace_ends_on:
                raise YearIsOver
            policies.require_open(version_id, ends_on, day)
            continue
        if due.state == PremiumDue.State.LAPSED or state == "SUSPENDED":
            raise PolicyHasLapsed(
                Sentence(
                    _("保单（尾号 {tail}）已经中止，不能再直接交这一期保险费"), tail=number[-4:]
                )
            )
        if due.state != PremiumDue.State.OPEN or state not in ("IN_FORCE", "GRACE"):
            raise AlreadySettled
        if held:
            raise CollectionHeld
    if OrderLine.objects.filter(due__in=dues, live=True).exists():
        raise BeingPaid
    return dues


_STANDS = """
    select p.id, p.number, p.state,
           exists (select from policies_premiumhold h where h.policy_id = p.id and h.released_at is null),
           p.paid_to, p.product_version_id, p.ends_on
      from policies_policy p where p.id = any(%s::bigint[])
"""


@tx.use_case
def cancel_order(*, order_id: int, holder_id: int, actor: Ref, at: datetime) -> None:
    """
    The holder does not want to pay this order after all.

    :raises OrderNotFound: another person's or none. :raises OrderUnderWay: the bank has it.
    """
    order = (
        PremiumOrder.objects.select_for_update(of=("self",))
        .filter(pk=order_id, holder_id=holder_id)
        .first()
    )
    if order is None:
        raise OrderNotFound
    if order.state == PremiumOrder.State.PAYING and not _take_back(order, "CUSTOMER", actor, at):
        raise OrderUnderWay


def _waits_until(made_at: datetime) -> datetime:
    """When an order has waited long enough to be paid: its premiums are free for another one then."""
    return made_at + timedelta(hours=standards.whole_figure("renewals.order_hours", made_at))


@tx.use_case
def expire_orders(*, at: datetime, after: int = 0, limit: int = 100) -> journal.Page:
    """
    Let go of orders whose tries failed and whose day is over, so that their premiums can be paid anew.

    A page of them by id. One that nobody ever tried to pay ends with its collection (``fail_order``);
    one at the bank waits for its word.
    """
    over = PremiumOrder.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        pk__gt=after, state="PAYING", kind="SELF", failures__gt=0
    )
    ended, orders = 0, list(over.order_by("pk")[:limit])
    for order in orders:
        if _waits_until(order.made_at) <= at and payments.cancel_collection(
            key=f"order:{order.pk}", actor=SYSTEM, at=at
        ):
            _end(order, "FAILED", "EXPIRED", at)
            ended += 1
    return journal.Page(ended, orders[-1].pk if orders else 0)


@tx.step
def take_back_orders(
    *, policy_id: int, reason: str, actor: Ref, at: datetime, but_new_year: bool = False
) -> int:
    """
    Take back what is being asked for a policy, where it has not left yet; how many orders.

    ``but_new_year``: not what is being paid for the year after it, which begins where it has ended.
    """
    lines = OrderLine.objects.filter(due__policy_id=policy_id, live=True)
    if but_new_year:
        lines = lines.filter(due__for_new_year=False)
    orders = PremiumOrder.objects.select_for_update(of=("self",)).filter(
        pk__in=lines.values("order_id"), state="PAYING"
    )
    return sum(_take_back(order, reason, actor, at) for order in orders.order_by("pk"))


def _take_back(order: PremiumOrder, reason: str, actor: Ref, at: datetime) -> bool:
    if not payments.cancel_collection(key=f"order:{order.pk}", actor=actor, at=at):
        return False
    _end(order, "CANCELLED", reason, at)
    fact = events.OrderCancelled(reason=reason)
    journal.record(fact, about=order.ref, actor=actor, at=at, party=order.holder_id)
    return True


@tx.step
def settle_order(*, order_id: int, collection_id: int, actor: Ref, at: datetime) -> None:
    """
    The money is in: book every premium of the order, or give all of it back the way it came.

    All or none: where one policy cannot take its premium any more (lapsed, ended, on hold, paid
    elsewhere), nothing is booked, the holder is told and somebody calls. Twice is once.
    """
    order = PremiumOrder.objects.select_for_update(of=("self",)).get(pk=order_id)
    if order.state not in ("PAYING", "FAILED", "CANCELLED"):
        return
    lines = list(order.lines.select_related("due").order_by("due__policy_id"))
    problem = _problem(lines)
    if problem:
        _give_back(order, lines, collection_id, problem, actor, at)
        return
    for line in lines:
        if line.due.for_new_year:
            renewing.conclude(due=line.due, about=order.ref, actor=actor, at=at)
        else:
            policies.take_premium(
                policy_id=line.due.policy_id,
                amount=line.amount,
                about=order.ref,
                actor=actor,
                at=at,
            )
        line.due.state, line.due.ended_on = PremiumDue.State.PAID, day_of(at)
        line.due.remind_on = line.due.debit_on = None
        line.due.save(update_fields=["state", "ended_on", "remind_on", "debit_on"])
        caring.close_for(line.due_id, "PAID", actor, at)
    order.lines.update(live=True)
    order.state, order.ended_at, order.reason = PremiumOrder.State.PAID, at, ""
    order.collection_id = collection_id
    order.save()
    fact = events.OrderPaid(total=str(order.total), policies=len(lines))
    journal.record(fact, about=order.ref, actor=actor, at=at, party=order.holder_id)
    instalments = [line.amount for line in lines if not line.due.for_new_year]
    if instalments:
        messaging.queue(
            "renewals.paid", to=Ref("party", order.holder_id), about=order.ref, at=at,
            facts={"amount": str(sum(instalments)), "count": str(len(instalments))},
        )  # fmt: skip


def _problem(lines: Sequence[OrderLine]) -> str:
    """Why not every premium can be booked; empty: they can. The contracts are held until commit."""
    ids = [line.due.policy_id for line in lines]
    stands = {row[0]: row[1:] for row in tx.rows(_STANDS + " order by p.id for update of p", [ids])}
    for line in lines:
        _number, state, held, paid_to, _version, _ends = stands[line.due.policy_id]
        if held:
            return "HELD"
        if line.due.for_new_year:
            if state not in policies.RENEWABLE_FROM:
                return "ENDED"
            if line.due.state != PremiumDue.State.OPEN:
                return "SETTLED"
            continue
        if state == "SUSPENDED":
            return "LAPSED"
        if state not in ("IN_FORCE", "GRACE"):
            return "ENDED"
        if paid_to != line.due.due_on or line.due.state != PremiumDue.State.OPEN:
            return "SETTLED"
    others = OrderLine.objects.filter(due__in=[line.due_id for line in lines], live=True)
    return "SETTLED" if others.exclude(order_id=lines[0].order_id).exists() else ""


def _give_back(
    order: PremiumOrder,
    lines: Sequence[OrderLine],
    collection_id: int,
    problem: str,
    actor: Ref,
    at: datetime,
) -> None:
    payments.refund_collection(
        collection_id=collection_id, amount=order.total, key="order", actor=actor, at=at
    )
    order.collection_id = collection_id
    _end(order, "RETURNED", problem, at)
    fact = events.OrderReturned(total=str(order.total), reason=problem)
    journal.record(fact, about=order.ref, actor=actor, at=at, party=order.holder_id)
    messaging.queue(
        "renewals.returned", to=Ref("party", order.holder_id), about=order.ref, at=at,
        facts={"amount": str(order.total)},
    )  # fmt: skip
    if problem in ("LAPSED", "SETTLED"):
        caring.open_case(
            due=lines[0].due, kind="CALL", title="客户的缴费已原路退回，请联系说明", at=at,
            failure=problem,
        )  # fmt: skip


@tx.step
def fail_order(
    *, order_id: int, reason: str, turn: int, method: str, actor: Ref, at: datetime
) -> None:
    """
    A payment failed: the premiums are free again, the holder is told why, and somebody calls (A88).

    A debit is tried again on its next day; on the pay page the holder may try again at once. From the
    second failure on an adviser looks after it. What nobody paid in time is let go without a call.
    """
    order = PremiumOrder.objects.select_for_update(of=("self",)).get(pk=order_id)
    if order.state != PremiumOrder.State.PAYING:
        return
    order.failures, order.reason = order.failures + 1, reason
    dues = [line.due for line in order.lines.select_related("due").order_by("due_id")]
    if reason == "EXPIRED":
        _end(order, "FAILED", reason, at)
        return
    if order.kind == PremiumOrder.Kind.DEBIT:
        _end(order, "FAILED", reason, at)
    else:
        order.save()
    fact = events.OrderFailed(reason=reason, failures=order.failures)
    journal.record(fact, about=order.ref, actor=actor, at=at, party=order.holder_id)
    often = standards.whole_figure("renewals.failed_often", at)
    for due in dues:
        due.failures, due.last_reason = due.failures + 1, reason
        due.save(update_fields=["failures", "last_reason"])
        if due.failures >= often:
            caring.open_case(
                due=due, kind="ADVISE", title="续期缴费多次失败，请续期顾问与客户商量", at=at,
                failure=reason, score=3, reasons=[("FAILED_AGAIN", 2), ("FAILED_ONCE", 1)],
            )  # fmt: skip
    # One call, however many policies were to be paid together: about the largest.
    largest = max(dues, key=lambda due: due.amount)
    caring.open_case(
        due=largest, kind="CALL", title=_title(reason, order.kind), at=at, failure=reason
    )
    messaging.queue(
        _failed(order, dues),
        to=Ref("party", order.holder_id), about=order.ref, at=at,
        facts={"amount": str(order.total), "reason": REASONS.get(reason, REASONS["OTHER"])},
    )  # fmt: skip


def _failed(order: PremiumOrder, dues: Sequence[PremiumDue]) -> str:
    if order.kind != PremiumOrder.Kind.DEBIT:
        return "renewals.payment_failed"
    new_year = any(due.for_new_year for due in dues)
    return "renewals.new_year_debit_failed" if new_year else "renewals.debit_failed"


REASONS = {
    "INSUFFICIENT_FUNDS": "余额不足", "ACCOUNT_CLOSED": "账户已销户或冻结",
    "NAME_MISMATCH": "付款人与投保人不一致", "LIMIT": "超过支付限额", "NO_MANDATE": "代扣未签约或已失效",
    "DECLINED": "付款被取消", "OTHER": "银行未说明原因",
}  # fmt: skip


def _title(reason: str, kind: str) -> str:
    what = "银行代扣" if kind == "DEBIT" else "自助缴费"
    return f"{what}失败：{REASONS.get(reason, REASONS['OTHER'])}，请致电协助"


def _end(order: PremiumOrder, state: str, reason: str, at: datetime) -> None:
    order.state, order.reason, order.ended_at = state, reason, at
    order.save()
    order.lines.update(live=False)
