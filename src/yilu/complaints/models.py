"""What complaints keeps: cases, what was said about them, views from outside, reviews."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

from .rules import handling as rules

MONEY = {"max_digits": 12, "decimal_places": 2}


@tracked()
class Complaint(models.Model):
    """
    Somebody is not content, and one of us answers for it until the end (投诉件).

    ``owner`` is who heard it first (首问责任人); ``tier`` says who may decide now, ``round`` whether
    it is the first answer or the second. What happened and what is wanted is sealed. ``against`` are
    the colleagues who step aside: complained about, or deciders of what is complained about.
    """

    number = models.CharField("投诉号", max_length=20, unique=True, null=True)
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField("渠道", max_length=10, choices=list(rules.CHANNELS.items()))
    regulator_number = models.CharField("监管转办编号", max_length=40, blank=True, default="")
    business = models.CharField("业务环节", max_length=12, choices=list(rules.BUSINESSES.items()))
    reason = models.CharField("投诉事由", max_length=12, choices=list(rules.REASONS.items()))
    about = models.CharField("涉及业务", max_length=64, blank=True, default="")
    about_label = models.CharField("涉及业务号", max_length=40, blank=True, default="")
    words = models.BinaryField("投诉内容")
    demand = models.BinaryField("投诉请求", default=b"")
    against = models.JSONField("须回避的人员", default=list)
    persons = models.PositiveIntegerField("投诉人数", default=1)
    representatives = models.BinaryField("代表人", default=b"")
    state = models.CharField(
        "状态", max_length=10, choices=list(rules.STATES.items()), default=rules.OPEN
    )
    tier = models.PositiveSmallIntegerField(
        "处理层级", choices=list(rules.TIERS.items()), default=1
    )
    round = models.PositiveSmallIntegerField("处理轮次", default=1)
    spell = models.PositiveSmallIntegerField("期限次数", default=1)
    complex_by = models.CharField("认定复杂人", max_length=64, blank=True, default="")
    extended_by = models.CharField("批准延长人", max_length=64, blank=True, default="")
    times_received = models.PositiveSmallIntegerField("投诉次数", default=1)
    outcome = models.CharField(
        "处理结果", max_length=10, choices=list(rules.OUTCOMES.items()), blank=True, default=""
    )
    findings = models.BinaryField("核实情况", default=b"")
    measures = models.TextField("处理措施", blank=True, default="")
    amount = models.DecimalField("补偿金额", default=0, **MONEY)  # type: ignore[arg-type]
    decided_by = models.CharField("决定人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("决定时间", null=True)
    told_on = models.DateField("决定送达日", null=True)
    content = models.BooleanField("投诉人满意", null=True)
    cause = models.CharField(
        "根源", max_length=10, choices=list(rules.CAUSES.items()), blank=True, default=""
    )
    cause_words = models.CharField("根源说明", max_length=300, blank=True, default="")
    common = models.BooleanField("共性问题", default=False)
    received_at = models.DateTimeField("收到时间")
    counted_from = models.DateTimeField("期限起算时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "投诉件"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "business", "about"],
                condition=Q(state__in=[rules.OPEN]),
                name="complaint_open_once",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="complaint_amount"),
            models.CheckConstraint(
                condition=Q(decided_at=None) | ~Q(outcome=""), name="complaint_decided_how"
            ),
        ]
        indexes = [
            models.Index(fields=["office", "state", "received_at"], name="complaint_by_office"),
            models.Index(fields=["party", "id"], name="complaint_by_party"),
            models.Index(fields=["owner", "state"], name="complaint_by_owner"),
        ]

    def __str__(self) -> str:
        return f"complaint:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events, clocks, letters and work call it."""
        return Ref("complaint", self.pk)


class ComplaintWord(models.Model):
    """Something said or done about a complaint, with the proof that it was (投诉沟通记录)."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="said")
    kind = models.CharField("方式", max_length=8, choices=list(rules.WORDS.items()))
    text = models.BinaryField("内容")
    proof = models.CharField("凭证", max_length=120, blank=True, default="")
    written_by = models.CharField("记录人", max_length=64)
    written_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "投诉沟通记录"

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"


class OutsideView(models.Model):
    """Somebody outside appraises or mediates; that time does not count (外部鉴定或调解)."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="views")
    kind = models.CharField("类别", max_length=10, choices=list(rules.OUTSIDE.items()))
    body = models.CharField("机构", max_length=80)
    asked_at = models.DateTimeField("委托时间")
    told_proof = models.CharField("告知投诉人的凭证", max_length=120)
    received_at = models.DateTimeField("结束时间", null=True)
    result = models.CharField("结论", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "外部鉴定或调解"
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(received_at=None), name="outside_view_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"


@tracked()
class ComplaintReview(models.Model):
    """Somebody else looks at a decision again because the complainant asked (投诉核查)."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="review")
    words = models.BinaryField("申请理由")
    asked_at = models.DateTimeField("申请时间")
    changed = models.BooleanField("改变原决定", null=True)
    findings = models.BinaryField("核查情况", default=b"")
    decided_by = models.CharField("核查人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("核查决定时间", null=True)

    class Meta:
        verbose_name = "投诉核查"

    def __str__(self) -> str:
        return f"review of complaint:{self.complaint_id}"
