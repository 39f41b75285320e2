"""What was decided about an application, by the machine or a person."""

from __future__ import annotations

from django.db import models


class Decision(models.Model):
    """
    One verdict on an application (核保结论). Never changed: a later one has the next ``ordinal``.

    ``reasons`` are ``{"condition", "table", "version", "row", "in_words"}``; ``exclusions`` are
    ``{"code", "wording", "icd_prefixes"}``; ``examinations`` codes of what is asked for, once. ``facts``
    is the digest of what it was judged from, ``machine`` what the machine had said where a person
    decided.
    """

    class Outcome(models.TextChoices):
        ACCEPT = "ACCEPT", "标准体承保"
        REDUCE = "REDUCE", "减少保障承保"
        LOADING = "LOADING", "加费承保"
        EXCLUSION = "EXCLUSION", "除外承保"
        POSTPONE = "POSTPONE", "延期"
        EXAMINE = "EXAMINE", "需体检或补充资料"
        REFER = "REFER", "转人工核保"
        DECLINE = "DECLINE", "不予承保"

    application = models.ForeignKey(
        "underwriting.Application", models.PROTECT, related_name="decisions", db_index=False
    )
    ordinal = models.PositiveSmallIntegerField("次序")
    outcome = models.CharField("结论", max_length=10, choices=Outcome)
    extra_mortality = models.PositiveSmallIntegerField("额外死亡率（点）", default=0)
    extra_premium = models.DecimalField("加费", max_digits=14, decimal_places=2, default=0)
    premium = models.DecimalField("每期保险费", max_digits=14, decimal_places=2)
    exclusions = models.JSONField("除外约定", default=list)
    examinations = models.JSONField("体检及补充资料", default=list)
    reasons = models.JSONField("理由", default=list)
    facts = models.CharField("所依据内容的摘要", max_length=64)
    machine = models.CharField("系统意见", max_length=10, blank=True, default="")
    # What the tables would have a person decide: {"outcome", "months"}; empty where nothing is.
    proposal = models.JSONField("建议", default=dict)
    words = models.TextField("给客户的说明", blank=True, default="")
    override_reason = models.CharField("改变系统意见的理由", max_length=300, blank=True, default="")
    postponed_to = models.DateField("延期至", null=True)
    decided_by = models.CharField("作出人", max_length=64)
    decided_at = models.DateTimeField("作出时间")

    class Meta:
        verbose_name = "核保结论"
        constraints = [
            models.UniqueConstraint(fields=["application", "ordinal"], name="decision_in_order"),
            # The machine may accept, offer, ask and refer; only a person postpones or declines.
            models.CheckConstraint(
                condition=~models.Q(outcome__in=["POSTPONE", "DECLINE"])
                | models.Q(decided_by__startswith="staff:"),
                name="decision_refused_by_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-decided_at"], name="decision_first", condition=models.Q(ordinal=1)
            ),
            models.Index(
                fields=["-decided_at"],
                name="decision_by_a_person",
                condition=models.Q(decided_by__startswith="staff:"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.ordinal} {self.outcome}"
