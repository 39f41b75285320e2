"""Files of voices, outside surveys, what is being improved, what departments are told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.refs import Ref
from yilu.voice.rules.departments import DEPARTMENTS
from yilu.voice.rules.labels import BATCH_STATES, IMPROVEMENT_STATES, JOURNEYS


class Batch(models.Model):
    """A file of voices taken in row by row (原声导入)."""

    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    filename = models.CharField("文件名", max_length=120)
    label = models.CharField("名称", max_length=80)
    sha256 = models.CharField("摘要", max_length=64)
    # Empty: read from its place by the console, and nothing of the file is kept.
    storage_key = models.CharField(max_length=80, blank=True, default="")
    size = models.BigIntegerField("字节")
    touchpoint = models.CharField("触点", max_length=40)
    journey = models.CharField("旅程", max_length=16, choices=list(JOURNEYS.items()))
    # What a text file without columns consists of.
    positive = models.BooleanField("全部为好评", null=True)
    said_on = models.DateField("未写日期的按此日")
    state = models.CharField(
        "状态", max_length=8, choices=list(BATCH_STATES.items()), default="WAITING"
    )
    columns = models.JSONField("列", default=list)
    # Position in the file: lines of text or rows of a table read so far.
    read = models.BigIntegerField("已读", default=0)
    bytes_read = models.BigIntegerField("已读字节", default=0)
    rows = models.PositiveIntegerField("导入条数", default=0)
    problems = models.PositiveIntegerField("问题行数", default=0)
    problem = models.CharField("未能完成的原因", max_length=300, blank=True, default="")
    asked_by = models.CharField("导入人", max_length=64)
    asked_at = models.DateTimeField("导入时间")
    changed_at = models.DateTimeField("最近变动时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "原声导入"
        constraints = [
            models.UniqueConstraint(
                fields=["office", "sha256"],
                condition=~Q(state__in=["FAILED", "STOPPED"]),
                name="batch_of_voices_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["changed_at"],
                name="voices_coming_in",
                condition=Q(state__in=["WAITING", "READING"]),
            )
        ]

    def __str__(self) -> str:
        return f"voice_batch:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("voice_batch", self.pk)


class BatchProblem(models.Model):
    """A row of a file that was not taken, and why (导入问题行)."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="+", db_index=False)
    line = models.PositiveIntegerField("行号")
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = "导入问题行"
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="problem_once_a_line")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.line}"


class Study(models.Model):
    """What an outside survey found about us and others (第三方调查)."""

    name = models.CharField("调查名称", max_length=80)
    by = models.CharField("调查机构", max_length=80)
    measure = models.CharField("指标", max_length=8)
    lowest = models.SmallIntegerField("量表最低")
    highest = models.SmallIntegerField("量表最高")
    value = models.DecimalField("得分", max_digits=7, decimal_places=2)
    others = models.DecimalField("行业", max_digits=7, decimal_places=2, null=True)
    sample = models.PositiveIntegerField("样本量", null=True)
    journey = models.CharField("旅程", max_length=16, choices=list(JOURNEYS.items()))
    held_on = models.DateField("调查日期")
    entered_by = models.CharField("录入", max_length=64)
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = "第三方调查"
        constraints = [
            models.UniqueConstraint(
                fields=["name", "by", "measure", "journey", "held_on"], name="study_once"
            ),
            models.CheckConstraint(
                condition=~Q(measure="NPS") | Q(lowest=0, highest=10), name="study_nps_of_eleven"
            ),
        ]

    def __str__(self) -> str:
        return f"study:{self.pk}"


class Improvement(models.Model):
    """Something done about a topic, whose effect on NPS is measured before and after (改进事项)."""

    topic = models.ForeignKey(
        "voice.Topic", models.SET_NULL, related_name="+", null=True, db_index=False
    )
    # The topic's name as it was, since analyses are done anew.
    about = models.CharField("针对的主题", max_length=80)
    title = models.CharField("做什么", max_length=120)
    journey = models.CharField("影响的旅程", max_length=16, choices=list(JOURNEYS.items()))
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(
        "状态", max_length=8, choices=list(IMPROVEMENT_STATES.items()), default="PLANNED"
    )
    due_on = models.DateField("计划上线")
    live_on = models.DateField("实际上线", null=True)
    note = models.TextField("说明", blank=True, default="")
    planned_at = models.DateTimeField("立项时间")
    closed_at = models.DateTimeField("收尾时间", null=True)

    class Meta:
        verbose_name = "改进事项"

    def __str__(self) -> str:
        return f"improvement:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("improvement", self.pk)


class MonthlyReport(models.Model):
    """What departments are told of a month: ratings, follow-ups, questions, complaints (部门月报)."""

    month = models.DateField("月份")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    figures = models.JSONField("数字")
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = "部门月报"
        constraints = [
            models.UniqueConstraint(fields=["office", "month"], name="monthly_report_once")
        ]

    def __str__(self) -> str:
        return f"{self.office_id}/{self.month}"

    @property
    def ref(self) -> Ref:
        """What events and work call it."""
        return Ref("voice_report", self.pk)


class ReportAnswer(models.Model):
    """What a department will do about a month (部门答复)."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="answers")
    department = models.CharField("部门", max_length=12, choices=list(DEPARTMENTS.items()))
    text = models.CharField("改进打算", max_length=500)
    by = models.CharField("答复人", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "部门答复"
        constraints = [
            models.UniqueConstraint(fields=["report", "department"], name="report_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.department}"
