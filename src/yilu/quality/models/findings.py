"""What was found in conversations: codes and places, never the words."""

from __future__ import annotations

from django.db import models


class Reading(models.Model):
    """A conversation was read for phrases, once (会话质检)."""

    conversation = models.OneToOneField(
        "contact.Conversation", models.PROTECT, primary_key=True, related_name="+"
    )
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    seat = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    turns = models.PositiveIntegerField("坐席发言数")
    findings = models.PositiveIntegerField("发现数")
    read_at = models.DateTimeField("读取时间")

    class Meta:
        verbose_name = "会话质检"
        indexes = [models.Index(fields=["seat", "-read_at"], name="quality_read_by_seat")]

    def __str__(self) -> str:
        return str(self.conversation_id)


class Finding(models.Model):
    """
    Something a seat said or left out, or a record that does not say what was said (质检发现).

    ``turn_id`` is where, 0 where it is about the whole conversation; what was said stays sealed there.
    """

    class Kind(models.TextChoices):
        FORBIDDEN = "FORBIDDEN", "服务禁语"
        TYPED = "TYPED", "输入时已提醒"
        MISSING = "MISSING", "缺少规范用语"
        RECORD = "RECORD", "记录与对话不符"

    conversation = models.ForeignKey(
        "contact.Conversation", models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField("类别", max_length=9, choices=Kind)
    code = models.CharField("规则", max_length=30)
    turn_id = models.BigIntegerField("会话内容", default=0)
    times = models.PositiveIntegerField("次数", default=1)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    seat = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    found_at = models.DateTimeField("发现时间")
    # What a person made of a record that does not fit: a complaint (its number), or none, and why.
    complaint_id = models.BigIntegerField("登记的投诉", null=True)
    judged_why = models.CharField("核定理由", max_length=300, blank=True, default="")
    judged_by = models.CharField("核定人", max_length=64, blank=True, default="")
    judged_at = models.DateTimeField("核定时间", null=True)

    class Meta:
        verbose_name = "质检发现"
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "kind", "code", "turn_id"], name="finding_once"
            )
        ]
        indexes = [
            models.Index(fields=["office", "-found_at"], name="finding_by_office"),
            models.Index(fields=["seat", "-found_at"], name="finding_by_seat"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.code}"
