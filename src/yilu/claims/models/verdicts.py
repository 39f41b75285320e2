"""What was calculated and decided about a claim, and who is paid."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked

from .claim import MONEY, Claim


class Calculation(models.Model):
    """
    One calculation of the benefit (理算): inputs and result as they were, never changed.

    ``inputs_digest`` says whether a later calculation would start from the same facts; ``digest``
    covers inputs and result, and is what a decision is bound to.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="calculations", db_index=False)
    ordinal = models.PositiveSmallIntegerField("序号")
    # What a person established or chose for it: grounds upheld, sums of other insurers.
    chosen = models.JSONField("人工认定", default=dict)
    inputs = models.JSONField("依据")
    result = models.JSONField("结果")
    benefit = models.DecimalField("给付金额", **MONEY)
    inputs_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    made_by = models.CharField("经办", max_length=64)
    made_at = models.DateTimeField("理算时间")

    class Meta:
        verbose_name = "理算"
        constraints = [
            models.UniqueConstraint(fields=["claim", "ordinal"], name="calculation_ordinal_once"),
            models.CheckConstraint(condition=Q(benefit__gte=0), name="calculation_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.ordinal}"


@tracked()
class Decision(models.Model):
    """What was decided about a claim, by whom, on what they saw (核赔结论)."""

    class Kind(models.TextChoices):
        APPROVE = "APPROVE", "赔付"
        PARTIAL = "PARTIAL", "部分赔付"
        DECLINE = "DECLINE", "不予赔付"
        EX_GRATIA = "EX_GRATIA", "通融赔付"
        ADVANCE = "ADVANCE", "先行赔付"

    class Fraud(models.TextChoices):
        FABRICATED = "FABRICATED", "谎称发生保险事故"
        CAUSED = "CAUSED", "故意制造保险事故"
        FORGED = "FORGED", "伪造、变造资料，编造原因或者夸大损失"

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待复核"
        STANDS = "STANDS", "有效"
        SENT_BACK = "SENT_BACK", "复核退回"
        SUPERSEDED = "SUPERSEDED", "已被替代"
        OPINION = "OPINION", "现场意见"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="decisions", db_index=False)
    calculation = models.ForeignKey(
        Calculation, models.PROTECT, related_name="+", null=True, db_index=False
    )
    kind = models.CharField("结论", max_length=12, choices=Kind)
    state = models.CharField("效力", max_length=12, choices=State, default=State.STANDS)
    amount = models.DecimalField("金额", **MONEY)
    digest = models.CharField("依据摘要", max_length=64)
    # What the machine would have said, kept beside what the person said.
    machine_verdict = models.CharField("系统意见", max_length=12, blank=True, default="")
    machine_amount = models.DecimalField("系统理算金额", **MONEY, null=True)
    overrides = models.BooleanField("与系统意见不同", default=False)
    override_reason = models.TextField("不同意系统意见的理由", blank=True, default="")
    reason = models.TextField("理由", blank=True, default="")
    clause = models.CharField("依据条款", max_length=200, blank=True, default="")
    # What 保险法 27 calls it, and the investigation that found it (none where a bill is proved not genuine).
    fraud = models.CharField(
        "欺诈情形", max_length=12, choices=Fraud, blank=True, default="", db_default=""
    )
    finding = models.ForeignKey(
        "claims.Investigation", models.PROTECT, related_name="+", null=True, db_index=False
    )
    # Why, by generally accepted medical standards, an illness is none of those listed (健康保险办法 23).
    medical_reason = models.TextField("医学理由", blank=True, default="", db_default="")
    # Declined as too small: what was billed still counts towards the year's deductible.
    meets_deductible = models.BooleanField("计入免赔额", db_default=False)
    # Declined, but covered: what is payable comes to nothing (应付金额为零), and nothing is refused.
    nothing_due = models.BooleanField("应付金额为零", db_default=False)
    on_scene = models.BooleanField("现场首次意见", default=False)
    decided_by = models.CharField("经办", max_length=64)
    decided_at = models.DateTimeField("作出时间")
    approved_by = models.CharField("复核", max_length=64, blank=True, default="")
    approved_at = models.DateTimeField("复核时间", null=True)
    rule = models.CharField("所依规则", max_length=120, blank=True, default="")

    class Meta:
        verbose_name = "核赔结论"
        constraints = [
            # Two people deciding at once: one decision.
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(
                    state__in=["PROPOSED", "STANDS"], kind__in=["APPROVE", "PARTIAL", "DECLINE"]
                ),
                name="one_decision_stands",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("decided_by")), name="four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(overrides=False) | ~Q(override_reason=""), name="override_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(kind="DECLINE")
                | (~Q(reason="") & ~Q(clause="") & Q(decided_by__startswith="staff:")),
                name="decline_by_a_person",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="decision_not_negative"),
            # What is paid before any bill is there needs two people.
            models.CheckConstraint(
                condition=~Q(kind="ADVANCE") | Q(calculation__isnull=False) | ~Q(approved_by=""),
                name="advance_calculated_or_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(fraud="") | ~Q(state="STANDS") | ~Q(approved_by=""),
                name="fraud_four_eyes",
            ),
            # Lies refuse the whole, on a finding; forged papers only what they add (保险法 27 III).
            models.CheckConstraint(
                condition=Q(fraud="")
                | Q(fraud="FORGED", kind="PARTIAL")
                | Q(fraud__in=["FABRICATED", "CAUSED"], kind="DECLINE", finding__isnull=False),
                name="fraud_as_the_law_says",
            ),
        ]
        indexes = [models.Index(fields=["claim", "-id"], name="decision_latest")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind}"


class Payee(models.Model):
    """One of several who share a benefit (收款人): named beneficiaries or heirs, each paid apart."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payees")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    account = models.ForeignKey("people.BankAccount", models.PROTECT, related_name="+", null=True)
    # A minor, or one who has died since: ``party`` receives for them.
    for_party = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", null=True, db_index=False
    )
    share = models.DecimalField("份额", max_digits=5, decimal_places=4)
    amount = models.DecimalField("金额", **MONEY)
    payout_id = models.BigIntegerField("付款", null=True)
    # A third party paid directly: their money is no key to the insured's claim.
    direct = models.BooleanField("第三方直接收款", default=False, db_default=False)

    class Meta:
        verbose_name = "收款人"
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "party", "for_party"],
                nulls_distinct=False,
                name="payee_once_per_decision",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payee_gets_something"),
        ]
        indexes = [models.Index(fields=["party", "-id"], name="payee_by_party")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.party_id}"


class DirectShare(models.Model):
    """
    What a third party gets of a claim at most, paid to them in person (第三方直付份额, 保险法 65).

    The insured agreed in writing (``consent_upload_id``); whoever checked the third party's identity
    is somebody else than whoever carries the agreement out. What is left of the claim is the insured's.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="direct_shares")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(
        "people.BankAccount", models.PROTECT, related_name="+", db_index=False
    )
    ceiling = models.DecimalField("最多付给", **MONEY)
    kept_as = models.CharField("依据的登记", max_length=40)
    consent_upload_id = models.BigIntegerField("书面同意")
    checked_by = models.CharField("身份核验人", max_length=64)
    agreed_by = models.CharField("经办", max_length=64)
    agreed_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "第三方直付份额"
        constraints = [
            models.UniqueConstraint(fields=["claim", "party"], name="direct_share_once"),
            models.CheckConstraint(condition=Q(ceiling__gt=0), name="direct_share_is_something"),
            models.CheckConstraint(
                condition=~Q(checked_by=F("agreed_by")), name="direct_share_four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.party_id}"


class Settlement(models.Model):
    """A payout whose money arrived, counted once towards its claim (到账登记)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="settlements")
    payout_id = models.BigIntegerField("付款", unique=True)

    class Meta:
        verbose_name = "到账登记"

    def __str__(self) -> str:
        return f"{self.claim_id} {self.payout_id}"


class AfterReview(models.Model):
    """A paid straight-through claim looked at by a person afterwards (事后抽样复核)."""

    class Verdict(models.TextChoices):
        RIGHT = "RIGHT", "无差错"
        WRONG_AMOUNT = "WRONG_AMOUNT", "金额差错"
        WRONG_LANE = "WRONG_LANE", "不应直通"
        DOCUMENTS = "DOCUMENTS", "资料问题"

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="after_review")
    drawn_at = models.DateTimeField("抽取时间")
    verdict = models.CharField("结论", max_length=16, choices=Verdict, blank=True, default="")
    finding = models.TextField("说明", blank=True, default="")
    reviewed_by = models.CharField("复核人", max_length=64, blank=True, default="")
    reviewed_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = "事后抽样复核"

    def __str__(self) -> str:
        return f"{self.claim_id}"


class Reopening(models.Model):
    """A decided claim goes on: an appeal of the customer, or new facts (申诉与重新处理)."""

    class Cause(models.TextChoices):
        APPEAL = "APPEAL", "客户申诉"
        NEW_FACTS = "NEW_FACTS", "出现新情况"
        AFTER_REVIEW = "AFTER_REVIEW", "事后复核发现差错"
        COURT = "COURT", "裁判文书"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="reopenings")
    cause = models.CharField("原因", max_length=16, choices=Cause)
    text = models.TextField("内容", blank=True, default="")
    opened_by = models.CharField("提出", max_length=64)
    opened_at = models.DateTimeField("提出时间")

    class Meta:
        verbose_name = "申诉与重新处理"

    def __str__(self) -> str:
        return f"{self.claim_id} {self.cause}"
