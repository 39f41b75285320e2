"""The words of a template as the insurer has them, version by version."""

from __future__ import annotations

from django.db import models


class TemplateVersion(models.Model):
    """
    One wording of a kind of message (模板版本).

    Written by one person, approved by another, in force from a moment on. What shipped with the
    program is a version too, so that every text ever sent can be traced to its words.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        APPROVED = "APPROVED", "已批准"
        RETURNED = "RETURNED", "已退回"

    template = models.CharField("模板", max_length=60)
    version = models.PositiveSmallIntegerField("版本")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    body = models.JSONField("内容")
    digest = models.CharField("内容摘要", max_length=64)
    reason = models.CharField("修改原因", max_length=200, blank=True, default="")
    is_shipped = models.BooleanField("随程序发布", default=False)
    effective_from = models.DateTimeField("生效时间", null=True)
    drafted_by = models.CharField("起草人", max_length=64)
    drafted_at = models.DateTimeField("起草时间")
    judged_by = models.CharField("审批人", max_length=64, blank=True, default="")
    judged_at = models.DateTimeField("审批时间", null=True)
    remark = models.CharField("审批意见", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "模板版本"
        constraints = [
            models.UniqueConstraint(fields=["template", "version"], name="template_version_once"),
            models.UniqueConstraint(
                fields=["template"], condition=models.Q(state="DRAFT"), name="template_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.version}"
