"""The daily run and how far it has come."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class DailyRun(models.Model):
    """What is done for all policies on one day, in parts that workers share (日终续期批处理)."""

    day = models.DateField("日期", unique=True)
    parts_count = models.PositiveIntegerField("分段数")
    started_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("完成", null=True)
    counts = models.JSONField("结果", default=dict)

    class Meta:
        verbose_name = "续期日批"

    def __str__(self) -> str:
        return self.day.isoformat()


class RunPart(models.Model):
    """
    The policies of a run from one id up to another (续期日批分段).

    Done in one transaction together with everything it causes: a killed worker leaves a part as it was.
    """

    run = models.ForeignKey(DailyRun, models.CASCADE, related_name="parts", db_index=False)
    from_id = models.BigIntegerField("起")
    to_id = models.BigIntegerField("止")
    done_at = models.DateTimeField("完成", null=True)
    counts = models.JSONField("结果", default=dict)

    class Meta:
        verbose_name = "续期日批分段"
        constraints = [models.UniqueConstraint(fields=["run", "from_id"], name="run_part_once")]
        indexes = [
            models.Index(
                fields=["run", "from_id"], name="run_part_to_do", condition=Q(done_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.from_id}"
