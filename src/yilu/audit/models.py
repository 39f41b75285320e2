"""What audit keeps: its runs, and the money it could not confirm."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.refs import Ref


class MoneyRun(models.Model):
    """
    One recomputation of all money of a scope (金额稽核): every claim that had some decided, or the
    books of every policy; or one reading of every file of recordings. One of a scope is under way at a time.
    """

    class Scope(models.TextChoices):
        CLAIMS = "CLAIMS", "赔案"
        POLICIES = "POLICIES", "保单"
        FILES = "FILES", "录音录像"

    class State(models.TextChoices):
        RUNNING = "RUNNING", "进行中"
        FINISHED = "FINISHED", "已完成"
        STOPPED = "STOPPED", "已停止"

    scope = models.CharField("范围", max_length=8, choices=Scope, default=Scope.CLAIMS)
    state = models.CharField("状态", max_length=8, choices=State, default=State.RUNNING)
    # What is looked at is taken in the order of its ids: where the next batch goes on.
    reached = models.BigIntegerField("已到编号", default=0)
    looked_at = models.PositiveIntegerField("核对件数", default=0)
    amount = models.DecimalField("核对金额", max_digits=18, decimal_places=2, default=0)
    differences = models.PositiveIntegerField("差异数", default=0)
    # Of recordings: the days asked for, which room is being read, how many there were when it began, the
    # files read, and what is wrong with those that belong to no policy.
    first_on = models.DateField("录制起始日", null=True)
    last_on = models.DateField("录制截止日", null=True)
    room = models.CharField("正在读取", max_length=5, blank=True, default="")
    total = models.PositiveIntegerField("应读件数", default=0)
    files = models.PositiveIntegerField("已读文件数", default=0)
    unplaced = models.JSONField("不属于保单的差异", default=list)
    started_by = models.CharField("发起", max_length=64)
    started_at = models.DateTimeField("开始时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "金额稽核"
        constraints = [
            models.UniqueConstraint(
                fields=["scope"], condition=Q(state="RUNNING"), name="one_money_run_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def ref(self) -> Ref:
        return Ref("money_run", self.pk)


class MoneyDifference(models.Model):
    """
    A figure of a claim or of a policy's books that is not confirmed, until it is explained (金额差异).

    ``about`` names what was done where it was (a servicing request, an order of premiums), ``place``
    which of several: a benefit, a loan, a day.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待查明"
        EXPLAINED = "EXPLAINED", "已说明"
        GONE = "GONE", "已消除"

    claim = models.ForeignKey("claims.Claim", models.PROTECT, null=True, related_name="+")
    policy = models.ForeignKey("policies.Policy", models.PROTECT, null=True, related_name="+")
    about = models.CharField("业务对象", max_length=64, blank=True, default="")
    kind = models.CharField("类别", max_length=20)
    # Which of several: a benefit, a payout, a decision. Codes and numbers only.
    place = models.CharField("位置", max_length=80, blank=True, default="")
    expected = models.CharField("应为", max_length=40)
    actual = models.CharField("实为", max_length=40)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    run = models.ForeignKey(MoneyRun, models.PROTECT, related_name="found")
    found_at = models.DateTimeField("发现时间")
    ended_at = models.DateTimeField("处理时间", null=True)
    ended_by = models.CharField("处理人", max_length=64, blank=True, default="")
    explanation = models.CharField("说明", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "金额差异"
        constraints = [
            # The same difference found every night is one.
            models.UniqueConstraint(
                fields=["claim", "policy", "about", "kind", "place", "expected", "actual"],
                condition=~Q(state="GONE"),
                nulls_distinct=False,
                name="money_difference_once",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=True) ^ Q(policy__isnull=True),
                name="money_difference_of_one",
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], name="money_difference_open", condition=Q(state="OPEN"))
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}"

    @property
    def subject(self) -> Ref:
        """The claim or the policy whose money it is."""
        if self.claim_id is not None:
            return Ref("claim", self.claim_id)
        assert self.policy_id is not None
        return Ref("policy", self.policy_id)

    @property
    def ref(self) -> Ref:
        return Ref("money_difference", self.pk)
