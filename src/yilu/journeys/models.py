"""What journeys keep: versions and their checks, progress of cases, breaks, offers, the ledger."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilu.kernel import history
from yilu.kernel.refs import Ref


@history.tracked()
class JourneyVersion(models.Model):
    """
    One version of a declared journey (旅程版本): its text as it was written, in force from a day.

    ``shipped`` is the digest of what came with the platform; empty where the insurer wrote it.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "待检查"
        ON = "ON", "已上线"
        RETIRED = "RETIRED", "已停用"

    code = models.CharField("旅程", max_length=30)
    number = models.PositiveIntegerField("版本号")
    text = models.TextField("定义")
    note = models.CharField("修改说明", max_length=200, blank=True, default="")
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    author = models.CharField("编制人", max_length=64)
    publisher = models.CharField("上线人", max_length=64, blank=True, default="")
    drafted_at = models.DateTimeField("起草时间")
    effective_from = models.DateTimeField("生效时间", null=True)
    effective_to = models.DateTimeField("失效时间", null=True)
    shipped = models.CharField("随系统发布的内容摘要", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "旅程版本"
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="journey_version_once"),
            models.UniqueConstraint(
                fields=["code"], name="journey_one_draft", condition=Q(state="DRAFT")
            ),
            models.UniqueConstraint(
                fields=["code"], name="journey_one_on", condition=Q(state="ON")
            ),
            models.CheckConstraint(
                name="journey_version_four_eyes",
                condition=Q(state="DRAFT") | Q(author="system:0") | ~Q(publisher=F("author")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.number}"


@history.tracked()
class PrelaunchAnswer(models.Model):
    """An answer to one of the seven checks before a version may go live (七必查答复)."""

    version = models.ForeignKey(JourneyVersion, models.PROTECT, related_name="+")
    check_code = models.CharField("检查项", max_length=20)
    passed = models.BooleanField("通过")
    evidence = models.CharField("依据", max_length=500)
    by = models.CharField("答复人", max_length=64)
    at = models.DateTimeField("答复时间")

    class Meta:
        verbose_name = "七必查答复"
        constraints = [
            models.UniqueConstraint(fields=["version", "check_code"], name="prelaunch_check_once")
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.check_code}"


@history.tracked()
class StandardText(models.Model):
    """
    A text of the frame 三防三管, of 七必查 or of 九应接, which every insurer words for itself (接续标准条目).

    ``ours`` until somebody changes it: the sources name these standards without their contents.
    """

    catalogue = models.CharField("目录", max_length=20)
    code = models.CharField("代码", max_length=20)
    position = models.PositiveSmallIntegerField("次序")
    title = models.CharField("名称", max_length=40)
    text = models.CharField("内容", max_length=400)
    ours = models.BooleanField("本系统拟定", default=True)
    changed_by = models.CharField("修改人", max_length=64, blank=True, default="")
    changed_at = models.DateTimeField("修改时间", null=True)

    class Meta:
        verbose_name = "接续标准条目"
        constraints = [
            models.UniqueConstraint(fields=["catalogue", "code"], name="standard_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.catalogue} {self.code}"


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


class KeptForm(models.Model):
    """
    What somebody filled in on a page that refused it (留存表单): sealed, and given back to them.

    One row a customer, journey and thing; closed when the journey really begins.
    """

    party_id = models.BigIntegerField("客户")
    journey = models.CharField("旅程", max_length=30)
    request = models.CharField("办理事项", max_length=30, blank=True, default="")
    policy_id = models.BigIntegerField("保单", null=True)
    office_id = models.BigIntegerField("机构", default=0)
    form = models.BinaryField("填写内容")
    code = models.CharField("未通过原因", max_length=60)
    attempts = models.PositiveIntegerField("次数", default=1)
    first_at = models.DateTimeField("首次未通过")
    touched_at = models.DateTimeField("最近未通过")
    closed_at = models.DateTimeField("不再需要", null=True)

    class Meta:
        verbose_name = "留存表单"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "journey", "request", "policy_id"],
                name="kept_form_once",
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"kept_form:{self.pk}"

    @property
    def ref(self) -> Ref:
        """Its name across rooms."""
        return Ref("kept_form", self.pk)


class Breakpoint(models.Model):
    """
    Where a customer's journey broke (服务断点). ``cause`` is what found it: one row a cause, for ever.

    ``task`` is the queue that somebody was given it in; empty where the page's offer is enough.
    """

    class State(models.TextChoices):
        FOUND = "FOUND", "待接续"
        OFFERED = "OFFERED", "页面已提供接续"
        TAKEN_UP = "TAKEN_UP", "客户已选择接续"
        TASKED = "TASKED", "已派人响应"
        CLOSED = "CLOSED", "已接续"
        PAST = "PAST", "历史断点"

    class How(models.TextChoices):
        NONE = "", "未结"
        MOVED_ON = "MOVED_ON", "旅程已继续"
        BY_PERSON = "BY_PERSON", "人工接续完成"
        NOT_NEEDED = "NOT_NEEDED", "客户不再需要"
        TAKEN_BACK = "TAKEN_BACK", "客户撤回"

    cause = models.CharField("起因", max_length=80, unique=True)
    kind = models.CharField("断点种类", max_length=20)
    family = models.CharField("旅程", max_length=30)
    code = models.CharField("旅程类别", max_length=60)
    step = models.CharField("环节", max_length=30)
    touchpoint = models.CharField("触点", max_length=10)
    subject = models.CharField("对象", max_length=64)
    party_id = models.BigIntegerField("客户", null=True)
    office_id = models.BigIntegerField("机构")
    severity = models.PositiveSmallIntegerField("轻重")
    priority = models.CharField("优先级", max_length=8, blank=True, default="")
    evidence = models.JSONField("依据", default=dict)
    table_version = models.PositiveIntegerField("接续规则版本", default=0)
    table_row = models.PositiveIntegerField("接续规则行", default=0)
    task = models.CharField("任务队列", max_length=40, blank=True, default="")
    state = models.CharField("状态", max_length=8, choices=State, default=State.FOUND)
    how = models.CharField("如何接续", max_length=12, choices=How, blank=True, default="")
    problem = models.ForeignKey("Problem", models.SET_NULL, null=True, related_name="+")
    happened_at = models.DateTimeField("发生时间")
    found_at = models.DateTimeField("发现时间")
    offered_at = models.DateTimeField("提供时间", null=True)
    closed_at = models.DateTimeField("接续时间", null=True)
    closed_by = models.CharField("接续人", max_length=64, blank=True, default="")
    note = models.CharField("接续说明", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "服务断点"
        indexes = [
            models.Index(
                fields=["subject"],
                name="breakpoint_open_about",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(fields=["party_id", "id"], name="breakpoint_of_party"),
            models.Index(fields=["code", "step", "found_at"], name="breakpoint_where"),
            models.Index(fields=["found_at"], name="breakpoint_when"),
        ]

    def __str__(self) -> str:
        return f"breakpoint:{self.pk}"

    @property
    def ref(self) -> Ref:
        """Its name across rooms."""
        return Ref("breakpoint", self.pk)


class Offer(models.Model):
    """Ways of going on, offered on the customer's page while they are there (接续邀约)."""

    class State(models.TextChoices):
        OPEN = "OPEN", "等待选择"
        ACCEPTED = "ACCEPTED", "已选择"
        DECLINED = "DECLINED", "不需要"
        EXPIRED = "EXPIRED", "已过时"
        CLOSED = "CLOSED", "不再需要"

    breakpoint = models.OneToOneField(Breakpoint, models.PROTECT, related_name="offer")
    party_id = models.BigIntegerField("客户")
    ways = ArrayField(models.CharField(max_length=10), verbose_name="可选方式")
    way = models.CharField("选择的方式", max_length=10, blank=True, default="")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    offered_at = models.DateTimeField("提供时间")
    expires_at = models.DateTimeField("有效至")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "接续邀约"
        indexes = [
            models.Index(
                fields=["party_id"], name="continuation_offer_open", condition=Q(state="OPEN")
            ),
            models.Index(
                fields=["expires_at"], name="continuation_offer_expires", condition=Q(state="OPEN")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.breakpoint_id} {self.state}"


@history.tracked()
class Problem(models.Model):
    """
    A problem of service in the ledger (问题台账): found, owned, planned, delivered, closed with evidence.

    ``common`` problems have the clocks of 24 hours for a plan and 72 hours for its delivery.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待提方案"
        PLANNED = "PLANNED", "方案已定"
        DELIVERED = "DELIVERED", "已落地，待销号"
        CLOSED = "CLOSED", "已销号"

    number = models.CharField("编号", max_length=20, unique=True, null=True)
    title = models.CharField("问题", max_length=80)
    text = models.CharField("说明", max_length=1000)
    journey = models.CharField("旅程", max_length=60)
    step = models.CharField("环节", max_length=30, blank=True, default="")
    kind = models.CharField("断点种类", max_length=20, blank=True, default="")
    severity = models.PositiveSmallIntegerField("轻重", default=1)
    common = models.BooleanField("共性问题", default=False)
    office_id = models.BigIntegerField("机构")
    owner_id = models.BigIntegerField("责任人")
    review_days = models.PositiveSmallIntegerField("跟踪周期（天）", default=7)
    review_on = models.DateField("下次跟踪")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    plan = models.CharField("方案", max_length=1000, blank=True, default="")
    delivered = models.CharField("落地情况", max_length=1000, blank=True, default="")
    evidence = models.CharField("销号依据", max_length=1000, blank=True, default="")
    opened_by = models.CharField("登记人", max_length=64)
    opened_at = models.DateTimeField("登记时间")
    planned_at = models.DateTimeField("方案时间", null=True)
    delivered_at = models.DateTimeField("落地时间", null=True)
    closed_at = models.DateTimeField("销号时间", null=True)
    closed_by = models.CharField("销号人", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "问题台账"
        constraints = [
            models.CheckConstraint(
                name="problem_closed_with_evidence",
                condition=~Q(state="CLOSED") | (~Q(evidence="") & Q(closed_at__isnull=False)),
            )
        ]
        indexes = [
            models.Index(
                fields=["review_on"], name="problem_to_review", condition=~Q(state="CLOSED")
            )
        ]

    def __str__(self) -> str:
        return f"problem:{self.pk}"

    @property
    def ref(self) -> Ref:
        """Its name across rooms."""
        return Ref("problem", self.pk)


class ProblemNote(models.Model):
    """A look at a problem's progress (跟踪记录)."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="+")
    text = models.CharField("情况", max_length=500)
    breaks = models.PositiveIntegerField("当时断点数", default=0)
    by = models.CharField("跟踪人", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "跟踪记录"

    def __str__(self) -> str:
        return f"{self.problem_id} {self.at:%Y-%m-%d}"
