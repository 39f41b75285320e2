"""Whose agreed money waits until it is known who they are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .claim import Claim


class IdentityWait(models.Model):
    """
    A payee's money of a claim waits for their identity to be checked (等待核实收款人身份, 反洗钱法 29-31).

    From the decision on until the check; that time is no delay of ours.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField("起")
    until = models.DateTimeField("止", null=True)

    class Meta:
        verbose_name = "等待核实收款人身份"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "claim"],
                condition=Q(until__isnull=True),
                name="identity_wait_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.party_id}"
