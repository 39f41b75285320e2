"""How far each thing is on its journey, and what that adds up to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Follower(models.Model):
    """How far the journal has been read (旅程跟随进度): one row, moved with what it led to."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    xact = models.BigIntegerField("事务", default=0)
    event_id = models.BigIntegerField("事件", default=0)
    events = models.BigIntegerField("已读事件", default=0)
    read_at = models.DateTimeField("最近读取", null=True)

    class Meta:
        verbose_name = "旅程跟随进度"

    def __str__(self) -> str:
        return f"{self.xact}/{self.event_id}"


class JourneyCase(models.Model):
    """
    How far one thing is on its journey (旅程进度): one row a subject and journey.

    ``quiet_due_at`` is when silence becomes a break; null where it was found or is not watched.
    """

    family = models.CharField("旅程", max_length=30)
    code = models.CharField("旅程类别", max_length=60)
    subject = models.CharField("对象", max_length=64)
    version = models.PositiveIntegerField("版本")
    party_id = models.BigIntegerField("客户", null=True)
    office_id = models.BigIntegerField("机构", default=0)
    step = models.CharField("当前环节", max_length=30)
    touchpoint = models.CharField("触点", max_length=10)
    passages = models.PositiveIntegerField("经过环节数", default=0)
    deviations = models.PositiveIntegerField("偏离次数", default=0)
    trail = models.CharField("路径", max_length=400, default="")
    started_at = models.DateTimeField("开始时间")
    entered_at = models.DateTimeField("进入当前环节")
    ended_at = models.DateTimeField("结束时间", null=True)
    outcome = models.CharField("结果", max_length=10, blank=True, default="")
    last_kind = models.CharField("最近事件", max_length=80)
    last_at = models.DateTimeField("最近事件时间")
    quiet_due_at = models.DateTimeField("沉默期限", null=True)

    class Meta:
        verbose_name = "旅程进度"
        constraints = [
            models.UniqueConstraint(fields=["subject", "family"], name="journey_case_once")
        ]
        indexes = [
            models.Index(
                fields=["code", "step", "office_id", "id"],
                name="journey_case_here",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(fields=["code", "started_at"], name="journey_case_started"),
            models.Index(
                fields=["quiet_due_at"],
                name="journey_case_quiet",
                condition=Q(quiet_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"


class StepPassage(models.Model):
    """A case's way through one step (环节经过): entered and left by events of the journal."""

    case = models.ForeignKey(JourneyCase, models.PROTECT, related_name="+", db_index=False)
    ordinal = models.PositiveIntegerField("次序")
    step = models.CharField("环节", max_length=30)
    touchpoint = models.CharField("触点", max_length=10)
    entered_at = models.DateTimeField("进入时间")
    entered_by = models.BigIntegerField("进入事件")
    due_at = models.DateTimeField("标准时间", null=True)
    left_at = models.DateTimeField("离开时间", null=True)
    left_by = models.BigIntegerField("离开事件", null=True)
    attempts = models.PositiveSmallIntegerField("次数", default=1)
    declared = models.BooleanField("按声明走", default=True)
    late_found_at = models.DateTimeField("发现超时", null=True)

    class Meta:
        verbose_name = "环节经过"
        constraints = [
            models.UniqueConstraint(fields=["case", "ordinal"], name="step_passage_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="step_passage_running_late",
                condition=Q(left_at__isnull=True, late_found_at__isnull=True, due_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class StepDay(models.Model):
    """What happened at a step on a day (环节日计): added up as events are read, for the panorama."""

    pk = models.CompositePrimaryKey("day", "code", "step", "touchpoint", "office_id")
    day = models.DateField("日期")
    code = models.CharField("旅程类别", max_length=60)
    step = models.CharField("环节", max_length=30)
    touchpoint = models.CharField("触点", max_length=10)
    office_id = models.BigIntegerField("机构")
    entered = models.IntegerField("进入", default=0)
    left = models.IntegerField("离开", default=0)
    late = models.IntegerField("超时", default=0)

    class Meta:
        verbose_name = "环节日计"

    def __str__(self) -> str:
        return f"{self.day} {self.code} {self.step}"


class HereNow(models.Model):
    """
    How many cases are at a step now (环节在途): moved with the cases, for the panorama.

    Millions may be under way at once; the picture asks for some hundred sums of them.
    """

    pk = models.CompositePrimaryKey("code", "step", "touchpoint", "office_id")
    code = models.CharField("旅程类别", max_length=60)
    step = models.CharField("环节", max_length=30)
    touchpoint = models.CharField("触点", max_length=10)
    office_id = models.BigIntegerField("机构")
    count = models.BigIntegerField("在途", default=0)

    class Meta:
        verbose_name = "环节在途"

    def __str__(self) -> str:
        return f"{self.code} {self.step}: {self.count}"


class FlowDay(models.Model):
    """
    How often cases went from one step to the next on a day, by how long it took (环节流转).

    ``bucket`` is the logarithm of the seconds (rules.buckets): a median without keeping every time.
    """

    pk = models.CompositePrimaryKey("day", "code", "source", "target", "office_id", "bucket")
    day = models.DateField("日期")
    code = models.CharField("旅程类别", max_length=60)
    source = models.CharField("从", max_length=30)
    target = models.CharField("到", max_length=30)
    office_id = models.BigIntegerField("机构")
    bucket = models.SmallIntegerField("用时档")
    count = models.IntegerField("次数", default=0)

    class Meta:
        verbose_name = "环节流转"

    def __str__(self) -> str:
        return f"{self.code} {self.source}→{self.target}"


class EventEdge(models.Model):
    """
    How often one event directly followed another in a journey, by month and by how long it took (事件流转).

    The directly-follows graph, kept as events are read: its size is that of the graph, not of the log.
    Each is counted twice: for its case's office, and for the whole company (``WHOLE_COMPANY``).
    """

    WHOLE_COMPANY = 0

    pk = models.CompositePrimaryKey("family", "office_id", "month", "source", "target", "bucket")
    family = models.CharField("旅程", max_length=30)
    office_id = models.BigIntegerField("机构", default=WHOLE_COMPANY)
    month = models.DateField("月份")
    source = models.CharField("从", max_length=80)
    target = models.CharField("到", max_length=80)
    bucket = models.SmallIntegerField("用时档")
    count = models.BigIntegerField("次数", default=0)

    class Meta:
        verbose_name = "事件流转"

    def __str__(self) -> str:
        return f"{self.source}→{self.target}"
