"""
What was handed in, what was read from it, and the invoices that came out.

Parties are plain numbers here: a file outlives the row of the person who gave it only as long as
the claim needs it, and a feed of ten thousand invoices must not check ten thousand references.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop as _

FILE_KINDS = [
    ("INVOICE", _("医疗费用发票")),
    ("FEE_LIST", _("费用清单")),
    ("DIAGNOSIS", _("诊断证明")),
    ("DISCHARGE", _("出院小结")),
    ("PRESCRIPTION", _("处方")),
    ("ID_CARD", _("身份证件")),
    ("BANK_CARD", _("银行卡")),
    ("DEATH_CERTIFICATE", _("死亡证明")),
    ("ACCIDENT_PROOF", _("意外事故证明")),
    ("DISABILITY_REPORT", _("伤残鉴定书")),
    ("RELATION_PROOF", _("关系证明")),
    ("OTHER", _("其他资料")),
]
"""What a file is handed in as."""

SOURCES = [
    ("FEED", _("机构直传")),
    ("XML", _("电子票据XML")),
    ("OFD", _("OFD版式文件")),
    ("PDF", _("PDF文字层")),
    ("QR", _("二维码")),
    ("OCR", _("图像识别")),
    ("STAFF", _("人工录入")),
    ("NONE", _("未能识别")),
]
"""Where a value came from, best first."""

INVOICE_KINDS = [
    ("FISCAL_OUTPATIENT", _("财政医疗门诊收费票据")),
    ("FISCAL_INPATIENT", _("财政医疗住院收费票据")),
    ("VAT_DIGITAL", _("数电发票")),
    ("VAT_ELECTRONIC", _("增值税电子发票")),
    ("VAT_PAPER", _("增值税纸质发票")),
    ("OTHER", _("其他票据")),
]
REGISTRY_STATES = [
    ("WAITING", _("待查验")),
    ("VALID", _("查验一致")),
    ("NOT_FOUND", _("查无此票")),
    ("MISMATCH", _("查验不一致")),
    ("REVERSED", _("已冲红")),
    ("EXCHANGED", _("已换开纸质票据")),
    ("UNAVAILABLE", _("查验平台无法访问")),
    ("NOT_NEEDED", _("无需查验")),
]


class Upload(models.Model):
    """
    A file somebody handed in, or a record a hospital sent, about something (上传文件).

    ``live`` uploads count; one that was refused, superseded or released with its claim does not,
    and its invoice may be handed in again.
    """

    class State(models.TextChoices):
        RECEIVED = "RECEIVED", "已收到，待识别"
        READING = "READING", "识别中"
        READ = "READ", "已留存，无需识别"
        NEEDS_PERSON = "NEEDS_PERSON", "待人工核对"
        SETTLED = "SETTLED", "已确认"
        REFUSED = "REFUSED", "不予受理"

    subject = models.CharField("关于", max_length=64)
    party_id = models.BigIntegerField("客户")
    kind = models.CharField("资料类型", max_length=20, choices=FILE_KINDS)
    state = models.CharField("状态", max_length=12, choices=State, default=State.RECEIVED)
    live = models.BooleanField("有效", default=True)
    refusal = models.CharField("不予受理原因", max_length=20, blank=True, default="")
    # The upload this one repeats: shown to staff, never to the customer.
    first = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    source = models.CharField("识别来源", max_length=5, choices=SOURCES, blank=True, default="")
    layout = models.CharField("识别版式", max_length=30, blank=True, default="")
    filename = models.CharField("文件名", max_length=160, blank=True, default="")
    media_type = models.CharField("文件格式", max_length=60)
    sha256 = models.CharField("文件摘要", max_length=64)
    size = models.PositiveIntegerField("字节数")
    pages = models.PositiveSmallIntegerField("页数", default=1)
    storage_key = models.CharField("存储位置", max_length=80, blank=True, default="")
    notes = ArrayField(
        models.CharField(max_length=40), verbose_name="质量提示", default=list, blank=True
    )
    # What the pages look like and say, in numbers, to find the same invoice photographed again.
    phash = models.BigIntegerField("图像指纹", null=True)
    phash_bands = ArrayField(models.IntegerField(), verbose_name="图像指纹分段", null=True)
    text_hashes = ArrayField(models.IntegerField(), verbose_name="文字指纹", null=True)
    text_bands = ArrayField(models.IntegerField(), verbose_name="文字指纹分段", null=True)
    request_key = models.CharField("请求键", max_length=80, blank=True, default="")
    provider_id = models.BigIntegerField("医疗机构", null=True)
    handed_in_by = models.CharField("提交人", max_length=64)
    received_at = models.DateTimeField("收到时间")
    # The day it reached us on paper, where it was typed in later, and why so late.
    received_on = models.DateField("收到日", null=True)
    received_why = models.CharField(
        "补录原因", max_length=200, blank=True, default="", db_default=""
    )
    settled_at = models.DateTimeField("确认时间", null=True)
    attempts = models.PositiveSmallIntegerField("识别次数", default=0)
    version = models.PositiveIntegerField("版本", default=0)

    class Meta:
        verbose_name = "上传文件"
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=Q(live=True, kind="INVOICE"),
                name="upload_invoice_file_once",
            ),
            models.UniqueConstraint(
                fields=["subject", "kind", "sha256"],
                condition=Q(live=True),
                name="upload_file_once_per_subject",
            ),
            models.UniqueConstraint(
                fields=["party_id", "request_key"],
                condition=~Q(request_key=""),
                name="upload_once_per_request",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "id"], name="upload_by_subject"),
            # Both for whoever is forgotten: their files, and whether one lies there for others too.
            models.Index(fields=["party_id"], name="upload_by_party"),
            HashIndex(
                fields=["storage_key"], name="upload_stored_at", condition=~Q(storage_key="")
            ),
            models.Index(
                fields=["received_at"],
                name="upload_unread",
                condition=Q(state__in=["RECEIVED", "READING"]),
            ),
            GinIndex(
                fields=["phash_bands"],
                name="upload_looks",
                condition=Q(live=True, phash_bands__isnull=False),
            ),
            GinIndex(
                fields=["text_bands"],
                name="upload_says",
                condition=Q(live=True, text_bands__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Reading(models.Model):
    """How a file was read, once (识别记录)."""

    upload = models.OneToOneField(Upload, models.PROTECT, related_name="reading")
    source = models.CharField("识别来源", max_length=5, choices=SOURCES)
    engine = models.CharField("识别引擎", max_length=30)
    engine_version = models.CharField("引擎版本", max_length=40)
    layout = models.CharField("识别版式", max_length=30, blank=True, default="")
    seconds = models.FloatField("用时（秒）")
    cpu_seconds = models.FloatField("处理器用时（秒）", default=0)
    # Turn and straightening of each page read as a picture, in degrees, one after the other: what
    # the boxes of its fields are measured in, and how the desk shows it.
    turns = ArrayField(models.FloatField(), verbose_name="页面转正", default=list)
    read_at = models.DateTimeField("识别时间")
    # Whether its fields are in the day sums: set by the statement that adds them, never undone.
    summed = models.BooleanField("已计入日累计", default=False, db_default=False)

    class Meta:
        verbose_name = "识别记录"
        indexes = [
            models.Index(fields=["read_at"], name="reading_to_sum", condition=Q(summed=False))
        ]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.engine}"


class Field(models.Model):
    """
    One value read from a file, and who stands for it (识别字段).

    Numbers that identify a person or an account are sealed; ``value`` then shows their mask.
    """

    class AcceptedBy(models.TextChoices):
        NOBODY = "", "待核对"
        MACHINE = "MACHINE", "自动采信"
        STAFF = "STAFF", "人工确认"

    upload = models.ForeignKey(Upload, models.PROTECT, related_name="fields")
    name = models.CharField("字段", max_length=40)
    value = models.TextField("值", blank=True, default="")
    sealed = models.BinaryField("完整值（加密）", null=True)
    source = models.CharField("来源", max_length=5, choices=SOURCES)
    confidence = models.DecimalField("置信度", max_digits=4, decimal_places=3)
    witnesses = ArrayField(models.CharField(max_length=20), verbose_name="旁证", default=list)
    required = models.BooleanField("必需", default=False)
    page = models.PositiveSmallIntegerField("页", default=1)
    # left, top, right, bottom as shares of the page, so that a picture of any size can show it.
    box = ArrayField(models.FloatField(), size=4, verbose_name="位置", null=True)
    accepted_by = models.CharField("采信", max_length=8, choices=AcceptedBy, blank=True, default="")
    corrected_from = models.TextField("更正前", null=True)
    staff_id = models.BigIntegerField("核对人", null=True)
    accepted_at = models.DateTimeField("采信时间", null=True)

    class Meta:
        verbose_name = "识别字段"
        constraints = [
            models.UniqueConstraint(fields=["upload", "name"], name="field_once_per_upload")
        ]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.name}"


class DaySum(models.Model):
    """
    How one field of one kind was read by one engine on one day (识别日累计).

    Counts only, and of the files with a mistake in it the newest few, to learn from: no person is in
    it, so it stays when people are forgotten.
    """

    day = models.DateField("识别日")
    kind = models.CharField("资料类型", max_length=20, choices=FILE_KINDS)
    engine = models.CharField("识别引擎", max_length=30)
    field = models.CharField("字段", max_length=40)
    read = models.PositiveIntegerField("读出", default=0)
    unasked = models.PositiveIntegerField("直接采用", default=0)
    confirmed = models.PositiveIntegerField("确认", default=0)
    corrected = models.PositiveIntegerField("更正", default=0)
    missed = models.PositiveIntegerField("漏读", default=0)
    cases = ArrayField(models.BigIntegerField(), verbose_name="读错的文件", default=list)

    class Meta:
        verbose_name = "识别日累计"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind", "engine", "field"], name="reading_sum_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["kind", "engine", "field", "day"],
                name="reading_sum_wrong",
                condition=Q(corrected__gt=0) | Q(missed__gt=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.engine} {self.field} {self.day}"


class Invoice(models.Model):
    """
    A bill as every claim understands it, whatever file it came in (发票).

    ``code`` and ``number`` name one invoice in the whole country (a fully digitalised one has a
    number only): live rows are unique by them over all claims. ``lines`` holds the items (发票明细)
    as ``rules.invoices.Line`` writes them: they are read and written with their invoice only.
    """

    upload = models.OneToOneField(Upload, models.PROTECT, primary_key=True, related_name="invoice")
    live = models.BooleanField("有效", default=True)
    settled = models.BooleanField("字段已确认", default=False)
    kind = models.CharField("票据种类", max_length=20, choices=INVOICE_KINDS)
    code = models.CharField("票据代码", max_length=20, blank=True, default="")
    number = models.CharField("票据号码", max_length=30, blank=True, default="")
    check_code = models.CharField("校验码", max_length=30, blank=True, default="")
    issued_on = models.DateField("开票日期", null=True)
    payer_name = models.CharField("交款人", max_length=120, blank=True, default="")
    payee_name = models.CharField("收款单位", max_length=120, blank=True, default="")
    payee_code = models.CharField("收款单位统一社会信用代码", max_length=20, blank=True, default="")
    total = models.DecimalField("金额合计", max_digits=14, decimal_places=2, null=True)
    tax = models.DecimalField("税额", max_digits=14, decimal_places=2, null=True)
    fund_paid = models.DecimalField("医保统筹基金支付", max_digits=14, decimal_places=2, null=True)
    account_paid = models.DecimalField("个人账户支付", max_digits=14, decimal_places=2, null=True)
    own_paid = models.DecimalField("个人现金支付", max_digits=14, decimal_places=2, null=True)
    self_paid = models.DecimalField("个人自付", max_digits=14, decimal_places=2, null=True)
    self_cost = models.DecimalField("个人自费", max_digits=14, decimal_places=2, null=True)
    other_paid = models.DecimalField("其他支付", max_digits=14, decimal_places=2, null=True)
    classified_self_paid = models.DecimalField(
        "分类自负", max_digits=14, decimal_places=2, null=True
    )
    visit_kind = models.CharField(
        "就诊类型",
        max_length=10,
        blank=True,
        default="",
        choices=[("OUTPATIENT", _("门诊")), ("INPATIENT", _("住院"))],
    )
    admitted_on = models.DateField("入院日期", null=True)
    discharged_on = models.DateField("出院日期", null=True)
    visited_on = models.DateField("就诊日期", null=True)
    hospital_days = models.DecimalField("住院天数", max_digits=5, decimal_places=1, null=True)
    department = models.CharField("科室", max_length=60, blank=True, default="")
    insurance_type = models.CharField("医保类型", max_length=40, blank=True, default="")
    lines = models.JSONField("明细", default=list)
    reversed = models.BooleanField("已冲红", default=False)
    exchanged = models.BooleanField("已换开纸质票据", default=False)
    registry_state = models.CharField(
        "查验结果", max_length=12, choices=REGISTRY_STATES, default="NOT_NEEDED"
    )
    registry_due_at = models.DateTimeField("下次查验", null=True)
    registry_attempts = models.PositiveSmallIntegerField("查验次数", default=0)

    class Meta:
        verbose_name = "发票"
        constraints = [
            models.UniqueConstraint(
                fields=["number", "code"],
                condition=Q(live=True) & ~Q(number=""),
                name="invoice_once",
            ),
            models.CheckConstraint(
                condition=Q(registry_state="WAITING", registry_due_at__isnull=False)
                | ~Q(registry_state="WAITING"),
                name="invoice_waiting_is_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["registry_due_at"],
                name="invoice_to_verify",
                condition=Q(registry_state="WAITING", live=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}".strip()


class RegistryAnswer(models.Model):
    """What the tax or finance registry said when asked about an invoice (票据查验记录)."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="registry_answers")
    status = models.CharField("结果", max_length=12, choices=REGISTRY_STATES)
    registry = models.CharField("查验平台", max_length=40)
    receipt = models.CharField("查验流水号", max_length=80, blank=True, default="")
    asked_at = models.DateTimeField("查验时间")

    class Meta:
        verbose_name = "票据查验记录"
        indexes = [models.Index(fields=["invoice", "id"], name="registry_answer_by_invoice")]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.status}"


class UploadLink(models.Model):
    """
    A signed way for a customer to hand in named documents without signing in (上传链接).

    Only a digest of the secret is kept: who reads the table cannot make the link.
    """

    subject = models.CharField("关于", max_length=64)
    party_id = models.BigIntegerField("客户")
    secret_index = models.CharField("链接密钥摘要", max_length=64, unique=True)
    items = ArrayField(models.CharField(max_length=20), verbose_name="可提交的资料")
    expires_at = models.DateTimeField("失效时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    made_by = models.CharField("发出人", max_length=64)
    made_at = models.DateTimeField("发出时间")

    class Meta:
        verbose_name = "上传链接"
        indexes = [models.Index(fields=["subject", "id"], name="upload_link_by_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.pk}"
