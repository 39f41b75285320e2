"""What care keeps: visits and what was said at them, mediations, third parties, prices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref

from .rules.prices import KINDS as PRICE_KINDS
from .rules.visits import CANCELLED_FOR, KINDS, RESULTS, STATES, TALKS, WECHAT

MONEY = {"max_digits": 14, "decimal_places": 2}


@tracked()
class Visit(models.Model):
    """
    Somebody of ours goes to a customer (上门服务): about a claim, a servicing request or a contract, or, where
    none of these is named, for the person who cannot come.
    """

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+", null=True)
    request = models.ForeignKey(
        "servicing.Request", models.PROTECT, related_name="+", null=True, verbose_name="保全申请"
    )
    policy = models.ForeignKey(
        "policies.Policy", models.PROTECT, related_name="+", null=True, verbose_name="保单"
    )
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField("类别", max_length=8, choices=list(KINDS.items()))
    state = models.CharField("状态", max_length=10, choices=list(STATES.items()), default="ASKED")
    wish = models.CharField("客户的要求", max_length=300, blank=True, default="")
    place = models.BinaryField("地址", default=b"")
    location = models.BinaryField("客户发送的位置", default=b"")
    located_at = models.DateTimeField("位置发送时间", null=True)
    staff = models.ForeignKey(
        "people.Staff", models.PROTECT, related_name="+", null=True, db_index=False
    )
    # When the customer was first reached on the telephone, and whether WeChat was added or why not.
    first_called_at = models.DateTimeField("首次通话时间", null=True)
    wechat = models.CharField(
        "微信", max_length=8, choices=list(WECHAT.items()), blank=True, default=""
    )
    planned_at = models.DateTimeField("约定时间", null=True)
    eta_at = models.DateTimeField("预计到达", null=True)
    set_out_at = models.DateTimeField("出发时间", null=True)
    arrived_at = models.DateTimeField("到达时间", null=True)
    # Where the phone of whoever went said it was; how far that is from the customer's location.
    arrival = models.BinaryField("到达位置", default=b"")
    metres_off = models.PositiveIntegerField("与客户位置相距米数", null=True)
    checks = models.JSONField("已完成的清单", default=list)
    result = models.CharField(
        "结果", max_length=8, choices=list(RESULTS.items()), blank=True, default=""
    )
    report = models.TextField("办理情况", blank=True, default="")
    finished_at = models.DateTimeField("完成时间", null=True)
    confirmed_at = models.DateTimeField("客户确认时间", null=True)
    cancelled_for = models.CharField(
        "取消原因", max_length=8, choices=list(CANCELLED_FOR.items()), blank=True, default=""
    )
    secret_index = models.CharField(max_length=64, blank=True, default="")
    # The secret itself: the link of a visit that is moved stays the one the customer has.
    secret = models.BinaryField("链接", default=b"")
    asked_by = models.CharField("申请人", max_length=64)
    asked_at = models.DateTimeField("申请时间")

    class Meta:
        verbose_name = "上门服务"
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "kind"],
                condition=Q(state__in=["ASKED", "PLANNED", "ON_WAY", "ARRIVED"]),
                name="visit_open_once",
            ),
            # Who cannot come is visited once for everything they want done.
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(claim=None, state__in=["ASKED", "PLANNED", "ON_WAY", "ARRIVED"]),
                name="visit_of_person_once",
            ),
            models.CheckConstraint(
                condition=Q(claim=None, request=None)
                | Q(claim=None, policy=None)
                | Q(request=None, policy=None),
                name="visit_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(kind="SERVICE", claim=None)
                | (~Q(kind="SERVICE") & Q(claim__isnull=False)),
                name="visit_kind_fits_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "state", "planned_at", "id"], name="visit_by_office"),
            models.Index(
                fields=["party", "-id"], name="visit_of_person", condition=Q(claim__isnull=True)
            ),
            models.Index(
                fields=["secret_index"], name="visit_by_link", condition=~Q(secret_index="")
            ),
        ]

    def __str__(self) -> str:
        return f"visit:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events, clocks and work call it."""
        return Ref("visit", self.pk)


class MonthSum(models.Model):
    """How many services of a kind began at one office in one month (上门与人伤月累计): counts only, of all there are."""

    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    month = models.DateField("月份")
    kind = models.CharField("类别", max_length=12)
    begun = models.PositiveIntegerField("登记", default=0)

    class Meta:
        verbose_name = "上门与人伤月累计"
        constraints = [
            models.UniqueConstraint(fields=["office", "month", "kind"], name="care_sum_once")
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.month} {self.kind}"


class Way(models.Model):
    """
    Where whoever comes is at this moment, told by their own phone for who waits (途中位置). One row a visit,
    written over; it goes on arrival, and half an hour after the phone fell silent. No history is kept.
    """

    visit = models.OneToOneField(Visit, models.CASCADE, related_name="way")
    point = models.BinaryField("位置")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "途中位置"
        indexes = [models.Index(fields=["at"], name="way_by_age")]

    def __str__(self) -> str:
        return f"way of {self.visit_id}"


class Sketch(models.Model):
    """
    A plan of the scene in signs that are everywhere the same (现场草图); its picture is a file of the claim.
    Drawn again it is a further row: what was seen first stays.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="sketches")
    # [sign, from the left, from the top, turned by, note]: see rules.sketches.Item.
    items = models.JSONField("图标", default=list)
    words = models.CharField("文字说明", max_length=500)
    upload_id = models.BigIntegerField("图片")
    sha256 = models.CharField("图片摘要", max_length=64)
    drawn_by = models.CharField("绘制人", max_length=64)
    drawn_at = models.DateTimeField("绘制时间")

    class Meta:
        verbose_name = "现场草图"

    def __str__(self) -> str:
        return f"sketch of {self.visit_id}"


class Talk(models.Model):
    """Something said about a visit, with whom and how (沟通记录)."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="talks")
    kind = models.CharField("方式", max_length=8, choices=list(TALKS.items()))
    text = models.TextField("内容")
    third_present = models.BooleanField("第三方在场", default=False)
    third_phone = models.BinaryField("第三方电话", default=b"")
    why_no_phone = models.CharField("未取得电话的原因", max_length=200, blank=True, default="")
    written_by = models.CharField("记录人", max_length=64)
    written_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = "沟通记录"

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind}"


@tracked()
class Mediation(models.Model):
    """What we offer an injured person, on what basis, and how the talks went (调解方案)."""

    class State(models.TextChoices):
        PREPARED = "PREPARED", "待主管确认"
        RETURNED = "RETURNED", "主管退回"
        PLANNED = "PLANNED", "方案已定"
        TALKING = "TALKING", "协商中"
        AGREED = "AGREED", "已达成"
        FAILED = "FAILED", "未达成"
        LEGAL_AID = "LEGAL_AID", "法律援助"
        COURT = "COURT", "转入诉讼"

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PLANNED)
    # [name, amount as text, basis]: what the plan is made of.
    basis = models.JSONField("测算依据", default=list)
    # The template, "OTHER" for lines written freely; what was said for it, so that it can be worked out again.
    kind = models.CharField("方案类别", max_length=12, default="OTHER")
    said = models.JSONField("测算时的回答", default=dict)
    third_party = models.ForeignKey(
        "care.ThirdParty", models.PROTECT, related_name="+", null=True, db_index=False,
        verbose_name="伤者",
    )  # fmt: skip
    # [code, head or paper]: why a lead saw it first; empty: it met the standard.
    doubts = models.JSONField("须主管确认的原因", default=list)
    why_without = models.CharField("资料不齐的说明", max_length=200, blank=True, default="")
    checked_by = models.CharField("确认人", max_length=64, blank=True, default="")
    checked_at = models.DateTimeField("确认时间", null=True)
    returned_for = models.CharField("退回原因", max_length=200, blank=True, default="")
    plan_amount = models.DecimalField("方案金额", **MONEY)  # type: ignore[arg-type]
    agreed_amount = models.DecimalField("达成金额", null=True, **MONEY)  # type: ignore[arg-type]
    words = models.TextField("结论", blank=True, default="")
    aid_reason = models.CharField("法律援助事由", max_length=300, blank=True, default="")
    aid_words = models.CharField("法律援助结果", max_length=400, blank=True, default="")
    planned_by = models.CharField("制定人", max_length=64)
    planned_at = models.DateTimeField("制定时间")
    staff = models.ForeignKey(
        "people.Staff", models.PROTECT, related_name="+", null=True, db_index=False,
        verbose_name="经办人",
    )  # fmt: skip
    next_on = models.DateField("下次协商日", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "调解方案"
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state__in=["PREPARED", "PLANNED", "TALKING"]),
                name="mediation_open_once",
            ),
            models.CheckConstraint(condition=Q(plan_amount__gte=0), name="mediation_amount"),
            models.CheckConstraint(
                condition=~Q(state="RETURNED") | ~Q(returned_for=""), name="mediation_returned_with_reason"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["office"], name="mediation_under_way",
                condition=Q(state__in=["PREPARED", "PLANNED", "TALKING", "LEGAL_AID"]),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"mediation:{self.pk}"


class Bid(models.Model):
    """An amount named in a mediation, by us or by them (调解报价)."""

    mediation = models.ForeignKey(Mediation, models.PROTECT, related_name="bids")
    ours = models.BooleanField("我方报价")
    amount = models.DecimalField("金额", **MONEY)  # type: ignore[arg-type]
    reason = models.CharField("说明", max_length=200, blank=True, default="")
    made_by = models.CharField("记录人", max_length=64)
    made_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "调解报价"

    def __str__(self) -> str:
        return f"{self.mediation_id} {self.amount}"


class ThirdParty(models.Model):
    """Somebody else who was harmed and claims through the insured (第三方受害人)."""

    class Relation(models.TextChoices):
        INJURED = "INJURED", "受伤的第三方"
        OWNER = "OWNER", "受损车辆或财物的所有人"
        HEIR = "HEIR", "第三方的继承人"

    claim = models.ForeignKey("claims.Claim", models.PROTECT, related_name="+")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+")
    relation = models.CharField("与事故的关系", max_length=8, choices=Relation)
    demand = models.DecimalField("请求金额", null=True, **MONEY)  # type: ignore[arg-type]
    account = models.ForeignKey(
        "people.BankAccount", models.PROTECT, related_name="+", null=True, db_index=False
    )
    verified_by = models.CharField("身份核验人", max_length=64, blank=True, default="")
    verified_at = models.DateTimeField("身份核验时间", null=True)
    entered_by = models.CharField("登记人", max_length=64)
    entered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "第三方受害人"
        constraints = [models.UniqueConstraint(fields=["claim", "party"], name="third_party_once")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.party_id}"


class PriceBook(models.Model):
    """One region's labour and parts prices from a moment on (工时与配件价目)."""

    region = models.CharField("地区", max_length=40)
    number = models.PositiveIntegerField("版本号")
    effective_from = models.DateTimeField("生效时间")
    lines_count = models.PositiveIntegerField("条数")
    source = models.CharField("文件名", max_length=120)
    published_by = models.CharField("发布人", max_length=64)

    class Meta:
        verbose_name = "工时与配件价目"
        constraints = [models.UniqueConstraint(fields=["region", "number"], name="price_book_once")]

    def __str__(self) -> str:
        return f"{self.region} v{self.number}"


class Price(models.Model):
    """One price of a book (价目)."""

    book = models.ForeignKey(PriceBook, models.CASCADE, related_name="prices")
    code = models.CharField("编码", max_length=40)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类别", max_length=8, choices=list(PRICE_KINDS.items()))
    unit = models.CharField("单位", max_length=12, blank=True, default="")
    price = models.DecimalField("单价", max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = "价目"
        constraints = [
            models.UniqueConstraint(fields=["book", "code"], name="price_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.code


@tracked(exclude=("region", "book", "shop", "asked", "allowed", "over"))
class EstimateCheck(models.Model):
    """A repair estimate that was held against a price book (定损核对), and what became of what was above it."""

    class Outcome(models.TextChoices):
        WITHIN = "WITHIN", "在价目之内"
        OPEN = "OPEN", "超出，待说明"
        CUT = "CUT", "已核减到价目"
        KEPT = "KEPT", "按原价，已写明原因"

    region = models.CharField("地区", max_length=40)
    book = models.ForeignKey(PriceBook, models.PROTECT, related_name="+", db_index=False)
    shop = models.CharField("维修单位", max_length=60, blank=True, default="")
    claim_id = models.BigIntegerField("赔案", null=True)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    staff = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    asked = models.DecimalField("定损合计", **MONEY)  # type: ignore[arg-type]
    allowed = models.DecimalField("价目合计", **MONEY)  # type: ignore[arg-type]
    over = models.DecimalField("超出合计", **MONEY)  # type: ignore[arg-type]
    outcome = models.CharField("结果", max_length=8, choices=Outcome)
    reason = models.CharField("原因", max_length=300, blank=True, default="")
    request_key = models.CharField("防重复提交号", max_length=64)
    checked_at = models.DateTimeField("核对时间")
    settled_at = models.DateTimeField("说明时间", null=True)

    class Meta:
        verbose_name = "定损核对"
        constraints = [
            models.UniqueConstraint(fields=["staff", "request_key"], name="estimate_check_once"),
            models.CheckConstraint(
                condition=~Q(outcome="KEPT") | ~Q(reason=""), name="estimate_kept_with_reason"
            ),
        ]
        indexes = [models.Index(fields=["office", "checked_at"], name="estimate_check_by_day")]

    def __str__(self) -> str:
        return f"{self.region} {self.checked_at}"


class EstimateLine(models.Model):
    """One line of a checked estimate (定损行) with what the book said of it."""

    check_of = models.ForeignKey(EstimateCheck, models.CASCADE, related_name="lines")
    code = models.CharField("编码", max_length=40)
    name = models.CharField("名称", max_length=80, blank=True, default="")
    found = models.CharField("核对结果", max_length=8)
    asked = models.DecimalField("定损金额", **MONEY)  # type: ignore[arg-type]
    allowed = models.DecimalField("价目金额", **MONEY)  # type: ignore[arg-type]

    class Meta:
        verbose_name = "定损行"

    def __str__(self) -> str:
        return self.code
