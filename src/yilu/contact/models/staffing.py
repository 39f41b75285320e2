"""Who is to sit when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Shift(models.Model):
    """A stretch of time somebody is to take contacts (班次)."""

    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    from_at = models.DateTimeField("开始")
    to_at = models.DateTimeField("结束")
    planned_by = models.CharField("排班人", max_length=64)
    planned_at = models.DateTimeField("排班时间")
    cancelled_at = models.DateTimeField("取消时间", null=True)

    class Meta:
        verbose_name = "班次"
        constraints = [
            models.CheckConstraint(
                condition=Q(to_at__gt=models.F("from_at")), name="shift_forward"
            ),
            models.UniqueConstraint(
                fields=["staff", "from_at"],
                condition=Q(cancelled_at__isnull=True),
                name="shift_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["from_at", "to_at"],
                name="shift_by_time",
                condition=Q(cancelled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.from_at:%Y-%m-%d %H:%M}"
