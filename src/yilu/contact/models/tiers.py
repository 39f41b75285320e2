"""What the contact centre must remember about people to know who goes first."""

from __future__ import annotations

from django.db import models


class DisasterTie(models.Model):
    """
    A person hit by a declared emergency, or one of their family (受灾客户及家属).

    ``affected_id`` is the confirmation it follows from; a confirmation that is taken back takes its
    ties along. How long a tie counts says the decision table ``contact.tier``.
    """

    party_id = models.BigIntegerField("客户")
    affected_id = models.BigIntegerField("受影响客户记录")
    since = models.DateTimeField("确认时间")

    class Meta:
        verbose_name = "受灾客户及家属"
        constraints = [
            models.UniqueConstraint(fields=["party_id", "affected_id"], name="disaster_tie_once")
        ]
        indexes = [models.Index(fields=["affected_id"], name="disaster_tie_of")]

    def __str__(self) -> str:
        return f"{self.party_id} affected:{self.affected_id}"
