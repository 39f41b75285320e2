"""Who was named a star of service, by whom and why."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Concat

from yilu.kernel.refs import Ref


class StarBoard(models.Model):
    """A week, month or year in which an office and those below it look for their stars (明星评选)."""

    period = models.CharField("期间", max_length=7)
    start = models.DateField("首日")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+")
    least_volume = models.PositiveIntegerField("最低工作量")
    opened_by = models.CharField("发起人", max_length=64)
    opened_at = models.DateTimeField("发起时间")
    published_by = models.CharField("公布人", max_length=64, blank=True, default="")
    published_at = models.DateTimeField("公布时间", null=True)

    class Meta:
        verbose_name = "明星评选"
        constraints = [models.UniqueConstraint(fields=["period", "office"], name="star_board_once")]

    def __str__(self) -> str:
        return f"{self.period} {self.office_id}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("star_board", self.pk)


class Star(models.Model):
    """Somebody the committee named, with the figures they were named by (服务明星)."""

    board = models.ForeignKey(StarBoard, models.CASCADE, related_name="stars")
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField("名次")
    total = models.DecimalField("总分", max_digits=6, decimal_places=2)
    volume = models.PositiveIntegerField("工作量")
    reason = models.CharField("评选理由", max_length=300)
    named_by = models.CharField("提名人", max_length=64)
    named_at = models.DateTimeField("提名时间")

    class Meta:
        verbose_name = "服务明星"
        constraints = [
            models.UniqueConstraint(fields=["board", "staff"], name="star_once"),
            models.CheckConstraint(
                condition=~Q(named_by=Concat(models.Value("staff:"), F("staff"), output_field=models.CharField())),
                name="star_not_by_oneself",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.board_id} {self.staff_id}"
