"""The weekly review: what was looked at together, and who does what about it until when."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yilu.kernel import history
from yilu.kernel.refs import Ref


@history.tracked()
class WeeklyReview(models.Model):
    """
    An office looks back on one week of service (周复盘); ``week`` is that week's Monday.

    Drawn up by the machine, held by people. One that nobody held says so for ever.
    """

    class State(models.TextChoices):
        DRAWN = "DRAWN", "待复盘"
        HELD = "HELD", "已复盘"
        MISSED = "MISSED", "未开"

    office_id = models.BigIntegerField("机构")
    week = models.DateField("复盘周")
    state = models.CharField("状态", max_length=6, choices=State, default=State.DRAWN)
    present = ArrayField(models.BigIntegerField(), verbose_name="参加人", default=list)
    minutes = models.CharField("纪要", max_length=2000, blank=True, default="")
    drawn_at = models.DateTimeField("生成时间")
    meet_by = models.DateField("最晚召开")
    held_by = models.CharField("主持人", max_length=64, blank=True, default="")
    held_at = models.DateTimeField("召开时间", null=True)

    class Meta:
        verbose_name = "周复盘"
        constraints = [
            models.UniqueConstraint(fields=["office_id", "week"], name="weekly_review_once"),
            models.CheckConstraint(
                name="weekly_review_held_with_minutes",
                condition=~Q(state="HELD") | (~Q(minutes="") & Q(held_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["-week", "-id"], name="weekly_review_by_week")]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        """Its name across rooms."""
        return Ref("weekly_review", self.pk)


class ReviewPoint(models.Model):
    """
    One thing a review looks at (复盘议题).

    ``code`` and ``subject`` say what it is about, ``facts`` how it stood when the review was drawn up; ``note`` is what was said of it.
    """

    class Kind(models.TextChoices):
        CARRIED = "CARRIED", "上次决定未完成"
        PROBLEM = "PROBLEM", "台账问题"
        LATE = "LATE", "超时未办结"
        BREAKS = "BREAKS", "集中断点"

    review = models.ForeignKey(WeeklyReview, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("种类", max_length=8, choices=Kind)
    code = models.CharField("事项", max_length=120, blank=True, default="")
    subject = models.CharField("对象", max_length=64, blank=True, default="")
    facts = models.JSONField("当时情况", default=dict)
    note = models.CharField("讨论情况", max_length=500, blank=True, default="")
    noted_by = models.CharField("记录人", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "复盘议题"
        constraints = [
            models.UniqueConstraint(
                fields=["review", "kind", "code", "subject"], name="review_point_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.kind}"


@history.tracked()
class ReviewDecision(models.Model):
    """
    What a review decided, by whom it is done and until when (复盘决定).

    Carried into every review of its office until it is done or somebody else drops it with a reason.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "办理中"
        DONE = "DONE", "已完成"
        DROPPED = "DROPPED", "不再办理"

    point = models.ForeignKey(ReviewPoint, models.PROTECT, related_name="+")
    office_id = models.BigIntegerField("机构")
    text = models.CharField("决定", max_length=300)
    owner_id = models.BigIntegerField("责任人")
    due_on = models.DateField("期限")
    state = models.CharField("状态", max_length=7, choices=State, default=State.OPEN)
    carried = models.PositiveSmallIntegerField("已结转次数", default=0)
    decided_by = models.CharField("记录人", max_length=64)
    decided_at = models.DateTimeField("决定时间")
    outcome = models.CharField("结果", max_length=500, blank=True, default="")
    ended_by = models.CharField("办结人", max_length=64, blank=True, default="")
    ended_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = "复盘决定"
        constraints = [
            models.CheckConstraint(
                name="review_decision_ends_with_words",
                condition=Q(state="OPEN", ended_at__isnull=True)
                | (~Q(state="OPEN") & ~Q(outcome="") & Q(ended_at__isnull=False)),
            )
        ]
        indexes = [
            models.Index(
                fields=["office_id", "due_on"], name="review_decision_open",
                condition=Q(state="OPEN"),
            ),
            models.Index(fields=["point"], name="review_decision_of_point"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        """Its name across rooms."""
        return Ref("review_decision", self.pk)


class ReviewMinutes(models.Model):
    """The minutes of a held review as a file (复盘纪要): printed once, kept sealed as it was printed."""

    PLACE = "journeys_reviewminutes.content"

    review = models.OneToOneField(
        WeeklyReview, models.PROTECT, primary_key=True, related_name="+", verbose_name="复盘"
    )
    content = models.BinaryField("文件")
    sha256 = models.CharField("摘要", max_length=64)
    printed_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = "复盘纪要"

    def __str__(self) -> str:
        return f"weekly_review:{self.pk}"
