"""Campaigns and what they came to, what departments did together, papers of outside surveys."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilu.kernel.refs import Ref
from yilu.scorecards.rules.together import DEPARTMENTS


class Campaign(models.Model):
    """
    Some weeks in which offices set out to serve better (服务提升活动).

    ``themes`` names the figures each theme is measured by. ``report`` is what they came to, kept
    when the campaign is closed.
    """

    title = models.CharField("名称", max_length=60)
    aim = models.CharField("目标", max_length=300)
    offices = ArrayField(models.BigIntegerField(), verbose_name="参加机构")
    since = models.DateField("开始")
    until = models.DateField("结束")
    themes = models.JSONField("主题与指标")
    made_by = models.CharField("发起人", max_length=64)
    made_at = models.DateTimeField("发起时间")
    report = models.JSONField("前后对比", null=True)
    conclusion = models.CharField("结论", max_length=600, blank=True, default="")
    closed_by = models.CharField("结束人", max_length=64, blank=True, default="")
    closed_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "服务提升活动"
        constraints = [
            models.CheckConstraint(condition=Q(since__lt=F("until")), name="campaign_has_days"),
            models.UniqueConstraint(fields=["title", "since"], name="campaign_once"),
        ]

    def __str__(self) -> str:
        return f"campaign:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("campaign", self.pk)


class Initiative(models.Model):
    """Something that departments did together; a second person says that it counts (协同事项)."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待确认"
        CONFIRMED = "CONFIRMED", "已确认"
        DECLINED = "DECLINED", "未通过"

    title = models.CharField("事项", max_length=80)
    story = models.CharField("经过与成效", max_length=600)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+")
    done_on = models.DateField("完成日期")
    state = models.CharField("状态", max_length=9, choices=State, default=State.PROPOSED)
    proposed_by = models.CharField("申报人", max_length=64)
    proposed_at = models.DateTimeField("申报时间")
    decided_by = models.CharField("确认人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("确认时间", null=True)
    answer = models.CharField("意见", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "协同事项"
        constraints = [
            models.UniqueConstraint(
                fields=["title", "office", "done_on"], condition=~Q(state="DECLINED"),
                name="initiative_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")),
                name="initiative_two_people",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"initiative:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("initiative", self.pk)


class Credit(models.Model):
    """What one person gets for their part in it (协同积分)."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="credits")
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    department = models.CharField("部门", max_length=12, choices=list(DEPARTMENTS.items()))
    points = models.PositiveSmallIntegerField("积分")
    did = models.CharField("做了什么", max_length=200)

    class Meta:
        verbose_name = "协同积分"
        constraints = [models.UniqueConstraint(fields=["initiative", "staff"], name="credit_once")]

    def __str__(self) -> str:
        return f"{self.initiative_id} {self.staff_id}"


class StudyPaper(models.Model):
    """The report an outside survey's figures were taken from, sealed (第三方调查报告)."""

    study = models.ForeignKey("voice.Study", models.PROTECT, related_name="+")
    filename = models.CharField("文件名", max_length=120)
    sha256 = models.CharField("摘要", max_length=64)
    size = models.PositiveIntegerField("字节")
    added_by = models.CharField("上传人", max_length=64)
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "第三方调查报告"
        constraints = [models.UniqueConstraint(fields=["study", "sha256"], name="study_paper_once")]

    def __str__(self) -> str:
        return f"{self.study_id} {self.filename}"
