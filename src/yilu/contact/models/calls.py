"""A telephone call as an exchange knows it, beside the conversation it is."""

from __future__ import annotations

from django.db import models

from yilu.contact.models.conversations import Conversation


class Call(models.Model):
    """
    One call of an exchange (呼叫): which, where its caller is in the hotline's flow, what was said last.

    ``state`` is sealed: it may hold what was keyed until that was compared.
    """

    conversation = models.OneToOneField(
        Conversation, models.PROTECT, related_name="+", verbose_name="会话"
    )
    driver = models.CharField("接入", max_length=20)
    key = models.CharField("呼叫编号", max_length=64)
    edition = models.CharField("流程版次", max_length=20)
    state = models.BinaryField("流程状态")
    last_event = models.CharField("最后事件", max_length=64)
    # The number that was dialled, and the hotline it was by the table of that moment; empty: the exchange said none.
    called = models.CharField("被叫号码", max_length=32, blank=True, default="")
    hotline = models.CharField("热线", max_length=40, blank=True, default="")
    listed = models.BooleanField("号码已登记", default=True)
    seen_at = models.DateTimeField("最后联系")
    released_at = models.DateTimeField("挂断时间", null=True)

    class Meta:
        verbose_name = "呼叫"
        constraints = [models.UniqueConstraint(fields=["driver", "key"], name="call_once")]
        indexes = [
            models.Index(
                fields=["seen_at"], name="call_living", condition=models.Q(released_at__isnull=True)
            ),
            models.Index(
                fields=["called", "seen_at"],
                name="call_not_listed",
                condition=models.Q(listed=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.driver} {self.conversation_id}"


class CallNotice(models.Model):
    """An event an exchange told us (呼叫事件): its number counts once."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="notices", db_index=False)
    key = models.CharField("事件编号", max_length=64)
    kind = models.CharField("种类", max_length=20)
    digest = models.CharField("内容摘要", max_length=64)
    heard_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "呼叫事件"
        constraints = [models.UniqueConstraint(fields=["call", "key"], name="call_notice_once")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.kind}"
