"""What was said on a call, as sound: pieces in a chain."""

from __future__ import annotations

from django.db import models

from yilu.contact.models.conversations import Conversation


class CallRecording(models.Model):
    """
    The sound of one call (通话录音): caller left, seat right, μ-law at 8 kHz in sealed pieces.

    ``chain`` is the head after the latest piece; once ``closed_at`` nothing is added.
    """

    conversation = models.OneToOneField(
        Conversation, models.PROTECT, related_name="+", verbose_name="会话"
    )
    pieces = models.PositiveIntegerField("分片数", default=0)
    takes = models.PositiveIntegerField("段数", default=0)
    size = models.BigIntegerField("字节数", default=0)
    chain = models.CharField("链式摘要", max_length=64)
    began_at = models.DateTimeField("开始时间")
    piece_at = models.DateTimeField("最近分片时间")
    closed_at = models.DateTimeField("封存时间", null=True)
    keep_until = models.DateField("保存期限", null=True)
    forgotten_at = models.DateTimeField("到期删除时间", null=True)
    transcribed_at = models.DateTimeField("转写时间", null=True)

    class Meta:
        verbose_name = "通话录音"
        indexes = [
            models.Index(
                fields=["piece_at"],
                name="call_recording_open",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["keep_until"],
                name="call_recording_to_forget",
                condition=models.Q(keep_until__isnull=False, forgotten_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"recording:{self.pk}"


class CallPiece(models.Model):
    """Some seconds of a call's sound, sealed in a file, chained to the piece before (录音分片)."""

    recording = models.ForeignKey(
        CallRecording, models.PROTECT, related_name="parts", db_index=False, verbose_name="通话录音"
    )
    number = models.PositiveIntegerField("序号")
    take = models.PositiveIntegerField("段")
    sha256 = models.CharField("摘要", max_length=64)
    chained = models.CharField("链式摘要", max_length=64)
    size = models.PositiveIntegerField("字节数")
    file = models.CharField("文件", max_length=80)
    at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "录音分片"
        constraints = [
            models.UniqueConstraint(fields=["recording", "number"], name="call_piece_once")
        ]

    def __str__(self) -> str:
        return f"{self.recording_id}/{self.number}"
