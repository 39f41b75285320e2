"""Drills: a customer to practise with, every line, and what it was worth."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.quality.models.written import Written
from yilu.quality.rules.drilling import MOODS, OUTCOMES


class ScenarioVersion(Written):
    """
    One version of a situation to practise (演练情景).

    A draft is rewritten; an approved text never is. Who began with a version goes on with that one.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        APPROVED = "APPROVED", "已批准"

    scenario = models.CharField("情景", max_length=30)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    text = models.TextField("内容")

    class Meta:
        verbose_name = "演练情景"
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="scenario_numbered"),
            models.UniqueConstraint(
                fields=["scenario"], condition=Q(state="DRAFT"), name="scenario_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(approved_at__isnull=False),
                name="scenario_approved_at",
            ),
            models.CheckConstraint(
                condition=Q(approver="") | Q(approver="system:0") | ~Q(approver=F("author")),
                name="scenario_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario} {self.number}"


class Drill(models.Model):
    """
    One person's practice with one customer (情景演练): where it stands is here, not in a browser.

    ``version`` is what it is played and scored by, ``manner`` how its customer is (a book of that name);
    none for drills older than their versions: the first one.
    ``state`` is the customer's as the rules keep it; ``parts`` the score with its moments. A trainer's
    correction stands beside the score, which stays.
    """

    scenario = models.CharField("情景", max_length=30)
    version = models.ForeignKey(
        ScenarioVersion,
        models.PROTECT,
        related_name="+",
        verbose_name="情景版本",
        null=True,
        db_index=False,
    )
    manner = models.ForeignKey(
        "quality.BookVersion",
        models.PROTECT,
        related_name="+",
        verbose_name="共同表现版本",
        null=True,
        db_index=False,
    )
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    seed = models.CharField("变化", max_length=32)
    state = models.JSONField("客户状态")
    started_at = models.DateTimeField("开始时间")
    due_at = models.DateTimeField("最晚结束")
    ended_at = models.DateTimeField("结束时间", null=True)
    outcome = models.CharField("结果", max_length=9, choices=list(OUTCOMES.items()), blank=True)
    parts = models.JSONField("评分", default=list)
    score = models.PositiveSmallIntegerField("得分", null=True)
    passed = models.BooleanField("达标", null=True)
    corrected = models.PositiveSmallIntegerField("更正得分", null=True)
    corrected_by = models.CharField("更正人", max_length=64, blank=True, default="")
    corrected_at = models.DateTimeField("更正时间", null=True)
    correction = models.CharField("更正理由", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "情景演练"
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "scenario"], condition=Q(ended_at=None), name="drill_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(score__isnull=False, passed__isnull=False),
                name="drill_ended_scored",
            ),
            models.CheckConstraint(
                condition=Q(corrected=None) | (Q(corrected__lte=100) & ~Q(correction="")),
                name="drill_corrected_why",
            ),
        ]
        indexes = [
            models.Index(fields=["staff", "-started_at"], name="drill_by_staff"),
            models.Index(fields=["office", "-ended_at"], name="drill_by_office"),
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="drill_open_due"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario} {self.staff_id}"


class DrillLine(models.Model):
    """
    One line of a drill, the customer's or one's own, numbers masked (演练对话).

    ``key`` is the request's: sent twice is said once. ``mood`` is how the customer was after it.
    """

    drill = models.ForeignKey(Drill, models.PROTECT, related_name="lines", db_index=False)
    number = models.PositiveSmallIntegerField("序号")
    mine = models.BooleanField("学员的话")
    text = models.CharField("内容", max_length=600)
    signs = models.JSONField("识别到的", default=list)
    mood = models.CharField("客户情绪", max_length=9, choices=list(MOODS.items()))
    patience = models.PositiveSmallIntegerField("耐心")
    key = models.CharField("请求编号", max_length=40, blank=True, default="")
    said_at = models.DateTimeField("时间")
    reworded = models.BooleanField("换过说法", default=False)

    class Meta:
        verbose_name = "演练对话"
        constraints = [
            models.UniqueConstraint(fields=["drill", "number"], name="drill_line_numbered"),
            models.UniqueConstraint(
                fields=["drill", "key"], condition=~Q(key=""), name="drill_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.drill_id} {self.number}"
