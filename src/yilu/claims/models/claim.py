"""The claim itself, and the ready claim a hospital's invoice makes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from yilu.claims.rules.lifecycle import STATE_LABELS
from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class ClaimType(models.TextChoices):
    """What is demanded (理赔类型)."""

    MEDICAL = "MEDICAL", "医疗费用"
    ALLOWANCE = "ALLOWANCE", "住院津贴"
    CRITICAL_ILLNESS = "CRITICAL_ILLNESS", "重大疾病"
    DISABILITY = "DISABILITY", "伤残"
    DEATH = "DEATH", "身故"
    ACCIDENT = "ACCIDENT", "意外医疗"
    WAIVER = "WAIVER", "保费豁免"


class Channel(models.TextChoices):
    """By which door a report came (报案渠道)."""

    APP = "APP", "手机自助"
    PHONE = "PHONE", "电话或柜面"
    AGENT = "AGENT", "代理人代报"
    PROVIDER = "PROVIDER", "医院直报"
    PROACTIVE = "PROACTIVE", "主动理赔"


class Programme(models.TextChoices):
    """How fast and by whom a claim is handled (理赔服务方式)."""

    FAST = "FAST", "小额快赔"
    STANDARD = "STANDARD", "普通案件"
    COMPLEX = "COMPLEX", "复杂案件"
    ONE_DAY_CRITICAL = "ONE_DAY_CRITICAL", "重疾一日赔"
    DISASTER = "DISASTER", "灾害应急"


class Lane(models.TextChoices):
    """Where triage sends a claim (分案通道)."""

    GREEN = "GREEN", "绿色通道"
    YELLOW = "YELLOW", "人工审核"
    RED = "RED", "重点核实"


class Band(models.TextChoices):
    """The amount in question (金额区间)."""

    UNDER_3K = "UNDER_3K", "3,000元以下"
    UNDER_10K = "UNDER_10K", "3,000至1万元"
    UNDER_100K = "UNDER_100K", "1万至10万元"
    OVER_100K = "OVER_100K", "10万元以上"


# Kept without what never changes: the row itself says that.
_FIXED = (
    "number", "policy", "insured", "claimant", "office", "claim_type", "loss_date", "channel",
    "request_key", "phone_index", "identity_known", "checklist_version", "reported_at", "assignee",
    "assignment", "divided",
)  # fmt: skip


@tracked(exclude=("version", "changed_at", *_FIXED))
class Claim(models.Model):
    """A demand for benefit under a policy (赔案)."""

    number = models.CharField("赔案号", max_length=24, unique=True)
    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+")
    insured = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    claimant = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(
        "people.BankAccount", models.PROTECT, related_name="+", null=True, db_index=False
    )
    # Who receives a living benefit in the insured's place, on the insured's own written word
    # (收款委托), and where that word is kept: a hospital that bills us directly.
    assignee = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", null=True, db_index=False
    )
    assignment = models.CharField("收款委托", max_length=40, blank=True, default="")
    # Whether third parties get a part of it (``DirectShare`` says who and how much at most).
    divided = models.BooleanField("部分付给第三方", default=False, db_default=False)
    claim_type = models.CharField("理赔类型", max_length=20, choices=ClaimType)
    loss_date = models.DateField("出险日期")
    # Codes and amounts only: cause, conditions, grades, days. What they mean says rules.case.
    loss = models.JSONField("出险情况", default=dict)
    channel = models.CharField("报案渠道", max_length=12, choices=Channel)
    programme = models.CharField("服务方式", max_length=20, choices=Programme, default="STANDARD")
    lane = models.CharField("通道", max_length=8, choices=Lane, blank=True, default="")
    band = models.CharField("金额区间", max_length=12, choices=Band, blank=True, default="")
    state = models.CharField("状态", max_length=16, choices=list(STATE_LABELS.items()))
    reasons = models.JSONField("转人工原因", default=list)
    claimed_amount = models.DecimalField("申请金额", **MONEY, null=True)
    benefit_amount = models.DecimalField("核定金额", **MONEY, null=True)
    paid_amount = models.DecimalField("已付金额", **MONEY, default=0)
    checklist_version = models.PositiveIntegerField("清单版本", default=0)
    request_key = models.CharField("防重复提交号", max_length=64)
    # Blind indexes of the claimant's phone and the account: compared between claims by risk.
    phone_index = models.CharField(max_length=26, blank=True, default="")
    account_index = models.CharField(max_length=26, blank=True, default="")
    identity_known = models.BooleanField("证件已核验", default=False)
    consultant = models.ForeignKey(
        "people.Staff", models.PROTECT, related_name="+", null=True, db_index=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, db_index=False
    )
    outcome = models.CharField("结案方式", max_length=12, blank=True, default="")
    # Raised by every change: what a person saw carries it, so that nobody decides on an old page.
    version = models.PositiveIntegerField("版本", default=1)
    reported_at = models.DateTimeField("报案时间")
    # The day a report on paper reached us, where it was typed in later (报案收到日).
    received_on = models.DateField("报案收到日", null=True)
    documents_at = models.DateTimeField("首次收到资料时间", null=True)
    # The day the last required paper was here, read or not: the law's periods count from it.
    complete_on = models.DateField("资料收齐日", null=True)
    registered_at = models.DateTimeField("立案时间", null=True)
    decided_at = models.DateTimeField("核定时间", null=True)
    closed_at = models.DateTimeField("结案时间", null=True)
    changed_at = models.DateTimeField("最近变动时间")

    class Meta:
        verbose_name = "赔案"
        constraints = [
            models.UniqueConstraint(fields=["claimant", "request_key"], name="claim_once_per_tap"),
            # Two people reporting one loss at the same moment: the second joins the first.
            models.UniqueConstraint(
                fields=["policy", "claim_type", "loss_date"],
                condition=Q(state__in=["REPORTED", "COLLECTING", "READING", "ASSESSING"]),
                name="claim_once_per_loss",
            ),
            models.CheckConstraint(
                condition=Q(claimed_amount__isnull=True) | Q(claimed_amount__gte=0),
                name="claim_claimed_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(benefit_amount__isnull=True) | Q(benefit_amount__gte=0),
                name="claim_benefit_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state="MERGED"),
                name="claim_merged_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True, assignment="")
                | (Q(assignee__isnull=False) & ~Q(assignment="") & ~Q(claim_type="DEATH")),
                name="claim_assigned_in_writing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["closed_at"], name="claim_by_closing", condition=Q(closed_at__isnull=False)
            ),
            # Every index is written at every change of state: only what is asked for has one.
            models.Index(
                fields=["merged_into"], name="claim_joined", condition=Q(merged_into__isnull=False)
            ),
            models.Index(fields=["claimant", "-id"], name="claim_by_claimant"),
            models.Index(fields=["insured", "-id"], name="claim_by_insured"),
            models.Index(fields=["office", "-id"], name="claim_by_office"),
            models.Index(
                fields=["id"],
                name="claim_waiting_for_papers",
                condition=Q(state__in=["REPORTED", "COLLECTING", "SUPPLEMENT"]),
            ),
            models.Index(
                fields=["id"],
                name="claim_owed_money",
                condition=Q(state__in=["APPROVED", "PAYING", "PAYOUT_PROBLEM"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> Ref:
        """What events, clocks, work and messages call this claim."""
        return Ref("claim", self.pk)


class Offer(models.Model):
    """A ready claim made from a hospital's invoice, waiting for one tap of the customer (主动理赔邀约)."""

    class State(models.TextChoices):
        OPEN = "OPEN", "待客户确认"
        CONFIRMED = "CONFIRMED", "客户已确认"
        DECLINED = "DECLINED", "客户不申请"
        EXPIRED = "EXPIRED", "已过期"

    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    provider_id = models.BigIntegerField("医疗机构")
    claim_type = models.CharField("理赔类型", max_length=20, choices=ClaimType)
    loss_date = models.DateField("出险日期")
    loss = models.JSONField("出险情况", default=dict)
    invoices = models.JSONField("票据")
    total = models.DecimalField("票据金额", **MONEY)
    # One invoice makes one offer, however often the hospital sends it.
    invoice_key = models.CharField(max_length=64, unique=True)
    request_key = models.CharField("防重复提交号", max_length=64, default="")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+", null=True)
    offered_at = models.DateTimeField("邀约时间")
    expires_at = models.DateTimeField("有效期至")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "主动理赔邀约"
        indexes = [
            models.Index(fields=["party", "-id"], name="offer_open", condition=Q(state="OPEN"))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "request_key"], name="offer_once_per_call",
                condition=~Q(request_key=""),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.party_id} {self.invoice_key[:8]}"
