"""The year after a one-year contract: what we offer, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

from .dues import PremiumDue


@tracked()
class NewYear(models.Model):
    """
    The next year of a one-year contract (续保邀约), worked out once, sixty days before the old year ends.

    OFFERED at a premium that waits as ``due``; TO_DECIDE where no table gives a premium (``why``) and a
    person finds one or declines, with a reason; STOPPED where the product is no longer sold. ``next`` is
    the contract it became. ``changes`` are what differs, in codes with what was and what will be;
    ``alternatives`` the products still sold. ``guaranteed``: the wording promises the year (保证续保).
    """

    class State(models.TextChoices):
        OFFERED = "OFFERED", "可续保"
        TO_DECIDE = "TO_DECIDE", "待人工核定"
        STOPPED = "STOPPED", "产品停售"
        DECLINED = "DECLINED", "不再续保"
        TAKEN = "TAKEN", "已续保"
        MISSED = "MISSED", "未续保"
        CLOSED = "CLOSED", "保单已终止"

    policy = models.OneToOneField(
        "policies.Policy", models.PROTECT, related_name="+", verbose_name="保单"
    )
    holder = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", db_index=False, verbose_name="投保人"
    )
    office = models.ForeignKey(
        "people.Office", models.PROTECT, related_name="+", db_index=False, verbose_name="机构"
    )
    state = models.CharField("状态", max_length=10, choices=State)
    ends_on = models.DateField("本年度届满日")
    opens_on = models.DateField("最早收费日")
    version = models.ForeignKey(
        "products.ProductVersion", models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="下一年度条款",
    )  # fmt: skip
    premium = models.DecimalField("保险费", max_digits=14, decimal_places=2, null=True)
    extra_premium = models.DecimalField("加费", max_digits=14, decimal_places=2, default=0)
    rated_age = models.PositiveSmallIntegerField("计费年龄", null=True)
    guaranteed = models.BooleanField("保证续保", default=False)
    changes = models.JSONField("变化", default=list)
    alternatives = models.JSONField("可选产品", default=list)
    why = models.CharField("待核定原因", max_length=20, blank=True, default="")
    due = models.OneToOneField(
        PremiumDue, models.PROTECT, null=True, related_name="+", verbose_name="应交"
    )
    next = models.ForeignKey(
        "policies.Policy", models.PROTECT, null=True, related_name="+", verbose_name="下一年度保单"
    )
    listed_on = models.DateField("列入日")
    reason = models.CharField("理由", max_length=300, blank=True, default="")
    decided_by = models.CharField("核定人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("核定时间", null=True)

    class Meta:
        verbose_name = "续保邀约"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["OFFERED", "TAKEN"])
                | Q(premium__gt=0, version__isnull=False, due__isnull=False),
                name="new_year_offered_has_a_price",
            ),
            models.CheckConstraint(
                condition=Q(state="TAKEN", next__isnull=False)
                | (~Q(state="TAKEN") & Q(next__isnull=True)),
                name="new_year_taken_is_a_contract",
            ),
            # Only a person refuses, and says why.
            models.CheckConstraint(
                condition=~Q(state="DECLINED")
                | (
                    Q(decided_at__isnull=False) & ~Q(reason="") & Q(decided_by__startswith="staff:")
                ),
                name="new_year_declined_by_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["office", "ends_on"],
                name="new_year_open_by_office",
                condition=Q(state__in=["OFFERED", "TO_DECIDE"]),
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("new_year", self.pk)
