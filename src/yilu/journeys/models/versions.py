"""What journeys declare, checked before it goes live, and the texts of the frames."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel import history


@history.tracked()
class JourneyVersion(models.Model):
    """
    One version of a declared journey (旅程版本): its text as it was written, in force from a day.

    ``shipped`` is the digest of what came with the platform; empty where the insurer wrote it.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "待检查"
        ON = "ON", "已上线"
        RETIRED = "RETIRED", "已停用"

    code = models.CharField("旅程", max_length=30)
    number = models.PositiveIntegerField("版本号")
    text = models.TextField("定义")
    note = models.CharField("修改说明", max_length=200, blank=True, default="")
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    author = models.CharField("编制人", max_length=64)
    publisher = models.CharField("上线人", max_length=64, blank=True, default="")
    drafted_at = models.DateTimeField("起草时间")
    effective_from = models.DateTimeField("生效时间", null=True)
    effective_to = models.DateTimeField("失效时间", null=True)
    shipped = models.CharField("随系统发布的内容摘要", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "旅程版本"
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="journey_version_once"),
            models.UniqueConstraint(
                fields=["code"], name="journey_one_draft", condition=Q(state="DRAFT")
            ),
            models.UniqueConstraint(
                fields=["code"], name="journey_one_on", condition=Q(state="ON")
            ),
            models.CheckConstraint(
                name="journey_version_four_eyes",
                condition=Q(state="DRAFT") | Q(author="system:0") | ~Q(publisher=F("author")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"


@history.tracked()
class StandardText(models.Model):
    """
    A text of the frame 三防三管, of 七必查 or of 九应接, which every insurer words for itself (接续标准条目).

    ``ours`` until somebody changes it: the sources name these standards without their contents.
    """

    catalogue = models.CharField("目录", max_length=20)
    code = models.CharField("代码", max_length=20)
    position = models.PositiveSmallIntegerField("次序")
    title = models.CharField("名称", max_length=40)
    text = models.CharField("内容", max_length=400)
    ours = models.BooleanField("本系统拟定", default=True)
    changed_by = models.CharField("修改人", max_length=64, blank=True, default="")
    changed_at = models.DateTimeField("修改时间", null=True)

    class Meta:
        verbose_name = "接续标准条目"
        constraints = [
            models.UniqueConstraint(fields=["catalogue", "code"], name="standard_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.catalogue} {self.code}"
