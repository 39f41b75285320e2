"""What a hospital settles with us directly: who may, what was promised, and every visit."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from yilu.direct_billing.rules.lifecycle import STATE_LABELS

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class Partner(models.Model):
    """
    A provider that bills us directly (直付合作机构): its account, and how much we guarantee a visit.

    ``party`` is the provider as somebody we pay: an organisation with an account in its own name.
    """

    provider = models.OneToOneField("people.Provider", models.PROTECT, related_name="+")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    account = models.ForeignKey("people.BankAccount", models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+")
    guarantee_limit = models.DecimalField("单次担保上限", **MONEY)
    active = models.BooleanField("合作中", default=True)
    joined_at = models.DateTimeField("开通时间")

    class Meta:
        verbose_name = "直付合作机构"
        constraints = [
            models.CheckConstraint(
                condition=Q(guarantee_limit__gte=0), name="partner_limit_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"provider:{self.provider_id}"


class Credential(models.Model):
    """A key with which a partner's system signs its calls (接口密钥); its secret is sealed."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="credentials")
    key_id = models.CharField("密钥编号", max_length=24, unique=True)
    secret = models.BinaryField("密钥")
    scopes = models.JSONField("权限")
    made_by = models.CharField("开通人", max_length=64)
    made_at = models.DateTimeField("开通时间")
    # After a rotation the old key works for a day, so that the hospital can change over.
    works_until = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "接口密钥"

    def __str__(self) -> str:
        return self.key_id


class Nonce(models.Model):
    """A number that a signed call used up: the same call again is a replay (已用随机数)."""

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+", db_index=False)
    nonce = models.CharField(max_length=64)
    used_at = models.DateTimeField("使用时间")

    class Meta:
        verbose_name = "已用随机数"
        constraints = [
            models.UniqueConstraint(fields=["credential", "nonce"], name="nonce_used_once")
        ]
        indexes = [models.Index(fields=["used_at"], name="nonce_by_age")]

    def __str__(self) -> str:
        return self.nonce


class Authorisation(models.Model):
    """
    What a patient agreed to with one provider (直付授权): it may ask about the cover, it sends us the
    papers, and our part of the bill is paid to it. The evidence behind every such payment.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    text_version = models.CharField("文本版本", max_length=20)
    channel = models.CharField("渠道", max_length=12)
    given_at = models.DateTimeField("授权时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = "直付授权"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "partner"],
                condition=Q(withdrawn_at__isnull=True),
                name="authorised_once",
            )
        ]
        indexes = [models.Index(fields=["party", "-id"], name="authorisation_by_party")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.partner_id}"


class Enquiry(models.Model):
    """A question about somebody's cover, and what was answered (直付资格查询)."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", null=True)
    answer = models.JSONField("答复")
    asked_at = models.DateTimeField("查询时间")

    class Meta:
        verbose_name = "直付资格查询"
        indexes = [models.Index(fields=["partner", "-id"], name="enquiry_latest")]

    def __str__(self) -> str:
        return f"enquiry:{self.pk}"


class Visit(models.Model):
    """
    A stay, a visit or an order at a partner's, settled directly (直付就诊). One row a visit number:
    whatever is sent again is the same visit.
    """

    class Kind(models.TextChoices):
        INPATIENT = "INPATIENT", "住院"
        OUTPATIENT = "OUTPATIENT", "门诊"
        PHARMACY = "PHARMACY", "购药"

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="visits", db_index=False)
    number = models.CharField("就诊编号", max_length=40)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=list(STATE_LABELS.items()))
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+", db_index=False)
    authorisation = models.ForeignKey(
        Authorisation, models.PROTECT, related_name="+", db_index=False
    )
    begun_on = models.DateField("入院或就诊日期")
    department = models.CharField("科室", max_length=60, blank=True, default="")
    expected = models.DecimalField("预计费用", **MONEY, null=True)
    total = models.DecimalField("费用合计", **MONEY, null=True)
    own_part = models.DecimalField("医保结算后个人部分", **MONEY, null=True)
    benefit = models.DecimalField("保险支付", **MONEY, null=True)
    claim_id = models.BigIntegerField("赔案", null=True, unique=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    batch_id = models.BigIntegerField("批次", null=True)
    opened_at = models.DateTimeField("登记时间")
    discharged_at = models.DateTimeField("出院结算时间", null=True)
    settled_at = models.DateTimeField("结清时间", null=True)
    paid_at = models.DateTimeField("付款到账时间", null=True)

    class Meta:
        verbose_name = "直付就诊"
        constraints = [
            models.UniqueConstraint(fields=["partner", "number"], name="visit_once"),
            models.CheckConstraint(
                condition=Q(benefit__isnull=True) | Q(benefit__gte=0), name="visit_benefit_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "state", "-id"], name="visit_by_state"),
            models.Index(fields=["party", "-id"], name="visit_by_party"),
        ]

    def __str__(self) -> str:
        return self.number


class MonthSum(models.Model):
    """How many visits began at one partner in one month (就诊月累计): counts only, of every visit there is."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    month = models.DateField("月份")
    begun = models.PositiveIntegerField("登记", default=0)

    class Meta:
        verbose_name = "就诊月累计"
        constraints = [models.UniqueConstraint(fields=["partner", "month"], name="visit_sum_once")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.month}"


class Guarantee(models.Model):
    """Our word to the hospital that we pay up to an amount (医疗费用担保)."""

    class State(models.TextChoices):
        ASKED = "ASKED", "待审批"
        PROPOSED = "PROPOSED", "待复核"
        ISSUED = "ISSUED", "有效"
        REFUSED = "REFUSED", "未同意"
        EXPIRED = "EXPIRED", "已过期"
        USED = "USED", "已用于结算"
        CANCELLED = "CANCELLED", "已取消"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="guarantees")
    state = models.CharField("状态", max_length=10, choices=State)
    amount = models.DecimalField("担保额度", **MONEY)
    request_key = models.CharField(max_length=64)
    letter_id = models.BigIntegerField("担保函", null=True)
    decided_by = models.CharField("审批", max_length=64, blank=True, default="")
    approved_by = models.CharField("复核", max_length=64, blank=True, default="")
    reason = models.CharField("理由", max_length=300, blank=True, default="")
    asked_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("出具时间", null=True)
    expires_on = models.DateField("有效期至", null=True)

    class Meta:
        verbose_name = "医疗费用担保"
        constraints = [
            models.UniqueConstraint(
                fields=["visit"],
                condition=Q(state__in=["ASKED", "PROPOSED", "ISSUED"]),
                name="guarantee_one_open",
            ),
            models.UniqueConstraint(fields=["visit", "request_key"], name="guarantee_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="guarantee_of_something"),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("decided_by")),
                name="guarantee_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state="REFUSED")
                | (~Q(reason="") & Q(decided_by__startswith="staff:")),
                name="guarantee_refused_by_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_on"], name="guarantee_expires", condition=Q(state="ISSUED")
            )
        ]

    def __str__(self) -> str:
        return f"guarantee:{self.pk}"


class Batch(models.Model):
    """A partner's file with many visits (批量文件)."""

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", "等待读取"
        READING = "READING", "正在读取"
        RUNNING = "RUNNING", "正在结算"
        DONE = "DONE", "已完成"
        CANCELLED = "CANCELLED", "已取消"
        UNREADABLE = "UNREADABLE", "无法读取"

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", db_index=False)
    filename = models.CharField("文件名", max_length=120)
    sha256 = models.CharField("摘要", max_length=64)
    storage_key = models.CharField(max_length=80)
    state = models.CharField("状态", max_length=10, choices=State)
    problem = models.CharField("问题", max_length=300, blank=True, default="")
    total = models.PositiveIntegerField("行数", default=0)
    sent_by = models.CharField("提交", max_length=64)
    received_at = models.DateTimeField("收到时间")
    changed_at = models.DateTimeField("最近变动时间")
    done_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "批量文件"
        constraints = [
            models.UniqueConstraint(fields=["partner", "sha256"], name="batch_file_once")
        ]
        indexes = [models.Index(fields=["partner", "-id"], name="batch_latest")]

    def __str__(self) -> str:
        return f"batch:{self.pk}"


class BatchRow(models.Model):
    """One line of a batch on its way to a settled visit (批量明细); what it says is sealed."""

    class State(models.TextChoices):
        WAITING = "WAITING", "等待结算"
        SINGLY = "SINGLY", "逐件办理"
        SETTLED = "SETTLED", "已结算"
        REVIEW = "REVIEW", "转人工审核"
        KNOWN = "KNOWN", "以前已结算"
        BAD = "BAD", "有错误"
        CANCELLED = "CANCELLED", "已取消"

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rows", db_index=False)
    line = models.PositiveIntegerField("行号")
    number = models.CharField("就诊编号", max_length=40, blank=True, default="")
    content = models.BinaryField("内容", default=b"")
    state = models.CharField("状态", max_length=10, choices=State)
    place = models.CharField("列", max_length=40, blank=True, default="")
    problem = models.CharField("问题", max_length=300, blank=True, default="")
    claim_id = models.BigIntegerField("赔案", null=True)
    benefit = models.DecimalField("保险支付", **MONEY, null=True)

    class Meta:
        verbose_name = "批量明细"
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="batch_line_once")]
        indexes = [models.Index(fields=["batch", "state", "line"], name="batch_rows_by_state")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.line}"
