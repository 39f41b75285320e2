"""The contract itself: what was agreed and how it stands."""

from __future__ import annotations

from django.db import models

from yilu.kernel import history
from yilu.kernel.refs import Ref


@history.tracked()
class Policy(models.Model):
    """
    A contract of insurance (保单).

    Cover runs from ``effective_on`` (included) to ``ends_on`` (not included; empty: for life).
    ``continuous_since`` is the start of unbroken renewals and counts for waiting periods.
    ``paid_to`` is the next premium's due date. ``gaps`` are closed times without cover
    (失效至复效), each ``[from, to)`` as ISO dates; an open one begins at ``suspended_on``.
    ``premium`` is what one instalment costs and includes ``extra_premium`` (加费) and riders' none:
    a rider (附加险) is a policy of its own that names its ``main``. ``rated_age`` and ``rated_sex``
    are what the price was worked out from; a later correction of the birth date re-rates.
    ``loan_owed`` is what was lent and capitalised: interest since then is worked out by day
    (``rules.loans``). ``advances_premium``: 保险费自动垫交 is agreed. ``benefit_account``: where survival
    benefits go. ``paid_up_on``: made paid-up (减额交清), nothing falls due any more.
    ``renews``: the contract of the year before (续保), ``lineage`` the first of that unbroken row.
    ``contested_since``: the two years of 保险法 16 and 44 run from then where it is not ``formed_on``.
    """

    class State(models.TextChoices):
        IN_FORCE = "IN_FORCE", "有效"
        GRACE = "GRACE", "宽限期"
        SUSPENDED = "SUSPENDED", "中止"
        EXPIRED = "EXPIRED", "满期终止"
        TERMINATED = "TERMINATED", "终止"

    class Ending(models.TextChoices):
        NOT_ENDED = "", "未终止"
        PAID_OUT = "PAID_OUT", "给付后终止"
        SURRENDERED = "SURRENDERED", "退保"
        RESCINDED = "RESCINDED", "解除合同"
        LAPSED = "LAPSED", "中止满两年终止"
        COOLING_OFF = "COOLING_OFF", "犹豫期退保"
        MATURED = "MATURED", "满期"
        WITH_MAIN = "WITH_MAIN", "随主合同终止"
        NOT_BEGUN = "NOT_BEGUN", "生效前撤销"

    class Channel(models.TextChoices):
        AGENT = "AGENT", "代理人"
        BANK = "BANK", "银行代理"
        ONLINE = "ONLINE", "互联网"
        COUNTER = "COUNTER", "柜面"
        GROUP = "GROUP", "团体"

    class PayMode(models.TextChoices):
        SINGLE = "SINGLE", "一次交清"
        MONTHLY = "MONTHLY", "月交"
        QUARTERLY = "QUARTERLY", "季交"
        HALF_YEARLY = "HALF_YEARLY", "半年交"
        YEARLY = "YEARLY", "年交"

    class PayMethod(models.TextChoices):
        SELF = "SELF", "自行交费"
        BANK_DEBIT = "BANK_DEBIT", "银行代扣"

    class SuspendedFor(models.TextChoices):
        PREMIUM = "PREMIUM", "宽限期满未交保险费"
        LOAN = "LOAN", "借款本息超过现金价值"

    class DividendOption(models.TextChoices):
        CASH = "CASH", "现金领取"
        ACCUMULATE = "ACCUMULATE", "累积生息"
        REDUCE_PREMIUM = "REDUCE", "抵交保险费"
        ADDITIONS = "ADDITIONS", "购买交清增额"

    class SurvivalOption(models.TextChoices):
        PAY = "PAY", "到期转账"
        ACCUMULATE = "ACCUMULATE", "累积生息"

    number = models.CharField(max_length=20, unique=True)
    product_version = models.ForeignKey("products.ProductVersion", models.PROTECT, related_name="+")
    holder = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    insured = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    agent = models.ForeignKey(
        "people.Agent", models.PROTECT, null=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=8, choices=Channel)
    state = models.CharField(max_length=10, choices=State, default=State.IN_FORCE)
    ending = models.CharField(max_length=12, choices=Ending, default="", blank=True)
    formed_on = models.DateField()
    effective_on = models.DateField()
    ends_on = models.DateField(null=True)
    continuous_since = models.DateField()
    suspended_on = models.DateField(null=True)
    suspended_for = models.CharField(
        "中止原因", max_length=8, choices=SuspendedFor, blank=True, db_default="", default=""
    )
    reinstated_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    gaps = models.JSONField(default=list, blank=True)
    sum_insured = models.DecimalField(max_digits=14, decimal_places=2)
    with_social_insurance = models.BooleanField(default=False)
    pay_mode = models.CharField(max_length=12, choices=PayMode)
    pay_years = models.PositiveSmallIntegerField(default=1)
    premium = models.DecimalField(max_digits=14, decimal_places=2)
    paid_to = models.DateField(null=True)
    owed_premium = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    premiums_paid = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    cash_value = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    loan_owed = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    waived_from = models.DateField(null=True)
    # Premiums that could not be asked for while the contract was thought to have ended: until this
    # day they may be paid and the contract does not lapse (补交期限).
    pay_until = models.DateField("补交期限", null=True)
    main = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="riders", db_index=False
    )
    renews = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="renewed_by", db_index=False
    )
    lineage = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="later_years", db_index=False
    )
    contested_since = models.DateField("不可抗辩起算日", null=True)
    occupation_class = models.PositiveSmallIntegerField(db_default=1)
    rated_age = models.PositiveSmallIntegerField(null=True)
    rated_sex = models.CharField(max_length=6, blank=True, db_default="")
    extra_premium = models.DecimalField(max_digits=14, decimal_places=2, db_default=0)
    pay_method = models.CharField(max_length=12, choices=PayMethod, db_default="SELF")
    premium_account = models.ForeignKey(
        "people.BankAccount", models.PROTECT, null=True, related_name="+", db_index=False
    )
    received_on = models.DateField(null=True)
    advances_premium = models.BooleanField(db_default=False)
    dividend_option = models.CharField(
        max_length=12, choices=DividendOption, db_default="ACCUMULATE"
    )
    survival_option = models.CharField(max_length=12, choices=SurvivalOption, db_default="PAY")
    benefit_account = models.ForeignKey(
        "people.BankAccount", models.PROTECT, null=True, related_name="+", db_index=False
    )
    paid_up_on = models.DateField(null=True)
    issued_at = models.DateTimeField()

    class Meta:
        verbose_name = "保单"
        indexes = [
            models.Index(fields=["holder"], name="policy_by_holder"),
            models.Index(fields=["insured"], name="policy_by_insured"),
            models.Index(fields=["agent", "id"], name="policy_by_agent"),
            models.Index(fields=["office", "id"], name="policy_by_office"),
            models.Index(fields=["issued_at"], name="policy_by_issue"),
            models.Index(
                fields=["main"], name="policy_by_main", condition=models.Q(main__isnull=False)
            ),
            models.Index(
                fields=["renews"],
                name="policy_by_year_before",
                condition=models.Q(renews__isnull=False),
            ),
            models.Index(
                fields=["lineage"],
                name="policy_by_lineage",
                condition=models.Q(lineage__isnull=False),
            ),
            models.Index(
                fields=["paid_to"],
                name="policy_premium_due",
                condition=models.Q(state__in=["IN_FORCE", "GRACE", "SUSPENDED"]),
            ),
            models.Index(
                fields=["ends_on"],
                name="policy_maturing",
                condition=models.Q(state__in=["IN_FORCE", "GRACE", "SUSPENDED"]),
            ),
        ]
        constraints = [
            # A year is renewed once; one that was called off before it began does not count.
            models.UniqueConstraint(
                fields=["renews"],
                condition=models.Q(renews__isnull=False) & ~models.Q(ending="NOT_BEGUN"),
                name="policy_renewed_once",
            ),
            models.CheckConstraint(
                condition=models.Q(renews__isnull=True, lineage__isnull=True)
                | models.Q(renews__isnull=False, lineage__isnull=False),
                name="policy_renewal_knows_its_lineage",
            ),
            models.CheckConstraint(
                condition=models.Q(sum_insured__gt=0), name="policy_insures_something"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    premium__gte=0,
                    owed_premium__gte=0,
                    premiums_paid__gte=0,
                    cash_value__gte=0,
                    loan_owed__gte=0,
                ),
                name="policy_money_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gt=models.F("effective_on")),
                name="policy_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="SUSPENDED") | models.Q(suspended_on__isnull=False),
                name="policy_suspended_since",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(state__in=["EXPIRED", "TERMINATED"], ended_on__isnull=False)
                    & ~models.Q(ending="")
                )
                | (
                    ~models.Q(state__in=["EXPIRED", "TERMINATED"])
                    & models.Q(ended_on__isnull=True, ending="")
                ),
                name="policy_ended_says_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> Ref:
        """Its name across rooms."""
        return Ref("policy", self.pk)


@history.tracked()
class Beneficiary(models.Model):
    """
    Who is paid when the insured dies (受益人).

    Living benefits always go to the insured. LEGAL has no party: the heirs by law (法定继承人).
    Those of the lowest ``ordinal`` still entitled share by ``share``.
    """

    class Kind(models.TextChoices):
        INSURED_SELF = "INSURED_SELF", "被保险人本人"
        NAMED = "NAMED", "指定受益人"
        LEGAL = "LEGAL", "法定受益人"

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="beneficiaries")
    kind = models.CharField(max_length=12, choices=Kind)
    party = models.ForeignKey(
        "people.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    ordinal = models.PositiveSmallIntegerField(default=1)
    share = models.DecimalField(max_digits=5, decimal_places=4, default=1)

    class Meta:
        verbose_name = "受益人"
        indexes = [models.Index(fields=["party"], name="beneficiary_by_party")]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "kind", "party", "ordinal"],
                nulls_distinct=False,
                name="beneficiary_once",
            ),
            models.CheckConstraint(
                condition=models.Q(share__gt=0, share__lte=1), name="beneficiary_share_of_one"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="NAMED", party__isnull=False)
                | (~models.Q(kind="NAMED") & models.Q(party__isnull=True)),
                name="beneficiary_named_is_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.kind} {self.ordinal}"


class SpecialExclusion(models.Model):
    """
    What this one contract does not cover, agreed when it was made (特别约定除外).

    ``icd_prefixes`` are the diagnoses it speaks of; empty where only a person can judge.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="exclusions", db_index=False)
    code = models.CharField("代码", max_length=40)
    wording = models.TextField("约定内容")
    icd_prefixes = models.JSONField("诊断编码", default=list, blank=True)

    class Meta:
        verbose_name = "特别约定除外"
        constraints = [
            models.UniqueConstraint(fields=["policy", "code"], name="special_exclusion_once")
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.code}"
