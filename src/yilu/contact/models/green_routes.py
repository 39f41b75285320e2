"""The one switch for a disaster."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref


@tracked()
class GreenRoute(models.Model):
    """
    A disaster for which service is made easier: banner, hotline, extra seats, claim lane (绿色通道).

    For these branches, or for the country where none is named; on until somebody switches it off.
    """

    title = models.CharField("名称", max_length=60)
    notice = models.CharField("公告", max_length=300)
    why = models.CharField("开通原因", max_length=200)
    branch_ids = ArrayField(models.BigIntegerField(), verbose_name="分公司", default=list)
    # The emergency of catastrophe that it goes with, where there is one.
    about = models.CharField("重大突发事件", max_length=64, blank=True, default="")
    on_at = models.DateTimeField("开通时间")
    on_by = models.CharField("开通人", max_length=64)
    off_at = models.DateTimeField("关闭时间", null=True)
    off_by = models.CharField("关闭人", max_length=64, blank=True, default="")
    off_why = models.CharField("关闭原因", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "绿色通道"
        constraints = [
            models.CheckConstraint(
                condition=Q(off_at__isnull=True) | (~Q(off_by="") & ~Q(off_why="")),
                name="green_route_off_says_who",
            )
        ]
        indexes = [
            models.Index(fields=["on_at"], name="green_route_on", condition=Q(off_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"green_route:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("green_route", self.pk)
