"""One payment for one or several premiums."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

from .dues import PremiumDue


@tracked()
class PremiumOrder(models.Model):
    """
    One or several premiums paid together: all or none (组合缴费订单).

    ``request_key`` is the door's: the same one again is the same order. DEBIT is taken by ourselves from
    the account the holder agreed to; SELF is paid on the pay page.
    """

    class State(models.TextChoices):
        PAYING = "PAYING", "支付中"
        PAID = "PAID", "已交清"
        FAILED = "FAILED", "未成功"
        CANCELLED = "CANCELLED", "已取消"
        RETURNED = "RETURNED", "已原路退回"

    class Kind(models.TextChoices):
        SELF = "SELF", "自助缴费"
        DEBIT = "DEBIT", "银行代扣"

    holder = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", verbose_name="投保人"
    )
    kind = models.CharField("方式", max_length=8, choices=Kind)
    request_key = models.CharField("请求键", max_length=80, unique=True)
    total = models.DecimalField("合计", max_digits=14, decimal_places=2)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PAYING)
    collection_id = models.BigIntegerField("收款", null=True)
    failures = models.PositiveSmallIntegerField("失败次数", default=0)
    reason = models.CharField("原因", max_length=20, blank=True, default="")
    made_by = models.CharField("发起", max_length=64)
    made_at = models.DateTimeField("发起时间")
    ended_at = models.DateTimeField("完结时间", null=True)

    class Meta:
        verbose_name = "缴费订单"
        constraints = [
            models.CheckConstraint(condition=Q(total__gt=0), name="premium_order_is_something"),
            models.CheckConstraint(
                condition=Q(state="PAYING") | Q(ended_at__isnull=False),
                name="premium_order_end_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["holder", "-id"], name="premium_order_by_holder")]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("premium_order", self.pk)


class OrderLine(models.Model):
    """One premium of an order (订单明细). A premium is in one live order at most."""

    order = models.ForeignKey(PremiumOrder, models.PROTECT, related_name="lines")
    due = models.ForeignKey(PremiumDue, models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    # True while the order may still be paid, and for ever once it was.
    live = models.BooleanField("有效", default=True)

    class Meta:
        verbose_name = "订单明细"
        constraints = [
            models.UniqueConstraint(
                fields=["due"], condition=Q(live=True), name="order_line_once_per_due"
            ),
            models.UniqueConstraint(fields=["order", "due"], name="order_line_once"),
        ]
        # Orders that came to nothing are looked for by their premium too (audit).
        indexes = [models.Index(fields=["due"], name="order_line_by_due")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.due_id}"
