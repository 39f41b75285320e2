"""Documents we issue and answer for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.refs import Ref


class IssuedLetter(models.Model):
    """
    A document of the insurer's to a person (已出具文书). Issued once, never changed.

    ``code`` is printed with the QR picture: with it, or with the SHA-256 of the file, anybody can
    check a copy on the public page, which tells no personal data.
    """

    class Kind(models.TextChoices):
        DECISION = "DECISION", "理赔决定通知书"
        DENIAL = "DENIAL", "不予赔付通知书"
        SUPPLEMENT = "SUPPLEMENT", "一次性补充资料通知书"
        STATEMENT = "STATEMENT", "理赔给付清单"
        POLICY = "POLICY", "电子保单"
        GUARANTEE = "GUARANTEE", "医疗费用担保函"
        REPAYMENT = "REPAYMENT", "返还款项通知书"
        ENDORSEMENT = "ENDORSEMENT", "保全批单"
        NOT_DONE = "NOT_DONE", "保全不予办理通知书"
        CONDITIONS = "CONDITIONS", "承保条件变更通知书"
        EXAMINATION = "EXAMINATION", "体检及补充资料通知书"
        POSTPONED = "POSTPONED", "延期承保通知书"
        REFUSAL = "REFUSAL", "不予承保通知书"
        COMPLAINT = "COMPLAINT", "投诉处理决定书"
        REVIEWED = "REVIEWED", "投诉核查决定书"
        RESCINDED = "RESCINDED", "保险合同解除通知书"
        YEARLY = "YEARLY", "保单年度报告"
        RETURNED = "RETURNED", "保险合同恢复通知书"
        LATE = "LATE", "逾期利息支付通知书"
        NOTHING_DUE = "NOTHING_DUE", "理赔结果通知书"
        RESCISSION = "RESCISSION", "解除保险合同通知书"
        MEDIATION = "MEDIATION", "调解结果确认书"

    class State(models.TextChoices):
        PENDING = "PENDING", "制作中"
        ISSUED = "ISSUED", "已出具"
        FAILED = "FAILED", "制作失败"

    class Lane(models.IntegerChoices):
        SINGLE = 0, "单件"
        BATCH = 1, "批量"

    kind = models.CharField("种类", max_length=12, choices=Kind)
    # What a batch orders waits for what single cases order.
    lane = models.PositiveSmallIntegerField("通道", choices=Lane, db_default=0)
    about = models.CharField("业务对象", max_length=64)
    party = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", verbose_name="收件人"
    )
    facts = models.JSONField("事实")
    language = models.CharField("语言", max_length=8, default="zh-hans")
    code = models.CharField("验证码", max_length=20, unique=True)
    requested_by = models.CharField("经办", max_length=64)
    requested_at = models.DateTimeField("请求时间")
    state = models.CharField("状态", max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    problem = models.CharField("问题", max_length=300, blank=True, default="")
    number = models.CharField("文书编号", max_length=32, unique=True)
    template_version = models.PositiveSmallIntegerField("模板版本", default=0)
    sha256 = models.CharField("摘要", max_length=64, null=True)
    storage_key = models.CharField("存放位置", max_length=80, blank=True, default="")
    size = models.PositiveIntegerField("字节数", default=0)
    pages = models.PositiveSmallIntegerField("页数", default=0)
    issued_at = models.DateTimeField("出具时间", null=True)
    delivered_at = models.DateTimeField("送达时间", null=True)
    delivery_proof = models.CharField("送达凭证", max_length=120, blank=True, default="")

    class Meta:
        verbose_name = "已出具文书"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ISSUED")
                | (Q(sha256__isnull=False) & Q(issued_at__isnull=False) & ~Q(storage_key="")),
                name="letter_issued_is_complete",
            )
        ]
        indexes = [
            models.Index(fields=["about", "id"], name="letter_by_subject"),
            models.Index(
                fields=["sha256"], name="letter_by_sha256", condition=Q(sha256__isnull=False)
            ),
            models.Index(
                fields=["lane", "id"], name="letter_to_render", condition=Q(state="PENDING")
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)

    @property
    def ref(self) -> Ref:
        return Ref("letter", self.pk)
