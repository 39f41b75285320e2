"""What the desks keep: who holds which part of a case, whom a note calls, samples of quality, care, exports."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .claim import MONEY, Claim
from .handling import ContactNote
from .verdicts import Decision


class CasePart(models.Model):
    """A part of a case and who holds it: several handlers, one case (分工)."""

    class Area(models.TextChoices):
        MEDICAL = "MEDICAL", "医疗费用"
        INJURY = "INJURY", "人伤"
        VEHICLE = "VEHICLE", "车物"
        LIABILITY = "LIABILITY", "责任认定"
        BENEFICIARIES = "BENEFICIARIES", "受益人"
        MONEY = "MONEY", "理算与付款"
        CONTACT = "CONTACT", "客户沟通"
        LEGAL = "LEGAL", "法律"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="parts")
    area = models.CharField("部分", max_length=14, choices=Area)
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    given_by = models.CharField("分派人", max_length=64)
    given_at = models.DateTimeField("分派时间")
    done_at = models.DateTimeField("办结时间", null=True)
    result = models.TextField("结果", blank=True, default="")

    class Meta:
        verbose_name = "分工"
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "area"], condition=Q(done_at__isnull=True), name="one_holds_a_part"
            )
        ]
        indexes = [
            models.Index(fields=["staff"], name="part_open", condition=Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.area}"


class Mention(models.Model):
    """A colleague called by a note of the shared log: their work item (提及)."""

    note = models.ForeignKey(ContactNote, models.PROTECT, related_name="mentions")
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    answered_at = models.DateTimeField("回应时间", null=True)

    class Meta:
        verbose_name = "提及"
        constraints = [models.UniqueConstraint(fields=["note", "staff"], name="mentioned_once")]

    def __str__(self) -> str:
        return f"{self.note_id} {self.staff_id}"


class QualityCheck(models.Model):
    """A person's decision drawn for a second look, graded and given back to its handler (质量抽检)."""

    class Drawn(models.TextChoices):
        RANDOM = "RANDOM", "随机"
        HANDLER = "HANDLER", "每位经办人的最低抽检量"
        RISK = "RISK", "风险加权"

    class Grade(models.TextChoices):
        GOOD = "GOOD", "优"
        FINE = "FINE", "合格"
        FAULTS = "FAULTS", "有瑕疵"
        WRONG = "WRONG", "有差错"

    class Fault(models.TextChoices):
        AMOUNT = "AMOUNT", "金额差错"
        CLAUSE = "CLAUSE", "条款适用"
        FACTS = "FACTS", "事实认定"
        PAPERS = "PAPERS", "资料缺漏"
        REASONS = "REASONS", "理由不充分"
        DEADLINE = "DEADLINE", "超时"
        CONTACT = "CONTACT", "沟通不当"
        PRIVACY = "PRIVACY", "信息保护"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+", db_index=False)
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="quality_check")
    handler = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    office_id = models.BigIntegerField("机构")
    drawn_because = models.CharField("抽取方式", max_length=8, choices=Drawn)
    share = models.DecimalField("抽取比例", max_digits=5, decimal_places=4)
    drawn_at = models.DateTimeField("抽取时间")
    grade = models.CharField("评级", max_length=8, choices=Grade, blank=True, default="")
    faults = models.JSONField("差错类型", default=list)
    finding = models.TextField("说明", blank=True, default="")
    graded_by = models.CharField("抽检人", max_length=64, blank=True, default="")
    graded_at = models.DateTimeField("抽检时间", null=True)
    answer = models.TextField("经办人回应", blank=True, default="")
    answered_at = models.DateTimeField("回应时间", null=True)

    class Meta:
        verbose_name = "质量抽检"
        indexes = [
            models.Index(fields=["office_id", "-id"], name="quality_by_office"),
            models.Index(fields=["handler", "-id"], name="quality_by_handler"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.grade}"


class CareOrder(models.Model):
    """Help for somebody gravely ill or hurt, before anything is decided (重案协助)."""

    class Kind(models.TextChoices):
        HOSPITAL = "HOSPITAL", "联系合作医院"
        GREEN_CHANNEL = "GREEN_CHANNEL", "就医绿色通道"
        VISIT = "VISIT", "探访慰问"
        ADVANCE = "ADVANCE", "垫付医疗费"

    class State(models.TextChoices):
        ASKED = "ASKED", "待办"
        APPROVED = "APPROVED", "已批准"
        DONE = "DONE", "已完成"
        REFUSED = "REFUSED", "未批准"

    class Scene(models.TextChoices):
        INPATIENT = "INPATIENT", "住院预付"
        EMERGENCY = "EMERGENCY", "突发事件预付"
        NAMED = "NAMED", "特定人员预付"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="care_orders")
    kind = models.CharField("协助方式", max_length=14, choices=Kind)
    # An advance before any bill: for what, on which expected costs, up to how much, and what paid it.
    scene = models.CharField(
        "预付场景", max_length=10, choices=Scene, blank=True, default="", db_default=""
    )
    expected = models.DecimalField("预计费用", **MONEY, null=True)
    ceiling = models.DecimalField("批准时的预付上限", **MONEY, null=True)
    decision = models.OneToOneField(
        "claims.Decision", models.PROTECT, related_name="care_order", null=True
    )
    provider = models.ForeignKey(
        "people.Provider", models.PROTECT, related_name="+", null=True, db_index=False
    )
    amount = models.DecimalField("垫付金额", **MONEY, null=True)
    words = models.TextField("说明")
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    asked_by = models.CharField("提出人", max_length=64)
    asked_at = models.DateTimeField("提出时间")
    decided_by = models.CharField("批准人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("批准时间", null=True)
    outcome = models.TextField("结果", blank=True, default="")
    done_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "重案协助"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="ADVANCE") | Q(amount__gt=0), name="care_advance_has_amount"
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(kind="ADVANCE") | ~Q(decided_by=F("asked_by")),
                name="care_advance_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(scene="") | Q(kind="ADVANCE", expected__gt=0),
                name="care_scene_has_costs",
            ),
            models.CheckConstraint(
                condition=Q(scene="")
                | Q(decision=None)
                | Q(ceiling__gt=0, ceiling__lte=F("expected")),
                name="care_ahead_below_costs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind}"


class RowExport(models.Model):
    """Rows of the lead's board taken out as a workbook: who, which, how many, when (明细导出)."""

    class State(models.TextChoices):
        WAITING = "WAITING", "排队中"
        RUNNING = "RUNNING", "正在导出"
        READY = "READY", "可以下载"
        FAILED = "FAILED", "没有完成"

    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    filters = models.JSONField("筛选条件", default=dict)
    offices = models.JSONField("机构范围", default=list)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField("行数", default=0)
    done = models.PositiveIntegerField("已写行数", default=0)
    content = models.BinaryField("文件", default=b"")
    asked_at = models.DateTimeField("提出时间")
    ready_at = models.DateTimeField("完成时间", null=True)
    fetched_at = models.DateTimeField("下载时间", null=True)

    class Meta:
        verbose_name = "明细导出"
        indexes = [models.Index(fields=["staff", "-id"], name="export_by_staff")]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.asked_at:%Y-%m-%d}"
