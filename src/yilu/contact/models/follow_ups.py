"""Every new long-term policy is followed up within its cooling-off period."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.contact.rules.follow_ups import ANSWERS
from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref


@tracked()
class FollowUp(models.Model):
    """
    The follow-up visit of one new policy (新单回访件).

    ``until`` is the last day of the cooling-off period; ``next_at`` is when the next rung of the
    ladder is due. Closed without DONE or PROBLEM, the report lists it as an exception. ``beside``: a family
    applied together and is talked to once; this policy's outcome is that of the other's talk.
    """

    class State(models.TextChoices):
        CALLING = "CALLING", "电话回访中"
        VISITING = "VISITING", "转上门回访"
        LETTER = "LETTER", "已寄回访函"
        DONE = "DONE", "回访成功"
        PROBLEM = "PROBLEM", "回访发现问题"
        EXCEPTION = "EXCEPTION", "未能完成"
        ENDED = "ENDED", "合同已终止"

    class Way(models.TextChoices):
        NONE = "", "未完成"
        PHONE = "PHONE", "电话"
        ELECTRONIC = "ELECTRONIC", "电子回访"
        VISIT = "VISIT", "上门"
        LETTER = "LETTER", "信函回执"

    policy = models.OneToOneField(
        "policies.Policy", models.PROTECT, related_name="+", verbose_name="保单"
    )
    beside = models.ForeignKey("self", models.PROTECT, null=True, related_name="besides")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    # Who sold: the follow-up is made by somebody else, and so is what follows (服务规定 18).
    agent = models.ForeignKey(
        "people.Agent", models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Whoever prepared the application, as a ref: an agent, or a colleague at the counter.
    sold_by = models.CharField("出单人", max_length=64, blank=True, default="")
    state = models.CharField("状态", max_length=9, choices=State, default=State.CALLING)
    way = models.CharField("完成方式", max_length=10, choices=Way, blank=True, default="")
    calls = models.PositiveSmallIntegerField("已拨次数", default=0)
    wrong_number = models.BooleanField("号码错误", default=False)
    edition = models.CharField("问卷版次", max_length=20)
    # What the record of the sale tells, by code with commas between: not asked again, but may be denied.
    on_record = models.CharField("投保时已有记录的事项", max_length=80, blank=True, default="")
    opened_at = models.DateTimeField("立项时间")
    until = models.DateField("犹豫期至")
    next_at = models.DateTimeField("下一步时间", null=True)
    closed_at = models.DateTimeField("结案时间", null=True)

    class Meta:
        verbose_name = "新单回访件"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="DONE") | (Q(closed_at__isnull=False) & ~Q(way="")),
                name="follow_up_done_says_how",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], name="follow_up_due", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["opened_at"], name="follow_up_by_day"),
            models.Index(fields=["office", "state"], name="follow_up_by_office"),
            models.Index(fields=["party"], name="follow_up_of_party"),
        ]

    def __str__(self) -> str:
        return f"follow_up:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events, clocks and work call it."""
        return Ref("follow_up", self.pk)

    @property
    def spared(self) -> tuple[str, ...]:
        """The questions that the record of the sale answers, of every policy this talk is about."""
        others = [each.split(",") for each in self.besides.values_list("on_record", flat=True)]
        mine = (code for code in self.on_record.split(",") if code)
        return tuple(code for code in mine if all(code in each for each in others))


class FollowUpAttempt(models.Model):
    """A try to reach the holder of a new policy, and what came of it (回访尝试)."""

    class Kind(models.TextChoices):
        CALL = "CALL", "电话"
        ELECTRONIC = "ELECTRONIC", "电子回访"
        VISIT = "VISIT", "上门"
        LETTER = "LETTER", "信函"

    class Outcome(models.TextChoices):
        COMPLETED = "COMPLETED", "已完成"
        NO_ANSWER = "NO_ANSWER", "无人接听"
        BUSY = "BUSY", "占线"
        SWITCHED_OFF = "SWITCHED_OFF", "关机或停机"
        WRONG_NUMBER = "WRONG_NUMBER", "号码错误"
        REFUSED = "REFUSED", "客户拒访"
        LATER = "LATER", "客户约定再访"
        NOT_HOLDER = "NOT_HOLDER", "接听人不是投保人"
        SENT = "SENT", "已发出"

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="attempts", db_index=False)
    ordinal = models.PositiveSmallIntegerField("第几次")
    kind = models.CharField("方式", max_length=10, choices=Kind)
    outcome = models.CharField("结果", max_length=12, choices=Outcome)
    conversation = models.ForeignKey(
        "contact.Conversation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    made_by = models.CharField("回访人", max_length=64)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "回访尝试"
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "ordinal"], name="attempt_once")
        ]
        indexes = [
            models.Index(
                fields=["conversation"],
                name="attempt_of_conversation",
                condition=models.Q(conversation__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.follow_up_id} {self.ordinal}"


class FollowUpAnswer(models.Model):
    """What the holder answered to one required question (回访答案)."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="answers", db_index=False)
    question = models.CharField("问题", max_length=30)
    answer = models.CharField("回答", max_length=9, choices=list(ANSWERS.items()))
    said = models.BinaryField("客户原话", default=b"")
    answered_at = models.DateTimeField("时间")
    taken_by = models.CharField("记录人", max_length=64)

    class Meta:
        verbose_name = "回访答案"
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "question"], name="answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.follow_up_id} {self.question}"
