"""What risk keeps: traits, what was known at a report, signals, rules, people's findings, models."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .rules import SEVERITY_LABELS, SIGNAL_LABELS


class Trace(models.Model):
    """
    One trait of something reported, kept to find it again in others (可比对特征).

    ``key`` is an id or a blind index, never a name, a phone or an account number. Rows are written
    once; what is compared is ``(kind, key)`` over time.
    """

    kind = models.CharField("特征", max_length=12)
    key = models.CharField("值", max_length=80)
    subject = models.CharField("关于", max_length=64)
    party_id = models.BigIntegerField("客户")
    happened_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "可比对特征"
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "key"], name="trace_once")
        ]
        indexes = [models.Index(fields=["kind", "key", "-happened_at"], name="trace_found_again")]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}"


class Reported(models.Model):
    """
    What was known of a claim when it was first compared (报案时的情况).

    Written once and never changed, so that a model is trained on what it will be asked with.
    """

    subject = models.CharField("关于", max_length=64, unique=True)
    party_id = models.BigIntegerField("客户")
    reported_at = models.DateTimeField("报案时间")
    facts = models.JSONField("情况", default=dict)

    class Meta:
        verbose_name = "报案时的情况"
        indexes = [models.Index(fields=["reported_at"], name="reported_in_time")]

    def __str__(self) -> str:
        return self.subject


class Signal(models.Model):
    """Why a person should look; it never refuses (风险信号)."""

    subject = models.CharField("关于", max_length=64)
    signal = models.CharField("信号", max_length=24, choices=list(SIGNAL_LABELS.items()))
    severity = models.CharField("程度", max_length=8, choices=list(SEVERITY_LABELS.items()))
    measure = models.IntegerField("数值")
    # Other claims by reference, findings in the papers, and the rows of the table that spoke.
    evidence = models.JSONField("依据", default=dict)
    raised_at = models.DateTimeField("发现时间")
    cleared_by = models.CharField("核实人", max_length=64, blank=True, default="")
    cleared_at = models.DateTimeField("核实时间", null=True)
    holds = models.BooleanField("属实", null=True)
    finding = models.TextField("核实结果", blank=True, default="")

    class Meta:
        verbose_name = "风险信号"
        constraints = [
            models.UniqueConstraint(fields=["subject", "signal"], name="signal_once"),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=False) | Q(holds__isnull=True),
                name="signal_holds_when_cleared",
            ),
        ]
        indexes = [models.Index(fields=["signal", "-raised_at"], name="signal_by_kind")]

    def __str__(self) -> str:
        return f"{self.subject} {self.signal}"


class Outcome(models.Model):
    """What people established about a claim in the end: the labels of training (人工认定)."""

    class Source(models.TextChoices):
        INVESTIGATION = "INVESTIGATION", "调查结论"
        FINDING = "FINDING", "信号核实"
        DECISION = "DECISION", "人工核定"

    subject = models.CharField("关于", max_length=64)
    source = models.CharField("来源", max_length=16, choices=Source)
    holds = models.BooleanField("属实")
    known_at = models.DateTimeField("认定时间")

    class Meta:
        verbose_name = "人工认定"
        constraints = [models.UniqueConstraint(fields=["subject", "source"], name="outcome_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.source}"


class Declaration(models.Model):
    """
    An answer of the health declaration given when a policy was taken out (健康告知).

    ``asked`` and ``icd`` are the words shown and the diagnoses they ask about (beginnings of ICD-10
    codes), for a question of an application; without them it is one of the catalogue's.
    """

    policy = models.CharField("保单", max_length=64)
    party_id = models.BigIntegerField("被保险人")
    question = models.CharField("告知事项", max_length=24)
    holds = models.BooleanField("回答")
    declared_on = models.DateField("告知日期")
    asked = models.CharField("告知问题", max_length=300, blank=True, default="")
    icd = models.JSONField("涉及的诊断", default=list)
    text_version = models.CharField("告知文本版本", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "健康告知"
        constraints = [
            models.UniqueConstraint(fields=["policy", "party_id", "question"], name="declared_once")
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.question}"


class RuleEdition(models.Model):
    """Supervision rules as they were loaded (监管规则版本); the newest is in force."""

    name = models.CharField("名称", max_length=80)
    rules = models.JSONField("规则")
    count = models.PositiveIntegerField("条数")
    loaded_by = models.CharField("装载人", max_length=64)
    loaded_at = models.DateTimeField("装载时间")

    class Meta:
        verbose_name = "监管规则版本"

    def __str__(self) -> str:
        return self.name


class RiskModel(models.Model):
    """A model trained on people's findings, with its card (风险模型). A person releases it."""

    class State(models.TextChoices):
        TRAINING = "TRAINING", "训练中"
        FAILED = "FAILED", "未能训练"
        TRAINED = "TRAINED", "待发布"
        RELEASED = "RELEASED", "使用中"
        RETIRED = "RETIRED", "已停用"

    state = models.CharField("状态", max_length=10, choices=State)
    kept = models.JSONField("模型", default=dict)
    card = models.JSONField("模型卡", default=dict)
    problem = models.CharField("未能训练的原因", max_length=200, blank=True, default="")
    asked_by = models.CharField("训练人", max_length=64)
    asked_at = models.DateTimeField("训练时间")
    trained_at = models.DateTimeField("训练完成时间", null=True)
    released_by = models.CharField("发布人", max_length=64, blank=True, default="")
    released_at = models.DateTimeField("发布时间", null=True)
    release_reason = models.TextField("发布理由", blank=True, default="")
    retired_by = models.CharField("停用人", max_length=64, blank=True, default="")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "风险模型"
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="RELEASED"), name="one_model_released"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="TRAINING"), name="one_model_training"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Group(models.Model):
    """Persons whose claims hang together by accounts, phones or devices (关联团组)."""

    key = models.CharField("成员摘要", max_length=64, unique=True)
    persons = models.PositiveIntegerField("人数")
    claims = models.PositiveIntegerField("赔案数")
    amount = models.DecimalField("票据金额", max_digits=14, decimal_places=2)
    shared = models.PositiveIntegerField("共用的账户、电话、设备")
    dense = models.FloatField("紧密度")
    # How often chance alone made one as large when the same links were dealt at random, and the
    # share of all groups found that are as large and as dense.
    by_chance = models.FloatField("随机出现的机会")
    rarer = models.FloatField("同样规模的占比")
    subjects = models.JSONField("赔案", default=list)
    found_at = models.DateTimeField("发现时间")
    current = models.BooleanField("仍存在", default=True)
    cleared_by = models.CharField("核实人", max_length=64, blank=True, default="")
    cleared_at = models.DateTimeField("核实时间", null=True)
    holds = models.BooleanField("属实", null=True)
    finding = models.TextField("核实结果", blank=True, default="")

    class Meta:
        verbose_name = "关联团组"

    def __str__(self) -> str:
        return f"{self.persons} {self.claims}"
