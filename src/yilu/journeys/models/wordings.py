"""How the insurer words 三防三管, 七必查 and 九应接, version by version."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .versions import StandardText


class StandardWording(models.Model):
    """
    A wording of a standard (接续标准版本): one person writes it, another approves, it counts from a day.

    The newest approved one whose day has come is in force; before the first of them, the text that
    shipped. What was approved is never changed or deleted.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "待批准"
        APPROVED = "APPROVED", "已批准"
        DISCARDED = "DISCARDED", "已撤回"

    standard = models.ForeignKey(StandardText, models.PROTECT, related_name="wordings")
    number = models.PositiveSmallIntegerField("版本号")
    state = models.CharField("状态", max_length=9, choices=State, default=State.DRAFT)
    title = models.CharField("名称", max_length=40)
    text = models.CharField("内容", max_length=400)
    since = models.DateField("生效日")
    author = models.CharField("编制人", max_length=64)
    drafted_at = models.DateTimeField("编制时间")
    approver = models.CharField("批准人", max_length=64, blank=True, default="")
    approved_at = models.DateTimeField("批准时间", null=True)

    class Meta:
        verbose_name = "接续标准版本"
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="standard_wording_once"),
            models.UniqueConstraint(
                fields=["standard"], condition=Q(state="DRAFT"), name="standard_wording_one_draft"
            ),
            models.CheckConstraint(
                condition=~Q(state="APPROVED")
                | (Q(approved_at__isnull=False) & ~Q(approver="") & ~Q(approver=F("author"))),
                name="standard_wording_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard_id} v{self.number}"
