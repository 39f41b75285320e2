"""What every text that changes in versions keeps about who wrote and who approved it."""

from __future__ import annotations

from django.db import models


class Written(models.Model):
    """
    A version by two people: written, rewritten as a draft, approved by another (见编制与批准).

    A draft is rewritten; an approved version never is.
    """

    number = models.PositiveIntegerField("版本")
    revision = models.PositiveIntegerField("修改次数", default=1)
    author = models.CharField("编制人", max_length=64)
    written_at = models.DateTimeField("编制时间")
    approver = models.CharField("批准人", max_length=64, blank=True, default="")
    approved_at = models.DateTimeField("批准时间", null=True)

    class Meta:
        abstract = True
