"""What the journal keeps."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """
    Something that happened (业务事件). Written once, never changed.

    ``id`` grows with writing but commits may overtake each other: a reader follows (``xact``,
    ``id``) below the oldest transaction still open, see ``queries.read_after``.
    """

    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=64)
    party_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=64)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    facts = models.JSONField()
    # Whose transaction wrote it (xid8 as a number): what a reader needs to miss no late commit.
    xact = models.BigIntegerField(
        db_default=models.Func(
            models.Func(models.Func(function="pg_current_xact_id"), template="(%(expressions)s)::text"),
            template="(%(expressions)s)::bigint",
        )
    )
    # Blinds the leaf of the evidence log, so that a public leaf tells nobody anything.
    nonce = models.BinaryField(max_length=16)

    class Meta:
        verbose_name = "业务事件"
        indexes = [
            models.Index(fields=["subject", "id"], name="event_by_subject"),
            models.Index(fields=["xact", "id"], name="event_in_commit_order"),
            models.Index(
                fields=["party_id", "id"],
                name="event_by_party",
                condition=models.Q(party_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}"


class Reaction(models.Model):
    """Work one subscriber still owes to one event (待响应)."""

    class State(models.TextChoices):
        WAITING = "WAITING", "待处理"
        DONE = "DONE", "已完成"
        DEAD = "DEAD", "已停止重试"

    event = models.ForeignKey(Event, models.PROTECT, related_name="reactions")
    subscriber = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "待响应"
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="reaction_once_per_event")
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="reaction_waiting", condition=models.Q(state="WAITING")
            ),
            models.Index(fields=["id"], name="reaction_dead", condition=models.Q(state="DEAD")),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} <- {self.event_id}"
