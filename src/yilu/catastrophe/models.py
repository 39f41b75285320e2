"""What disaster mode keeps: the event, the lists, whom they may mean, and what was done for them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

from .rules.labels import CONDITIONS, CONTACTS, KINDS, LEVELS


@tracked()
class Event(models.Model):
    """A disaster or grave accident for which the insurer works otherwise than usual (重大突发事件)."""

    class State(models.TextChoices):
        OPEN = "OPEN", "应急中"
        CLOSED = "CLOSED", "已结束"

    number = models.CharField("事件编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=12, choices=list(KINDS.items()))
    level = models.CharField("级别", max_length=4, choices=list(LEVELS.items()))
    place = models.CharField("地点", max_length=120)
    occurred_at = models.DateTimeField("发生时间")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+")
    measures = models.JSONField("应急措施", default=list)
    # A drill: nobody outside is messaged, no money moves, and statistics leave it out.
    drill = models.BooleanField("演练", default=False)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    request_key = models.CharField("防重复提交号", max_length=64, unique=True)
    declared_by = models.CharField("宣布人", max_length=64)
    declared_at = models.DateTimeField("宣布时间")
    closed_at = models.DateTimeField("结束时间", null=True)
    closing_words = models.TextField("结束说明", blank=True, default="")

    class Meta:
        verbose_name = "重大突发事件"
        indexes = [models.Index(fields=["office", "-id"], name="catastrophe_by_office")]

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> Ref:
        """What events and clocks call it."""
        return Ref("catastrophe", self.pk)


@tracked()
class MeasureTask(models.Model):
    """Carrying one emergency measure out: whose task it is, by when, and when it was done (措施落实)."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="tasks")
    measure = models.CharField("措施", max_length=32)
    owner = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", null=True)
    due_at = models.DateTimeField("应完成时间")
    done_at = models.DateTimeField("完成时间", null=True)
    done_by = models.CharField("确认人", max_length=64, blank=True, default="")
    words = models.CharField("落实情况", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "措施落实"
        constraints = [models.UniqueConstraint(fields=["event", "measure"], name="measure_once")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.measure}"


class EventReport(models.Model):
    """The report of an event or drill as a file, the newest in the place of the one before (应急报告)."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="report")
    asked_at = models.DateTimeField("要求时间")
    printed_at = models.DateTimeField("生成时间", null=True)
    # Counts and times only, no names: it may lie open.
    printed = models.BinaryField("文件", default=b"")
    sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "应急报告"

    def __str__(self) -> str:
        return f"report:{self.event_id}"


class CasualtyList(models.Model):
    """A list of people hurt, dead or missing, as somebody published it (伤亡名单)."""

    class State(models.TextChoices):
        WAITING = "WAITING", "等待读取"
        STAGING = "STAGING", "正在读取"
        MATCHING = "MATCHING", "正在查找客户"
        READY = "READY", "可以核对"
        FAILED = "FAILED", "无法读取"

    event = models.ForeignKey(Event, models.PROTECT, related_name="lists")
    filename = models.CharField("文件名", max_length=120)
    source = models.CharField("名单来源", max_length=80)
    storage_key = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField("行数", default=0)
    staged = models.PositiveIntegerField("已读取", default=0)
    matched = models.PositiveIntegerField("已查找", default=0)
    warnings = models.JSONField("提示", default=list)
    problem = models.CharField("无法读取的原因", max_length=300, blank=True, default="")
    imported_by = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    imported_at = models.DateTimeField("导入时间")
    ready_at = models.DateTimeField("查找完成时间", null=True)

    class Meta:
        verbose_name = "伤亡名单"
        constraints = [
            models.UniqueConstraint(fields=["event", "sha256"], name="casualty_list_once")
        ]

    def __str__(self) -> str:
        return f"list:{self.pk}"


class CasualtyRow(models.Model):
    """One line of a list and what became of it (名单行). Numbers on it are sealed."""

    class State(models.TextChoices):
        PROBLEM = "PROBLEM", "需要更正"
        DUPLICATE = "DUPLICATE", "重复"
        STAGED = "STAGED", "等待查找"
        TO_CONFIRM = "TO_CONFIRM", "待核对"
        NOBODY = "NOBODY", "未找到客户"
        CONFIRMED = "CONFIRMED", "已确认为客户"
        REJECTED = "REJECTED", "确认不是客户"

    sheet = models.ForeignKey(CasualtyList, models.PROTECT, related_name="rows")
    line = models.PositiveIntegerField("行号")
    name = models.CharField("姓名", max_length=80)
    sex = models.CharField("性别", max_length=6, null=True)
    birth_date = models.DateField("出生日期", null=True)
    age = models.PositiveSmallIntegerField("年龄", null=True)
    identity = models.BinaryField("证件号码", default=b"")
    phone = models.BinaryField("手机号", default=b"")
    place = models.CharField("地点", max_length=120, blank=True, default="")
    hospital = models.CharField("医院或安置点", max_length=120, blank=True, default="")
    condition = models.CharField("状态", max_length=8, choices=list(CONDITIONS.items()))
    remark = models.CharField("提示", max_length=300, blank=True, default="")
    state = models.CharField("核对状态", max_length=10, choices=State)
    best_score = models.PositiveSmallIntegerField("最高匹配分", default=0)
    decided_by = models.CharField("核对人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("核对时间", null=True)
    reason = models.CharField("核对说明", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "名单行"
        constraints = [models.UniqueConstraint(fields=["sheet", "line"], name="casualty_line_once")]
        indexes = [
            models.Index(fields=["sheet", "state", "-best_score", "id"], name="casualty_by_state")
        ]

    def __str__(self) -> str:
        return f"row:{self.pk}"


class Candidate(models.Model):
    """A customer whom a line may mean, with the score and its reasons (候选客户)."""

    row = models.ForeignKey(CasualtyRow, models.CASCADE, related_name="candidates")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    rank = models.PositiveSmallIntegerField("名次")
    score = models.PositiveSmallIntegerField("匹配分")
    reasons = models.JSONField("理由")
    certain = models.BooleanField("高度一致", default=False)

    class Meta:
        verbose_name = "候选客户"
        constraints = [models.UniqueConstraint(fields=["row", "party"], name="candidate_once")]

    def __str__(self) -> str:
        return f"{self.row_id} {self.rank}"


@tracked()
class Affected(models.Model):
    """A customer known to be affected by an event, and what we did for them (受影响客户)."""

    class Source(models.TextChoices):
        LIST = "LIST", "名单核对"
        SELF = "SELF", "客户自报"

    event = models.ForeignKey(Event, models.PROTECT, related_name="affected")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    row = models.OneToOneField(CasualtyRow, models.PROTECT, null=True, related_name="affected")
    source = models.CharField("来源", max_length=6, choices=Source)
    condition = models.CharField("状态", max_length=8, choices=list(CONDITIONS.items()))
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField("确认时间")
    confirmed_by = models.CharField("确认人", max_length=64)
    contacted_at = models.DateTimeField("联系上的时间", null=True)
    contact = models.CharField(
        "联系结果", max_length=14, choices=list(CONTACTS.items()), blank=True, default=""
    )
    attempts = models.PositiveSmallIntegerField("联系次数", default=0)

    class Meta:
        verbose_name = "受影响客户"
        constraints = [models.UniqueConstraint(fields=["event", "party"], name="affected_once")]
        indexes = [models.Index(fields=["party", "-id"], name="affected_by_party")]

    def __str__(self) -> str:
        return f"affected:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events, clocks and work call it."""
        return Ref("affected", self.pk)


class OpenedClaim(models.Model):
    """
    A claim opened for an affected customer without being asked (主动报案).

    In a drill there is no claim: the line itself is the practice, up to a payment that never moves.
    """

    affected = models.ForeignKey(Affected, models.PROTECT, related_name="claims")
    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+", db_index=False)
    claim_type = models.CharField("理赔类型", max_length=20)
    claim = models.OneToOneField("claims.Claim", models.PROTECT, null=True, related_name="+")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2, null=True)
    opened_at = models.DateTimeField("报案时间")
    paid_at = models.DateTimeField("赔款到账时间", null=True)

    class Meta:
        verbose_name = "主动报案"
        constraints = [
            models.UniqueConstraint(
                fields=["affected", "policy", "claim_type"], name="opened_claim_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="opened_claim_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.affected_id} {self.claim_type}"
