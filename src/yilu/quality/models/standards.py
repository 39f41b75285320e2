"""Service standards in versions, and what was allowed beside them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilu.quality.models.written import Written
from yilu.quality.rules.standards import TOUCHPOINTS


class StandardVersion(Written):
    """
    One version of a touchpoint's service standard, as TOML (服务标准).

    A draft is rewritten; an approved text never is. ``pilot`` names the offices it is tried in;
    none means everywhere. The version that counts is found by day and office (``rules.standards``).
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        PILOT = "PILOT", "试点"
        APPROVED = "APPROVED", "已批准"
        STOPPED = "STOPPED", "试点终止"

    touchpoint = models.CharField("触点", max_length=20, choices=list(TOUCHPOINTS.items()))
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    text = models.TextField("内容")
    since = models.DateField("生效日", null=True)
    pilot = ArrayField(models.BigIntegerField(), verbose_name="试点机构", null=True)

    class Meta:
        verbose_name = "服务标准"
        constraints = [
            models.UniqueConstraint(fields=["touchpoint", "number"], name="standard_numbered"),
            models.UniqueConstraint(
                fields=["touchpoint"], condition=Q(state="DRAFT"), name="standard_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(since__isnull=False, approved_at__isnull=False),
                name="standard_approved_since",
            ),
            models.CheckConstraint(
                condition=Q(approver="") | Q(approver="system:0") | ~Q(approver=F("author")),
                name="standard_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="PILOT") | Q(pilot__isnull=False),
                name="standard_pilot_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint} {self.number}"


class Deviation(models.Model):
    """Leave to do it otherwise than the standard says, for one office and some days (标准例外)."""

    class State(models.TextChoices):
        ASKED = "ASKED", "待决定"
        ALLOWED = "ALLOWED", "同意"
        REFUSED = "REFUSED", "不同意"

    version = models.ForeignKey(
        StandardVersion, models.PROTECT, related_name="deviations", verbose_name="服务标准"
    )
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    what = models.CharField("改成怎样做", max_length=300)
    why = models.CharField("原因", max_length=300)
    until = models.DateField("到期日")
    state = models.CharField("状态", max_length=8, choices=State, default=State.ASKED)
    asked_by = models.CharField("申请人", max_length=64)
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.CharField("决定人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("决定时间", null=True)
    answer = models.CharField("决定理由", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "标准例外"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ASKED") | (Q(decided_at__isnull=False) & ~Q(decided_by="")),
                name="deviation_decided_by",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("asked_by")), name="deviation_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.state}"
