"""
For which policies a kind can be asked, told before anybody fills anything in.

Each is a question about how a contract stands (``policies.queries.Situation``): the refusal that the
change itself would answer with, or None. A kind names those that concern it in ``open_if``.
"""

from __future__ import annotations

from decimal import Decimal

from yilu.kernel.errors import Refusal, Sentence
from yilu.kernel.money import ZERO, said_yuan
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries
from yilu.policies.queries import PolicyRow, Situation
from yilu.products import queries as products

LIVING = ("IN_FORCE", "GRACE", "SUSPENDED")


class NotForThisPolicy(Refusal):
    """The product or the contract has nothing of the sort; each question says what and what else to do."""

    code = "not_for_this_policy"
    message = _("这张保单用不上这项业务")
    hint = _("请换一张保单，或在保全大厅看看别的办法；拿不准的，请联系客服。")


def free(row: PolicyRow, now: Situation) -> Refusal | None:
    """Living, neither frozen nor pledged nor held, the insured alive: what every change asks."""
    if now.state not in LIVING:
        return policies.PolicyStateStale(
            Sentence(_("保单状态为“{state}”，不能办理此项"), state=row.state_label)
        )
    if now.frozen:
        return policies.PolicyRestrained(_("保单已冻结，解冻后才能办理"))
    if now.pledged:
        return policies.PolicyRestrained(_("保单已质押，解除质押后才能办理"))
    if now.held:
        return policies.PremiumHeld()
    return policies.InsuredDied() if now.insured_died_on else None


def covering(row: PolicyRow, now: Situation) -> Refusal | None:
    """Free, and it gives cover: one that is suspended must be reinstated first."""
    return free(row, now) or (policies.PolicyLapsed() if now.state == "SUSPENDED" else None)


def has_value(row: PolicyRow, now: Situation) -> Refusal | None:
    """It has a value that could be lent on, taken out or bought with."""
    return None if now.values.cash_value > ZERO else queries.NothingToReduce()


def lendable(row: PolicyRow, now: Situation) -> Refusal | None:
    """No loan is open, and something may be lent."""
    if now.loan_open:
        return policies.LoanOpen()
    if now.values.lendable >= max(now.loan_least, Decimal("0.01")):
        return None
    if now.values.lendable > ZERO:
        return NotForThisPolicy(
            Sentence(
                _("可借 {most} 元，不到每笔最低 {least} 元"),
                most=said_yuan(now.values.lendable), least=said_yuan(now.loan_least),
            ),
            hint=_("现金价值随交费逐年增加；可以看看名下其他保单，或联系客服。"),
        )  # fmt: skip
    return NotForThisPolicy(
        _("没有可以借款的现金价值"),
        hint=_("现金价值一般在交费几年后形成；可以看看名下其他保单，或联系客服。"),
    )


def owes_a_loan(row: PolicyRow, now: Situation) -> Refusal | None:
    """Something is lent on it, premiums lent among it."""
    return None if now.values.loan_owed > ZERO else policies.NoLoan()


def has_a_loan(row: PolicyRow, now: Situation) -> Refusal | None:
    """A loan of the holder's is open."""
    return None if now.loan_open else policies.NoLoan()


def pays_while_alive(row: PolicyRow, now: Situation) -> Refusal | None:
    """A survival or maturity benefit is still to come."""
    if now.next_survival_on is not None:
        return None
    return NotForThisPolicy(
        _("这个产品没有生存金、年金或满期金"), hint=_("只有两全保险和年金保险有生存类给付。")
    )


def owes_survival(row: PolicyRow, now: Situation) -> Refusal | None:
    """A benefit has fallen due and lies with us; where it is still to come, when."""
    if now.values.survival_account > ZERO:
        return None
    if now.next_survival_on is None:
        return pays_while_alive(row, now)
    return policies.NothingDue(
        Sentence(_("还没有到期可领的；下一次 {on} 到期"), on=now.next_survival_on)
    )


def matured(row: PolicyRow, now: Situation) -> Refusal | None:
    """Its term has run out and something lies with us."""
    if now.matured:
        return owes_survival(row, now)
    if now.next_survival_on is None or now.ends_on is None:
        return NotForThisPolicy(_("这张保单没有满期金"), hint=_("只有两全保险在满期时给付满期金。"))
    return NotForThisPolicy(
        Sentence(_("保单 {on} 满期，到期后再领"), on=now.ends_on),
        hint=_("满期前可领取已到期的生存金；需要用钱可办理保单借款。"),
    )


def participates(row: PolicyRow, now: Situation) -> Refusal | None:
    """It takes part in dividends."""
    if now.participating:
        return None
    return NotForThisPolicy(
        _("这张保单不是分红保险，没有红利"), hint=_("只有分红型保险才派发红利，名称里带“分红型”。")
    )


def has_additions(row: PolicyRow, now: Situation) -> Refusal | None:
    """Dividends have bought something that could be given back alone."""
    return None if now.values.added_sum > ZERO else queries.NothingAdded()


def falls_due(row: PolicyRow, now: Situation) -> Refusal | None:
    """Premiums are still to be paid."""
    if now.waived:
        return queries.PremiumsAreWaived()
    return None if now.falls_due else policies.NothingFallsDue()


def not_waived(row: PolicyRow, now: Situation) -> Refusal | None:
    """Its premiums are not waived: what depends on them may still be changed."""
    return queries.PremiumsAreWaived() if now.waived else None


def other_pay_modes(row: PolicyRow, now: Situation) -> Refusal | None:
    """Another frequency fits its next due day; a rider follows its main contract."""
    if now.is_rider:
        return policies.RiderFollowsMain()
    return None if now.pay_modes else policies.NotOnADueDay()


def may_advance(row: PolicyRow, now: Situation) -> Refusal | None:
    """Premiums could be lent from a value, or are agreed to be."""
    if now.advances_premium or now.values.cash_value > ZERO:
        return None
    return NotForThisPolicy(
        _("没有现金价值，不能自动垫交"), hint=_("可以改用银行代扣，避免忘记交费。")
    )


def may_shrink(row: PolicyRow, now: Situation) -> Refusal | None:
    """The sum insured lies above the product's least."""
    if now.sum_insured > now.sum_least:
        return None
    return queries.CannotReduce(_("已经是这个产品的最低保额，不能再减"))


def riders_paid_up(row: PolicyRow, now: Situation) -> Refusal | None:
    """No rider lives on premiums beside it; a rider itself follows its main contract."""
    if now.is_rider:
        return NotForThisPolicy(_("附加险不单独办理减额交清"), hint=_("请在主险保单上办理。"))
    return policies.RidersInTheWay() if now.paying_riders else None


def value_after_loan(row: PolicyRow, now: Situation) -> Refusal | None:
    """The basic value settles the loan and buys something."""
    left = now.values.cash_value - now.values.added_value - now.values.loan_owed
    return None if left > ZERO else queries.NothingToReduce()


def takes_riders(row: PolicyRow, now: Situation) -> Refusal | None:
    """Something may be added to this contract by itself."""
    offered = (
        o for o in products.list_offers(now.on) if row.kind in o.rider_to and not o.waives_for
    )
    if not now.is_rider and any(offered):
        return None
    return NotForThisPolicy(
        _("目前没有可加在这张保单上的附加险"), hint=_("可以联系服务人员了解其他保障方案。")
    )


def has_riders(row: PolicyRow, now: Situation) -> Refusal | None:
    """A rider hangs on it."""
    return None if now.riders else NotForThisPolicy(_("这张保单没有附加险"))


def suspended(row: PolicyRow, now: Situation) -> Refusal | None:
    """It was suspended and may still be reinstated (保险法 37)."""
    if now.reinstatable_until is None:
        return NotForThisPolicy(
            _("保单没有中止，不需要复效"), hint=_("欠交保险费的，在“我的缴费”里交上即可。")
        )
    return policies.TooLateToReinstate() if now.on > now.reinstatable_until else None


def in_cooling_off(row: PolicyRow, now: Situation) -> Refusal | None:
    """All premiums may still go back."""
    if now.cooling_off_until is None:
        return policies.CoolingOffOver(_("该产品没有犹豫期，或已有赔付"))
    if now.on <= now.cooling_off_until:
        return None
    return policies.CoolingOffOver(
        Sentence(_("犹豫期已于 {until} 结束，不能全额退还保险费"), until=now.cooling_off_until)
    )


def not_frozen(row: PolicyRow, now: Situation) -> Refusal | None:
    """It can be frozen: living and not frozen yet."""
    if now.frozen:
        return NotForThisPolicy(_("保单已经冻结"), hint=_("要恢复办理，请办“解除挂失冻结”。"))
    return None


def frozen_by_holder(row: PolicyRow, now: Situation) -> Refusal | None:
    """Frozen by the holder's own wish."""
    if not now.frozen:
        return policies.NotRestrained(_("保单没有冻结"))
    return None if now.frozen == "LOST" else policies.NotTheirsToLift()


def pledged(row: PolicyRow, now: Situation) -> Refusal | None:
    """It secures a debt."""
    return None if now.pledged else policies.NotRestrained(_("保单没有质押"))


def pays_at_death(row: PolicyRow, now: Situation) -> Refusal | None:
    """Somebody is paid when the insured dies."""
    if now.pays_death:
        return None
    return NotForThisPolicy(
        _("这张保单没有身故保险金，不用指定受益人"), hint=_("医疗、津贴等保险金都给被保险人本人。")
    )


def insured_lives(row: PolicyRow, now: Situation) -> Refusal | None:
    """The insured has not died (解释三 11)."""
    return policies.InsuredDied() if now.insured_died_on else None


def not_the_holder(row: PolicyRow, now: Situation) -> Refusal | None:
    """Somebody else than the holder asks."""
    if "HOLDER" not in row.roles:
        return None
    return NotForThisPolicy(
        _("您就是这张保单的投保人，不用继承"), hint=_("想把保单交给别人，请办理“变更投保人”。")
    )


def something_rests(row: PolicyRow, now: Situation) -> Refusal | None:
    """Something lies on it that is the customer's."""
    return None if now.rests else policies.NothingLeft()
