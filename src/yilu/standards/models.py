"""What standards keeps: working calendars, decision tables, document checklists, figures."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel import history
from yilu.kernel.tables import Hit

NATIONAL = 0
"""The office id of the calendar everybody falls back to."""


class Edition(models.Model):
    """The present edition of one set of standards (标准版次): a token that changes with each edit."""

    name = models.CharField("名称", max_length=60, primary_key=True)
    token = models.CharField("版次", max_length=32)

    class Meta:
        verbose_name = "标准版次"

    def __str__(self) -> str:
        return f"{self.name} {self.token}"


@history.tracked()
class Calendar(models.Model):
    """
    The working hours of an office (工作日历); office 0 is the national one.

    ``week`` holds seven lists of spells, Monday first. An office without a calendar of its own
    uses the national one; one that ``follows_holidays`` takes over its days off and make-up days.
    """

    office_id = models.BigIntegerField("机构", unique=True)
    name = models.CharField("名称", max_length=60)
    zone = models.CharField("时区", max_length=40, default="Asia/Shanghai")
    week = models.JSONField("每周工作时段")
    follows_holidays = models.BooleanField("跟随全国节假日", default=True)

    class Meta:
        verbose_name = "工作日历"

    def __str__(self) -> str:
        return self.name


@history.tracked()
class CalendarYear(models.Model):
    """What is known about a year (日历年度): its official notice, or that there is none yet."""

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField("年份")
    citation = models.CharField("依据", max_length=300)
    provisional = models.BooleanField("暂定", default=True)

    class Meta:
        verbose_name = "日历年度"
        constraints = [
            models.UniqueConstraint(fields=["calendar", "year"], name="calendar_year_once")
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.year}"


@history.tracked()
class CalendarDay(models.Model):
    """A day that differs from the week (特殊日期): a holiday, a make-up workday, other hours."""

    class Kind(models.TextChoices):
        WORK = "WORK", "上班"
        REST = "REST", "休息"

    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="days")
    day = models.DateField("日期")
    kind = models.CharField("类型", max_length=4, choices=Kind)
    # Empty on a workday: the hours of that weekday, or of a usual working day.
    spells = models.JSONField("工作时段", default=list)
    name = models.CharField("名称", max_length=60, blank=True, default="")
    reason = models.CharField("调整原因", max_length=200, blank=True, default="")
    edited_by = models.CharField("调整人", max_length=64)

    class Meta:
        verbose_name = "特殊日期"
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class State(models.TextChoices):
    """The life of a version: written, in force from a day, replaced by a later one."""

    DRAFT = "DRAFT", "草稿"
    PUBLISHED = "PUBLISHED", "已发布"
    RETIRED = "RETIRED", "已被替代"


class Drafted(models.Model):
    """
    What everything has that one person writes and another publishes (草稿与发布).

    ``revision`` counts a draft's edits, so that nobody saves over a colleague.
    """

    number = models.PositiveIntegerField("版本号")
    state = models.CharField("状态", max_length=9, choices=State, default=State.DRAFT)
    note = models.CharField("修改说明", max_length=200, blank=True, default="")
    revision = models.PositiveIntegerField("草稿修订号", default=0)
    author = models.CharField("编制人", max_length=64)
    publisher = models.CharField("发布人", max_length=64, blank=True, default="")
    shipped = models.CharField("随系统发布的内容摘要", max_length=64, blank=True, default="")

    class Meta:
        abstract = True


class Version(Drafted):
    """
    What every standard's version has (版本).

    In force from ``effective_from`` until ``effective_to``, which the next version's publication sets.
    """

    effective_from = models.DateTimeField("生效时间", null=True)
    effective_to = models.DateTimeField("失效时间", null=True)

    class Meta(Drafted.Meta):
        abstract = True


class DecisionTable(models.Model):
    """A question answered by a grid that staff edit (决策表)."""

    class HitPolicy(models.TextChoices):
        FIRST = Hit.FIRST.value, "取第一行"
        UNIQUE = Hit.UNIQUE.value, "只能有一行"
        COLLECT = Hit.COLLECT.value, "取全部行"

    code = models.CharField("代码", max_length=60, unique=True)
    name = models.CharField("名称", max_length=80)
    description = models.TextField("说明", blank=True, default="")
    hit = models.CharField("命中策略", max_length=8, choices=HitPolicy)
    complete = models.BooleanField("须覆盖全部情形", default=True)

    class Meta:
        verbose_name = "决策表"

    def __str__(self) -> str:
        return self.code


@history.tracked()
class TableVersion(Version):
    """One version of a decision table (决策表版本)."""

    table = models.ForeignKey(DecisionTable, models.PROTECT, related_name="versions")
    inputs = models.JSONField("条件列")
    outputs = models.JSONField("结果列")
    rows = models.JSONField("行")
    cases = models.JSONField("测试用例", default=list)

    class Meta:
        verbose_name = "决策表版本"
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="table_version_once"),
            models.UniqueConstraint(
                fields=["table"], name="table_one_draft", condition=Q(state=State.DRAFT)
            ),
            models.CheckConstraint(
                name="table_version_four_eyes",
                condition=Q(state=State.DRAFT) | Q(author="system:0") | ~Q(publisher=F("author")),
            ),
            models.CheckConstraint(
                name="table_version_in_force_from",
                condition=Q(state=State.DRAFT) | Q(effective_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table_id} v{self.number}"


@history.tracked()
class ProgrammeVersion(Version):
    """One version of a way of serving claims, with its promise (服务项目)."""

    code = models.CharField("代码", max_length=40)
    position = models.PositiveSmallIntegerField("排序", default=0)
    title = models.CharField("名称", max_length=40)
    title_en = models.CharField("英文名称", max_length=80, blank=True, default="")
    words = models.CharField("适用条件", max_length=400)
    changes = models.JSONField("有什么不同", default=list)
    obligations = models.JSONField("时限承诺", default=list)
    page = models.CharField("办理页面", max_length=40, blank=True, default="")
    citation = models.CharField("依据", max_length=200, blank=True, default="")
    offered = models.BooleanField("正在提供", default=True)

    class Meta:
        verbose_name = "服务项目"
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="programme_version_once"),
            models.UniqueConstraint(
                fields=["code"], name="programme_one_draft", condition=Q(state=State.DRAFT)
            ),
            models.CheckConstraint(
                name="programme_four_eyes",
                condition=Q(state=State.DRAFT) | Q(author="system:0") | ~Q(publisher=F("author")),
            ),
            models.CheckConstraint(
                name="programme_in_force_from",
                condition=Q(state=State.DRAFT) | Q(effective_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"


@history.tracked()
class PrelaunchAnswer(models.Model):
    """
    An answer to one of the seven checks before a version may go live (七必查答复).

    ``subject`` is the version as events call it: of a programme, a journey, the hotline's flow, a message.
    """

    subject = models.CharField("版本", max_length=60)
    check_code = models.CharField("检查项", max_length=20)
    passed = models.BooleanField("通过")
    evidence = models.CharField("依据", max_length=500)
    by = models.CharField("答复人", max_length=64)
    at = models.DateTimeField("答复时间")

    class Meta:
        verbose_name = "七必查答复"
        constraints = [
            models.UniqueConstraint(fields=["subject", "check_code"], name="prelaunch_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.check_code}"


@history.tracked()
class FigureVersion(Drafted):
    """
    One value of a figure that managers set, with the days it counts on (数值标准).

    From the day ``effective_from`` to before ``effective_to``. A version that another one replaced before
    it ever counted begins and ends on the same day.
    """

    code = models.CharField("代码", max_length=60)
    value = models.DecimalField("数值", max_digits=16, decimal_places=6)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True)

    class Meta:
        verbose_name = "数值标准"
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="figure_version_once"),
            models.UniqueConstraint(
                fields=["code"], name="figure_one_draft", condition=Q(state=State.DRAFT)
            ),
            models.UniqueConstraint(
                fields=["code"], name="figure_one_without_end",
                condition=Q(effective_to=None) & ~Q(state=State.DRAFT),
            ),
            models.CheckConstraint(
                name="figure_four_eyes",
                condition=Q(state=State.DRAFT) | Q(author="system:0") | ~Q(publisher=F("author")),
            ),
            models.CheckConstraint(
                name="figure_ends_after_it_begins",
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"


@history.tracked()
class BookVersion(Version):
    """
    One version of a book of rules that a room above reads (规则手册), such as the diagnosis of needs.

    ``content`` is that room's own; it says what is wrong with one before it is put here.
    """

    code = models.CharField("代码", max_length=40)
    content = models.JSONField("内容")

    class Meta:
        verbose_name = "规则手册"
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="rulebook_version_once"),
            models.UniqueConstraint(
                fields=["code"], name="rulebook_one_draft", condition=Q(state=State.DRAFT)
            ),
            models.UniqueConstraint(
                fields=["code"], name="rulebook_one_without_end",
                condition=Q(effective_to=None) & ~Q(state=State.DRAFT),
            ),
            models.CheckConstraint(
                name="rulebook_four_eyes",
                condition=Q(state=State.DRAFT) | Q(author="system:0") | ~Q(publisher=F("author")),
            ),
            models.CheckConstraint(
                name="rulebook_in_force_from",
                condition=Q(state=State.DRAFT) | Q(effective_from__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"


@history.tracked()
class ChecklistVersion(Version):
    """The papers one kind of business needs, as from a day (资料清单): a claim, an application, a request."""

    subject = models.CharField("用于", max_length=40)
    title = models.CharField("名称", max_length=80)
    guidance = models.TextField("资料收集指引", blank=True, default="")
    items = models.JSONField("资料项")

    class Meta:
        verbose_name = "资料清单"
        constraints = [
            models.UniqueConstraint(fields=["subject", "number"], name="checklist_version_once"),
            models.UniqueConstraint(
                fields=["subject"], name="checklist_one_draft", condition=Q(state=State.DRAFT)
            ),
            models.CheckConstraint(
                name="checklist_four_eyes",
                condition=Q(state=State.DRAFT) | Q(author="system:0") | ~Q(publisher=F("author")),
            ),
            models.CheckConstraint(
                name="checklist_in_force_from",
                condition=Q(state=State.DRAFT) | Q(effective_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} v{self.number}"
