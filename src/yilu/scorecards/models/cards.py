"""Schemes in versions, closed periods, and the cards that were frozen with them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.refs import Ref
from yilu.scorecards.rules.schemes import SUBJECTS


class Scheme(models.Model):
    """
    One version of whom is judged by what (考核方案).

    ``target`` is a role's code, an office's or a person's id; empty: every office. A draft is
    rewritten; an approved version never is, a later one takes its place from the first of a month.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        APPROVED = "APPROVED", "已批准"

    subject = models.CharField("考核对象", max_length=6, choices=list(SUBJECTS.items()))
    target = models.CharField("岗位、机构或个人", max_length=20, blank=True, default="")
    number = models.PositiveIntegerField("版本")
    title = models.CharField("名称", max_length=60)
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    parts = models.JSONField("指标与权重")
    volume = models.CharField("工作量指标", max_length=60, blank=True, default="")
    revision = models.PositiveIntegerField("修改次数", default=1)
    author = models.CharField("编制人", max_length=64)
    written_at = models.DateTimeField("编制时间")
    approver = models.CharField("批准人", max_length=64, blank=True, default="")
    approved_at = models.DateTimeField("批准时间", null=True)
    since = models.DateField("生效日", null=True)

    class Meta:
        verbose_name = "考核方案"
        constraints = [
            models.UniqueConstraint(fields=["subject", "target", "number"], name="scheme_numbered"),
            models.UniqueConstraint(
                fields=["subject", "target"], condition=Q(state="DRAFT"), name="scheme_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(since__isnull=False, approved_at__isnull=False),
                name="scheme_approved_since",
            ),
            models.CheckConstraint(
                condition=Q(approver="") | ~Q(approver=F("author")), name="scheme_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.target} {self.number}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("scheme", self.pk)


class Closing(models.Model):
    """A month or quarter whose cards no longer move (考核结账)."""

    period = models.CharField("期间", max_length=7, unique=True)
    start = models.DateField("首日")
    unit = models.CharField("期间长度", max_length=8)
    cards = models.PositiveIntegerField("成绩数")
    closed_by = models.CharField("结账人", max_length=64)
    closed_at = models.DateTimeField("结账时间")

    class Meta:
        verbose_name = "考核结账"

    def __str__(self) -> str:
        return self.period


class Card(models.Model):
    """
    What a person (``staff``) or an office came to in a closed period (考核成绩).

    Number 0 is what was closed. A correction is a further row with its reason; nothing is rewritten.
    """

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="+", db_index=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", null=True)
    number = models.PositiveSmallIntegerField("更正次数", default=0)
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, null=True)
    judged = models.DecimalField("计分权重", max_digits=6, decimal_places=2)
    volume = models.DecimalField("工作量", max_digits=16, decimal_places=2, null=True)
    parts = models.JSONField("各项得分")
    reason = models.CharField("更正原因", max_length=300, blank=True, default="")
    made_by = models.CharField("生成人", max_length=64)
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = "考核成绩"
        constraints = [
            models.UniqueConstraint(
                fields=["closing", "office", "staff", "number"], nulls_distinct=False,
                name="card_once",
            ),
            models.CheckConstraint(
                condition=Q(number=0) | ~Q(reason=""), name="card_corrected_with_reason"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.closing_id} {self.office_id}/{self.staff_id} {self.number}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("scorecard", self.pk)
