"""The bank of exam questions, in versions."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilu.quality.models.written import Written


class QuestionVersion(Written):
    """
    One version of an exam question (考试题目).

    A draft is rewritten; an approved one never is: sheets that drew it keep it. The newest approved
    version is drawn until it is retired.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        APPROVED = "APPROVED", "已批准"
        RETIRED = "RETIRED", "已停用"

    code = models.CharField("编号", max_length=24)
    number = models.PositiveSmallIntegerField("版本")
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    dimension = models.CharField("维度", max_length=9)
    ask = models.CharField("题目", max_length=300)
    options = ArrayField(models.CharField(max_length=120), verbose_name="选项")
    right = models.PositiveSmallIntegerField("正确答案")
    source = models.CharField("出处", max_length=120)
    retired_by = models.CharField("停用人", max_length=64, blank=True, default="")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "考试题目"
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="question_numbered"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="DRAFT"), name="question_one_draft"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="APPROVED"), name="question_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(approved_at__isnull=False), name="question_approved_at"
            ),
            models.CheckConstraint(
                condition=Q(approver="") | Q(approver="system:0") | ~Q(approver=F("author")),
                name="question_two_people",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.number}"
