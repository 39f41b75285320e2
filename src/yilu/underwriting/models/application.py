"""The application itself, and the needs it may have started from."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref
from yilu.underwriting.rules.lifecycle import OPEN, State

MONEY = {"max_digits": 14, "decimal_places": 2}


class Needs(models.Model):
    """
    What somebody said they need cover for, and what followed from it (需求诊断).

    ``answers`` as given; ``tags`` are codes of the book's version they were asked with (``rules_version``); ``matched``
    are ``{"product", "reasons": [code]}`` in the order they were shown.
    """

    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    answers = models.JSONField("回答")
    tags = models.JSONField("画像标签", default=list)
    matched = models.JSONField("匹配方案", default=list)
    rules_version = models.CharField("规则版本", max_length=20)
    channel = models.CharField("渠道", max_length=8)
    made_by = models.CharField("记录人", max_length=64)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "需求诊断"

    def __str__(self) -> str:
        return f"needs:{self.pk}"


@tracked(exclude=("draft",))
class Application(models.Model):
    """
    Somebody asks to be insured (投保件).

    ``holder`` concludes the contract, ``insured`` is whose life or health it is about and ``relation``
    what the insured is to the holder (insurable interest, 保险法 31). Amounts in yuan; ``premium`` is
    one instalment with ``extra_premium`` (加费) in it. ``beneficiaries`` are ``{"party_id", "share",
    "ordinal", "relation"}``. ``answers`` were given to the questionnaire whose text has the digest
    ``questionnaire``. ``draft`` keeps half-filled forms by step, ``version`` counts changes.

    Times: ``complete_at`` is when nothing was missing any more (the first moment of the day it came,
    where that was typed in later), ``decided_in`` how many milliseconds the decision took from the
    submission.
    """

    class Channel(models.TextChoices):
        APP = "APP", "客户手机"
        AGENT = "AGENT", "代理人代为准备"
        COUNTER = "COUNTER", "柜面"

    class Relation(models.TextChoices):
        SELF = "SELF", "本人"
        SPOUSE = "SPOUSE", "配偶"
        CHILD = "CHILD", "子女"
        PARENT = "PARENT", "父母"
        FAMILY = "FAMILY", "有抚养、赡养或扶养关系的其他家庭成员或近亲属"
        EMPLOYEE = "EMPLOYEE", "有劳动关系的劳动者"

    number = models.CharField("投保单号", max_length=24, unique=True)
    # The family application it belongs to, where several people are insured in one go.
    family = models.ForeignKey(
        "underwriting.FamilyApplication",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    state = models.CharField("状态", max_length=16, choices=State.choices(), default=State.DRAFT)
    channel = models.CharField("渠道", max_length=8, choices=Channel)
    holder = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    insured = models.ForeignKey(
        "people.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    relation = models.CharField(
        "被保险人与投保人的关系", max_length=8, choices=Relation, blank=True
    )
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    agent = models.ForeignKey(
        "people.Agent", models.PROTECT, null=True, related_name="+", db_index=False
    )
    prepared_by = models.CharField("准备人", max_length=64)
    request_key = models.CharField(max_length=64)
    version = models.PositiveIntegerField("版本", default=1)
    draft = models.JSONField("未提交的填写内容", default=dict)
    needs = models.ForeignKey(Needs, models.PROTECT, null=True, related_name="+", db_index=False)

    product_version = models.ForeignKey(
        "products.ProductVersion", models.PROTECT, null=True, related_name="+", db_index=False
    )
    sum_insured = models.DecimalField("保额", null=True, **MONEY)  # type: ignore[arg-type]
    years = models.PositiveSmallIntegerField("保险期间（年）", null=True)
    pay_years = models.PositiveSmallIntegerField("交费年数", null=True)
    pay_mode = models.CharField("交费方式", max_length=12, blank=True, default="")
    with_social_insurance = models.BooleanField("参加基本医疗保险", default=False)
    occupation = models.CharField("职业代码", max_length=20, blank=True, default="")
    occupation_class = models.PositiveSmallIntegerField("职业类别", null=True)
    rated_age = models.PositiveSmallIntegerField("投保年龄", null=True)
    rated_sex = models.CharField("性别", max_length=6, blank=True, default="")
    premium = models.DecimalField("每期保险费", null=True, **MONEY)  # type: ignore[arg-type]
    extra_premium = models.DecimalField("加费", default=0, **MONEY)  # type: ignore[arg-type]
    extra_mortality = models.PositiveSmallIntegerField("额外死亡率（点）", default=0)
    # [{"code", "version_id", "sum_insured", "premium", "extra_premium", "extra_mortality",
    #   "exclusions", "policy_id"}]; premiums are one instalment each, beside ``premium``.
    riders = models.JSONField("附加险", default=list)
    quoted_on = models.DateField("报价日", null=True)
    account = models.ForeignKey(
        "people.BankAccount", models.PROTECT, null=True, related_name="+", db_index=False
    )
    pay_method = models.CharField("续期交费", max_length=12, blank=True, default="SELF")
    # The text of automatic renewal that the holder agreed to by their own tick; empty: they did not.
    renewal_text = models.CharField("同意自动续保的文本", max_length=20, blank=True, default="")

    beneficiaries = models.JSONField("受益人", default=list)
    answers = models.JSONField("健康告知", default=dict)
    questionnaire = models.CharField("健康告知文本版本", max_length=64, blank=True, default="")
    identity = models.JSONField("身份核验", default=dict)
    suitability = models.JSONField("适当性评估", default=dict)
    medical = models.JSONField("医疗信息核对", default=dict)
    # Files handed in, by the code of the paper or examination they are: {"RELATION": [upload, …]}.
    papers = models.JSONField("已交资料", default=dict)

    decision = models.ForeignKey(
        "underwriting.Decision", models.PROTECT, null=True, related_name="+", db_index=False
    )
    exclusions = models.JSONField("特别约定除外", default=list)
    collection_id = models.BigIntegerField("首期收费", null=True)
    policy = models.ForeignKey(
        "policies.Policy", models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_why = models.CharField("结束原因", max_length=200, blank=True, default="")

    started_at = models.DateTimeField("开始时间")
    complete_at = models.DateTimeField("资料齐全时间", null=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    decided_at = models.DateTimeField("核保结论时间", null=True)
    decided_in = models.PositiveIntegerField("核保用时（毫秒）", null=True)
    agreed_at = models.DateTimeField("客户确认条件时间", null=True)
    paid_at = models.DateTimeField("首期保险费到账时间", null=True)
    issued_at = models.DateTimeField("承保时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    expires_at = models.DateTimeField("失效时间")
    reminded_at = models.DateTimeField("失效前提醒时间", null=True)
    forgotten_at = models.DateTimeField("填写内容删除时间", null=True)
    declared_at = models.DateTimeField("健康告知留作比对的时间", null=True)
    changed_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = "投保件"
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "request_key"], name="application_once_per_tap"
            ),
            models.UniqueConstraint(
                fields=["family", "insured"],
                condition=Q(family__isnull=False) & ~Q(state__in=["WITHDRAWN", "EXPIRED"]),
                name="application_once_a_family",
            ),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(policy__isnull=False), name="application_one_policy"
            ),
            models.CheckConstraint(
                condition=~Q(state="ISSUED") | Q(policy__isnull=False),
                name="application_issued_has_policy",
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT")
                | Q(state__in=["WITHDRAWN", "EXPIRED"])
                | Q(insured__isnull=False, product_version__isnull=False, premium__gt=0),
                name="application_submitted_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-id"], name="application_by_holder"),
            models.Index(fields=["insured", "-id"], name="application_by_insured"),
            models.Index(fields=["agent", "-id"], name="application_by_agent"),
            models.Index(
                fields=["family", "id"],
                name="application_by_family",
                condition=Q(family__isnull=False),
            ),
            models.Index(fields=["office", "state", "-id"], name="application_by_office"),
            models.Index(
                fields=["expires_at", "id"],
                name="application_expiring",
                condition=Q(state__in=sorted(OPEN)),
            ),
            models.Index(
                fields=["id"],
                name="application_to_compare",
                condition=Q(state="ISSUED", declared_at=None),
            ),
            models.Index(
                fields=["ended_at", "id"],
                name="application_to_forget",
                condition=Q(
                    submitted_at=None, forgotten_at=None, state__in=["WITHDRAWN", "EXPIRED"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total_premium(self) -> Decimal:
        """One instalment of the main contract and all riders."""
        return sum((Decimal(r["premium"]) for r in self.riders), start=self.premium or Decimal(0))

    @property
    def ref(self) -> Ref:
        """What events, clocks, files and work call it."""
        return Ref("application", self.pk)
