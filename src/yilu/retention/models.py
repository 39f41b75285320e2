"""What decides how long recordings are kept: contracts that ended, matters, and holds people placed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.refs import Ref


class Reader(models.Model):
    """
    How far the journal has been read for what keeps recordings (保存依据跟随进度): one row.

    ``whole_at`` is when the reader had last read everything there was.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    xact = models.BigIntegerField("事务", default=0)
    event_id = models.BigIntegerField("事件", default=0)
    events = models.BigIntegerField("已读事件", default=0)
    read_at = models.DateTimeField("最近读取", null=True)
    whole_at = models.DateTimeField("最近读完", null=True)

    class Meta:
        verbose_name = "保存依据跟随进度"

    def __str__(self) -> str:
        return f"{self.xact}/{self.event_id}"


class EndedContract(models.Model):
    """
    A contract that came to its end (已终止合同): from here the law counts. No row: it goes on.

    ``ended_on`` is None again where the contract was revived.
    """

    policy_id = models.BigIntegerField("保单", primary_key=True)
    ended_on = models.DateField("终止日", null=True)
    long_term = models.BooleanField("保险期间超过一年")

    class Meta:
        verbose_name = "已终止合同"

    def __str__(self) -> str:
        return f"policy:{self.policy_id}"


class Matter(models.Model):
    """
    A claim, complaint, request or dispute that recordings belong to (关联业务), and whether it is over.

    ``concerns`` is what it is about (``policy:12``, ``conversation:7``), where it says so.
    """

    kind = models.CharField("类别", max_length=20)
    ref = models.CharField("业务", max_length=64)
    party_id = models.BigIntegerField("客户", null=True)
    policy_id = models.BigIntegerField("保单", null=True)
    concerns = models.CharField("涉及", max_length=64, blank=True, default="")
    opened_at = models.DateTimeField("开始时间")
    closed_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "关联业务"
        constraints = [models.UniqueConstraint(fields=["ref", "kind"], name="matter_once")]
        indexes = [
            models.Index(
                fields=["policy_id"], name="matter_of_policy", condition=Q(policy_id__isnull=False)
            ),
            models.Index(
                fields=["party_id"], name="matter_of_party", condition=Q(party_id__isnull=False)
            ),
            models.Index(fields=["concerns"], name="matter_about", condition=~Q(concerns="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Hold(models.Model):
    """
    What belongs to a contract may not be deleted, because somebody said so (留存指令): a lawsuit, an
    arbitration, an inquiry of an authority.

    Placed by one person and lifted by another; one that a court case placed has no person.
    """

    class Cause(models.TextChoices):
        LAWSUIT = "LAWSUIT", "诉讼"
        ARBITRATION = "ARBITRATION", "仲裁"
        REGULATOR = "REGULATOR", "监管检查"
        AUTHORITY = "AUTHORITY", "公安、司法机关调查"
        INTERNAL = "INTERNAL", "内部调查"

    about = models.CharField("关于", max_length=64)
    policy_id = models.BigIntegerField("保单", null=True)
    party_id = models.BigIntegerField("客户", null=True)
    office_id = models.BigIntegerField("机构")
    cause = models.CharField("事由", max_length=12, choices=Cause)
    case_number = models.CharField("案号或文号", max_length=60, blank=True, default="")
    words = models.CharField("说明", max_length=300)
    placed_by = models.CharField("下达人", max_length=64)
    placed_at = models.DateTimeField("下达时间")
    lifted_by = models.CharField("解除人", max_length=64, blank=True, default="")
    lifted_at = models.DateTimeField("解除时间", null=True)
    lift_words = models.CharField("解除说明", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "留存指令"
        constraints = [
            models.UniqueConstraint(
                fields=["about", "cause", "case_number"],
                condition=Q(lifted_at=None),
                name="hold_open_once",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by="") & ~Q(lifted_by=F("placed_by"))),
                name="hold_lifted_by_another",
            ),
        ]
        indexes = [models.Index(fields=["office_id", "-id"], name="hold_of_office")]

    def __str__(self) -> str:
        return f"hold:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What its events are about."""
        return Ref("hold", self.pk)
