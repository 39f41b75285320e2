"""Exams, and what people handed in."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Exam(models.Model):
    """An exam any member of staff may take between two times (上岗考试)."""

    title = models.CharField("名称", max_length=60)
    minutes = models.PositiveSmallIntegerField("限时（分钟）")
    knowledge = models.PositiveSmallIntegerField("专业知识题数")
    skill = models.PositiveSmallIntegerField("服务技巧题数")
    pass_mark = models.PositiveSmallIntegerField("及格分")
    attempts = models.PositiveSmallIntegerField("可考次数")
    wait_days = models.PositiveSmallIntegerField("补考间隔天数")
    opens_at = models.DateTimeField("开始时间")
    closes_at = models.DateTimeField("截止时间")
    made_by = models.CharField("发布人", max_length=64)

    class Meta:
        verbose_name = "上岗考试"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="exam_open_a_while"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Attempt(models.Model):
    """
    One person's sheet (答卷): its questions are drawn at the start and stay; one open at a time.

    ``answers`` holds the chosen option by question; after it is handed in nothing changes.
    """

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="sheets", db_index=False)
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField("第几次")
    questions = ArrayField(models.CharField(max_length=30), verbose_name="题目")
    answers = models.JSONField("答案", default=dict)
    started_at = models.DateTimeField("开始时间")
    due_at = models.DateTimeField("最晚交卷")
    ended_at = models.DateTimeField("交卷时间", null=True)
    score = models.PositiveSmallIntegerField("总分", null=True)
    knowledge_score = models.PositiveSmallIntegerField("专业知识得分", null=True)
    skill_score = models.PositiveSmallIntegerField("服务技巧得分", null=True)
    passed = models.BooleanField("及格", null=True)

    class Meta:
        verbose_name = "答卷"
        constraints = [
            models.UniqueConstraint(fields=["exam", "staff", "number"], name="sheet_numbered"),
            models.UniqueConstraint(
                fields=["exam", "staff"], condition=Q(ended_at=None), name="sheet_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(score__isnull=False, passed__isnull=False),
                name="sheet_ended_scored",
            ),
        ]
        indexes = [
            models.Index(fields=["staff", "-started_at"], name="sheet_by_staff"),
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="sheet_open_due"),
        ]

    def __str__(self) -> str:
        return f"{self.exam_id} {self.staff_id} {self.number}"
