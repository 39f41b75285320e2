"""Pay in other instalments (变更交费频次): the contract and the riders that are paid with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal, Sentence
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.policies import events
from yilu.policies.models import Policy
from yilu.policies.operations.guards import COVERING, PolicyStateStale, changeable
from yilu.policies.operations.pricing import repriced
from yilu.policies.queries.refusals import PremiumsAreWaived
from yilu.policies.rules import schedule
from yilu.products import queries as products


class SameAsBefore(Invalid):
    """Nothing would change."""

    code = "same_as_before"
    message = _("与保单现有内容相同，无需变更")
    hint = _("请核对后再提交。")


class NotOnADueDay(Refusal):
    """The frequency can only change where both have a due day."""

    code = "not_on_a_due_day"
    message = _("该交费频次与下一交费日不一致，暂不能变更")
    hint = _("请在交至保单周年日后再变更为较长的交费频次。")


class NothingFallsDue(Refusal):
    """No premium is left to pay."""

    code = "nothing_falls_due"
    message = _("该保单已无待交保险费，不能办理此项")
    hint = _("如有疑问，请联系客服核对交费记录。")


class RiderFollowsMain(Refusal):
    """A rider is paid as its main contract is."""

    code = "rider_follows_main"
    message = _("附加险的交费频次随主险，不能单独变更")
    hint = _("请在主险保单上办理变更，附加险会一并变更。")


class RiderUnpaid(Refusal):
    """A rider's premium is owed on a day that the new frequency does not have."""

    code = "rider_unpaid"
    message = _("附加险还有到期未交的保险费，暂不能变更")
    hint = _("请先交清附加险的保险费，再变更交费频次。")


STAYS = {
    "ALL_PAID": _("本期保险费已交清，频次不变"),
    "OWN_DAYS": _("交费日与主险不同，期满前频次不变"),
    "NOT_OFFERED": _("该附加险没有这种交费方式，频次不变"),
}
"""Why a rider goes on being paid as it is."""


@dataclass(frozen=True, slots=True)
class Instalment:
    """
    What one contract's instalment becomes, and the day of the first new one.

    ``stays`` says why a rider goes on as it is (a code of ``STAYS``); empty where it changes.
    """

    policy_id: int
    number: str
    product_name: str
    before: Decimal
    after: Decimal
    from_on: date | None
    stays: str = ""


@tx.step
def change_pay_mode(
    *, policy_id: int, pay_mode: str, actor: Ref, at: datetime, on: date | None = None
) -> tuple[Instalment, ...]:
    """
    Pay in other instalments from the next due day on (变更交费频次): the contract first, then its riders.

    A rider goes along where it is paid on the same days; what is paid already stays paid, and no day
    that was paid for is asked for again.

    :raises RiderFollowsMain: it is a rider. :raises NothingFallsDue: all is paid.
    :raises NotOnADueDay: the next due day does not fit. :raises RiderUnpaid: a rider is behind.
    :raises PriceNotOffered: the product is not paid like that. Also as every change.
    """
    policy = changeable(policy_id, at=at, states=COVERING, on=on)
    found = tuple(_instalments(policy, pay_mode, lock=True))
    for contract, told in found:
        if told.stays:
            continue
        contract.premium, contract.extra_premium = repriced(contract, pay_mode=pay_mode)
        contract.pay_mode = pay_mode
        if contract.owed_premium:
            contract.owed_premium = contract.premium
        contract.save(update_fields=["premium", "extra_premium", "pay_mode", "owed_premium"])
        fact = events.PayModeChanged(
            pay_mode=pay_mode, premium=str(contract.premium), from_on=str(contract.paid_to)
        )
        journal.record(fact, about=contract.ref, actor=actor, at=at, party=contract.holder_id)
    return tuple(told for _contract, told in found)


def pay_mode_offer(*, policy_id: int, pay_mode: str) -> tuple[Instalment, ...]:
    """
    What ``change_pay_mode`` would make of the contract and each rider; it changes nothing.

    :raises SameAsBefore, NothingFallsDue, NotOnADueDay, RiderUnpaid, RiderFollowsMain,
        PriceNotOffered: as the change itself.
    """
    policy = Policy.objects.select_related("product_version").filter(pk=policy_id).first()
    if policy is None:
        raise PolicyStateStale
    return tuple(told for _contract, told in _instalments(policy, pay_mode))


def _instalments(
    main: Policy, pay_mode: str, *, lock: bool = False
) -> Iterator[tuple[Policy, Instalment]]:
    if main.main_id is not None:
        raise RiderFollowsMain
    if main.pay_mode == pay_mode:
        raise SameAsBefore
    if main.paid_to is None:
        raise NothingFallsDue
    if main.waived_from is not None:
        raise PremiumsAreWaived
    if not schedule.is_due_day(main.effective_on, pay_mode, main.paid_to):
        raise NotOnADueDay
    yield main, _instalment(main, repriced(main, pay_mode=pay_mode)[0])
    riders = Policy.objects.filter(main_id=main.pk, state__in=COVERING).order_by("pk")
    if lock:
        riders = riders.select_for_update(of=("self",))
    for rider in riders.select_related("product_version"):
        if stays := _stays(rider, main, pay_mode):
            yield rider, _instalment(rider, rider.premium, stays)
        else:
            yield rider, _instalment(rider, repriced(rider, pay_mode=pay_mode)[0])


def _stays(rider: Policy, main: Policy, pay_mode: str) -> str:
    """Why a rider keeps its instalments; empty where it goes along. :raises RiderUnpaid: see there."""
    assert main.paid_to is not None
    if rider.paid_to is None:
        return "ALL_PAID"
    if rider.pay_mode == pay_mode or not schedule.is_due_day(
        rider.effective_on, rider.pay_mode, main.paid_to
    ):
        return "OWN_DAYS"
    offered = products.find_offering(rider.product_version_id)
    if offered is None or offered.pricing.factor_of(pay_mode) is None:
        return "NOT_OFFERED"
    if not schedule.is_due_day(rider.effective_on, pay_mode, rider.paid_to):
        if rider.paid_to < main.paid_to:
            raise RiderUnpaid(
                Sentence(
                    _("{name} {due} 到期的保险费还没有交，暂不能变更"),
                    name=rider.product_version.name, due=rider.paid_to,
                )
            )  # fmt: skip
        return "OWN_DAYS"
    return ""


def _instalment(policy: Policy, after: Decimal, stays: str = "") -> Instalment:
    return Instalment(
        policy.pk, policy.number, policy.product_version.name, policy.premium, after,
        policy.paid_to, stays,
    )  # fmt: skip
