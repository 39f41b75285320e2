"""Putting right with the customer what was found wrong."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yilu.kernel.refs import Ref
from yilu.quality.rules.recovering import CHANNELS, OUTCOMES


class Recovery(models.Model):
    """
    A customer is told and helped where our service was not good (服务补救).

    It comes from an inspection, a finding, a promise missed, a failed line of an audit or a case handled
    wrongly, has one owner and a clock, and ends with what came of it. ``wrong`` is what was not good,
    sealed; ``servers`` who served the customer, none of whom ever owns it.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "处理中"
        CLOSED = "CLOSED", "已办结"

    origin = models.CharField("来源", max_length=64)
    subject = models.CharField("涉及的服务", max_length=64)
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    servers = ArrayField(models.BigIntegerField(), verbose_name="经办人", default=list)
    wrong = models.BinaryField("不足之处")
    state = models.CharField("状态", max_length=6, choices=State, default=State.OPEN)
    outcome = models.CharField(
        "结果", max_length=11, choices=list(OUTCOMES.items()), blank=True, default=""
    )
    result = models.BinaryField("处理结果", default=b"")
    complaint_id = models.BigIntegerField("转为投诉", null=True)
    opened_by = models.CharField("发起人", max_length=64)
    opened_at = models.DateTimeField("发起时间")
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = "服务补救"
        constraints = [
            models.UniqueConstraint(fields=["origin"], name="recovery_once_an_origin"),
            models.CheckConstraint(
                condition=Q(state="OPEN") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="recovery_ends_with_something",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "state", "-id"], name="recovery_by_office"),
            models.Index(fields=["owner", "state"], name="recovery_by_owner"),
            models.Index(fields=["subject"], name="recovery_under_way", condition=Q(state="OPEN")),
        ]

    def __str__(self) -> str:
        return f"recovery:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events, clocks and work call it."""
        return Ref("recovery", self.pk)


class RecoveryTry(models.Model):
    """One call or letter to the customer, and what was said (补救联系记录)."""

    recovery = models.ForeignKey(Recovery, models.PROTECT, related_name="tries")
    channel = models.CharField("方式", max_length=8, choices=list(CHANNELS.items()))
    reached = models.BooleanField("联系上客户")
    words = models.BinaryField("内容")
    made_by = models.CharField("联系人", max_length=64)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "补救联系记录"

    def __str__(self) -> str:
        return f"{self.recovery_id} {self.channel}"
