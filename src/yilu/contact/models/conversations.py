"""Who turned to us or whom we turned to, what was said, what is known, what is left to solve."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.contact.rules.tiers import LONGEST_WHY
from yilu.contact.rules.words import CHANNELS, DIRECTIONS, ENDINGS, SPEAKERS, STATES
from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref
from yilu.kernel.sealing import INDEX_LENGTH


class Conversation(models.Model):
    """
    One contact with somebody, on whatever channel (会话).

    ``address`` is the number or mailbox it came from, sealed; ``about`` what it concerns
    (``claim:42``). ``arrived_at`` is when the wait began: a callback keeps that of the call it is
    for, which it ``follows``. ``tier`` only counts where no statutory clock runs; ``tier_why`` is what the
    customer may be told, ``tier_rule`` the row of the table that said so.
    """

    number = models.CharField("会话号", max_length=20, unique=True)
    channel = models.CharField("渠道", max_length=9, choices=list(CHANNELS.items()))
    direction = models.CharField("方向", max_length=3, choices=list(DIRECTIONS.items()))
    party = models.ForeignKey(
        "people.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    address = models.BinaryField("号码或地址", default=b"")
    address_index = models.CharField(max_length=INDEX_LENGTH, blank=True, default="")
    reason = models.CharField("来访事由", max_length=20, blank=True, default="")
    sub_reason = models.CharField("具体事由", max_length=40, blank=True, default="")
    about = models.CharField("关于", max_length=64, blank=True, default="")
    state = models.CharField("状态", max_length=9, choices=list(STATES.items()), default="OPEN")
    skill = models.CharField("所需技能", max_length=30, blank=True, default="")
    urgency = models.PositiveSmallIntegerField("紧急程度", default=0)
    tier = models.PositiveSmallIntegerField("客户等级", default=0)
    tier_why = models.CharField("等级理由", max_length=LONGEST_WHY, blank=True, default="")
    tier_rule = models.CharField("等级依据", max_length=40, blank=True, default="")
    seat = models.ForeignKey(
        "people.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="承接会话"
    )
    opened_at = models.DateTimeField("开始时间")
    arrived_at = models.DateTimeField("开始等候", null=True)
    queued_at = models.DateTimeField("进入队列", null=True)
    connected_at = models.DateTimeField("接通时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    wrapped_at = models.DateTimeField("整理完成", null=True)
    ending = models.CharField(
        "结束方式", max_length=12, choices=list(ENDINGS.items()), blank=True, default=""
    )
    resolved = models.BooleanField("当次解决", null=True)
    note = models.BinaryField("服务小结", default=b"")
    # A machine's retry opens nothing twice: the PBX's call id, the mail's Message-ID, the chat's key.
    request_key = models.CharField(max_length=80, null=True, unique=True)

    class Meta:
        verbose_name = "会话"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["CONNECTED", "WRAPPING"])
                | Q(seat__isnull=False, connected_at__isnull=False),
                name="conversation_connected_to_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="CLOSED") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="conversation_end_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(state="QUEUED") | Q(queued_at__isnull=False),
                name="conversation_queued_since",
            ),
        ]
        indexes = [
            models.Index(fields=["party", "-opened_at"], name="conversation_by_party"),
            models.Index(
                fields=["address_index", "-opened_at"],
                name="conversation_by_address",
                condition=~Q(address_index=""),
            ),
            models.Index(fields=["about"], name="conversation_about", condition=~Q(about="")),
            models.Index(fields=["opened_at"], name="conversation_by_time"),
            models.Index(
                fields=["seat", "state"],
                name="conversation_at_seat",
                condition=Q(state__in=["CONNECTED", "WRAPPING"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> Ref:
        """What events, clocks and work call it."""
        return Ref("conversation", self.pk)


class Turn(models.Model):
    """Something said in a conversation (会话内容); sealed, for people type numbers into chats."""

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="turns", db_index=False
    )
    who = models.CharField("谁说的", max_length=8, choices=list(SPEAKERS.items()))
    text = models.BinaryField("内容")
    said_at = models.DateTimeField("时间")
    said_by = models.CharField("记录人", max_length=64)
    # The sender's own key: the same message sent twice is one turn.
    request_key = models.CharField(max_length=80, null=True)

    class Meta:
        verbose_name = "会话内容"
        constraints = [
            models.UniqueConstraint(fields=["conversation", "request_key"], name="turn_once")
        ]
        indexes = [models.Index(fields=["conversation", "id"], name="turn_in_order")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.who}"


class Concern(models.Model):
    """A case that came up in a conversation (会话关联业务); one talk may be about several, ``about`` is the latest."""

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="+", db_index=False, verbose_name="会话"
    )
    about = models.CharField("关于", max_length=64)
    noted_at = models.DateTimeField("关联时间")

    class Meta:
        verbose_name = "会话关联业务"
        constraints = [
            models.UniqueConstraint(fields=["conversation", "about"], name="concern_once")
        ]
        indexes = [models.Index(fields=["about", "-conversation"], name="concern_about")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.about}"


class KnownFact(models.Model):
    """
    What somebody already told us, so that nobody asks again (已知信息).

    The latest of a name counts, in this conversation and in those of the same customer that follow
    within some days (``rules.knowing``).
    """

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="known", db_index=False
    )
    name = models.CharField("项目", max_length=40)
    value = models.BinaryField("内容")
    told_by = models.CharField("来源", max_length=64)
    told_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "已知信息"
        constraints = [
            models.UniqueConstraint(fields=["conversation", "name"], name="known_fact_once")
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.name}"


@tracked()
class Problem(models.Model):
    """
    What could not be solved in the conversation and has an owner and a clock now (问题件).

    ``side`` says whose it is: the contact centre's, or the sales side's (号码错误、无法接通).
    """

    class Kind(models.TextChoices):
        CONSULT = "CONSULT", "咨询未决"
        UNREACHABLE = "UNREACHABLE", "回访无法接通"
        WRONG_NUMBER = "WRONG_NUMBER", "联系电话错误"
        MIS_SELLING = "MIS_SELLING", "回访发现销售误导"
        AGENT = "AGENT", "代理人代客户反映"

    class Side(models.TextChoices):
        SERVICE = "SERVICE", "客服"
        SALES = "SALES", "销售"

    class State(models.TextChoices):
        OPEN = "OPEN", "处理中"
        SOLVED = "SOLVED", "已解决"

    number = models.CharField("问题件号", max_length=20, unique=True)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    side = models.CharField("承办部门", max_length=8, choices=Side, default=Side.SERVICE)
    state = models.CharField("状态", max_length=6, choices=State, default=State.OPEN)
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, null=True, related_name="+", db_index=False
    )
    policy = models.ForeignKey(
        "policies.Policy", models.PROTECT, null=True, related_name="+", db_index=False
    )
    party = models.ForeignKey(
        "people.Party", models.PROTECT, null=True, related_name="+", db_index=False
    )
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    # Who sold, where that matters: they do not solve it (服务规定 18); after an exit, the successor.
    agent = models.ForeignKey(
        "people.Agent", models.PROTECT, null=True, related_name="+", db_index=False
    )
    seller_id = models.BigIntegerField("销售人员", null=True)
    sold_by = models.CharField("出单人", max_length=64, blank=True, default="")
    what = models.BinaryField("问题")
    steps = models.PositiveSmallIntegerField("跟踪次数", default=0)
    answer = models.BinaryField("处理结果", default=b"")
    opened_by = models.CharField("提出人", max_length=64)
    opened_at = models.DateTimeField("立项时间")
    solved_at = models.DateTimeField("解决时间", null=True)
    solved_by = models.CharField("解决人", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "问题件"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="OPEN", solved_at__isnull=True)
                | (Q(state="SOLVED", solved_at__isnull=False) & ~Q(solved_by="")),
                name="problem_end_says_who",
            ),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(state="OPEN", kind="CONSULT"),
                name="problem_once_a_conversation",
            ),
            models.UniqueConstraint(
                fields=["policy", "kind"], condition=Q(state="OPEN"), name="problem_once_a_policy"
            ),
        ]
        indexes = [
            models.Index(
                fields=["office", "opened_at", "id"], name="problem_open", condition=Q(state="OPEN")
            ),
            models.Index(
                fields=["agent", "opened_at"], name="problem_of_agent", condition=Q(state="OPEN")
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> Ref:
        """What events, clocks and work call it."""
        return Ref("problem", self.pk)


class ProblemStep(models.Model):
    """Something done about a problem case (问题件跟踪记录)."""

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="steps_made", db_index=False)
    ordinal = models.PositiveSmallIntegerField("第几次")
    note = models.BinaryField("内容")
    made_by = models.CharField("办理人", max_length=64)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "问题件跟踪记录"
        constraints = [
            models.UniqueConstraint(fields=["problem", "ordinal"], name="problem_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.ordinal}"
