"""What the work room keeps: queues, and the items people take from them."""

from __future__ import annotations

from django.db import models


class Queue(models.Model):
    """A kind of work that waits for a person (工作队列)."""

    code = models.CharField("代码", max_length=40, primary_key=True)
    label = models.CharField("名称", max_length=40)
    right = models.CharField("所需权限", max_length=40)
    skill = models.CharField("所需技能", max_length=40, blank=True, default="")
    pooled = models.BooleanField("全国共享作业", default=False)
    escalates_to = models.CharField("升级到", max_length=40, blank=True, default="")
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "工作队列"

    def __str__(self) -> str:
        return self.label


class Item(models.Model):
    """
    One thing somebody must do (待办事项).

    Open items are few beside the closed ones: every index a list uses covers open items only, and
    its order is (priority, due, id), so a page is one index range however long the list is.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", "待领取"
        TAKEN = "TAKEN", "处理中"
        DONE = "DONE", "已完成"
        CANCELLED = "CANCELLED", "已取消"

    queue = models.ForeignKey(Queue, models.PROTECT, related_name="+")
    subject = models.CharField("关于", max_length=64)
    office_id = models.BigIntegerField("机构")
    pooled = models.BooleanField("全国共享", default=False)
    party_id = models.BigIntegerField("客户", null=True)
    title = models.CharField("事项", max_length=120)
    skill = models.CharField("所需技能", max_length=40, blank=True, default="")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2, null=True)
    priority = models.SmallIntegerField("优先级", default=50)  # smaller is sooner
    state = models.CharField("状态", max_length=9, choices=State, default=State.OPEN)
    staff_id = models.BigIntegerField("处理人", null=True)
    # Whom it never goes to, by law or by the matter: whoever sold a policy does not solve its mis-selling.
    barred_staff_id = models.BigIntegerField("须回避的人", null=True)
    opened_at = models.DateTimeField("产生时间")
    due_at = models.DateTimeField("应完成时间")
    taken_at = models.DateTimeField("领取时间", null=True)
    closed_at = models.DateTimeField("完成时间", null=True)
    outcome = models.CharField("结果", max_length=20, blank=True, default="")
    escalation = models.PositiveSmallIntegerField("升级级别", default=0)

    class Meta:
        verbose_name = "待办事项"
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "subject"],
                name="item_one_open_per_queue_and_subject",
                condition=models.Q(state__in=["OPEN", "TAKEN"]),
            ),
            models.CheckConstraint(
                name="item_taken_by_somebody",
                condition=~models.Q(state="TAKEN") | models.Q(staff_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["queue", "office_id", "priority", "due_at", "id"],
                name="item_open_in_office",
                condition=models.Q(state="OPEN"),
            ),
            models.Index(
                fields=["queue", "priority", "due_at", "id"],
                name="item_open_in_queue",
                condition=models.Q(state="OPEN"),
            ),
            models.Index(
                fields=["queue", "priority", "due_at", "id"],
                name="item_open_in_pool",
                condition=models.Q(state="OPEN", pooled=True),
            ),
            models.Index(
                fields=["staff_id", "priority", "due_at", "id"],
                name="item_taken_by_staff",
                condition=models.Q(state="TAKEN"),
            ),
            models.Index(
                fields=["subject"],
                name="item_open_about",
                condition=models.Q(state__in=["OPEN", "TAKEN"]),
            ),
            models.Index(
                fields=["office_id", "id"],
                name="item_open_by_office",
                condition=models.Q(state__in=["OPEN", "TAKEN"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.subject}"


class Helper(models.Model):
    """
    Somebody who helps other offices with a queue, and how much of it a day (共享作业人员).

    Where a queue has helpers, only they take other offices' pooled items; where it has none,
    everybody with the right does.
    """

    queue = models.ForeignKey(Queue, models.PROTECT, related_name="+")
    staff_id = models.BigIntegerField("人员")
    daily_max = models.PositiveSmallIntegerField("每日上限")
    changed_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "共享作业人员"
        constraints = [
            models.UniqueConstraint(fields=["queue", "staff_id"], name="helper_once_a_queue"),
            models.CheckConstraint(
                condition=models.Q(daily_max__gt=0), name="helper_takes_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.staff_id}"
