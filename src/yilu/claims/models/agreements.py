"""What a customer agrees to about a claim with their own electronic signature."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .claim import MONEY, Claim


class Agreement(models.Model):
    """
    What somebody is asked to agree to about a claim, and their electronic signature (赔案协议).

    ``digest`` is of all that is shown; the code and the signature are for exactly that. ``lines`` is a plan
    of repayment: [[day, amount], …], of the ``recovery`` it is for. Only the digest of a code is kept.
    """

    class Kind(models.TextChoices):
        SETTLEMENT = "SETTLEMENT", "给付金额协议"
        REPAYMENT = "REPAYMENT", "分期返还计划"
        THIRD_PARTY = "THIRD_PARTY", "向第三方核实的授权"

    class State(models.TextChoices):
        ASKED = "ASKED", "等待客户签名"
        SIGNED = "SIGNED", "已签名"
        DECLINED = "DECLINED", "客户不同意"
        WITHDRAWN = "WITHDRAWN", "已收回"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="agreements")
    kind = models.CharField("种类", max_length=12, choices=Kind)
    party_id = models.BigIntegerField("签名人")
    terms = models.TextField("内容")
    amount = models.DecimalField("金额", **MONEY, null=True)
    lines = models.JSONField("分期", default=list)
    recovery = models.ForeignKey(
        "claims.Recovery", models.PROTECT, null=True, related_name="+", verbose_name="追回"
    )
    digest = models.CharField("内容摘要", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    asked_by = models.CharField("发起人", max_length=64)
    asked_at = models.DateTimeField("发起时间")
    code_hash = models.CharField("验证码摘要", max_length=64, blank=True, default="")
    code_until = models.DateTimeField("验证码失效时间", null=True)
    codes = models.PositiveSmallIntegerField("一小时内发送次数", default=0)
    codes_since = models.DateTimeField("计次开始时间", null=True)
    tries = models.PositiveSmallIntegerField("核对次数", default=0)
    phone = models.CharField("接收手机", max_length=20, blank=True, default="")
    signed_at = models.DateTimeField("签名时间", null=True)
    door = models.CharField("渠道", max_length=12, blank=True, default="")
    closed_by = models.CharField("办结人", max_length=64, blank=True, default="")
    closed_at = models.DateTimeField("办结时间", null=True)
    reason = models.TextField("理由", blank=True, default="")

    class Meta:
        verbose_name = "赔案协议"
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "kind", "party_id"],
                condition=Q(state="ASKED"),
                name="one_agreement_asked",
            ),
            models.CheckConstraint(
                condition=~Q(state="SIGNED") | Q(signed_at__isnull=False),
                name="agreement_signed_when",
            ),
        ]
        indexes = [
            models.Index(fields=["party_id"], name="agreement_waiting", condition=Q(state="ASKED")),
            models.Index(
                fields=["claim"],
                name="agreement_settled",
                condition=Q(kind="SETTLEMENT", state="SIGNED"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind}"
