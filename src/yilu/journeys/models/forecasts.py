"""Who will likely break off, what was done about it in time, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.journeys.rules.foretelling import HELPS, OUTCOMES
from yilu.kernel.refs import Ref


class Forecast(models.Model):
    """
    That somebody may break off where they are (中断预判): one row a premium or a case's step, for ever.

    ``kind`` and ``number`` say which: ``due`` and the premium's, ``passage`` and the step passage's.
    ``chance`` is of one, from ``alike`` earlier cases like it of which ``broke`` broke off; ``signs`` what
    likeness went by. ``left``: drawn to be compared with, nobody helps it ahead. ``help_at`` is when help goes out if nothing happened till then, ``known_by`` when
    it is known at the latest. ``help`` is empty until that was decided.
    """

    kind = models.CharField("预判的事", max_length=8)
    number = models.BigIntegerField("编号")
    family = models.CharField("旅程", max_length=30)
    code = models.CharField("旅程类别", max_length=60)
    step = models.CharField("环节", max_length=30)
    subject = models.CharField("对象", max_length=64)
    party_id = models.BigIntegerField("客户")
    office_id = models.BigIntegerField("机构")
    signs = models.JSONField("迹象", default=list)
    chance = models.FloatField("可能性")
    alike = models.PositiveIntegerField("相似件数")
    broke = models.PositiveIntegerField("其中中断")
    left = models.BooleanField("留作对照", default=False)
    made_at = models.DateTimeField("预判时间")
    help_at = models.DateTimeField("提供帮助时间")
    known_by = models.DateTimeField("最晚见分晓")
    help = models.CharField("提前帮助", max_length=8, choices=list(HELPS.items()), blank=True)
    helped_at = models.DateTimeField("处理时间", null=True)
    outcome = models.CharField("结果", max_length=7, choices=list(OUTCOMES.items()), blank=True)
    settled_at = models.DateTimeField("见分晓时间", null=True)

    class Meta:
        verbose_name = "中断预判"
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="forecast_once"),
            models.CheckConstraint(
                condition=Q(chance__gte=0, chance__lte=1, broke__lte=F("alike")),
                name="forecast_chance_is_one",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at__isnull=True)
                | (~Q(outcome="") & Q(settled_at__isnull=False)),
                name="forecast_outcome_is_dated",
            ),
        ]
        indexes = [
            models.Index(fields=["help_at"], name="forecast_to_help", condition=Q(help="")),
            models.Index(fields=["known_by"], name="forecast_open", condition=Q(outcome="")),
            models.Index(fields=["party_id", "-helped_at"], name="forecast_of_party"),
            models.Index(fields=["office_id", "-made_at"], name="forecast_by_office"),
        ]

    def __str__(self) -> str:
        return f"forecast:{self.pk}"

    @property
    def ref(self) -> Ref:
        """Its name across rooms."""
        return Ref("forecast", self.pk)


class ForecastStop(models.Model):
    """Somebody who does not want anything foretold of them (不再预判, 个保法 24)."""

    party_id = models.BigIntegerField("客户", primary_key=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "不再预判"

    def __str__(self) -> str:
        return f"party:{self.party_id}"
