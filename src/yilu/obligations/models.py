"""What obligations keeps: the promises as data, and the clocks that run on them."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from yilu.kernel import history


class Definition(models.Model):
    """A promise with a deadline, from the law or a pledge of ours (时限义务)."""

    code = models.CharField("代码", max_length=60, unique=True)
    subject_kind = models.CharField("对象类型", max_length=20)

    class Meta:
        verbose_name = "时限义务"

    def __str__(self) -> str:
        return self.code


@history.tracked()
class DefinitionVersion(models.Model):
    """
    What a promise says as from a day (时限规则版本).

    Running clocks keep the version they began with. ``rule`` holds triggers, stops, pauses, limit,
    warnings and escalation as ``rules.read_rule`` reads them.
    """

    class Grade(models.TextChoices):
        LAW = "LAW", "法规"
        SECONDARY = "SECONDARY", "二手资料，待保险公司确认"
        PLEDGE = "PLEDGE", "本公司承诺，待保险公司确认"

    definition = models.ForeignKey(Definition, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版本号")
    effective_from = models.DateTimeField("生效时间")
    effective_to = models.DateTimeField("失效时间", null=True)
    title = models.CharField("名称", max_length=80)
    title_en = models.CharField("英文名称", max_length=160)
    text = models.TextField("规则内容")
    citation = models.CharField("依据", max_length=200)
    grade = models.CharField("依据等级", max_length=9, choices=Grade)
    rule = models.JSONField("规则")
    author = models.CharField("编制人", max_length=64)
    # The second person, where a row of law was changed.
    agreed_by = models.CharField("确认人", max_length=64, blank=True, default="")
    reason = models.CharField("修改原因", max_length=200, blank=True, default="")
    shipped = models.CharField("随系统发布的内容摘要", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "时限规则版本"
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "number"], name="definition_version_once"
            ),
            models.UniqueConstraint(
                fields=["definition"],
                name="definition_one_open_ended",
                condition=Q(effective_to__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.definition_id} v{self.number}"


@history.tracked()
class DefinitionChange(models.Model):
    """
    A change to a row of law that waits for a second person (法定时限修改提议); one a promise at a time.

    ``effective_from`` empty: from the moment the other one agrees. ``given`` holds what the new version
    is to say; it is empty where the promise is to end (``ends``).
    """

    definition = models.OneToOneField(Definition, models.PROTECT, related_name="change")
    ends = models.BooleanField("停用", default=False)
    version = models.PositiveIntegerField("所依据的版本号")
    given = models.JSONField("内容", default=dict)
    effective_from = models.DateTimeField("生效时间", null=True)
    author = models.CharField("提议人", max_length=64)
    reason = models.CharField("修改原因", max_length=200)
    proposed_at = models.DateTimeField("提议时间")

    class Meta:
        verbose_name = "法定时限修改提议"

    def __str__(self) -> str:
        return f"{self.definition_id} v{self.version}"


class Clock(models.Model):
    """
    One promise running for one subject (时限时钟).

    Written by the follower in the transaction of the event that starts it, one row an obligation,
    subject and ordinal. ``limit_amount`` and ``unit`` are copies: later versions never change it.
    ``consumed`` counts what was used up before ``running_since``, in the grain of the unit (days,
    spells, or microseconds).
    """

    class State(models.TextChoices):
        RUNNING = "RUNNING", "计时中"
        PAUSED = "PAUSED", "暂停"
        MET = "MET", "按时完成"
        MET_LATE = "MET_LATE", "超时完成"
        BREACHED = "BREACHED", "已超时"
        CANCELLED = "CANCELLED", "已取消"

    # No constraint in the database: it would lock the same few rows from every claim at once, and
    # versions are never deleted.
    version = models.ForeignKey(
        DefinitionVersion,
        models.PROTECT,
        related_name="clocks",
        db_index=False,
        db_constraint=False,
    )
    code = models.CharField("义务代码", max_length=60)
    subject = models.CharField("对象", max_length=64)
    ordinal = models.BigIntegerField("序号", default=0)
    office_id = models.BigIntegerField("机构", default=0)
    party_id = models.BigIntegerField("客户", null=True)
    state = models.CharField("状态", max_length=9, choices=State)
    limit_amount = models.PositiveIntegerField("时限")
    unit = models.CharField("单位", max_length=16)
    started_by = models.BigIntegerField("起算事件")
    started_at = models.DateTimeField("起算时间")
    running_since = models.DateTimeField("本段起算时间")
    consumed = models.BigIntegerField("已用", default=0)
    due_at = models.DateTimeField("到期时间")
    next_check_at = models.DateTimeField("下次检查时间", null=True)
    warned = models.PositiveSmallIntegerField("已提醒次数", default=0)
    escalated = models.PositiveSmallIntegerField("已升级次数", default=0)
    met_by = models.BigIntegerField("完成事件", null=True)
    met_at = models.DateTimeField("完成时间", null=True)
    breached_at = models.DateTimeField("超时时间", null=True)

    class Meta:
        verbose_name = "时限时钟"
        constraints = [
            models.UniqueConstraint(fields=["subject", "code", "ordinal"], name="clock_once")
        ]
        indexes = [
            models.Index(
                fields=["next_check_at"],
                name="clock_to_check",
                condition=Q(next_check_at__isnull=False),
            ),
            # Clocks come in the order they start: a report of a period reads only its part.
            BrinIndex(fields=["started_at"], name="clock_started"),
            models.Index(
                fields=["office_id", "-breached_at", "id"],
                name="clock_breached",
                condition=Q(state="BREACHED"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.code}"


class ClockPause(models.Model):
    """
    A stretch that does not count, with the two proofs of arrival (时限中止).

    ``paused_by`` proves that our notice arrived, ``resumed_by`` that what we asked for did. Where
    the second came first, ``paused_at`` stays empty and the first no longer pauses anything.
    """

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="pauses")
    cause = models.CharField("原因", max_length=40)
    key = models.BigIntegerField("编号", default=0)
    paused_by = models.BigIntegerField("中止事件", null=True)
    paused_at = models.DateTimeField("中止时间", null=True)
    paused_proof = models.CharField("通知送达凭证", max_length=120, blank=True, default="")
    resumed_by = models.BigIntegerField("恢复事件", null=True)
    resumed_at = models.DateTimeField("恢复时间", null=True)
    resumed_proof = models.CharField("资料到达凭证", max_length=120, blank=True, default="")

    class Meta:
        verbose_name = "时限中止"
        constraints = [
            models.UniqueConstraint(fields=["clock", "cause", "key"], name="clock_pause_once")
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.cause}"
