"""What may be inspected, what was drawn of it and why, how it was scored, and what came of an objection."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.refs import Ref
from yilu.quality.models.books import BookVersion
from yilu.quality.rules.sampling import BECAUSE, MARKS, WHAT


class Service(models.Model):
    """Something one member of staff did for a customer, kept until its week was drawn (可抽检服务)."""

    what = models.CharField("类别", max_length=10, choices=list(WHAT.items()))
    subject = models.CharField("对象", max_length=64)
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    party_id = models.BigIntegerField("客户", null=True)
    done_at = models.DateTimeField("完成时间")

    class Meta:
        verbose_name = "可抽检服务"
        constraints = [
            models.UniqueConstraint(fields=["what", "subject", "staff"], name="service_kept_once")
        ]
        indexes = [
            models.Index(fields=["office", "what", "done_at"], name="service_by_office"),
            models.Index(fields=["done_at"], name="service_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.subject}"


class Mark(models.Model):
    """Something that speaks for looking at a service first (风险标记)."""

    subject = models.CharField("对象", max_length=64)
    code = models.CharField("标记", max_length=12, choices=list(MARKS.items()))
    marked_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "风险标记"
        constraints = [models.UniqueConstraint(fields=["subject", "code"], name="mark_once")]
        indexes = [models.Index(fields=["marked_at"], name="mark_by_time")]

    def __str__(self) -> str:
        return f"{self.subject} {self.code}"


class Lot(models.Model):
    """
    One draw: one kind of service, one office, one week (抽检批次).

    ``frame`` is everything there was to draw from and who was new, so that anybody can draw again
    with the seed and find the same. The seed comes from the head of the evidence log (``root``).
    """

    what = models.CharField("类别", max_length=10, choices=list(WHAT.items()))
    week = models.DateField("周（周一）")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    plan = models.ForeignKey(BookVersion, models.PROTECT, related_name="+", db_index=False)
    root = models.CharField("存证根哈希", max_length=64, blank=True, default="")
    seed = models.CharField("随机种子", max_length=64)
    frame = models.JSONField("抽样范围")
    drawn = models.PositiveIntegerField("抽中件数")
    drawn_at = models.DateTimeField("抽取时间")

    class Meta:
        verbose_name = "抽检批次"
        constraints = [models.UniqueConstraint(fields=["what", "week", "office"], name="lot_once")]
        indexes = [models.Index(fields=["office", "-week"], name="lot_by_office")]

    def __str__(self) -> str:
        return f"{self.what} {self.week} {self.office_id}"


class Inspection(models.Model):
    """
    One drawn service, scored by somebody who had no part in it (质检件).

    ``answers`` and ``final_answers`` hold points, comments and where it is seen, by item, sealed;
    what was said in an objection is sealed too. A second inspector answers it; then it is final.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "待质检"
        SCORED = "SCORED", "已评分"
        APPEALED = "APPEALED", "申诉中"
        FINAL = "FINAL", "已定稿"
        VOIDED = "VOIDED", "已作废"

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="inspections", db_index=False)
    what = models.CharField("类别", max_length=10, choices=list(WHAT.items()))
    subject = models.CharField("对象", max_length=64)
    party_id = models.BigIntegerField("客户", null=True)
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    because = models.CharField("抽中原因", max_length=12, choices=list(BECAUSE.items()))
    form = models.ForeignKey(BookVersion, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    done_at = models.DateTimeField("服务时间")
    drawn_at = models.DateTimeField("抽中时间")
    inspector = models.CharField("质检人", max_length=64, blank=True, default="")
    answers = models.BinaryField("评分", default=b"")
    score = models.PositiveSmallIntegerField("得分", null=True)
    fatal = models.BooleanField("一票否决", default=False)
    passed = models.BooleanField("合格", null=True)
    missed = models.JSONField("失分项", default=list)
    scored_at = models.DateTimeField("评分时间", null=True)
    appeal_until = models.DateTimeField("申诉截止", null=True)
    appeal = models.BinaryField("申诉理由", default=b"")
    appealed_at = models.DateTimeField("申诉时间", null=True)
    second = models.CharField("复核人", max_length=64, blank=True, default="")
    changed = models.BooleanField("改变原评分", null=True)
    first_score = models.PositiveSmallIntegerField("原得分", null=True)
    decision = models.BinaryField("复核理由", default=b"")
    ended_at = models.DateTimeField("定稿时间", null=True)

    class Meta:
        verbose_name = "质检件"
        constraints = [
            models.UniqueConstraint(
                fields=["what", "subject", "staff"], name="inspection_once_a_service"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "VOIDED"])
                | Q(score__isnull=False, passed__isnull=False, scored_at__isnull=False),
                name="inspection_scored",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100)), name="inspection_score"
            ),
            models.CheckConstraint(
                condition=Q(second="") | ~Q(second=F("inspector")), name="inspection_second_other"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "state", "-id"], name="inspection_by_office"),
            models.Index(fields=["staff", "-id"], name="inspection_by_staff"),
            models.Index(
                fields=["appeal_until"], condition=Q(state="SCORED"), name="inspection_to_end"
            ),
        ]

    def __str__(self) -> str:
        return f"inspection:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events, clocks and work call it."""
        return Ref("inspection", self.pk)
