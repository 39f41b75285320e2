"""The ledger of problems."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel import history
from yilu.kernel.refs import Ref


@history.tracked()
class Problem(models.Model):
    """
    A problem of service in the ledger (问题台账): found, owned, planned, delivered, closed with evidence.

    ``common`` problems have the clocks of 24 hours for a plan and 72 hours for its delivery.
    ``change`` is which of the six changes (六大变革, A153) it takes; ``programme`` the named programme of
    improvement it belongs to (A89), as a task or, ``is_initiative``, as a proactive service.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待提方案"
        PLANNED = "PLANNED", "方案已定"
        DELIVERED = "DELIVERED", "已落地，待销号"
        CLOSED = "CLOSED", "已销号"

    class Change(models.TextChoices):
        MANAGEMENT = "MANAGEMENT", "管理方式变革"
        RULES = "RULES", "业务规范变革"
        OPERATION = "OPERATION", "作业方式变革"
        SERVICE = "SERVICE", "服务方式变革"
        SYSTEM = "SYSTEM", "系统变革"
        PROCESS = "PROCESS", "流程变革"

    number = models.CharField("编号", max_length=20, unique=True, null=True)
    title = models.CharField("问题", max_length=80)
    text = models.CharField("说明", max_length=1000)
    journey = models.CharField("旅程", max_length=60)
    step = models.CharField("环节", max_length=30, blank=True, default="")
    kind = models.CharField("断点种类", max_length=20, blank=True, default="")
    severity = models.PositiveSmallIntegerField("轻重", default=1)
    common = models.BooleanField("共性问题", default=False)
    office_id = models.BigIntegerField("机构")
    owner_id = models.BigIntegerField("责任人")
    review_days = models.PositiveSmallIntegerField("跟踪周期（天）", default=7)
    review_on = models.DateField("下次跟踪")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    plan = models.CharField("方案", max_length=1000, blank=True, default="")
    delivered = models.CharField("落地情况", max_length=1000, blank=True, default="")
    evidence = models.CharField("销号依据", max_length=1000, blank=True, default="")
    change = models.CharField(
        "变革类别", max_length=10, choices=Change, blank=True, default=""
    )  # fmt: skip
    programme = models.CharField("所属改进计划", max_length=40, blank=True, default="")
    is_initiative = models.BooleanField("主动服务举措", default=False)
    opened_by = models.CharField("登记人", max_length=64)
    opened_at = models.DateTimeField("登记时间")
    planned_at = models.DateTimeField("方案时间", null=True)
    delivered_at = models.DateTimeField("落地时间", null=True)
    closed_at = models.DateTimeField("销号时间", null=True)
    closed_by = models.CharField("销号人", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "问题台账"
        constraints = [
            models.CheckConstraint(
                name="problem_closed_with_evidence",
                condition=~Q(state="CLOSED") | (~Q(evidence="") & Q(closed_at__isnull=False)),
            )
        ]
        indexes = [
            models.Index(
                fields=["review_on"], name="problem_to_review", condition=~Q(state="CLOSED")
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        """Its name across rooms."""
        return Ref("ledger_problem", self.pk)


class ProblemNote(models.Model):
    """A look at a problem's progress (跟踪记录)."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="+")
    text = models.CharField("情况", max_length=500)
    breaks = models.PositiveIntegerField("当时断点数", default=0)
    by = models.CharField("跟踪人", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "跟踪记录"

    def __str__(self) -> str:
        return f"{self.problem_id} {self.at:%Y-%m-%d}"
