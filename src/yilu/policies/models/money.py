"""The money of a contract: a ledger that only grows, its loans, the benefits that fell due."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from yilu.kernel import history
from yilu.policies.models.contract import Policy

ACCOUNTS = (
    "customer", "suspense", "premium", "late_interest", "loan", "loan_interest", "survival",
    "dividend", "benefit", "refund", "fee",
)  # fmt: skip
"""Where a cent of a policy can be; the columns of an entry."""


def _amount(label: str) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(label, max_digits=14, decimal_places=2, db_default=0)


class LedgerEntry(models.Model):
    """
    One movement of a policy's money between its accounts (保单账务). Written once, never changed.

    Each account is a column and says what went into it; the columns of a row add up to zero, which
    the database checks: no cent comes from nowhere or is lost. ``customer`` is the world outside:
    negative is paid in, positive paid out. ``loan`` is negative while it is owed, ``benefit`` and
    ``refund`` are negative by what the contract granted. The same ``kind`` of entry about the same
    subject is written once.
    """

    class Kind(models.TextChoices):
        ISSUE = "ISSUE", "承保保险费"
        PREMIUM = "PREMIUM", "收到保险费"
        SUSPENSE_IN = "SUSPENSE_IN", "收到溢交款"
        SUSPENSE_USED = "SUSPENSE_USED", "溢交款抵交保险费"
        ADVANCE = "ADVANCE", "自动垫交保险费"
        LOAN = "LOAN", "保单借款"
        REPAYMENT = "REPAYMENT", "借款还款"
        CAPITALISED = "CAPITALISED", "借款利息转入本金"
        SET_OFF = "SET_OFF", "给付时扣还借款"
        REINSTATED = "REINSTATED", "复效补交"
        BENEFIT = "BENEFIT", "应付给付"
        BENEFIT_PAID = "BENEFIT_PAID", "给付转出"
        CREDITED = "CREDITED", "累积利息"
        DIVIDEND = "DIVIDEND", "红利派发"
        DIVIDEND_USED = "DIVIDEND_USED", "红利抵交保险费"
        SURRENDER = "SURRENDER", "退保"
        PARTIAL = "PARTIAL", "部分领取或减保"
        COOLING_OFF = "COOLING_OFF", "犹豫期退保"
        RETURNED = "RETURNED", "退还溢交款"
        RERATED = "RERATED", "费率更正"
        LEFTOVER = "LEFTOVER", "退还余款"
        DIVIDEND_PAID = "DIVIDEND_PAID", "红利现金给付"
        WAIVED = "WAIVED", "豁免后退回保险费"
        ADDED = "ADDED", "红利购买交清增额"
        ADDED_BACK = "ADDED_BACK", "领取交清增额"
        CALLED_OFF = "CALLED_OFF", "生效前撤销退费"

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="entries", db_index=False)
    kind = models.CharField("分录", max_length=16, choices=Kind)
    about = models.CharField("依据", max_length=64)
    on = models.DateField("记账日")
    customer = _amount("客户收付")
    suspense = _amount("溢交款")
    premium = _amount("保险费")
    late_interest = _amount("补交利息")
    loan = _amount("借款本金")
    loan_interest = _amount("借款利息")
    survival = _amount("生存金累积")
    dividend = _amount("红利累积")
    benefit = _amount("给付")
    refund = _amount("退还现金价值")
    fee = _amount("工本费")
    posted_by = models.CharField("登记者", max_length=64)
    posted_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "保单账务"
        constraints = [
            models.UniqueConstraint(fields=["policy", "about", "kind"], name="ledger_entry_once"),
            models.CheckConstraint(
                condition=Q(
                    customer=-(
                        F("suspense") + F("premium") + F("late_interest") + F("loan")
                        + F("loan_interest") + F("survival") + F("dividend") + F("benefit")
                        + F("refund") + F("fee")
                    )
                ),
                name="ledger_entry_adds_up_to_zero",
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(
                name="ledger_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.kind} {self.about}"


class PaidUpAddition(models.Model):
    """
    Sum insured that a dividend bought with nothing more to pay (交清增额): written once, never changed.

    ``amount`` is the dividend it cost, ``sum`` what it bought at the attained age for the rest of the
    term. It has a value of its own, and is paid beside the basic sum insured.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="additions", db_index=False)
    year = models.PositiveSmallIntegerField("保单年度")
    on = models.DateField("购买日")
    amount = models.DecimalField("购买金额", max_digits=14, decimal_places=2)
    sum = models.DecimalField("增加的保额", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = "交清增额"
        constraints = [
            models.UniqueConstraint(fields=["policy", "year"], name="addition_once_a_year"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, sum__gt=0), name="addition_is_something"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="addition_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.year}: {self.sum}"


class AdditionGivenBack(models.Model):
    """
    Paid-up additions that were given back while the contract goes on (交清增额领取): written once.

    ``sum`` is what they insured and insure no longer, ``value`` what was paid for it on the day.
    """

    policy = models.ForeignKey(
        Policy, models.PROTECT, related_name="additions_given_back", db_index=False
    )
    about = models.CharField("依据", max_length=64)
    on = models.DateField("领取日")
    sum = models.DecimalField("减少的保额", max_digits=14, decimal_places=2)
    value = models.DecimalField("领取的现金价值", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = "交清增额领取"
        constraints = [
            models.UniqueConstraint(fields=["policy", "about"], name="addition_back_once"),
            models.CheckConstraint(
                condition=Q(sum__gt=0, value__gt=0), name="addition_back_is_something"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="addition_back_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.about}: {self.sum}"


@history.tracked(exclude=("checked_on",))
class PolicyLoan(models.Model):
    """
    What was lent on a policy and is still owed (保单借款); ADVANCE is premium lent (自动垫交).

    One open loan of a kind a policy. Interest runs by day from ``since`` (actual/365), is ``carried``
    where a repayment did not cover it, and becomes principal on ``due_on``, when another term
    begins. ``checked_on`` is the last day on which it was held against the value, ``warned_on`` the
    day on which its holder was to hear that it comes near it; empty again once it does not.
    """

    class Kind(models.TextChoices):
        LOAN = "LOAN", "保单借款"
        ADVANCE = "ADVANCE", "自动垫交"

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="loans", db_index=False)
    kind = models.CharField("类别", max_length=8, choices=Kind)
    principal = models.DecimalField("本金", max_digits=14, decimal_places=2)
    rate = models.DecimalField("年利率", max_digits=6, decimal_places=4)
    carried = models.DecimalField("此前欠息", max_digits=14, decimal_places=2, db_default=0)
    since = models.DateField("计息起日")
    due_on = models.DateField("到期日")
    terms = models.PositiveSmallIntegerField("已转期次数", default=0)
    opened_on = models.DateField("借款日")
    closed_on = models.DateField("结清日", null=True)
    checked_on = models.DateField("核对日", null=True)
    warned_on = models.DateField("临近价值告知日", null=True)

    class Meta:
        verbose_name = "保单借款"
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "kind"],
                condition=Q(closed_on__isnull=True),
                name="loan_open_once",
            ),
            models.CheckConstraint(
                condition=Q(principal__gte=0, carried__gte=0), name="loan_not_negative"
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("since")), name="loan_due_later"),
        ]
        indexes = [
            models.Index(
                fields=["checked_on"], name="loan_to_check", condition=Q(closed_on__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.kind} {self.principal}"


class DueBenefit(models.Model):
    """
    A survival, annuity or maturity benefit that fell due by the calendar (应付生存金).

    DUE waits for its owner's claim, ACCUMULATED stays with us and bears interest, PAID went out.
    """

    class State(models.TextChoices):
        DUE = "DUE", "待领取"
        ACCUMULATED = "ACCUMULATED", "累积生息"
        PAID = "PAID", "已给付"

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="due_benefits", db_index=False)
    code = models.CharField("责任代码", max_length=40)
    name = models.CharField("名称", max_length=80)
    due_on = models.DateField("应付日")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DUE)
    found_at = models.DateTimeField("登记时间")
    paid_about = models.CharField("给付依据", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "应付生存金"
        constraints = [
            models.UniqueConstraint(fields=["policy", "code", "due_on"], name="due_benefit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="due_benefit_is_something"),
        ]
        indexes = [
            models.Index(fields=["policy"], name="due_benefit_open", condition=~Q(state="PAID"))
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.code} {self.due_on}"
