"""What is owed because a payment came late."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked

from .claim import MONEY, Claim


@tracked()
class LateInterest(models.Model):
    """
    Interest for one payment that came after the last day the law allows (逾期利息, 保险法 23).

    Worked out by the machine when the money was there; a person decides. ``days`` are the machine's,
    ``granted_days`` the person's; ``waited_days``: of the delay, those spent waiting for an account.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待核定"
        GRANTED = "GRANTED", "已核定支付"
        REFUSED = "REFUSED", "不予支付"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="late_interest")
    payout_id = models.BigIntegerField("逾期的付款", unique=True)
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    principal = models.DecimalField("逾期的金额", **MONEY)
    pay_by = models.DateField("应付款日")
    paid_on = models.DateField("到账日")
    decide_by = models.DateField("应核定日", null=True)
    decided_on = models.DateField("核定日", null=True)
    # An answer that was given before and changed on the same papers: it did not stop the delay.
    first_answered_on = models.DateField("第一次核定日", null=True)
    waited_days = models.PositiveIntegerField("等待账户的天数", default=0)
    days = models.PositiveIntegerField("逾期天数")
    rate = models.DecimalField("年利率（%）", max_digits=8, decimal_places=4)
    year_days = models.PositiveSmallIntegerField("一年按天数", default=365)
    amount = models.DecimalField("逾期利息", **MONEY)
    rule = models.CharField("所依规则", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    worked_out_at = models.DateTimeField("计算时间")
    granted_days = models.PositiveIntegerField("核定天数", null=True)
    granted = models.DecimalField("核定金额", **MONEY, null=True)
    reason = models.TextField("理由", blank=True, default="")
    decided_by = models.CharField("核定人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("核定时间", null=True)
    interest_payout_id = models.BigIntegerField("利息付款", null=True)
    settled_at = models.DateTimeField("利息到账时间", null=True)

    class Meta:
        verbose_name = "逾期利息"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, days__gt=0, year_days__gt=0),
                name="late_interest_something",
            ),
            models.CheckConstraint(
                condition=Q(state="PROPOSED", decided_by="")
                | Q(state__in=["GRANTED", "REFUSED"], decided_by__startswith="staff:"),
                name="late_interest_by_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="REFUSED") | ~Q(reason=""), name="late_interest_refused_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="GRANTED")
                | Q(granted__gt=0, granted_days__gt=0, interest_payout_id__isnull=False),
                name="late_interest_granted_is_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.amount}"
