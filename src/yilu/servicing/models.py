"""What servicing keeps: the requests."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref


@tracked()
class Request(models.Model):
    """
    What somebody asks of a policy, or of what we keep about them (保全申请).

    ``form`` is sealed: it holds phones, names and numbers. ``digest`` names the quote that was shown
    last; a confirmation without it is stale. ``door`` is where it was begun, ``proof`` how a member
    of staff made sure who asks. ``refer`` says why a person looks at it; ``blocked`` what the
    self-service did not allow, and ``way`` how the customer wants to go on. ``second`` sums up its
    agreements; ``instead`` names the deed that stood in for one that was not given.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "填写中"
        PREPARED = "PREPARED", "等您确认"
        CONFIRMED = "CONFIRMED", "等他人同意"
        IN_REVIEW = "IN_REVIEW", "资料审核中"
        WAITING_MONEY = "WAITING_MONEY", "款项办理中"
        DONE = "DONE", "办理完成"
        REFUSED = "REFUSED", "未能办理"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    class Door(models.TextChoices):
        CUSTOMER = "CUSTOMER", "客户自助"
        AGENT = "AGENT", "保全管家代办"
        COUNTER = "COUNTER", "柜面办理"

    class Proof(models.TextChoices):
        NONE = "", "未核身"
        CODE = "CODE", "验证码"
        FACE = "FACE", "柜面核对证件原件"
        CALL = "CALL", "电话核对身份信息"
        VIDEO = "VIDEO", "视频核对证件"

    class Way(models.TextChoices):
        NONE = "", "未选择"
        VIDEO = "VIDEO", "视频办理"
        ADVISER = "ADVISER", "专人联系"
        COUNTER = "COUNTER", "预约柜面"

    class Second(models.TextChoices):
        NONE = "", "不需要"
        WAITING = "WAITING", "待确认"
        AGREED = "AGREED", "已同意"
        DECLINED = "DECLINED", "不同意"

    number = models.CharField("申请号", max_length=20, unique=True, null=True)
    kind = models.CharField("保全项目", max_length=30)
    policy = models.ForeignKey(
        "policies.Policy", models.PROTECT, null=True, related_name="+", db_index=False
    )
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    agent = models.ForeignKey(
        "people.Agent", models.PROTECT, null=True, related_name="+", db_index=False
    )
    door = models.CharField("渠道", max_length=8, choices=Door)
    state = models.CharField("状态", max_length=13, choices=State, default=State.DRAFT)
    form = models.BinaryField("填写内容")
    quote = models.JSONField("试算", null=True)
    digest = models.CharField("试算摘要", max_length=64, blank=True, default="")
    pays = models.DecimalField("应付客户", max_digits=14, decimal_places=2, default=0)
    collects = models.DecimalField("应收客户", max_digits=14, decimal_places=2, default=0)
    amount = models.DecimalField("所需权限金额", max_digits=14, decimal_places=2, default=0)
    refer = models.CharField("转人工原因", max_length=200, blank=True, default="")
    blocked = models.CharField("自助受限原因", max_length=200, blank=True, default="")
    way = models.CharField("续办方式", max_length=8, choices=Way, blank=True, default="")
    wish = models.CharField("客户的要求", max_length=300, blank=True, default="")
    appointed_at = models.DateTimeField("预约时间", null=True)
    proof = models.CharField("核身方式", max_length=5, choices=Proof, blank=True, default="")
    verified_at = models.DateTimeField("核身时间", null=True)
    phone_proved_at = models.DateTimeField("新号码验证时间", null=True)
    second = models.CharField("第二人确认", max_length=8, choices=Second, blank=True, default="")
    instead = models.CharField("代替同意的文书", max_length=300, blank=True, default="")
    missing = models.JSONField("待补资料", default=list, blank=True)
    missing_at = models.DateTimeField("一次性告知时间", null=True)
    missing_arrived_at = models.DateTimeField("告知送达时间", null=True)
    papers_at = models.DateTimeField("资料收到时间", null=True)
    delay = models.CharField("延期说明", max_length=300, blank=True, default="")
    prepared_by = models.CharField("代办人", max_length=64, blank=True, default="")
    decided_by = models.CharField("审批人", max_length=64, blank=True, default="")
    reasons = models.JSONField("不予办理理由", default=list, blank=True)
    effect = models.JSONField("办理结果", default=list, blank=True)
    effective_on = models.DateField("生效日", null=True)
    started_at = models.DateTimeField("开始时间")
    # The day a request on paper reached us, where it was typed in later, and why so late.
    received_on = models.DateField("收到日", null=True)
    received_why = models.CharField("补录原因", max_length=200, blank=True, default="")
    confirmed_at = models.DateTimeField("提交时间", null=True)
    accepted_at = models.DateTimeField("受理时间", null=True)
    decided_at = models.DateTimeField("审批时间", null=True)
    collected_at = models.DateTimeField("收款时间", null=True)
    applied_at = models.DateTimeField("变更生效时间", null=True)
    ended_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = "保全申请"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "policy", "party"],
                condition=Q(
                    state__in=["DRAFT", "PREPARED", "CONFIRMED", "IN_REVIEW", "WAITING_MONEY"]
                ),
                nulls_distinct=False,
                name="servicing_request_open_once",
            ),
            models.CheckConstraint(
                condition=Q(pays__gte=0, collects__gte=0, amount__gte=0),
                name="servicing_request_sums",
            ),
        ]
        indexes = [
            models.Index(fields=["party", "-id"], name="servicing_by_party"),
            models.Index(fields=["policy", "-id"], name="servicing_by_policy"),
            models.Index(fields=["office", "state", "id"], name="servicing_by_office"),
            models.Index(fields=["agent", "-id"], name="servicing_by_agent"),
        ]

    def __str__(self) -> str:
        return self.number or f"servicing_request:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events, clocks, letters, payments and work call it."""
        return Ref("servicing_request", self.pk)


@tracked()
class Agreement(models.Model):
    """
    Somebody else's word on a request (他人同意): the insured's, or each other heir's.

    ``by`` says who gave it where it was not they themselves (a guardian, a colleague who saw them
    sign). A row is written when the request is handed in and answered once; who declined may still
    agree as long as the request is open.
    """

    class Answer(models.TextChoices):
        WAITING = "WAITING", "待答复"
        AGREED = "AGREED", "同意"
        DECLINED = "DECLINED", "不同意"

    class Role(models.TextChoices):
        INSURED = "INSURED", "被保险人"
        HEIR = "HEIR", "继承人"

    class Proof(models.TextChoices):
        NONE = "", "未答复"
        DEVICE = "DEVICE", "本人登录确认"
        CODE = "CODE", "本人手机验证码"
        SIGNED = "SIGNED", "到柜面签字"

    request = models.ForeignKey(Request, models.CASCADE, related_name="agreements", db_index=False)
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    role = models.CharField("身份", max_length=7, choices=Role)
    answer = models.CharField("答复", max_length=8, choices=Answer, default=Answer.WAITING)
    proof = models.CharField("确认方式", max_length=6, choices=Proof, blank=True, default="")
    by = models.CharField("经手人", max_length=64, blank=True, default="")
    asked_at = models.DateTimeField("请求时间")
    reminded_at = models.DateTimeField("提醒时间", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "他人同意"
        constraints = [
            models.UniqueConstraint(fields=["request", "party"], name="servicing_agreement_once"),
            models.CheckConstraint(
                condition=Q(answer="WAITING", answered_at=None)
                | Q(~Q(answer="WAITING"), answered_at__isnull=False),
                name="servicing_agreement_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["party", "-id"], name="servicing_agreement_mine"),
            models.Index(
                fields=["asked_at"], name="servicing_agreement_waits", condition=Q(answer="WAITING")
            ),
        ]

    def __str__(self) -> str:
        return f"servicing_agreement:{self.pk}"
