"""Mock and third-party audits of how service looks on the spot, what they found, and that it was put right."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.refs import Ref
from yilu.quality.models.standards import StandardVersion
from yilu.quality.rules.auditing import KINDS, RESULTS
from yilu.quality.rules.standards import TOUCHPOINTS


class AuditFile(models.Model):
    """A third party's report as it was handed in, and what could not be loaded of it (外部评测文件)."""

    digest = models.CharField("文件摘要", max_length=64, unique=True)
    name = models.CharField("文件名", max_length=120)
    firm = models.CharField("评测机构", max_length=80)
    loaded = models.PositiveIntegerField("已导入行数")
    # [line, reason] of each row that was not loaded.
    problems = models.JSONField("有误的行", default=list)
    imported_by = models.CharField("导入人", max_length=64)
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = "外部评测文件"

    def __str__(self) -> str:
        return self.name


class Audit(models.Model):
    """
    One visit to one office by the list of a standard (服务检查).

    A mock audit is done by a colleague on a phone; one by a third party comes from a file.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "检查中"
        DONE = "DONE", "已完成"

    kind = models.CharField("类别", max_length=8, choices=list(KINDS.items()))
    touchpoint = models.CharField("触点", max_length=20, choices=list(TOUCHPOINTS.items()))
    version = models.ForeignKey(
        StandardVersion, models.PROTECT, null=True, related_name="+", db_index=False
    )
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    file = models.ForeignKey(
        AuditFile, models.PROTECT, null=True, related_name="audits", db_index=False
    )
    state = models.CharField("状态", max_length=4, choices=State, default=State.OPEN)
    auditor = models.CharField("检查人", max_length=64)
    begun_at = models.DateTimeField("开始时间")
    done_at = models.DateTimeField("完成时间", null=True)
    score = models.PositiveSmallIntegerField("得分", null=True)

    class Meta:
        verbose_name = "服务检查"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="OPEN") | Q(done_at__isnull=False), name="audit_done_when"
            ),
            models.UniqueConstraint(
                fields=["file", "office", "touchpoint"], name="audit_once_a_file"
            ),
        ]
        indexes = [models.Index(fields=["office", "-id"], name="audit_by_office")]

    def __str__(self) -> str:
        return f"audit:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events, work and photographs call it."""
        return Ref("audit", self.pk)


class AuditItem(models.Model):
    """One line of the list as it was found on the spot (检查项)."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="items", db_index=False)
    position = models.PositiveSmallIntegerField("次序")
    ask = models.CharField("检查内容", max_length=200)
    result = models.CharField(
        "结果", max_length=4, choices=list(RESULTS.items()), blank=True, default=""
    )
    note = models.CharField("说明", max_length=300, blank=True, default="")
    upload_id = models.BigIntegerField("照片", null=True)

    class Meta:
        verbose_name = "检查项"
        constraints = [models.UniqueConstraint(fields=["audit", "position"], name="audit_item")]

    def __str__(self) -> str:
        return f"{self.audit_id} {self.position}"


class Correction(models.Model):
    """
    Something an audit found, owned by somebody until it is put right (整改事项).

    The owner says with evidence that it is done; somebody else looks and confirms, or sends it back.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待整改"
        CORRECTED = "CORRECTED", "待确认"
        CONFIRMED = "CONFIRMED", "已销号"

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="corrections")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    what = models.CharField("问题", max_length=300)
    owner = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField("整改期限")
    state = models.CharField("状态", max_length=9, choices=State, default=State.OPEN)
    evidence = models.CharField("整改情况", max_length=500, blank=True, default="")
    upload_id = models.BigIntegerField("整改照片", null=True)
    corrected_by = models.CharField("整改人", max_length=64, blank=True, default="")
    corrected_at = models.DateTimeField("整改时间", null=True)
    sent_back = models.CharField("退回原因", max_length=300, blank=True, default="")
    confirmed_by = models.CharField("确认人", max_length=64, blank=True, default="")
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = "整改事项"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="OPEN") | (~Q(evidence="") & Q(corrected_at__isnull=False)),
                name="correction_with_evidence",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="") | ~Q(confirmed_by=F("corrected_by")),
                name="correction_two_people",
            ),
        ]
        indexes = [models.Index(fields=["office", "state", "due_on"], name="correction_by_office")]

    def __str__(self) -> str:
        return f"correction:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events, work and photographs call it."""
        return Ref("correction", self.pk)


class Tick(models.Model):
    """One line of a standard's checklist kept to for one case (核对记录)."""

    subject = models.CharField("对象", max_length=64)
    version = models.ForeignKey(StandardVersion, models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField("次序")
    ticked_by = models.CharField("核对人", max_length=64)
    ticked_at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = "核对记录"
        constraints = [
            models.UniqueConstraint(fields=["subject", "version", "position"], name="tick_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.version_id} {self.position}"
