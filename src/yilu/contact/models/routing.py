"""Who sits where, who waits for whom, and what was offered to whom."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Seat(models.Model):
    """
    A member of staff who takes contacts (坐席), and how things are with them now.

    ``reach`` and ``reach_after`` go together: which skills this seat takes, and after how many
    seconds of waiting (its ring). ``idle_since`` orders seats: the longest idle is asked first.
    """

    class State(models.TextChoices):
        OFFLINE = "OFFLINE", "未签入"
        READY = "READY", "就绪"
        OFFERED = "OFFERED", "振铃"
        BUSY = "BUSY", "服务中"
        WRAPPING = "WRAPPING", "话后整理"
        NOT_READY = "NOT_READY", "示忙"

    staff = models.OneToOneField(
        "people.Staff", models.PROTECT, primary_key=True, related_name="+", verbose_name="坐席"
    )
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    branch_id = models.BigIntegerField("分公司")
    # {"claims": 1, "general": 2}: a skill and how well, 1 the best.
    skills = models.JSONField("技能", default=dict)
    reach = ArrayField(models.CharField(max_length=30), verbose_name="可接技能", default=list)
    reach_after = ArrayField(
        models.PositiveIntegerField(), verbose_name="等候几秒后可接", default=list
    )
    # How many of each kind of load at once; VOICE is one by its nature.
    chats_max = models.PositiveSmallIntegerField("在线咨询并发上限", default=3)
    texts_max = models.PositiveSmallIntegerField("文字件并发上限", default=5)
    voice = models.PositiveSmallIntegerField("语音", default=0)
    chats = models.PositiveSmallIntegerField("在线咨询", default=0)
    texts = models.PositiveSmallIntegerField("文字件", default=0)
    state = models.CharField("状态", max_length=9, choices=State, default=State.OFFLINE)
    why = models.CharField("原因", max_length=20, blank=True, default="")
    since = models.DateTimeField("状态开始")
    idle_since = models.DateTimeField("空闲开始", null=True)
    # Where the seat goes once it is free: paused or signed off, as its person asked meanwhile.
    then = models.CharField("空闲后", max_length=9, blank=True, default="")
    then_why = models.CharField("空闲后原因", max_length=20, blank=True, default="")

    class Line(models.TextChoices):
        BROWSER = "BROWSER", "浏览器耳机"
        DESK = "DESK", "话机"

    line = models.CharField("接听方式", max_length=7, choices=Line, default=Line.BROWSER)
    # Helps out under the green route only (灾害应急增援).
    reserve = models.BooleanField("应急坐席", default=False)

    class Meta:
        verbose_name = "坐席"
        constraints = [
            models.CheckConstraint(condition=Q(voice__lte=1), name="seat_one_voice"),
            models.CheckConstraint(
                condition=~Q(state="READY") | Q(idle_since__isnull=False), name="seat_ready_since"
            ),
        ]
        indexes = [
            models.Index(
                fields=["idle_since"], name="seat_ready", condition=Q(state__in=["READY", "BUSY"])
            )
        ]

    def __str__(self) -> str:
        return f"seat:{self.pk}"


class SeatSpell(models.Model):
    """A stretch of time a seat spent in one state (坐席状态时段): what occupancy is counted from."""

    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField("状态", max_length=9, choices=Seat.State)
    why = models.CharField("原因", max_length=20, blank=True, default="")
    from_at = models.DateTimeField("开始")
    to_at = models.DateTimeField("结束", null=True)

    class Meta:
        verbose_name = "坐席状态时段"
        constraints = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(to_at__isnull=True), name="seat_spell_one_now"
            ),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gte=models.F("from_at")),
                name="seat_spell_forward",
            ),
        ]
        indexes = [
            models.Index(fields=["from_at"], name="seat_spell_by_time"),
            models.Index(fields=["staff", "-from_at"], name="seat_spell_by_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.state}"


class Waiting(models.Model):
    """
    A contact that waits for a seat (排队). The row goes when somebody takes it, or it is given up.

    ``score`` is the arrival in seconds less the credit: the smallest goes first, and the order of two
    never changes while they wait, so an index holds it. A small table: the router reads nothing else.
    """

    conversation = models.OneToOneField(
        "contact.Conversation", models.PROTECT, primary_key=True, related_name="+"
    )
    party_id = models.BigIntegerField("客户", null=True)
    skill = models.CharField("技能", max_length=30)
    score = models.FloatField("次序")
    load = models.CharField("占用", max_length=5)  # VOICE, CHAT, TEXT
    arrived_at = models.DateTimeField("开始等候")
    # From when its rings count; a callback that was promised for later waits unseen until then.
    from_at = models.DateTimeField("可派时间")
    branch_id = models.BigIntegerField("分公司")
    pooled_at = models.DateTimeField("全国共享自")
    preferred_id = models.BigIntegerField("优先坐席", null=True)
    preferred_until = models.DateTimeField("优先至", null=True)
    passed_by = ArrayField(models.BigIntegerField(), verbose_name="已婉拒", default=list)
    seat_id = models.BigIntegerField("预留坐席", null=True)
    offered_until = models.DateTimeField("预留至", null=True)
    offers = models.PositiveSmallIntegerField("预留次数", default=0)

    class Meta:
        verbose_name = "排队"
        constraints = [
            models.CheckConstraint(
                condition=Q(seat_id__isnull=True, offered_until__isnull=True)
                | Q(seat_id__isnull=False, offered_until__isnull=False),
                name="waiting_offered_until",
            )
        ]
        indexes = [
            models.Index(
                fields=["skill", "load", "score"],
                name="waiting_in_order",
                condition=Q(seat_id__isnull=True),
            ),
            models.Index(
                fields=["preferred_id"],
                name="waiting_preferred",
                condition=Q(seat_id__isnull=True, preferred_id__isnull=False),
            ),
            models.Index(
                fields=["offered_until"], name="waiting_offered", condition=Q(seat_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"conversation:{self.conversation_id}"


class Offer(models.Model):
    """A contact that was put to a seat, and what the seat did (振铃记录)."""

    class Outcome(models.TextChoices):
        RINGING = "", "振铃中"
        ACCEPTED = "ACCEPTED", "已接"
        DECLINED = "DECLINED", "婉拒"
        MISSED = "MISSED", "未应答"
        GONE = "GONE", "客户已离开"
        GAVE_WAY = "GAVE_WAY", "让给在线客户"

    conversation = models.ForeignKey(
        "contact.Conversation", models.PROTECT, related_name="+", db_index=False
    )
    staff_id = models.BigIntegerField("坐席")
    offered_at = models.DateTimeField("振铃时间")
    until = models.DateTimeField("应答期限")
    outcome = models.CharField("结果", max_length=8, choices=Outcome, blank=True, default="")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "振铃记录"
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(outcome=""), name="offer_one_now"
            )
        ]
        indexes = [
            models.Index(fields=["staff_id", "-offered_at"], name="offer_by_seat"),
            models.Index(fields=["conversation", "id"], name="offer_of_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.staff_id}"
