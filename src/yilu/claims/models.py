"""What claims keeps: the claim, what was calculated, decided, asked for and said about it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

from .rules.lifecycle import STATE_LABELS, State

MONEY = {"max_digits": 14, "decimal_places": 2}


class ClaimType(models.TextChoices):
    """What is demanded (理赔类型)."""

    MEDICAL = "MEDICAL", "医疗费用"
    ALLOWANCE = "ALLOWANCE", "住院津贴"
    CRITICAL_ILLNESS = "CRITICAL_ILLNESS", "重大疾病"
    DISABILITY = "DISABILITY", "伤残"
    DEATH = "DEATH", "身故"
    ACCIDENT = "ACCIDENT", "意外医疗"
    WAIVER = "WAIVER", "保费豁免"


class Channel(models.TextChoices):
    """By which door a report came (报案渠道)."""

    APP = "APP", "手机自助"
    PHONE = "PHONE", "电话"
    COUNTER = "COUNTER", "柜面"
    AGENT = "AGENT", "代理人代报"
    PROVIDER = "PROVIDER", "医院直报"
    PROACTIVE = "PROACTIVE", "主动理赔"


class Programme(models.TextChoices):
    """How fast and by whom a claim is handled (理赔服务方式)."""

    FAST = "FAST", "小额快赔"
    STANDARD = "STANDARD", "普通案件"
    COMPLEX = "COMPLEX", "复杂案件"
    ONE_DAY_CRITICAL = "ONE_DAY_CRITICAL", "重疾一日赔"


class Lane(models.TextChoices):
    """Where triage sends a claim (分案通道)."""

    GREEN = "GREEN", "绿色通道"
    YELLOW = "YELLOW", "人工审核"
    RED = "RED", "重点核实"


class Band(models.TextChoices):
    """The amount in question (金额区间)."""

    UNDER_3K = "UNDER_3K", "3,000元以下"
    UNDER_10K = "UNDER_10K", "3,000至1万元"
    UNDER_100K = "UNDER_100K", "1万至10万元"
    OVER_100K = "OVER_100K", "10万元以上"


@tracked(exclude=("version", "changed_at"))
class Claim(models.Model):
    """A demand for benefit under a policy (赔案)."""

    number = models.CharField("赔案号", max_length=24, unique=True)
    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+")
    insured = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    claimant = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+")
    account = models.ForeignKey("people.BankAccount", models.PROTECT, related_name="+", null=True)
    claim_type = models.CharField("理赔类型", max_length=20, choices=ClaimType)
    loss_date = models.DateField("出险日期")
    # Codes and amounts only: cause, conditions, grades, days. What they mean says rules.case.
    loss = models.JSONField("出险情况", default=dict)
    channel = models.CharField("报案渠道", max_length=12, choices=Channel)
    programme = models.CharField("服务方式", max_length=20, choices=Programme, default="STANDARD")
    lane = models.CharField("通道", max_length=8, choices=Lane, blank=True, default="")
    band = models.CharField("金额区间", max_length=12, choices=Band, blank=True, default="")
    state = models.CharField("状态", max_length=16, choices=list(STATE_LABELS.items()))
    reasons = models.JSONField("转人工原因", default=list)
    claimed_amount = models.DecimalField("申请金额", **MONEY, null=True)
    benefit_amount = models.DecimalField("核定金额", **MONEY, null=True)
    paid_amount = models.DecimalField("已付金额", **MONEY, default=0)
    checklist_version = models.PositiveIntegerField("清单版本", default=0)
    request_key = models.CharField("防重复提交号", max_length=64)
    consultant = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)
    outcome = models.CharField("结案方式", max_length=12, blank=True, default="")
    # Raised by every change: what a person saw carries it, so that nobody decides on an old page.
    version = models.PositiveIntegerField("版本", default=1)
    reported_at = models.DateTimeField("报案时间")
    documents_at = models.DateTimeField("首次收到资料时间", null=True)
    registered_at = models.DateTimeField("立案时间", null=True)
    decided_at = models.DateTimeField("核定时间", null=True)
    closed_at = models.DateTimeField("结案时间", null=True)
    changed_at = models.DateTimeField("最近变动时间")

    class Meta:
        verbose_name = "赔案"
        constraints = [
            models.UniqueConstraint(fields=["claimant", "request_key"], name="claim_once_per_tap"),
            models.CheckConstraint(
                condition=Q(claimed_amount__isnull=True) | Q(claimed_amount__gte=0),
                name="claim_claimed_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(benefit_amount__isnull=True) | Q(benefit_amount__gte=0),
                name="claim_benefit_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state="MERGED"),
                name="claim_merged_somewhere",
            ),
        ]
        indexes = [
            # Two reports of one loss: looked for at every report, among living claims only.
            models.Index(
                fields=["policy", "claim_type", "loss_date"],
                name="claim_same_loss",
                condition=~Q(state__in=["MERGED", "WITHDRAWN"]),
            ),
            models.Index(fields=["claimant", "-id"], name="claim_by_claimant"),
            models.Index(fields=["insured", "-id"], name="claim_by_insured"),
            models.Index(fields=["office", "-id"], name="claim_by_office"),
            models.Index(
                fields=["id"],
                name="claim_waiting_for_papers",
                condition=Q(state__in=["REPORTED", "COLLECTING", "SUPPLEMENT"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> Ref:
        """What events, clocks, work and messages call this claim."""
        return Ref("claim", self.pk)

    @property
    def is_in(self) -> State:
        """The state as a member of the table of transitions."""
        return State(self.state)


class Calculation(models.Model):
    """
    One calculation of the benefit (理算): inputs and result as they were, never changed.

    ``inputs_digest`` says whether a later calculation would start from the same facts; ``digest``
    covers inputs and result, and is what a decision is bound to.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="calculations")
    ordinal = models.PositiveSmallIntegerField("序号")
    inputs = models.JSONField("依据")
    result = models.JSONField("结果")
    benefit = models.DecimalField("给付金额", **MONEY)
    inputs_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    made_by = models.CharField("经办", max_length=64)
    made_at = models.DateTimeField("理算时间")

    class Meta:
        verbose_name = "理算"
        constraints = [
            models.UniqueConstraint(fields=["claim", "ordinal"], name="calculation_ordinal_once"),
            models.CheckConstraint(condition=Q(benefit__gte=0), name="calculation_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.ordinal}"


@tracked()
class Decision(models.Model):
    """What was decided about a claim, by whom, on what they saw (核赔结论)."""

    class Kind(models.TextChoices):
        APPROVE = "APPROVE", "赔付"
        PARTIAL = "PARTIAL", "部分赔付"
        DECLINE = "DECLINE", "不予赔付"
        EX_GRATIA = "EX_GRATIA", "通融赔付"
        ADVANCE = "ADVANCE", "先行赔付"

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待复核"
        STANDS = "STANDS", "有效"
        SENT_BACK = "SENT_BACK", "复核退回"
        SUPERSEDED = "SUPERSEDED", "已被替代"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="decisions")
    calculation = models.ForeignKey(Calculation, models.PROTECT, related_name="+", null=True)
    kind = models.CharField("结论", max_length=12, choices=Kind)
    state = models.CharField("效力", max_length=12, choices=State, default=State.STANDS)
    amount = models.DecimalField("金额", **MONEY)
    digest = models.CharField("依据摘要", max_length=64)
    # What the machine would have said, kept beside what the person said.
    machine_verdict = models.CharField("系统意见", max_length=12, blank=True, default="")
    machine_amount = models.DecimalField("系统理算金额", **MONEY, null=True)
    overrides = models.BooleanField("与系统意见不同", default=False)
    override_reason = models.TextField("不同意系统意见的理由", blank=True, default="")
    reason = models.TextField("理由", blank=True, default="")
    clause = models.CharField("依据条款", max_length=200, blank=True, default="")
    on_scene = models.BooleanField("现场首次意见", default=False)
    decided_by = models.CharField("经办", max_length=64)
    decided_at = models.DateTimeField("作出时间")
    approved_by = models.CharField("复核", max_length=64, blank=True, default="")
    approved_at = models.DateTimeField("复核时间", null=True)
    rule = models.CharField("所依规则", max_length=120, blank=True, default="")

    class Meta:
        verbose_name = "核赔结论"
        constraints = [
            # Two people deciding at once: one decision.
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(
                    state__in=["PROPOSED", "STANDS"], kind__in=["APPROVE", "PARTIAL", "DECLINE"]
                ),
                name="one_decision_stands",
            ),
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("decided_by")), name="four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(overrides=False) | ~Q(override_reason=""), name="override_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(kind="DECLINE")
                | (~Q(reason="") & ~Q(clause="") & Q(decided_by__startswith="staff:")),
                name="decline_by_a_person",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="decision_not_negative"),
        ]
        indexes = [models.Index(fields=["claim", "-id"], name="decision_latest")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind}"


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
    """The day we learned of a ground for rescission (知悉解除事由): 保险法 16 counts from here."""

    class Outcome(models.TextChoices):
        RESCINDED = "RESCINDED", "解除合同"
        WAIVED = "WAIVED", "不行使解除权"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="knowledge")
    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+")
    ground = models.CharField("事由", max_length=40)
    note = models.TextField("说明", blank=True, default="")
    known_by = models.CharField("知悉人", max_length=64)
    known_at = models.DateTimeField("知悉时间")
    last_day = models.DateField("解除权最后一日")
    outcome = models.CharField("处理", max_length=12, choices=Outcome, blank=True, default="")
    decided_by = models.CharField("决定人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("决定时间", null=True)
    reason = models.TextField("理由", blank=True, default="")

    class Meta:
        verbose_name = "知悉解除事由"
        constraints = [
            models.UniqueConstraint(fields=["claim", "ground"], name="ground_known_once")
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.ground}"


class Reopening(models.Model):
    """A decided claim goes on: an appeal of the customer, or new facts (申诉与重新处理)."""

    class Cause(models.TextChoices):
        APPEAL = "APPEAL", "客户申诉"
        NEW_FACTS = "NEW_FACTS", "出现新情况"
        AFTER_REVIEW = "AFTER_REVIEW", "事后复核发现差错"
        COURT = "COURT", "裁判文书"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="reopenings")
    cause = models.CharField("原因", max_length=16, choices=Cause)
    text = models.TextField("内容", blank=True, default="")
    opened_by = models.CharField("提出", max_length=64)
    opened_at = models.DateTimeField("提出时间")

    class Meta:
        verbose_name = "申诉与重新处理"

    def __str__(self) -> str:
        return f"{self.claim_id} {self.cause}"


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


class AfterReview(models.Model):
    """A paid straight-through claim looked at by a person afterwards (事后抽样复核)."""

    class Verdict(models.TextChoices):
        RIGHT = "RIGHT", "无差错"
        WRONG_AMOUNT = "WRONG_AMOUNT", "金额差错"
        WRONG_LANE = "WRONG_LANE", "不应直通"
        DOCUMENTS = "DOCUMENTS", "资料问题"

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="after_review")
    drawn_at = models.DateTimeField("抽取时间")
    verdict = models.CharField("结论", max_length=16, choices=Verdict, blank=True, default="")
    finding = models.TextField("说明", blank=True, default="")
    reviewed_by = models.CharField("复核人", max_length=64, blank=True, default="")
    reviewed_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = "事后抽样复核"

    def __str__(self) -> str:
        return f"{self.claim_id}"


class Offer(models.Model):
    """A ready claim made from a hospital's invoice, waiting for one tap of the customer (主动理赔邀约)."""

    class State(models.TextChoices):
        OPEN = "OPEN", "待客户确认"
        CONFIRMED = "CONFIRMED", "客户已确认"
        DECLINED = "DECLINED", "客户不申请"
        EXPIRED = "EXPIRED", "已过期"

    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="+")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    provider_id = models.BigIntegerField("医疗机构")
    claim_type = models.CharField("理赔类型", max_length=20, choices=ClaimType)
    loss_date = models.DateField("出险日期")
    loss = models.JSONField("出险情况", default=dict)
    invoices = models.JSONField("票据")
    total = models.DecimalField("票据金额", **MONEY)
    # One invoice makes one offer, however often the hospital sends it.
    invoice_key = models.CharField(max_length=64, unique=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+", null=True)
    offered_at = models.DateTimeField("邀约时间")
    expires_at = models.DateTimeField("有效期至")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "主动理赔邀约"
        indexes = [
            models.Index(fields=["party", "-id"], name="offer_open", condition=Q(state="OPEN"))
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.invoice_key[:8]}"
