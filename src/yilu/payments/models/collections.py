"""Money on its way in: what a customer owes by agreement, how it is taken, what came back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

from .payouts import Payout


@tracked(exclude=("attempts", "due_at", "leased_until", "problem"))
class Collection(models.Model):
    """
    One amount taken from one payer, once (收款).

    ``key`` names what is to be paid; ``turn`` counts the tries at it: a failed one is not sent again,
    another turn is. ``bank_key`` is the key under which a bank or wallet executes the turn. A debit is
    sent by itself; card and wallet wait (``due_at`` empty) until the payer presses "pay".
    ``rehearsal`` is how the sandbox is asked to behave; outside the demo it is empty.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "待支付"
        SENT = "SENT", "支付处理中"
        COLLECTED = "COLLECTED", "已收款"
        FAILED = "FAILED", "未成功"
        CANCELLED = "CANCELLED", "已取消"

    class Method(models.TextChoices):
        BANK_DEBIT = "BANK_DEBIT", "银行代扣"
        CARD = "CARD", "银行卡支付"
        WECHAT = "WECHAT", "微信支付"
        ALIPAY = "ALIPAY", "支付宝"

    class Reason(models.TextChoices):
        INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS", "余额不足"
        ACCOUNT_CLOSED = "ACCOUNT_CLOSED", "账户已销户或冻结"
        NAME_MISMATCH = "NAME_MISMATCH", "付款人与投保人不一致"
        LIMIT = "LIMIT", "超过支付限额"
        NO_MANDATE = "NO_MANDATE", "未签约代扣或签约已失效"
        DECLINED = "DECLINED", "付款人取消支付"
        EXPIRED = "EXPIRED", "超过支付期限"
        OTHER = "OTHER", "银行其他原因"

    about = models.CharField("业务对象", max_length=64)
    key = models.CharField("业务键", max_length=80)
    turn = models.PositiveSmallIntegerField("第几次", default=1)
    bank_key = models.UUIDField(
        "银行幂等键", unique=True, db_default=models.Func(function="gen_random_uuid")
    )
    payer = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", verbose_name="付款人"
    )
    method = models.CharField("支付方式", max_length=10, choices=Method)
    account = models.ForeignKey(
        "people.BankAccount", models.PROTECT, null=True, related_name="+", verbose_name="付款账户"
    )
    bank_name = models.CharField("开户行", max_length=80, blank=True, default="")
    masked_number = models.CharField("账号（掩码）", max_length=40, blank=True, default="")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    refunded = models.DecimalField("已退金额", max_digits=14, decimal_places=2, default=0)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField("失败原因", max_length=20, choices=Reason, blank=True, default="")
    bank_reference = models.CharField("银行流水号", max_length=64, blank=True, default="")
    # Money that came although the turn had ended otherwise: a person decides, usually a refund.
    stray = models.BooleanField("事后到账", default=False)
    rehearsal = models.CharField(max_length=20, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, default="")
    requested_at = models.DateTimeField("登记时间")
    expires_at = models.DateTimeField("支付期限")
    sent_at = models.DateTimeField("发送时间", null=True)
    ended_at = models.DateTimeField("完结时间", null=True)

    class Meta:
        verbose_name = "收款"
        constraints = [
            models.UniqueConstraint(fields=["key", "turn"], name="collection_turn_once"),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state__in=["WAITING", "SENT", "COLLECTED"]),
                name="collection_once_per_key",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="collection_is_positive"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")),
                name="collection_refund_within",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["COLLECTED", "FAILED", "CANCELLED"])
                | Q(ended_at__isnull=False),
                name="collection_end_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(method="BANK_DEBIT") | Q(account__isnull=False),
                name="collection_debit_has_account",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="collection_to_do",
                condition=Q(state__in=["WAITING", "SENT"], due_at__isnull=False),
            ),
            models.Index(
                fields=["expires_at"], name="collection_expiring", condition=Q(state="WAITING")
            ),
            models.Index(fields=["about", "id"], name="collection_by_subject"),
            models.Index(fields=["payer", "-id"], name="collection_by_payer"),
            models.Index(
                fields=["ended_at", "id"], name="collection_ended", condition=Q(state="COLLECTED")
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("collection", self.pk)


class CollectionNotice(models.Model):
    """What a bank or wallet told us about a collection, once per message of theirs (收款通知)."""

    message_id = models.CharField("银行消息号", max_length=64, unique=True)
    # The very same request again is a replay, whatever it says.
    signature = models.CharField("签名", max_length=64, unique=True)
    digest = models.CharField("原文摘要", max_length=64)
    collection = models.ForeignKey(Collection, models.PROTECT, null=True, related_name="notices")
    said = models.CharField("内容", max_length=12)
    reason = models.CharField("原因", max_length=20, blank=True, default="")
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2, null=True)
    effect = models.CharField("处理结果", max_length=16)
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "收款通知"

    def __str__(self) -> str:
        return self.message_id


@tracked(exclude=("attempts", "due_at", "leased_until"))
class Refund(models.Model):
    """
    Money collected that goes back the way it came (原路退回).

    From a bank account: a payout to that very account. From a wallet: the wallet is told, under its
    own key, and executes it once.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", "待退款"
        DONE = "DONE", "已退回"
        FAILED = "FAILED", "退回未成功"

    collection = models.ForeignKey(Collection, models.PROTECT, related_name="refunds")
    key = models.CharField("业务键", max_length=80)
    bank_key = models.UUIDField(
        "银行幂等键", unique=True, db_default=models.Func(function="gen_random_uuid")
    )
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    requested_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("完结时间", null=True)

    class Meta:
        verbose_name = "退款"
        constraints = [
            models.UniqueConstraint(fields=["collection", "key"], name="refund_once_per_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_positive"),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="refund_to_do",
                condition=Q(state="WAITING", due_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.collection_id} {self.key}"


class CollectionDay(models.Model):
    """What the bank says it collected for us on one day, held against our books (收款对账)."""

    day = models.DateField("对账日", unique=True)
    digest = models.CharField("摘要", max_length=64)
    lines_count = models.PositiveIntegerField("笔数")
    total = models.DecimalField("合计", max_digits=16, decimal_places=2)
    differences = models.PositiveIntegerField("差异", default=0)
    reconciled_at = models.DateTimeField("对账时间")

    class Meta:
        verbose_name = "收款对账"

    def __str__(self) -> str:
        return self.day.isoformat()
