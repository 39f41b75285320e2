"""Who is helped to keep a policy, who looks after it when an agent leaves, whose calendar knows."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

from .dues import PremiumDue, Suspension


@tracked()
class RenewalCase(models.Model):
    """
    A renewal somebody of ours helps with (续期关怀件): a call after a failed payment, or advice.

    It is about a premium, or (END) about a contract whose two years of suspension are over. ``reasons``
    are the plain rules that made it doubtful, with their points.
    """

    class Kind(models.TextChoices):
        CALL = "CALL", "致电客户"
        ADVISE = "ADVISE", "续期顾问"
        END = "END", "复效期满待决定"

    class Outcome(models.TextChoices):
        OPEN = "", "处理中"
        WILL_PAY = "WILL_PAY", "客户将自行缴费"
        PAID = "PAID", "已交费"
        CHANGED = "CHANGED", "已转办保全"
        NOT_REACHED = "NOT_REACHED", "未联系上"
        LETS_LAPSE = "LETS_LAPSE", "客户决定不续交"
        LAPSED = "LAPSED", "已失效"
        ENDED = "ENDED", "已解除合同"
        REINSTATED = "REINSTATED", "合同已恢复"
        ENDED_YEAR = "ENDED_YEAR", "未续保"

    due = models.ForeignKey(
        PremiumDue, models.PROTECT, null=True, related_name="+", verbose_name="续期应收"
    )
    suspension = models.ForeignKey(
        Suspension, models.PROTECT, null=True, related_name="+", verbose_name="效力中止"
    )
    kind = models.CharField("类别", max_length=8, choices=Kind)
    score = models.PositiveSmallIntegerField("失效风险", default=0)
    reasons = models.JSONField("理由", default=list)
    failure = models.CharField("失败原因", max_length=20, blank=True, default="")
    outcome = models.CharField("结果", max_length=12, choices=Outcome, blank=True, default="")
    note = models.CharField("记录", max_length=500, blank=True, default="")
    contacts = models.PositiveSmallIntegerField("联系次数", default=0)
    opened_at = models.DateTimeField("开始")
    closed_at = models.DateTimeField("结束", null=True)
    closed_by = models.CharField("办理人", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "续期关怀件"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="END", due__isnull=True, suspension__isnull=False)
                | (~Q(kind="END") & Q(due__isnull=False, suspension__isnull=True)),
                name="renewal_case_is_about_one",
            ),
            models.UniqueConstraint(
                fields=["suspension"],
                condition=Q(closed_at__isnull=True),
                name="renewal_case_end_once",
            ),
            models.UniqueConstraint(
                fields=["due", "kind"],
                condition=Q(closed_at__isnull=True),
                name="renewal_case_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="renewal_case_end_says_how",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-score", "id"],
                name="renewal_case_open",
                condition=Q(closed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("renewal_case", self.pk)

    @property
    def policy_id(self) -> int:
        """The contract it is about."""
        return int((self.due or self.suspension).policy_id)  # type: ignore[union-attr]

    @property
    def holder_id(self) -> int:
        """Who is helped."""
        return int(self._whose.holder_id)

    @property
    def office_id(self) -> int:
        """Whose work it is."""
        return int(self._whose.office_id)

    @property
    def _whose(self) -> Any:
        return self.due or self.suspension.policy  # type: ignore[union-attr]


@tracked()
class Handover(models.Model):
    """
    A customer whose agent left and who gets a successor (孤儿单承接).

    The holder is told within thirty days of the exit, with how their policies stand and whom to turn to
    (令2023-2 第36条).
    """

    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", verbose_name="客户")
    office = models.ForeignKey(
        "people.Office", models.PROTECT, related_name="+", verbose_name="机构"
    )
    former = models.ForeignKey(
        "people.Agent", models.PROTECT, related_name="+", verbose_name="原代理人"
    )
    successor = models.ForeignKey(
        "people.Agent", models.PROTECT, null=True, related_name="+", verbose_name="承接人"
    )
    policies_count = models.PositiveIntegerField("保单数")
    left_on = models.DateField("离职日")
    tell_by = models.DateField("告知期限")
    told_at = models.DateTimeField("告知时间", null=True)
    assigned_at = models.DateTimeField("承接时间", null=True)
    assigned_by = models.CharField("指派人", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "孤儿单承接"
        constraints = [models.UniqueConstraint(fields=["party", "former"], name="handover_once")]
        indexes = [
            models.Index(
                fields=["office", "tell_by"],
                name="handover_waiting",
                condition=Q(successor__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("handover", self.pk)


class CalendarFeed(models.Model):
    """
    A customer's calendar subscription of due dates (缴费日历订阅).

    Only the digest of its token is kept: who reads our tables cannot read anybody's calendar. What is
    shown is the holder's choice; names and numbers never are.
    """

    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", verbose_name="客户")
    token_digest = models.CharField(max_length=64, unique=True)
    alarm_days = models.JSONField("提前提醒天数", default=list)
    shows_amounts = models.BooleanField("显示金额", default=False)
    shows_products = models.BooleanField("显示产品名称", default=False)
    made_at = models.DateTimeField("开通时间")
    revoked_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "缴费日历订阅"
        constraints = [
            models.UniqueConstraint(
                fields=["party"], condition=Q(revoked_at__isnull=True), name="feed_one_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"party:{self.party_id}"
