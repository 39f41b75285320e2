"""An underwriter's opinion while a second person looks at it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ProposedOpinion(models.Model):
    """
    What one underwriter proposes and another confirms or sends back (待复核的核保意见).

    Above an amount, and for a second request of examinations. ``digest`` is of the desk the first
    saw; at most one waits for an application.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "待复核"
        CONFIRMED = "CONFIRMED", "复核通过"
        SENT_BACK = "SENT_BACK", "退回"

    application = models.ForeignKey(
        "underwriting.Application", models.PROTECT, related_name="proposals", db_index=False
    )
    opinion = models.JSONField("意见")
    why_second = models.CharField("为何须复核", max_length=20)
    amount = models.DecimalField("累计风险保额", max_digits=14, decimal_places=2)
    digest = models.CharField("所见内容的摘要", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    proposed_by = models.CharField("提出人", max_length=64)
    proposed_at = models.DateTimeField("提出时间")
    settled_by = models.CharField("复核人", max_length=64, blank=True, default="")
    settled_at = models.DateTimeField("复核时间", null=True)
    settled_why = models.CharField("复核意见", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "待复核的核保意见"
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="WAITING"), name="opinion_waits_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="CONFIRMED") | ~Q(settled_by=F("proposed_by")),
                name="opinion_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.state}"
