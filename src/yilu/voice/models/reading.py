"""What was read out of comments: analyses, topics, aspects, labels, models of sentiment."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.refs import Ref
from yilu.voice.rules.labels import ANALYSIS_STATES

UNDER_WAY = ("WAITING", "READING")


class Aspect(models.Model):
    """The insurer's own words for a side of its service that comments speak of (评价维度)."""

    code = models.CharField("代码", max_length=20, primary_key=True)
    words = models.JSONField("用词")
    changed_by = models.CharField("修改人", max_length=64)

    class Meta:
        verbose_name = "评价维度"

    def __str__(self) -> str:
        return self.code


class Analysis(models.Model):
    """Comments read together: of one imported file, or of our own doors in some months (原声分析)."""

    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    # None: what came in through our own doors.
    batch = models.ForeignKey("voice.Batch", models.CASCADE, related_name="+", null=True)
    since = models.DateField("自", null=True)
    state = models.CharField(
        "状态", max_length=8, choices=list(ANALYSIS_STATES.items()), default="WAITING"
    )
    phase = models.CharField("正在", max_length=40, blank=True, default="")
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("共", default=0)
    problem = models.CharField("未能完成的原因", max_length=300, blank=True, default="")
    result = models.JSONField("结果", default=dict)
    asked_by = models.CharField("发起", max_length=64)
    asked_at = models.DateTimeField("发起时间")
    changed_at = models.DateTimeField("最近变动时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "原声分析"
        indexes = [
            models.Index(fields=["office", "-id"], name="analysis_by_office"),
            models.Index(
                fields=["changed_at"], name="analysis_under_way", condition=Q(state__in=UNDER_WAY)
            ),
        ]

    def __str__(self) -> str:
        return f"analysis:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("voice_analysis", self.pk)


class Topic(models.Model):
    """What many comments are about, named by their own words (热点主题)."""

    analysis = models.ForeignKey(Analysis, models.CASCADE, related_name="topics", db_index=False)
    number = models.PositiveSmallIntegerField("编号")
    rank = models.PositiveSmallIntegerField("名次")
    name = models.CharField("名称", max_length=80)
    words = models.JSONField("代表词")
    count = models.PositiveIntegerField("条数")
    negative = models.PositiveIntegerField("不满条数")
    severity = models.FloatField("严重程度")
    weight = models.FloatField("频次×严重程度")
    mean_stars = models.FloatField("平均满意度", null=True)
    earlier = models.PositiveIntegerField("前段条数", default=0)
    later = models.PositiveIntegerField("近段条数", default=0)
    growth = models.FloatField("占比倍数", null=True)
    p_value = models.FloatField("偶然概率", default=1)
    emerging = models.BooleanField("正在升温", default=False)

    class Meta:
        verbose_name = "热点主题"
        constraints = [
            models.UniqueConstraint(fields=["analysis", "number"], name="topic_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.analysis_id}/{self.number}"


class Reading(models.Model):
    """What one comment was read as in one analysis (原声解读)."""

    analysis = models.ForeignKey(Analysis, models.CASCADE, related_name="+", db_index=False)
    feedback = models.ForeignKey("voice.Feedback", models.CASCADE, related_name="+", db_index=False)
    topic = models.PositiveSmallIntegerField("主题", null=True)
    # How likely the writer is content, in per cent.
    content = models.PositiveSmallIntegerField("满意可能")
    # By aspect: -1, 0 or 1.
    aspects = models.JSONField("维度", null=True)
    # The first comment that says nearly the same.
    same_as = models.BigIntegerField("与之近似", null=True)

    class Meta:
        verbose_name = "原声解读"
        indexes = [models.Index(fields=["analysis", "topic", "content"], name="reading_of_topic")]

    def __str__(self) -> str:
        return f"{self.analysis_id}/{self.feedback_id}"


class Label(models.Model):
    """What a person says a comment's mood is, to teach the machine (情感标注)."""

    feedback = models.OneToOneField("voice.Feedback", models.CASCADE, related_name="label")
    positive = models.BooleanField("满意")
    machine = models.PositiveSmallIntegerField("机器当时的判断")
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    labelled_at = models.DateTimeField("标注时间")

    class Meta:
        verbose_name = "情感标注"

    def __str__(self) -> str:
        return f"label:{self.feedback_id}"


class Reader(models.Model):
    """A model of sentiment trained on our own labels; one of them is in use (语气模型)."""

    trained_at = models.DateTimeField("训练时间")
    trained_by = models.CharField("训练人", max_length=64)
    labels = models.PositiveIntegerField("标注数")
    # Out of the folds it was not trained on.
    accuracy = models.FloatField("准确率")
    shipped_accuracy = models.FloatField("自带模型准确率")
    p_value = models.FloatField("偶然概率")
    tables = models.BinaryField("参数")
    released = models.BooleanField("使用中", default=False)

    class Meta:
        verbose_name = "语气模型"
        constraints = [
            models.UniqueConstraint(
                fields=["released"], condition=Q(released=True), name="reader_in_use_once"
            )
        ]

    def __str__(self) -> str:
        return f"reader:{self.pk}"
