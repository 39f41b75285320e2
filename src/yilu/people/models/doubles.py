"""Two records that may be one person, what became of that, and what went over with a merged record."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref
from yilu.people.models.parties import Office, Party


@tracked()
class Double(models.Model):
    """
    Two records that may be one person (疑似重复客户): found by what they share, or named by a colleague.

    ``keeps`` is the record that is to stand for both; ``asked_by`` and ``decided_by`` are two people.
    """

    class State(models.TextChoices):
        SUSPECTED = "SUSPECTED", "待核对"
        PROPOSED = "PROPOSED", "合并待复核"
        MERGED = "MERGED", "已合并"
        DISTINCT = "DISTINCT", "不是同一人"
        PARTING = "PARTING", "拆开待复核"
        PARTED = "PARTED", "已拆开"

    first = models.ForeignKey(Party, models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Party, models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    grounds = models.JSONField("依据")
    state = models.CharField("状态", max_length=10, choices=State, default=State.SUSPECTED)
    keeps = models.ForeignKey(Party, models.PROTECT, related_name="+", null=True, db_index=False)
    # What the standing record lacked and took from the other: it goes back when they are parted.
    filled = models.JSONField(default=list)
    found_at = models.DateTimeField("发现时间")
    asked_by = models.CharField("提出人", max_length=64, default="")
    asked_at = models.DateTimeField("提出时间", null=True)
    asked_why = models.CharField("提出理由", max_length=500, default="")
    decided_by = models.CharField("复核人", max_length=64, default="")
    decided_at = models.DateTimeField("复核时间", null=True)
    decided_why = models.CharField("复核意见", max_length=500, default="")

    class Meta:
        verbose_name = "疑似重复客户"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="double_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="double_in_order"),
            models.CheckConstraint(
                condition=~Q(state__in=["MERGED", "PARTED"]) | ~Q(asked_by=F("decided_by")),
                name="double_two_people",
            ),
        ]
        indexes = [models.Index(fields=["office", "state", "-id"], name="double_by_office")]

    def __str__(self) -> str:
        return f"double:{self.pk}"

    @property
    def ref(self) -> Ref:
        """How events and work name it."""
        return Ref("double", self.pk)


class MovedReference(models.Model):
    """
    One thing that went over with a merged record (随合并转移的记录), so that it can be given back.

    ``stayed``: what could not go over, because the standing record has the like already.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name="原客户")
    place = models.CharField("位置", max_length=80)  # "policies.Policy.holder"
    row = models.CharField("行", max_length=80)  # its key, written out
    stayed = models.BooleanField("留在原处", default=False)
    moved_at = models.DateTimeField("转移时间")

    class Meta:
        verbose_name = "随合并转移的记录"
        constraints = [
            models.UniqueConstraint(fields=["party", "place", "row"], name="moved_reference_once")
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.row}"


class MergedLately(models.Model):
    """A record merged since what no index finds was last looked for (待补转的合并)."""

    party = models.OneToOneField(Party, models.PROTECT, primary_key=True, related_name="+")
    merged_at = models.DateTimeField("合并时间")

    class Meta:
        verbose_name = "待补转的合并"

    def __str__(self) -> str:
        return f"merged:{self.party_id}"
