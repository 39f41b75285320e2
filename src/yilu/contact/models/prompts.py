"""What people have read out for the hotline."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.refs import Ref


class PromptRecording(models.Model):
    """
    One text of the hotline, read out by a person (播报录音); a version of ``prompt``.

    The sound never changes: another try is another version. One waits for approval at most, one is
    played at most, and nobody approves what they handed in themselves: the database refuses all three.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "待批准"
        APPROVED = "APPROVED", "正在使用"
        REPLACED = "REPLACED", "已替换"
        WITHDRAWN = "WITHDRAWN", "已停用"

    prompt = models.CharField("播报", max_length=64)
    number = models.PositiveSmallIntegerField("版本号")
    state = models.CharField("状态", max_length=9, choices=State, default=State.DRAFT)
    words = models.TextField("读的文字")
    milliseconds = models.PositiveIntegerField("时长（毫秒）")
    decibels = models.SmallIntegerField("音量（dBFS）")
    sha256 = models.CharField("摘要", max_length=64)
    file = models.CharField("文件", max_length=80)
    author = models.CharField("提交人", max_length=64)
    handed_in_at = models.DateTimeField("提交时间")
    approver = models.CharField("批准人", max_length=64, blank=True, default="")
    approved_at = models.DateTimeField("批准时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by = models.CharField("结束人", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "播报录音"
        constraints = [
            models.UniqueConstraint(fields=["prompt", "number"], name="prompt_recording_once"),
            models.UniqueConstraint(
                fields=["prompt"], condition=Q(state="DRAFT"), name="prompt_one_draft"
            ),
            models.UniqueConstraint(
                fields=["prompt"], condition=Q(state="APPROVED"), name="prompt_one_played"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["APPROVED", "REPLACED"])
                | (~Q(approver="") & ~Q(approver=F("author")) & Q(approved_at__isnull=False)),
                name="prompt_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt} v{self.number}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("prompt", self.pk)
