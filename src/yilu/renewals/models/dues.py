"""What falls due on a policy by the calendar, and how far the holder has heard of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.refs import Ref


class PremiumDue(models.Model):
    """
    One renewal premium of one policy (续期应收), listed before its day and kept for ever.

    ``reminded`` is the last stage the holder was told of; ``remind_on`` and ``debit_on`` are the next
    days on which something is to be done (empty: nothing more). A lapsed one keeps the day until which
    the policy can be reinstated (see ``Suspension``). ``for_new_year``: it is no instalment but the price of the year after a
    one-year contract (续保, see ``NewYear``), due on the last day of cover.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待交"
        PAID = "PAID", "已交"
        ADVANCED = "ADVANCED", "已垫交"
        WAIVED = "WAIVED", "已豁免"
        LAPSED = "LAPSED", "已失效"
        CLOSED = "CLOSED", "已终止"

    policy = models.ForeignKey(
        "policies.Policy", models.PROTECT, related_name="+", db_index=False, verbose_name="保单"
    )
    holder = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", db_index=False, verbose_name="投保人"
    )
    office = models.ForeignKey(
        "people.Office", models.PROTECT, related_name="+", db_index=False, verbose_name="机构"
    )
    agent = models.ForeignKey(
        "people.Agent",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="代理人",
    )
    due_on = models.DateField("应交日")
    grace_ends_on = models.DateField("宽限期止日")
    amount = models.DecimalField("应交保险费", max_digits=14, decimal_places=2)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    reminded = models.PositiveSmallIntegerField("已提醒阶段", default=0)
    remind_on = models.DateField("下次提醒日", null=True)
    debits = models.PositiveSmallIntegerField("代扣次数", default=0)
    debit_on = models.DateField("下次代扣日", null=True)
    failures = models.PositiveSmallIntegerField("失败次数", default=0)
    last_reason = models.CharField("最近失败原因", max_length=20, blank=True, default="")
    lapsed_on = models.DateField("失效日", null=True)
    window_ends_on = models.DateField("复效截止日", null=True)
    for_new_year = models.BooleanField("下一年度续保", db_default=False)
    listed_on = models.DateField("列入日")
    ended_on = models.DateField("了结日", null=True)

    class Meta:
        verbose_name = "续期应收"
        constraints = [
            models.UniqueConstraint(fields=["policy", "due_on"], name="premium_due_once"),
            models.CheckConstraint(
                condition=Q(state="OPEN", ended_on__isnull=True)
                | (~Q(state="OPEN") & Q(ended_on__isnull=False)),
                name="premium_due_end_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state="LAPSED")
                | Q(lapsed_on__isnull=False, window_ends_on__isnull=False),
                name="premium_due_lapse_is_dated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["policy"],
                name="due_open_by_policy",
                condition=Q(state__in=["OPEN", "LAPSED"]),
            ),
            models.Index(
                fields=["holder", "due_on"],
                name="due_open_by_holder",
                condition=Q(state__in=["OPEN", "LAPSED"]),
            ),
            models.Index(
                fields=["agent", "due_on"], name="due_open_by_agent", condition=Q(state="OPEN")
            ),
            models.Index(
                fields=["office", "due_on"], name="due_open_by_office", condition=Q(state="OPEN")
            ),
            models.Index(fields=["due_on"], name="due_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.due_on}"

    @property
    def ref(self) -> Ref:
        return Ref("premium_due", self.pk)


class Suspension(models.Model):
    """
    That a contract gives no cover for the time being (效力中止), whatever the reason, and the way back.

    Also one without any premium to pay has a row: what is owed on a loan may outgrow the value.
    ``remind_on`` is the day on which the holder hears again that the way back closes; ``ended_on`` is
    when the contract went on or ended.
    """

    class Reason(models.TextChoices):
        PREMIUM = "PREMIUM", "宽限期满未交保险费"
        LOAN = "LOAN", "借款本息超过现金价值"

    policy = models.ForeignKey(
        "policies.Policy", models.PROTECT, related_name="+", db_index=False, verbose_name="保单"
    )
    reason = models.CharField("原因", max_length=8, choices=Reason)
    suspended_on = models.DateField("中止日")
    window_ends_on = models.DateField("复效截止日")
    remind_on = models.DateField("下次提醒日", null=True)
    ended_on = models.DateField("了结日", null=True)

    class Meta:
        verbose_name = "效力中止"
        constraints = [
            models.UniqueConstraint(fields=["policy", "suspended_on"], name="suspension_once")
        ]
        indexes = [
            models.Index(
                fields=["policy"], name="suspension_open", condition=Q(ended_on__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.suspended_on}"

    @property
    def ref(self) -> Ref:
        return Ref("suspension", self.pk)


class BenefitNotice(models.Model):
    """
    That a survival or maturity benefit was announced, and reminded of while nobody takes it (领取通知).

    ``look_on`` is when it is looked at again; empty once it is with a person or paid.
    """

    policy = models.ForeignKey(
        "policies.Policy", models.PROTECT, related_name="+", db_index=False, verbose_name="保单"
    )
    holder = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", db_index=False, verbose_name="投保人"
    )
    code = models.CharField("责任代码", max_length=40)
    name = models.CharField("名称", max_length=80)
    due_on = models.DateField("应付日")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    announced_on = models.DateField("通知日")
    told = models.PositiveSmallIntegerField("通知次数", default=1)
    look_on = models.DateField("下次核对日", null=True)

    class Meta:
        verbose_name = "领取通知"
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "code", "due_on"], name="benefit_announced_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["policy"], name="benefit_to_look_at", condition=Q(look_on__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.code} {self.due_on}"
