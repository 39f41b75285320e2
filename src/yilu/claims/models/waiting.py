"""A report that waits for the insured's consent to the use of health data."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

from .claim import Channel, Claim, ClaimType


# What was said is not kept twice: it goes when the customer says no, from the history too.
@tracked(exclude=("said",))
class WaitingReport(models.Model):
    """
    A report of a loss that somebody made for a customer who has not agreed to the use of health data
    (待同意报案): kept whole with its first day until ``subject`` says yes or no, or a person decides.

    ``said`` is the rest of what was said, in codes: circumstances, amount, account. ``calls`` are the
    words of those who spoke with the customer: [[when, by whom, how, words], …].
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "等客户同意"
        FILED = "FILED", "已转为正式报案"
        REFUSED = "REFUSED", "客户不同意"
        DISOWNED = "DISOWNED", "客户说没有委托"
        ENDED = "ENDED", "已结束"

    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    claimant = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", db_index=False, verbose_name="须同意的人"
    )
    claim_type = models.CharField("理赔类型", max_length=20, choices=ClaimType)
    loss_date = models.DateField("出险日期")
    channel = models.CharField("报案渠道", max_length=12, choices=Channel)
    request_key = models.CharField("防重复提交号", max_length=64)
    said = models.JSONField("报案内容", default=dict)
    first_on = models.DateField("首次报案日")
    reported_by = models.CharField("报案人", max_length=64)
    reported_at = models.DateTimeField("登记时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    problem = models.CharField("未能自动提交的原因", max_length=40, blank=True, default="")
    reminders = models.PositiveSmallIntegerField("提醒次数", default=0)
    look_at = models.DateTimeField("下次跟进时间", null=True)
    decide_on = models.DateField("须由专人决定之日")
    overdue_at = models.DateTimeField("转专人决定时间", null=True)
    calls = models.JSONField("联系记录", default=list)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+", null=True)
    basis = models.CharField("转为报案的依据", max_length=10, blank=True, default="")
    reason = models.TextField("理由", blank=True, default="")
    closed_by = models.CharField("办结人", max_length=64, blank=True, default="")
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = "待同意报案"
        constraints = [
            models.UniqueConstraint(
                fields=["claimant", "request_key"], name="waiting_report_once_per_tap"
            ),
            models.UniqueConstraint(
                fields=["policy", "claim_type", "loss_date"],
                condition=Q(state="WAITING"),
                name="waiting_report_once_per_loss",
            ),
            models.CheckConstraint(
                condition=Q(state="FILED", claim__isnull=False)
                | (~Q(state="FILED") & Q(claim__isnull=True)),
                name="waiting_report_filed_as_claim",
            ),
            models.CheckConstraint(
                condition=~Q(basis="UNABLE") | ~Q(closed_by=models.F("reported_by")),
                name="waiting_report_four_eyes",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subject"], name="waiting_report_by_subject", condition=Q(state="WAITING")
            ),
            models.Index(
                fields=["look_at"], name="waiting_report_due", condition=Q(state="WAITING")
            ),
            models.Index(fields=["office", "state", "-id"], name="waiting_report_by_office"),
            models.Index(fields=["claimant", "-id"], name="waiting_report_of_claimant"),
            models.Index(fields=["reported_by", "-id"], name="waiting_report_by_reporter"),
        ]

    def __str__(self) -> str:
        return f"{self.claimant_id} {self.claim_type} {self.state}"

    @property
    def ref(self) -> Ref:
        """What events, clocks, work and messages call it."""
        return Ref("waiting_report", self.pk)
