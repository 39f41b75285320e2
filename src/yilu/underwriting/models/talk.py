"""An underwriter and a customer talk about an application."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

QUESTION_MAX, NOTE_MAX = 300, 1000


class Talk(models.Model):
    """
    A talk with an underwriter about an application (核保沟通): asked for by the customer, or the
    underwriter's own call (``asked_at`` empty).

    ``tries``: how often we called and nobody answered. ``note`` is for colleagues, never shown to the
    customer. At most one waits for an application.
    """

    class Wish(models.TextChoices):
        ANY = "ANY", "什么时候都行"
        MORNING = "MORNING", "上午"
        AFTERNOON = "AFTERNOON", "下午"

    class State(models.TextChoices):
        WAITING = "WAITING", "等待回电"
        DONE = "DONE", "已沟通"
        DROPPED = "DROPPED", "投保结束，不再回电"

    application = models.ForeignKey(
        "underwriting.Application", models.PROTECT, related_name="talks", db_index=False
    )
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    question = models.CharField("客户想问的", max_length=QUESTION_MAX, blank=True, default="")
    wish = models.CharField("方便的时间", max_length=10, choices=Wish, default=Wish.ANY)
    asked_at = models.DateTimeField("提出时间", null=True)
    tries = models.PositiveSmallIntegerField("未接通次数", default=0)
    tried_at = models.DateTimeField("最近一次未接通", null=True)
    talked_by = models.CharField("沟通的核保员", max_length=64, blank=True, default="")
    talked_at = models.DateTimeField("沟通时间", null=True)
    note = models.CharField("沟通记录", max_length=NOTE_MAX, blank=True, default="")

    class Meta:
        verbose_name = "核保沟通"
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="WAITING"), name="talk_waits_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(talked_at__isnull=False), name="talk_done_at"
            ),
        ]
        indexes = [models.Index(fields=["application", "-id"], name="talk_latest")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.state}"
