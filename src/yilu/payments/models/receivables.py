"""Money that is to come back: what was paid too much, and what was repaid of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref


@tracked()
class Receivable(models.Model):
    """
    An amount that somebody was paid without being owed it, until it is back (应收追回款).

    It shrinks by repayments only. What is left may be written off by a person with authority, never
    by the machine. ``plan`` is what its payer signed, [[day, amount], …]; ``due_on`` is then the day of
    the first part that is not back.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待归还"
        REPAID = "REPAID", "已还清"
        WRITTEN_OFF = "WRITTEN_OFF", "已核销"
        WITHDRAWN = "WITHDRAWN", "已撤销"

    class Reason(models.TextChoices):
        OVERPAID = "OVERPAID", "赔付金额多付"
        PAID_TWICE = "PAID_TWICE", "同一款项重复支付"
        UNUSED_ADVANCE = "UNUSED_ADVANCE", "预付款多于最终赔款"
        PAID_ELSEWHERE = "PAID_ELSEWHERE", "第三方或其他渠道已经赔偿"
        NOT_OWED = "NOT_OWED", "事后查明不应赔付"
        OTHER = "OTHER", "其他原因"

    about = models.CharField("业务对象", max_length=64)
    key = models.CharField("业务键", max_length=80)
    reference = models.CharField("还款附言号", max_length=25, unique=True)
    from_party = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", verbose_name="还款人"
    )
    amount = models.DecimalField("应还金额", max_digits=14, decimal_places=2)
    repaid = models.DecimalField("已还金额", max_digits=14, decimal_places=2, default=0)
    reason = models.CharField("原因", max_length=20, choices=Reason)
    state = models.CharField("状态", max_length=12, choices=State, default=State.OPEN)
    due_on = models.DateField("请于此日前归还")
    plan = models.JSONField("分期计划", default=list)
    asked_at = models.DateTimeField("最近一次请还", null=True)
    asked_times = models.PositiveSmallIntegerField("请还次数", default=0)
    note = models.CharField("说明", max_length=200, blank=True, default="")
    opened_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("完结时间", null=True)

    class Meta:
        verbose_name = "应收追回款"
        constraints = [
            models.UniqueConstraint(fields=["about", "key"], name="receivable_once_per_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receivable_is_positive"),
            models.CheckConstraint(
                condition=Q(repaid__gte=0) & Q(repaid__lte=F("amount")),
                name="receivable_repaid_within",
            ),
            models.CheckConstraint(
                condition=~Q(state="REPAID") | Q(repaid=F("amount")),
                name="receivable_repaid_in_full",
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN") | Q(ended_at__isnull=False),
                name="receivable_end_is_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["about", "id"], name="receivable_by_subject"),
            models.Index(
                fields=["due_on", "id"], name="receivable_open", condition=Q(state="OPEN")
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def ref(self) -> Ref:
        return Ref("receivable", self.pk)


class Repayment(models.Model):
    """A part of a receivable that came back to our account (还款)."""

    receivable = models.ForeignKey(Receivable, models.PROTECT, related_name="repayments")
    key = models.CharField("入账键", max_length=80, unique=True)
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    booked_on = models.DateField("入账日")
    noted_by = models.CharField("登记人", max_length=64)
    noted_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "还款"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="repayment_is_positive")
        ]

    def __str__(self) -> str:
        return self.key
