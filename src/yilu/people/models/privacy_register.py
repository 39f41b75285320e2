"""The insurer's own account of how it treats personal data: what the law wants written down and kept."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked


@tracked()
class PrivacyRecord(models.Model):
    """
    One entry of the register of personal data protection (个人信息保护台账; 个保法 21, 54-57).

    What is asked of each kind stands in ``rules.privacy_register``; the answers are in ``said``.
    ``until`` is the day the kind looks to: the next review of an assessment or a model, a processor's
    last day, the day by which an audit is due. Nothing is ever deleted: the law wants three years at least.
    """

    class Kind(models.TextChoices):
        ASSESSMENT = "ASSESSMENT", "影响评估"
        PROCESSOR = "PROCESSOR", "受托处理"
        INCIDENT = "INCIDENT", "安全事件"
        AUDIT = "AUDIT", "合规审计"
        MODEL = "MODEL", "模型与自动判断"

    class State(models.TextChoices):
        DRAFT = "DRAFT", "待批准"
        STANDING = "STANDING", "有效"
        ENDED = "ENDED", "已结束"

    kind = models.CharField("类别", max_length=10, choices=Kind)
    title = models.CharField("名称", max_length=100)
    state = models.CharField("状态", max_length=8, choices=State, db_default="DRAFT")
    said = models.JSONField("内容", default=dict)
    starts_on = models.DateField("起", null=True)
    until = models.DateField("止", null=True)
    known_at = models.DateTimeField("知悉时间", null=True)
    persons = models.PositiveIntegerField("涉及人数", null=True)
    # A processor stands on the assessment of handing data to it (个保法 55).
    assessment = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, verbose_name="影响评估"
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, related_name="+", null=True, db_index=False, verbose_name="取代"
    )
    revision = models.PositiveIntegerField("修订", db_default=1)
    author = models.CharField("编制人", max_length=64)
    approver = models.CharField("批准人", max_length=64, db_default="")
    opened_at = models.DateTimeField("登记时间")
    approved_at = models.DateTimeField("批准时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "个人信息保护台账"
        constraints = [
            models.CheckConstraint(
                condition=Q(approver="") | ~Q(approver=F("author")), name="privacy_two_people"
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(until=None) | Q(starts_on__lte=F("until")),
                name="privacy_days_in_order",
            ),
        ]
        indexes = [models.Index(fields=["kind", "-id"], name="privacy_register_page")]

    def __str__(self) -> str:
        return f"privacy_record:{self.pk}"


class PrivacyStep(models.Model):
    """One thing done about an entry (台账记事): who, when, in their words; written once, never changed."""

    class Kind(models.TextChoices):
        DRAFTED = "DRAFTED", "登记"
        EDITED = "EDITED", "修改"
        APPROVED = "APPROVED", "批准"
        SENT_BACK = "SENT_BACK", "退回修改"
        MEASURE = "MEASURE", "采取措施"
        SUPERVISED = "SUPERVISED", "监督检查"
        AUTHORITY_TOLD = "AUTHORITY_TOLD", "通知主管部门"
        PERSONS_TOLD = "PERSONS_TOLD", "通知个人"
        NOT_TOLD_ASKED = "NOT_TOLD_ASKED", "提出不通知个人"
        NOT_TOLD_AGREED = "NOT_TOLD_AGREED", "同意不通知个人"
        NOT_TOLD_REFUSED = "NOT_TOLD_REFUSED", "不同意，应当通知个人"
        ENDED = "ENDED", "结束"
        GIVEN_UP = "GIVEN_UP", "放弃"
        REPLACED = "REPLACED", "被新的一份取代"

    record = models.ForeignKey(
        PrivacyRecord, models.PROTECT, related_name="steps", verbose_name="台账"
    )
    kind = models.CharField("事项", max_length=16, choices=Kind)
    note = models.CharField("说明", max_length=1000, db_default="")
    happened_at = models.DateTimeField("发生时间")
    actor = models.CharField("经办人", max_length=64)
    noted_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "台账记事"

    def __str__(self) -> str:
        return f"{self.record_id} {self.kind}"
