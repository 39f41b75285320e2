"""What sort of client the rules took somebody for in one talk, and what the seat made of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ClientJudgement(models.Model):
    """
    What sort of client somebody was in one conversation (客户类型判断): of this talk, not of the person.

    ``told`` is what the rules said, when the seat judged or else when the talk was written up; ``judged``
    is the seat's word, empty where nobody said otherwise.
    """

    conversation = models.OneToOneField(
        "contact.Conversation", models.PROTECT, primary_key=True, related_name="+"
    )
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    seat = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    told = models.CharField("规则判断", max_length=30)
    signs = models.JSONField("迹象", default=list)
    judged = models.CharField("坐席判断", max_length=30, blank=True, default="")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "客户类型判断"
        constraints = [
            models.CheckConstraint(condition=~Q(told=""), name="client_judgement_says_what")
        ]
        indexes = [models.Index(fields=["office", "-at"], name="client_judged_by_office")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.told}"
