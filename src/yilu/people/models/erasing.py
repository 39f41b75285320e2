"""One person proposes to erase somebody's data, another agrees (删除客户资料的提议)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked
from yilu.people.models.parties import DataRequest, Party


@tracked()
class Erasure(models.Model):
    """
    A proposal to erase somebody, for the request by which they asked for it (删除提议).

    ``seen`` is a digest of what kept the person's data when it was proposed: if it is another one when
    somebody agrees, the proposal is stale. The reasons go with the person; who and when stay.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "删除待复核"
        DONE = "DONE", "已删除"
        SENT_BACK = "SENT_BACK", "退回"
        LAPSED = "LAPSED", "请求已办结，提议作废"

    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name="客户")
    request = models.ForeignKey(DataRequest, models.PROTECT, related_name="+", verbose_name="请求")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    seen = models.CharField("所见情况的摘要", max_length=64)
    asked_by = models.CharField("提出人", max_length=64)
    asked_at = models.DateTimeField("提出时间")
    asked_why = models.CharField("提出理由", max_length=500)
    decided_by = models.CharField("复核人", max_length=64, default="")
    decided_at = models.DateTimeField("复核时间", null=True)
    decided_why = models.CharField("复核意见", max_length=500, default="")

    class Meta:
        verbose_name = "删除提议"
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(state="PROPOSED"), name="erasure_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | ~Q(asked_by=F("decided_by")), name="erasure_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure:{self.pk}"
