"""Voices as they come in: ratings and comments, surveys, cards, and who answers."""

from __future__ import annotations

from dataclasses import replace

from django.db import models
from django.db.models import Q

from yilu.kernel.refs import Ref
from yilu.voice.rules.labels import HANDLING_STATES, JOURNEYS, SOURCES, WHO
from yilu.voice.rules.sampling import Rule


class Feedback(models.Model):
    """What somebody said about our service, with or without figures (客户原声)."""

    source = models.CharField("来源", max_length=8, choices=list(SOURCES.items()))
    touchpoint = models.CharField("触点", max_length=40)
    journey = models.CharField("旅程", max_length=16, choices=list(JOURNEYS.items()))
    who = models.CharField("是谁", max_length=12, choices=list(WHO.items()))
    party = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", null=True, db_index=False
    )
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    # Whom of ours it is about, where that is known.
    staff = models.ForeignKey(
        "people.Staff", models.PROTECT, related_name="+", null=True, db_index=False
    )
    about = models.CharField("业务", max_length=64, blank=True, default="")
    stars = models.PositiveSmallIntegerField("满意度", null=True)
    recommend = models.PositiveSmallIntegerField("推荐意愿", null=True)
    # Without personal data; as it was written only where something was taken out of it.
    text = models.TextField("意见", blank=True, default="")
    original = models.BinaryField("原文", default=b"")
    # Further figures of the same voice, by name.
    attributes = models.JSONField("其他评分", null=True)
    # What a file said beside the comment: content or not.
    positive = models.BooleanField("好评标签", null=True)
    batch = models.ForeignKey(
        "voice.Batch", models.CASCADE, related_name="+", null=True, db_index=False
    )
    line = models.PositiveIntegerField("行号", null=True)
    request_key = models.CharField("防重复提交号", max_length=120, null=True, unique=True)
    said_at = models.DateTimeField("时间")
    taken_by = models.CharField("录入", max_length=64)

    class Meta:
        verbose_name = "客户原声"
        constraints = [
            models.CheckConstraint(
                condition=Q(stars=None) | Q(stars__range=(1, 5)), name="feedback_stars"
            ),
            models.CheckConstraint(
                condition=Q(recommend=None) | Q(recommend__range=(0, 10)), name="feedback_recommend"
            ),
            # NULLs differ: only imported rows are held to one a line.
            models.UniqueConstraint(fields=["batch", "line"], name="feedback_once_a_line"),
        ]
        indexes = [
            models.Index(fields=["office", "-id"], name="feedback_by_office"),
            models.Index(
                fields=["journey", "said_at"],
                name="feedback_recommending",
                condition=Q(recommend__isnull=False),
            ),
            models.Index(
                fields=["party", "-id"], name="feedback_of_party", condition=Q(party__isnull=False)
            ),
            models.Index(
                fields=["said_at"], name="feedback_of_ours", condition=Q(batch__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"feedback:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("feedback", self.pk)


class DaySum(models.Model):
    """
    How one journey was rated at one office on one day, or (M) in one month (评价日累计).

    Counts only: what reads a year reads these, however many ratings there were.
    """

    class Span(models.TextChoices):
        DAY = "D", "日"
        MONTH = "M", "月"

    span = models.CharField("跨度", max_length=1, choices=Span)
    day = models.DateField("日期")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    journey = models.CharField("旅程", max_length=16, choices=list(JOURNEYS.items()))
    third_party = models.BooleanField("第三方")
    promoters = models.PositiveIntegerField("推荐", default=0)
    passives = models.PositiveIntegerField("中立", default=0)
    detractors = models.PositiveIntegerField("贬损", default=0)
    content = models.PositiveIntegerField("满意", default=0)
    rated = models.PositiveIntegerField("打星", default=0)
    comments = models.PositiveIntegerField("留言", default=0)

    class Meta:
        verbose_name = "评价日累计"
        constraints = [
            models.UniqueConstraint(
                fields=["span", "day", "office", "journey", "third_party"], name="voice_sum_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.journey} {self.day}"


class SurveyRule(models.Model):
    """How often the insurer lets a touchpoint ask, where it changed the shipped rule (调查规则)."""

    touchpoint = models.CharField("触点", max_length=40, primary_key=True)
    share = models.PositiveSmallIntegerField("抽样比例")
    quiet_days = models.PositiveSmallIntegerField("同一人间隔天数")
    per_year = models.PositiveSmallIntegerField("同一人每年次数")
    enabled = models.BooleanField("开启", default=True)
    changed_at = models.DateTimeField("修改时间")
    changed_by = models.CharField("修改人", max_length=64)

    class Meta:
        verbose_name = "调查规则"
        constraints = [
            models.CheckConstraint(condition=Q(share__lte=100), name="survey_share_of_a_hundred")
        ]

    def __str__(self) -> str:
        return self.touchpoint

    def applied_to(self, shipped: Rule) -> Rule:
        """The shipped rule with the insurer's own figures."""
        return replace(
            shipped, share=self.share, quiet_days=self.quiet_days, per_year=self.per_year,
            enabled=self.enabled,
        )  # fmt: skip


class Invitation(models.Model):
    """One person asked once about one thing, by a link that works once (调查邀请)."""

    token_digest = models.CharField(max_length=64, unique=True)
    touchpoint = models.CharField("触点", max_length=40)
    journey = models.CharField("旅程", max_length=16, choices=list(JOURNEYS.items()))
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    about = models.CharField("业务", max_length=64)
    sent_at = models.DateTimeField("发出时间")
    expires_at = models.DateTimeField("失效时间")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "调查邀请"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "touchpoint", "about"], name="invitation_once_about_a_thing"
            )
        ]
        indexes = [
            models.Index(fields=["party", "-sent_at"], name="invitation_of_party"),
            # How many answered, by touchpoint, is read from the index alone.
            models.Index(
                fields=["sent_at"], include=["touchpoint", "answered_at"], name="invitation_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation:{self.pk}"


class Card(models.Model):
    """A card with a QR picture that a surveyor or clerk shows to be rated on the spot (服务反馈卡)."""

    code_digest = models.CharField(max_length=64, unique=True)
    # To show the picture again.
    code = models.BinaryField("代码")
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    # Empty: everybody this person serves.
    about = models.CharField("业务", max_length=64, blank=True, default="")
    journey = models.CharField("旅程", max_length=16, choices=list(JOURNEYS.items()))
    made_at = models.DateTimeField("生成时间")
    ended_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "服务反馈卡"
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "about"],
                condition=Q(ended_at=None),
                name="card_once_for_a_person_and_thing",
            )
        ]

    def __str__(self) -> str:
        return f"card:{self.pk}"


class Handling(models.Model):
    """A feedback that a person answers, until the customer says it is solved (反馈办理)."""

    feedback = models.OneToOneField(Feedback, models.PROTECT, related_name="handling")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(
        "状态", max_length=8, choices=list(HANDLING_STATES.items()), default="OPEN"
    )
    urgent = models.BooleanField("紧急", default=False)
    why = models.CharField("为什么", max_length=200)
    owner = models.ForeignKey(
        "people.Staff", models.PROTECT, related_name="+", null=True, db_index=False
    )
    opened_at = models.DateTimeField("开始时间")
    taken_at = models.DateTimeField("领取时间", null=True)
    reply = models.TextField("答复", blank=True, default="")
    replied_at = models.DateTimeField("答复时间", null=True)
    rounds = models.PositiveSmallIntegerField("答复次数", default=0)
    link_digest = models.CharField(max_length=64, blank=True, default="")
    customer_said = models.CharField("客户补充", max_length=500, blank=True, default="")
    closed_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "反馈办理"
        indexes = [
            models.Index(fields=["office", "state", "-id"], name="handling_by_office"),
            models.Index(
                fields=["owner"],
                name="handling_by_owner",
                condition=Q(state__in=["TAKEN", "REPLIED"]),
            ),
            models.Index(
                fields=["link_digest"], name="handling_by_link", condition=~Q(link_digest="")
            ),
        ]

    def __str__(self) -> str:
        return f"handling:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events and work items call it."""
        return Ref("feedback", self.feedback_id)
