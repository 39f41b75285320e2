"""What lies at the gateways: parts of a message, reports that fit none yet, how fast each may go."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.messaging.models.message import Message, Receipt


class Part(models.Model):
    """
    One part of a text message as a gateway took it (分段).

    A long text is several; it has arrived when every part has. ``reference`` is the gateway's own
    name of the part. The number it went to is kept as a blind index: a reply is known by it.
    """

    message = models.ForeignKey(Message, models.PROTECT, related_name="handed")
    gateway = models.CharField("网关", max_length=16)
    reference = models.CharField("网关流水号", max_length=80)
    outcome = models.CharField(
        "结果", max_length=10, choices=Receipt.Outcome, blank=True, default=""
    )
    address_index = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        verbose_name = "短信分段"
        indexes = [
            models.Index(fields=["gateway", "reference", "-id"], name="part_by_reference"),
            models.Index(fields=["address_index", "-id"], name="part_by_number"),
            models.Index(fields=["message"], name="part_of_message"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.reference}"


class StrayReceipt(models.Model):
    """A report that came before, or without, the message it speaks of (待匹配回执)."""

    gateway = models.CharField("网关", max_length=16)
    reference = models.CharField("网关流水号", max_length=80)
    outcome = models.CharField("结果", max_length=10, choices=Receipt.Outcome)
    proof = models.CharField("凭证", max_length=120)
    is_final = models.BooleanField("不再重试", default=True)
    reason = models.CharField("原因", max_length=60, blank=True, default="")
    received_at = models.DateTimeField("收到时间")
    closed_at = models.DateTimeField("了结时间", null=True)
    was_matched = models.BooleanField("已匹配", default=False)

    class Meta:
        verbose_name = "待匹配回执"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference", "proof"], name="stray_once")
        ]
        indexes = [
            models.Index(fields=["id"], name="stray_open", condition=Q(closed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.reference}"


class Bucket(models.Model):
    """How many messages a gateway may still take now (令牌桶): it fills by time, for all senders."""

    gateway = models.CharField("网关", max_length=16, primary_key=True)
    tokens = models.FloatField("余量")
    filled_at = models.DateTimeField("计到")

    class Meta:
        verbose_name = "网关限速"

    def __str__(self) -> str:
        return self.gateway
