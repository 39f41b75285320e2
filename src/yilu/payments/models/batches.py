"""Payments that go to the bank in a file, and the files that come back."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

from .payouts import Payout
from .receivables import Receivable


@tracked(exclude=("given_out_times",))
class Batch(models.Model):
    """
    Payments collected into one file for the bank (付款批次), after pain.001.

    Above a limit a second person releases it. Once the file was given out it cannot be taken back:
    only the bank's word ends its payments.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待复核"
        READY = "READY", "可交银行"
        SENT = "SENT", "已交银行"
        ANSWERED = "ANSWERED", "银行已答复"
        CLOSED = "CLOSED", "已完结"
        DISCARDED = "DISCARDED", "已作废"

    message_id = models.CharField("报文号", max_length=35, unique=True)
    state = models.CharField("状态", max_length=10, choices=State)
    count = models.PositiveIntegerField("笔数")
    total = models.DecimalField("合计", max_digits=16, decimal_places=2)
    execute_on = models.DateField("付款日")
    # Whose payments it holds, as things stood when it was made: who may not pay for all of them does not see it.
    offices = ArrayField(models.BigIntegerField(), verbose_name="收款人所属机构", default=list)
    made_by = models.CharField("制单", max_length=64)
    made_at = models.DateTimeField("制单时间")
    released_by = models.CharField("复核", max_length=64, blank=True, default="")
    released_at = models.DateTimeField("复核时间", null=True)
    storage_key = models.CharField(max_length=80, blank=True, default="")
    sha256 = models.CharField("文件摘要", max_length=64, blank=True, default="")
    given_out_at = models.DateTimeField("首次取走时间", null=True)
    given_out_times = models.PositiveSmallIntegerField("取走次数", default=0)
    ended_at = models.DateTimeField("完结时间", null=True)
    note = models.CharField("说明", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "付款批次"
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by="") | ~Q(released_by=F("made_by")), name="batch_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(count__gt=0, total__gt=0) | Q(state="DISCARDED"),
                name="batch_holds_something",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["PROPOSED", "DISCARDED"]) | ~Q(storage_key=""),
                name="batch_has_its_file",
            ),
        ]

    def __str__(self) -> str:
        return self.message_id

    @classmethod
    def within(cls, offices: Iterable[int]) -> models.QuerySet[Batch]:
        """Those all of whose payments are of some offices."""
        return cls._default_manager.filter(offices__contained_by=sorted(offices))

    @property
    def ref(self) -> Ref:
        return Ref("payment_batch", self.pk)


class BatchEntry(models.Model):
    """One payment in a batch, and what the bank answered about it (批次明细)."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField("序号")
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="+")
    end_to_end_id = models.CharField("端到端标识", max_length=35)
    # False once the batch was discarded: the payment may go into another one.
    live = models.BooleanField("有效", default=True)
    status = models.CharField("银行状态代码", max_length=4, blank=True, default="")
    reason = models.CharField("银行原因代码", max_length=35, blank=True, default="")
    info = models.CharField("银行说明", max_length=140, blank=True, default="")
    effect = models.CharField("处理结果", max_length=16, blank=True, default="")

    class Meta:
        verbose_name = "批次明细"
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="batch_entry_in_order"),
            # A payment is in one file at most; its end-to-end id is its own for ever.
            models.UniqueConstraint(
                fields=["payout"], condition=Q(live=True), name="batch_entry_once_per_payout"
            ),
            models.UniqueConstraint(
                fields=["end_to_end_id"], condition=Q(live=True), name="batch_entry_key_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.position}"


class BankFile(models.Model):
    """A file the bank sent, kept sealed as it came (银行文件). The same message is taken once."""

    class Kind(models.TextChoices):
        STATUS_REPORT = "STATUS_REPORT", "付款结果回执"
        STATEMENT = "STATEMENT", "对账单"

    kind = models.CharField("种类", max_length=16, choices=Kind)
    message_id = models.CharField("报文号", max_length=35)
    sha256 = models.CharField("文件摘要", max_length=64, unique=True)
    storage_key = models.CharField(max_length=80)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="files")
    day = models.DateField("对账日", null=True)
    opening = models.DecimalField("期初余额", max_digits=18, decimal_places=2, null=True)
    closing = models.DecimalField("期末余额", max_digits=18, decimal_places=2, null=True)
    lines_count = models.PositiveIntegerField("笔数", default=0)
    taken_by = models.CharField("经办", max_length=64)
    taken_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "银行文件"
        constraints = [
            models.UniqueConstraint(fields=["kind", "message_id"], name="bank_file_once"),
            models.UniqueConstraint(
                fields=["day"], condition=Q(kind="STATEMENT"), name="bank_statement_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"


class BankCredit(models.Model):
    """Money that came into our account: a repayment, a returned payment, or not known yet (入账)."""

    class State(models.TextChoices):
        OPEN = "OPEN", "待认领"
        REPAYMENT = "REPAYMENT", "还款"
        RETURNED = "RETURNED", "退汇"
        SET_ASIDE = "SET_ASIDE", "与理赔无关"

    file = models.ForeignKey(BankFile, models.PROTECT, related_name="credits")
    reference = models.CharField("银行流水号", max_length=70, unique=True)
    amount = models.DecimalField("金额", max_digits=14, decimal_places=2)
    booked_on = models.DateField("入账日")
    # The payer's name as screens may show it; the whole is in the sealed file.
    payer = models.CharField("付款人（掩码）", max_length=40, blank=True, default="")
    repayment_reference = models.CharField("还款附言号", max_length=25, blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    receivable = models.ForeignKey(Receivable, models.PROTECT, null=True, related_name="credits")
    payout = models.ForeignKey(Payout, models.PROTECT, null=True, related_name="+")
    resolved_by = models.CharField("处理人", max_length=64, blank=True, default="")
    resolved_at = models.DateTimeField("处理时间", null=True)
    note = models.CharField("说明", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "入账"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_credit_is_positive")
        ]
        indexes = [models.Index(fields=["-id"], name="bank_credit_open", condition=Q(state="OPEN"))]

    def __str__(self) -> str:
        return self.reference

    @property
    def ref(self) -> Ref:
        return Ref("bank_credit", self.pk)
