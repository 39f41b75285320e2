"""Where journeys broke, what was filled in, and what was offered."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yilu.kernel.refs import Ref


class KeptForm(models.Model):
    """
    What somebody filled in on a page that refused it (留存表单): sealed, and given back to them.

    One row a customer, journey and thing; closed when the journey really begins.
    """

    party_id = models.BigIntegerField("客户")
    journey = models.CharField("旅程", max_length=30)
    request = models.CharField("办理事项", max_length=30, blank=True, default="")
    policy_id = models.BigIntegerField("保单", null=True)
    office_id = models.BigIntegerField("机构", default=0)
    form = models.BinaryField("填写内容")
    code = models.CharField("未通过原因", max_length=60)
    attempts = models.PositiveIntegerField("次数", default=1)
    first_at = models.DateTimeField("首次未通过")
    touched_at = models.DateTimeField("最近未通过")
    closed_at = models.DateTimeField("不再需要", null=True)

    class Meta:
        verbose_name = "留存表单"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "journey", "request", "policy_id"],
                name="kept_form_once",
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"kept_form:{self.pk}"

    @property
    def ref(self) -> Ref:
        """Its name across rooms."""
        return Ref("kept_form", self.pk)


class Breakpoint(models.Model):
    """
    Where a customer's journey broke (服务断点). ``cause`` is what found it: one row a cause, for ever.

    ``task`` is the queue that somebody was given it in; empty where the page's offer is enough.
    """

    class State(models.TextChoices):
        FOUND = "FOUND", "待接续"
        OFFERED = "OFFERED", "页面已提供接续"
        TAKEN_UP = "TAKEN_UP", "客户已选择接续"
        TASKED = "TASKED", "已派人响应"
        CLOSED = "CLOSED", "已接续"
        PAST = "PAST", "历史断点"

    class How(models.TextChoices):
        NONE = "", "未结"
        MOVED_ON = "MOVED_ON", "旅程已继续"
        BY_PERSON = "BY_PERSON", "人工接续完成"
        NOT_NEEDED = "NOT_NEEDED", "客户不再需要"
        TAKEN_BACK = "TAKEN_BACK", "客户撤回"

    cause = models.CharField("起因", max_length=80, unique=True)
    kind = models.CharField("断点种类", max_length=20)
    family = models.CharField("旅程", max_length=30)
    code = models.CharField("旅程类别", max_length=60)
    step = models.CharField("环节", max_length=30)
    touchpoint = models.CharField("触点", max_length=10)
    subject = models.CharField("对象", max_length=64)
    party_id = models.BigIntegerField("客户", null=True)
    office_id = models.BigIntegerField("机构")
    severity = models.PositiveSmallIntegerField("轻重")
    priority = models.CharField("优先级", max_length=8, blank=True, default="")
    evidence = models.JSONField("依据", default=dict)
    table_version = models.PositiveIntegerField("接续规则版本", default=0)
    table_row = models.PositiveIntegerField("接续规则行", default=0)
    task = models.CharField("任务队列", max_length=40, blank=True, default="")
    state = models.CharField("状态", max_length=8, choices=State, default=State.FOUND)
    how = models.CharField("如何接续", max_length=12, choices=How, blank=True, default="")
    problem = models.ForeignKey("Problem", models.SET_NULL, null=True, related_name="+")
    happened_at = models.DateTimeField("发生时间")
    found_at = models.DateTimeField("发现时间")
    offered_at = models.DateTimeField("提供时间", null=True)
    closed_at = models.DateTimeField("接续时间", null=True)
    closed_by = models.CharField("接续人", max_length=64, blank=True, default="")
    note = models.CharField("接续说明", max_length=300, blank=True, default="")

    class Meta:
        verbose_name = "服务断点"
        indexes = [
            models.Index(
                fields=["subject"],
                name="breakpoint_open_about",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(fields=["subject", "found_at"], name="breakpoint_about"),
            models.Index(fields=["party_id", "id"], name="breakpoint_of_party"),
            models.Index(fields=["code", "step", "found_at"], name="breakpoint_where"),
            models.Index(fields=["found_at"], name="breakpoint_when"),
        ]

    def __str__(self) -> str:
        return f"breakpoint:{self.pk}"

    @property
    def ref(self) -> Ref:
        """Its name across rooms."""
        return Ref("breakpoint", self.pk)


class Offer(models.Model):
    """Ways of going on, offered on the customer's page while they are there (接续邀约)."""

    class State(models.TextChoices):
        OPEN = "OPEN", "等待选择"
        ACCEPTED = "ACCEPTED", "已选择"
        DECLINED = "DECLINED", "不需要"
        EXPIRED = "EXPIRED", "已过时"
        CLOSED = "CLOSED", "不再需要"

    breakpoint = models.OneToOneField(Breakpoint, models.PROTECT, related_name="offer")
    party_id = models.BigIntegerField("客户")
    ways = ArrayField(models.CharField(max_length=10), verbose_name="可选方式")
    way = models.CharField("选择的方式", max_length=10, blank=True, default="")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    offered_at = models.DateTimeField("提供时间")
    expires_at = models.DateTimeField("有效至")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "接续邀约"
        indexes = [
            models.Index(
                fields=["party_id"], name="continuation_offer_open", condition=Q(state="OPEN")
            ),
            models.Index(
                fields=["expires_at"], name="continuation_offer_expires", condition=Q(state="OPEN")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.breakpoint_id} {self.state}"
