"""What the insurer answers: one approved answer to a question, its versions, and what was asked."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilu.kernel.refs import Ref
from yilu.knowledge.rules.topics import TOPICS


class Question(models.Model):
    """
    A question that has one answer here, whoever gives it (标准问题).

    ``shipped`` is the digest of the entry it last came from, a release's or a product clause's.
    """

    code = models.CharField("编码", max_length=80, unique=True)
    topic = models.CharField("分类", max_length=10, choices=list(TOPICS.items()))
    product = models.CharField("产品", max_length=40, blank=True, default="")
    shipped = models.CharField("来源摘要", max_length=64, blank=True, default="")
    created_at = models.DateTimeField("建立时间")
    retired_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "标准问题"
        indexes = [models.Index(fields=["topic", "id"], name="question_by_topic")]

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("knowledge", self.pk)


class AnswerVersion(models.Model):
    """
    One version of the answer (答案版本): the question, other ways to ask it, the answer, its source.

    A draft may be edited; what was approved never changes. Approved by somebody else than its
    author, and never without a source: the database refuses both.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        APPROVED = "APPROVED", "已批准"

    question = models.ForeignKey(
        Question, models.PROTECT, related_name="versions", db_index=False, verbose_name="标准问题"
    )
    number = models.PositiveSmallIntegerField("版本号")
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    revision = models.PositiveIntegerField("修订", default=1)
    asked = models.CharField("问题", max_length=120)
    phrasings = ArrayField(models.CharField(max_length=120), default=list, verbose_name="其他问法")
    answer = models.TextField("答案")
    source = models.CharField("依据", max_length=200)
    quote = models.TextField("依据原文", blank=True, default="")
    note = models.CharField("为什么修改", max_length=200, blank=True, default="")
    sent_back = models.CharField("退回原因", max_length=200, blank=True, default="")
    author = models.CharField("起草人", max_length=64)
    drafted_at = models.DateTimeField("起草时间")
    owner = models.CharField("责任人", max_length=64, blank=True, default="")
    approver = models.CharField("批准人", max_length=64, blank=True, default="")
    approved_at = models.DateTimeField("批准时间", null=True)
    review_by = models.DateField("复审日期", null=True)
    valid_from = models.DateTimeField("生效时间", null=True)
    valid_to = models.DateTimeField("失效时间", null=True)

    class Meta:
        verbose_name = "答案版本"
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="answer_version_once"),
            models.UniqueConstraint(
                fields=["question"], condition=Q(state="DRAFT"), name="answer_one_draft"
            ),
            # One answer a question at any moment: an open end at most once.
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(state="APPROVED", valid_to__isnull=True),
                name="answer_one_in_force",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="answer_has_a_source"),
            models.CheckConstraint(
                condition=Q(state="DRAFT")
                | (
                    ~Q(approver="")
                    & ~Q(approver=F("author"))
                    & Q(approved_at__isnull=False, valid_from__isnull=False)
                ),
                name="answer_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="answer_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_by"], name="answer_to_review", condition=Q(state="APPROVED")
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id} v{self.number}"


class Asked(models.Model):
    """
    Something a person asked the first line, and what came of it (客户提问); the text sealed, masked.

    ``about`` names the conversation. What was not answered, or answered wrongly, is what to write next.
    """

    class Verdict(models.TextChoices):
        SURE = "SURE", "直接回答"
        CHOICE = "CHOICE", "请客户选择"
        NONE = "NONE", "没有答案"

    about = models.CharField("会话", max_length=64)
    text = models.BinaryField("提问")
    verdict = models.CharField("结果", max_length=6, choices=Verdict)
    version = models.ForeignKey(
        AnswerVersion, models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name="给出的答案",
    )  # fmt: skip
    score = models.FloatField("把握")
    helpful = models.BooleanField("有帮助", null=True)
    asked_at = models.DateTimeField("提问时间")
    dealt_with_at = models.DateTimeField("处理时间", null=True)

    class Meta:
        verbose_name = "客户提问"
        indexes = [
            models.Index(fields=["about", "id"], name="asked_in_conversation"),
            models.Index(
                fields=["-id"],
                name="asked_not_answered",
                condition=Q(dealt_with_at__isnull=True) & (Q(verdict="NONE") | Q(helpful=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.verdict}"
