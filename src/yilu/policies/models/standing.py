"""What was used of a contract, and what keeps it as it is."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce, Now

from yilu.kernel import history
from yilu.policies.models.contract import Policy


class BenefitUse(models.Model):
    """
    What a claim used up of a benefit (责任使用记录). Written once; taken back by a negative row.

    ``ordinal`` numbers a policy's rows 1, 2, 3 …: whoever calculated from the first n may only
    write n + 1, so two claims can never spend the same remaining cap. ``visit`` groups what shares
    a per-visit deductible or cap, ``year`` is the policy year (1 is the first). Renewed contracts count
    on in one row of ordinals with those before them (``lineage``: the first), for the sake of caps that
    hold for life.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="uses", db_index=False)
    lineage = models.ForeignKey(
        Policy, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="首年保单"
    )
    ordinal = models.PositiveIntegerField()
    benefit_code = models.CharField(max_length=40)
    claim_ref = models.CharField(max_length=64)
    visit = models.CharField(max_length=80, blank=True, default="")
    year = models.PositiveSmallIntegerField()
    used_on = models.DateField()
    billed = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    deductible_used = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    paid = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    days = models.IntegerField(default=0)
    times = models.SmallIntegerField(default=1)
    condition = models.CharField(max_length=40, blank=True, default="")
    group = models.CharField(max_length=20, blank=True, default="")
    level = models.CharField(max_length=10, blank=True, default="")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "责任使用记录"
        constraints = [
            models.UniqueConstraint(fields=["policy", "ordinal"], name="use_in_order"),
            models.UniqueConstraint(
                Coalesce("lineage", "policy"), "ordinal", name="use_in_order_of_all_years"
            ),
        ]
        indexes = [models.Index(fields=["claim_ref"], name="use_by_claim")]

    def __str__(self) -> str:
        return f"{self.policy_id}/{self.ordinal} {self.benefit_code}"


@history.tracked()
class RenewalConsent(models.Model):
    """
    The holder's own word that we may renew a one-year contract by ourselves (自动续保授权, 互联网办法 21).

    ``policy`` is the first contract of the row: it holds for every following year until it is withdrawn,
    and only while the same person is the holder. ``text_version`` names the text they agreed to
    (``rules.renewing.TEXTS``), ``way`` how they said so.
    """

    class Way(models.TextChoices):
        APPLICATION = "APPLICATION", "投保时"
        ONLINE = "ONLINE", "线上自助"
        PHONE = "PHONE", "电话"
        COUNTER = "COUNTER", "柜面"

    policy = models.ForeignKey(
        Policy, models.PROTECT, related_name="+", db_index=False, verbose_name="首年保单"
    )
    holder = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", db_index=False, verbose_name="投保人"
    )
    text_version = models.CharField("文本版本", max_length=20)
    way = models.CharField("方式", max_length=12, choices=Way)
    given_at = models.DateTimeField("同意时间")
    given_by = models.CharField("办理人", max_length=64)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_by = models.CharField("撤回办理人", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "自动续保授权"
        constraints = [
            models.UniqueConstraint(
                fields=["policy"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="renewal_consent_once",
            )
        ]
        indexes = [models.Index(fields=["policy"], name="renewal_consent_by_policy")]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.text_version}"


class PremiumHold(models.Model):
    """
    No premium is collected while a question is open (暂停收费).

    Whoever takes a premium after learning of a ground for rescission loses the right (解释二 7).
    ``about`` is the claim that asked for it; the policy does not lapse while it stands.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="holds", db_index=False)
    about = models.CharField("关于", max_length=64)
    reason = models.CharField("事由", max_length=20)
    held_at = models.DateTimeField("开始")
    released_at = models.DateTimeField("结束", null=True)

    class Meta:
        verbose_name = "暂停收费"
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "about"],
                condition=models.Q(released_at__isnull=True),
                name="premium_held_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.reason}"


@history.tracked()
class Restraint(models.Model):
    """
    While it stands, no money leaves the policy and nobody changes it (保单冻结与质押).

    FROZEN by the holder's wish (挂失), a court or the insurer; PLEDGED to a lender, whose consent
    lifts it. One of each at a time; a claim is paid all the same.
    """

    class Kind(models.TextChoices):
        FROZEN = "FROZEN", "冻结"
        PLEDGED = "PLEDGED", "质押"

    class Reason(models.TextChoices):
        LOST = "LOST", "保单挂失"
        COURT = "COURT", "司法协助冻结"
        INSURER = "INSURER", "公司核查"
        PLEDGE = "PLEDGE", "质押登记"

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="restraints", db_index=False)
    kind = models.CharField("类别", max_length=8, choices=Kind)
    reason = models.CharField("事由", max_length=8, choices=Reason)
    in_favour_of = models.ForeignKey(
        "people.Party", models.PROTECT, null=True, related_name="+", verbose_name="质权人"
    )
    about = models.CharField("依据", max_length=64)
    since = models.DateTimeField("开始")
    lifted_at = models.DateTimeField("解除", null=True)

    class Meta:
        verbose_name = "保单冻结与质押"
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "kind"],
                condition=models.Q(lifted_at__isnull=True),
                name="restraint_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.kind}"
