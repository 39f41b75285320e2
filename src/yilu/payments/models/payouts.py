"""Money on its way out: what we promised to pay, what the bank said, where the two differ."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref


@tracked(exclude=("attempts", "due_at", "leased_until", "problem", "channel"))
class Payout(models.Model):
    """
    One payment to one account of its beneficiary (付款). It is executed at most once.

    ``bank_key`` is the key under which the bank executes it: sent as often as need be, it is one
    payment. A rejected payment is not sent again; another one ``replaces`` it.
    """

    class State(models.TextChoices):
        REQUESTED = "REQUESTED", "待发送"
        SENDING = "SENDING", "发送中"
        SENT = "SENT", "银行处理中"
        SETTLED = "SETTLED", "已到账"
        REJECTED = "REJECTED", "银行退回"
        UNCLEAR = "UNCLEAR", "结果待查"
        CANCELLED = "CANCELLED", "已撤销"

    class Lane(models.IntegerChoices):
        SINGLE = 0, "单件"
        BATCH = 1, "批量"

    class Purpose(models.TextChoices):
        CLAIM = "CLAIM", "理赔款"
        PARTIAL = "PARTIAL", "先行赔付"
        EX_GRATIA = "EX_GRATIA", "通融赔付"
        REFUND = "REFUND", "退还保险费"
        LOAN = "LOAN", "保单贷款"
        SURRENDER = "SURRENDER", "退保金"
        BENEFIT = "BENEFIT", "生存与满期金"
        COMPLAINT = "COMPLAINT", "投诉补偿"
        INTEREST = "INTEREST", "逾期利息"

    class Reason(models.TextChoices):
        ACCOUNT_NOT_FOUND = "ACCOUNT_NOT_FOUND", "账号不存在"
        NAME_MISMATCH = "NAME_MISMATCH", "户名与账号不符"
        ACCOUNT_CLOSED = "ACCOUNT_CLOSED", "账户已销户或冻结"
        LIMIT = "LIMIT", "超过银行收款限额"
        OTHER = "OTHER", "银行其他原因"

    class Channel(models.TextChoices):
        WIRE = "WIRE", "银行直连"
        FILE = "FILE", "付款文件"

    about = models.CharField("业务对象", max_length=64)
    # Those of a batch wait for those of single cases: nobody's ten minutes stand behind a file.
    lane = models.PositiveSmallIntegerField("通道", choices=Lane, db_default=0)
    key = models.CharField("业务键", max_length=80)
    bank_key = models.UUIDField(
        "银行幂等键", unique=True, db_default=models.Func(function="gen_random_uuid")
    )
    to_party = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", verbose_name="收款人"
    )
    account = models.ForeignKey(
        "people.BankAccount", models.PROTECT, related_name="+", verbose_name="收款账户"
    )
    # As the account stood when the payment was requested; the masked number once it was sent.
    number_index = models.CharField(max_length=26)
    bank_name = models.CharField("开户行", max_length=80)
    masked_number = models.CharField("账号（掩码）", max_length=40, blank=True, default="")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    currency = models.CharField("币种", max_length=3, default="CNY")
    purpose = models.CharField("用途", max_length=12, choices=Purpose)
    state = models.CharField("状态", max_length=10, choices=State, default=State.REQUESTED)
    reason = models.CharField("退回原因", max_length=20, choices=Reason, blank=True, default="")
    bank_reference = models.CharField("银行流水号", max_length=64, blank=True, default="")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="替代的付款"
    )
    # FILE while a batch has it: then the sender never touches it, only the bank's files do.
    channel = models.CharField("付款渠道", max_length=4, choices=Channel, db_default="WIRE")
    # A replacement waits here while what it replaces has become doubtful: it is not sent.
    held = models.BooleanField("暂缓", default=False)
    # Since when it waits until it is known who its payee is (反洗钱法 29-31); None: it need not, or no more.
    identity_awaited_at = models.DateTimeField("等待核实收款人身份，起", null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, default="")
    requested_at = models.DateTimeField("登记时间")
    sent_at = models.DateTimeField("发送时间", null=True)
    ended_at = models.DateTimeField("完结时间", null=True)

    class Meta:
        verbose_name = "付款"
        constraints = [
            models.UniqueConstraint(fields=["about", "key"], name="payout_once_per_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_is_positive"),
            models.CheckConstraint(condition=Q(currency="CNY"), name="payout_in_yuan"),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
                name="payout_replaces_other",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SETTLED", "REJECTED", "CANCELLED"])
                | Q(ended_at__isnull=False),
                name="payout_end_is_dated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "due_at", "id"],
                name="payout_to_do",
                condition=Q(
                    state__in=["REQUESTED", "SENDING", "SENT", "UNCLEAR"],
                    identity_awaited_at__isnull=True,
                ),
            ),
            models.Index(
                fields=["to_party", "id"],
                name="payout_awaits_identity",
                condition=Q(identity_awaited_at__isnull=False),
            ),
            models.Index(fields=["about", "id"], name="payout_by_subject"),
            models.Index(
                fields=["-id"],
                name="payout_problem",
                condition=Q(state__in=["UNCLEAR", "REJECTED"]) | Q(held=True),
            ),
            models.Index(
                fields=["ended_at", "id"], name="payout_ended", condition=Q(state="SETTLED")
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("payout", self.pk)


class BankNotice(models.Model):
    """What the bank told us about a payment, once per message of the bank's (银行通知)."""

    message_id = models.CharField("银行消息号", max_length=64, unique=True)
    # The very same request again is a replay, whatever it says.
    signature = models.CharField("签名", max_length=64, unique=True)
    digest = models.CharField("原文摘要", max_length=64)
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, related_name="notices")
    said = models.CharField("内容", max_length=12)
    reason = models.CharField("原因", max_length=20, blank=True, default="")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2, null=True)
    effect = models.CharField("处理结果", max_length=16)
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "银行通知"

    def __str__(self) -> str:
        return self.message_id


class Statement(models.Model):
    """What the bank says it booked on one day, by one channel (银行对账单)."""

    day = models.DateField("对账日")
    channel = models.CharField("渠道", max_length=4, choices=Payout.Channel, db_default="WIRE")
    digest = models.CharField("摘要", max_length=64)
    lines_count = models.PositiveIntegerField("笔数")
    total = models.DecimalField("合计", max_digits=16, decimal_places=2)
    taken_at = models.DateTimeField("取得时间")
    reconciled_at = models.DateTimeField("对账时间")

    class Meta:
        verbose_name = "银行对账单"
        constraints = [
            models.UniqueConstraint(fields=["day", "channel"], name="statement_once_a_day")
        ]

    def __str__(self) -> str:
        return self.day.isoformat()


class StatementLine(models.Model):
    """One booking on the bank's statement (对账单明细)."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="lines")
    bank_reference = models.CharField("银行流水号", max_length=64)
    bank_key = models.CharField("幂等键", max_length=64)
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    booked_at = models.DateTimeField("记账时间")

    class Meta:
        verbose_name = "对账单明细"
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "bank_reference"], name="statement_line_once"
            )
        ]
        indexes = [models.Index(fields=["bank_key"], name="statement_line_by_key")]

    def __str__(self) -> str:
        return self.bank_reference


class Difference(models.Model):
    """Where the bank's statement and our books disagree, until somebody resolved it (对账差异)."""

    class Kind(models.TextChoices):
        UNKNOWN_TO_US = "UNKNOWN_TO_US", "银行已付，我方无此付款"
        NOT_ON_STATEMENT = "NOT_ON_STATEMENT", "我方已记到账，银行无记录"
        AMOUNT = "AMOUNT", "金额不一致"
        PAID_TWICE = "PAID_TWICE", "银行重复付款"
        PAID_AFTER_REJECTION = "PAID_AFTER_REJECTION", "已退回的付款又被支付"
        RETURNED = "RETURNED", "已到账的付款被退汇"
        BALANCE_GAP = "BALANCE_GAP", "期初余额与上一份对账单不衔接"

    class State(models.TextChoices):
        OPEN = "OPEN", "待处理"
        RESOLVED = "RESOLVED", "已处理"

    day = models.DateField("对账日")
    kind = models.CharField("类别", max_length=24, choices=Kind)
    bank_key = models.CharField("幂等键", max_length=64)
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, related_name="differences")
    ours = models.DecimalField("我方金额", max_digits=14, decimal_places=2, null=True)
    theirs = models.DecimalField("银行金额", max_digits=14, decimal_places=2, null=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField("发现时间")
    resolved_at = models.DateTimeField("处理时间", null=True)
    resolution = models.CharField("处理说明", max_length=200, blank=True, default="")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "对账差异"
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "bank_key"], name="difference_once")
        ]
        indexes = [
            models.Index(fields=["day", "id"], name="difference_open", condition=Q(state="OPEN"))
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"
