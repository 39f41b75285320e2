"""What happens around a claim on its way: asked for, looked into, said, rated."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .claim import Claim


class SupplementNotice(models.Model):
    """The one notice of everything that is missing (一次性补充通知, 保险法 22)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="supplements")
    ordinal = models.PositiveSmallIntegerField("第几次")
    items = models.JSONField("补充内容")
    note = models.TextField("说明", blank=True, default="")
    requested_by = models.CharField("经办", max_length=64)
    requested_at = models.DateTimeField("发出时间")
    resumes_in = models.CharField("补齐后回到", max_length=16)
    arrived_at = models.DateTimeField("通知送达时间", null=True)
    arrival_proof = models.CharField("送达凭据", max_length=120, blank=True, default="")
    received_at = models.DateTimeField("资料收到时间", null=True)
    receipt_proof = models.CharField("收到凭据", max_length=120, blank=True, default="")

    class Meta:
        verbose_name = "补充资料通知"
        constraints = [
            models.UniqueConstraint(fields=["claim", "ordinal"], name="supplement_ordinal_once"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(received_at__isnull=True), name="one_supplement_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.ordinal}"


class Investigation(models.Model):
    """Facts verified outside the file (调查)."""

    class Finding(models.TextChoices):
        CONFIRMED = "CONFIRMED", "情况属实"
        NOT_CONFIRMED = "NOT_CONFIRMED", "情况不实"
        NON_DISCLOSURE = "NON_DISCLOSURE", "发现未如实告知"
        INCONCLUSIVE = "INCONCLUSIVE", "无法查实"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="investigations")
    reason = models.CharField("事由", max_length=40)
    question = models.TextField("需核实的问题", blank=True, default="")
    helper = models.CharField(
        "协助方", max_length=20, blank=True, default=""
    )  # THIRD_PARTY, POLICE
    opened_by = models.CharField("发起", max_length=64)
    opened_at = models.DateTimeField("发起时间")
    finding = models.CharField("结论", max_length=16, choices=Finding, blank=True, default="")
    report = models.TextField("调查报告", blank=True, default="")
    due_at = models.DateTimeField("应完成时间", null=True)
    reported_by = models.CharField("报告人", max_length=64, blank=True, default="")
    reported_at = models.DateTimeField("报告时间", null=True)
    proposed_finding = models.CharField("拟结论", max_length=16, blank=True, default="")
    conclusion = models.TextField("结论说明", blank=True, default="")
    closed_by = models.CharField("完成人", max_length=64, blank=True, default="")
    closed_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "调查"
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(closed_at__isnull=True), name="one_investigation_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.reason}"


class KnowledgeEvent(models.Model):
    """
    A ground for rescission (知悉解除事由).

    Of what was not disclosed (保险法 16) the days count from when we knew; fraud that a decision found
    (保险法 27 I, II) has no such last day.
    """

    class Article(models.TextChoices):
        UNDISCLOSED = "16", "未如实告知（保险法第十六条）"
        FABRICATED = "27.1", "谎称发生保险事故（保险法第二十七条第一款）"
        CAUSED = "27.2", "故意制造保险事故（保险法第二十七条第二款）"

    class Outcome(models.TextChoices):
        RESCINDED = "RESCINDED", "解除合同"
        WAIVED = "WAIVED", "不行使解除权"
        LAPSED = "LAPSED", "解除权已消灭"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="knowledge")
    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+")
    ground = models.CharField("事由", max_length=40)
    note = models.TextField("说明", blank=True, default="")
    known_by = models.CharField("知悉人", max_length=64)
    known_at = models.DateTimeField("知悉时间")
    article = models.CharField(
        "依据", max_length=4, choices=Article, default=Article.UNDISCLOSED,
        db_default=Article.UNDISCLOSED,
    )  # fmt: skip
    last_day = models.DateField("解除权最后一日", null=True)
    outcome = models.CharField("处理", max_length=12, choices=Outcome, blank=True, default="")
    decided_by = models.CharField("决定人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("决定时间", null=True)
    reason = models.TextField("理由", blank=True, default="")
    # 保险法 16: after intent nothing is paid or returned; after gross negligence premiums go back.
    fault = models.CharField("过错", max_length=10, blank=True, default="")

    class Meta:
        verbose_name = "知悉解除事由"
        constraints = [
            models.UniqueConstraint(fields=["claim", "ground"], name="ground_known_once"),
            models.CheckConstraint(
                condition=Q(article="16", last_day__isnull=False)
                | (~Q(article="16") & Q(last_day=None)),
                name="rescission_days_of_16_only",
            ),
            models.CheckConstraint(
                condition=Q(article="16")
                | ~Q(outcome="RESCINDED")
                | (~Q(decided_by="") & ~Q(decided_by=F("known_by"))),
                name="rescission_for_fraud_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.ground}"


class ContactNote(models.Model):
    """
    What was said with whom about a claim, in the log all its handlers share (沟通记录).

    On a video survey a third party who is present is asked for a phone number; who gives none is
    kept on video; who is absent is reached through the insured, and the note says so.
    """

    class Kind(models.TextChoices):
        CALL = "CALL", "电话"
        VIDEO = "VIDEO", "视频连线"
        VISIT = "VISIT", "上门"
        CHAT = "CHAT", "在线沟通"
        NOTE = "NOTE", "内部备注"

    class ThirdParty(models.TextChoices):
        NONE = "NONE", "无第三方"
        PRESENT = "PRESENT", "第三方在场"
        ABSENT = "ABSENT", "第三方不在场"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="notes")
    kind = models.CharField("方式", max_length=8, choices=Kind)
    text = models.TextField("内容")
    third_party = models.CharField("第三方", max_length=8, choices=ThirdParty, default="NONE")
    third_party_phone = models.BinaryField("第三方电话", default=b"")
    evidence_upload_id = models.BigIntegerField("影像凭据", null=True)
    shown_to_customer = models.BooleanField("客户可见", default=False)
    written_by = models.CharField("记录人", max_length=64)
    written_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = "沟通记录"
        indexes = [models.Index(fields=["claim", "-id"], name="note_latest")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind}"


class Rating(models.Model):
    """What the customer thought of the service after closing (客户评价)."""

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="rating")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    stars = models.PositiveSmallIntegerField("满意度")
    recommend = models.PositiveSmallIntegerField("推荐意愿")
    comment = models.TextField("意见", blank=True, default="")
    rated_at = models.DateTimeField("评价时间")

    class Meta:
        verbose_name = "客户评价"
        constraints = [
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="rating_stars"),
            models.CheckConstraint(condition=Q(recommend__range=(0, 10)), name="rating_recommend"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.stars}"


class Chase(models.Model):
    """An incomplete small file followed up in one half-day (资料跟踪)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="chases")
    on = models.DateField("日期")
    slot = models.CharField("时段", max_length=2, choices=[("AM", "上午"), ("PM", "下午")])
    chased_at = models.DateTimeField("跟踪时间")

    class Meta:
        verbose_name = "资料跟踪"
        constraints = [
            models.UniqueConstraint(fields=["claim", "on", "slot"], name="chased_once_a_half_day")
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.on} {self.slot}"


class RecordsAsked(models.Model):
    """
    The medical platform was asked for the bills of a claim's visit, with consent (就诊记录调取).

    ``bills`` is how many came and were taken over; ``receipt`` the platform's.
    """

    class State(models.TextChoices):
        ASKED = "ASKED", "正在调取"
        FOUND = "FOUND", "已调取"
        NOTHING = "NOTHING", "没有查到"
        NOT_NEEDED = "NOT_NEEDED", "不再需要"

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="+")
    state = models.CharField("结果", max_length=10, choices=State, default=State.ASKED)
    bills = models.PositiveSmallIntegerField("票据数", default=0)
    receipt = models.CharField("平台回执", max_length=64, blank=True, default="")
    asked_at = models.DateTimeField("发起时间")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "就诊记录调取"

    def __str__(self) -> str:
        return f"{self.claim_id} {self.state}"
