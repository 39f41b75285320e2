"""Messages promised to people, and what channels reported of them."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Message(models.Model):
    """
    One message to one person about one thing (通知). Promised with the change it tells of.

    It holds the template's code and harmless facts. The person's name and address are asked from
    ``people`` when it is sent; ``text`` keeps the words as sent, with the name left open.
    """

    class State(models.TextChoices):
        QUEUED = "QUEUED", "待发送"
        SENDING = "SENDING", "发送中"
        SENT = "SENT", "已发出"
        DELIVERED = "DELIVERED", "已送达"
        FAILED = "FAILED", "未送达"
        SUPPRESSED = "SUPPRESSED", "未发送"
        UNKNOWN = "UNKNOWN", "是否送出不明"

    class Channel(models.TextChoices):
        OUTBOX = "OUTBOX", "站内信箱"
        SMTP = "SMTP", "电子邮件"
        SMS = "SMS", "短信"
        WECHAT = "WECHAT", "微信"
        WECOM = "WECOM", "企业微信"
        PUSH = "PUSH", "App 推送"
        FAX = "FAX", "传真"

    class Purpose(models.TextChoices):
        CODE = "CODE", "验证码"
        PAYMENT = "PAYMENT", "资金"
        STATUTORY = "STATUTORY", "法定告知"
        SERVICE = "SERVICE", "服务"
        MARKETING = "MARKETING", "营销"

    template = models.CharField("模板", max_length=60)
    template_version = models.PositiveSmallIntegerField("模板版本", default=0)
    purpose = models.CharField("用途", max_length=10, choices=Purpose, default=Purpose.SERVICE)
    # Which goes first: 0 codes, 1 money and law, 2 service, 3 marketing.
    priority = models.PositiveSmallIntegerField("先后", default=2)
    recipient = models.CharField("收件人", max_length=64)
    about = models.CharField("业务对象", max_length=64)
    facts = models.JSONField("事实")
    # One-time codes and links: sealed, and forgotten once the message has gone.
    secrets = models.BinaryField("保密事实", default=b"")
    copies_agent = models.BooleanField("抄送代理人", default=False)
    copy_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies")
    dedupe_key = models.CharField("去重键", max_length=120, null=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    language = models.CharField("语言", max_length=8, blank=True, default="")
    channel = models.CharField("渠道", max_length=8, choices=Channel, blank=True, default="")
    # The channels that could not bring it, by comma.
    tried = models.CharField("已试过的渠道", max_length=80, blank=True, default="")
    # Written down before a hand-over that must not happen twice: the channel it is being given to.
    handing = models.CharField(max_length=8, blank=True, default="")
    gateway = models.CharField("网关", max_length=16, blank=True, default="")
    parts = models.PositiveSmallIntegerField("短信条数", default=0)
    title = models.CharField("标题", max_length=120, blank=True, default="")
    text = models.TextField("正文", blank=True, default="")
    # Random: the channel's own name for it, so that a receipt cannot be guessed.
    message_key = models.UUIDField(unique=True, db_default=models.Func(function="gen_random_uuid"))
    channel_reference = models.CharField("渠道流水号", max_length=120, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField("问题", max_length=200, blank=True, default="")
    promised_at = models.DateTimeField("登记时间")
    queued_at = models.DateTimeField("入库时间", db_default=Now())
    not_before = models.DateTimeField("最早发送时间")
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    delivered_at = models.DateTimeField("送达时间", null=True)

    class Meta:
        verbose_name = "通知"
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"], condition=Q(dedupe_key__isnull=False), name="message_once"
            ),
            models.UniqueConstraint(
                fields=["copy_of"], condition=Q(copy_of__isnull=False), name="message_copied_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "not_before", "id"],
                name="message_to_send",
                condition=Q(state__in=["QUEUED", "SENDING"]),
            ),
            models.Index(fields=["-id"], name="message_failed", condition=Q(state="FAILED")),
            models.Index(
                fields=["promised_at"],
                name="message_brought_nowhere",
                condition=Q(state__in=["FAILED", "UNKNOWN"]),
            ),
            # Few at a time among millions that arrived: the staff's list by state reads these alone.
            models.Index(
                fields=["state", "-id"],
                name="message_out_or_held",
                condition=Q(state__in=["SENT", "SUPPRESSED"]),
            ),
            models.Index(
                fields=["leased_until"], name="message_in_doubt", condition=Q(state="UNKNOWN")
            ),
            models.Index(
                fields=["recipient", "sent_at"],
                name="message_disturbed",
                condition=Q(sent_at__isnull=False) & ~Q(channel="OUTBOX"),
            ),
            BrinIndex(
                fields=["sent_at"], name="message_by_hour", pages_per_range=32, autosummarize=True
            ),
            models.Index(fields=["about", "id"], name="message_by_subject"),
            models.Index(fields=["recipient", "id"], name="message_by_recipient"),
        ]

    def __str__(self) -> str:
        return f"message:{self.pk}"


class Receipt(models.Model):
    """What a channel reported about a message, once per report (回执)."""

    class Outcome(models.TextChoices):
        DELIVERED = "DELIVERED", "送达"
        FAILED = "FAILED", "失败"

    message = models.ForeignKey(Message, models.PROTECT, related_name="receipts")
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    proof = models.CharField("凭证", max_length=120)
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "回执"
        constraints = [models.UniqueConstraint(fields=["message", "proof"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.outcome}"
