"""What messaging knows of a person: where else they are reached, what they wish, what they answer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.messaging.models.message import Message


class Preference(models.Model):
    """Which channel a person wants to be reached by first (通知偏好)."""

    recipient = models.CharField("收件人", max_length=64, unique=True)
    channel = models.CharField("首选渠道", max_length=8, choices=Message.Channel)
    changed_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = "通知偏好"

    def __str__(self) -> str:
        return self.recipient


class Address(models.Model):
    """Where somebody is reached beside telephone and e-mail: WeChat, WeCom, app, fax (触达地址)."""

    recipient = models.CharField("收件人", max_length=64)
    channel = models.CharField("渠道", max_length=8, choices=Message.Channel)
    address = models.BinaryField("地址")
    address_index = models.CharField(max_length=80)
    since = models.DateTimeField("绑定时间")
    until = models.DateTimeField("解除时间", null=True)

    class Meta:
        verbose_name = "触达地址"
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "channel"],
                condition=Q(until__isnull=True),
                name="address_one_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["address_index"], name="address_by_index")]

    def __str__(self) -> str:
        return f"{self.recipient} {self.channel}"


class OptOut(models.Model):
    """A number or address that wants no marketing messages any more (退订)."""

    channel = models.CharField("渠道", max_length=8, choices=Message.Channel)
    address_index = models.CharField(max_length=80)
    since = models.DateTimeField("退订时间")
    until = models.DateTimeField("恢复时间", null=True)

    class Meta:
        verbose_name = "退订"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address_index"],
                condition=Q(until__isnull=True),
                name="opted_out_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Reply(models.Model):
    """
    What somebody sent to us by a message channel (上行回复).

    Its words and the address it came from are sealed. ``party_id`` is whom we last wrote to there;
    empty where nobody of ours is known by it.
    """

    class Wish(models.TextChoices):
        NONE = "", "来信"
        OUT = "OUT", "退订"
        BACK = "BACK", "恢复接收"
        AUTOMATIC = "AUTOMATIC", "自动回复"

    channel = models.CharField("渠道", max_length=8, choices=Message.Channel)
    gateway = models.CharField("网关", max_length=16)
    proof = models.CharField("凭证", max_length=160)
    address = models.BinaryField("来自")
    # By which a letter put to nobody is found when whoever has the address is erased.
    address_index = models.CharField(max_length=80, blank=True, db_default="")
    text = models.BinaryField("正文")
    party_id = models.BigIntegerField("客户", null=True)
    answers = models.ForeignKey(Message, models.PROTECT, null=True, related_name="replies")
    wish = models.CharField("意思", max_length=10, choices=Wish, blank=True, default="")
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "上行回复"
        constraints = [models.UniqueConstraint(fields=["gateway", "proof"], name="reply_once")]
        indexes = [
            models.Index(fields=["party_id", "-id"], name="reply_of_party"),
            models.Index(
                fields=["address_index"], name="reply_of_nobody", condition=Q(party_id__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"reply:{self.pk}"
