"""
Who we deal with. Identity numbers, phones, addresses and accounts are sealed at rest; what must be
found again has a blind index beside it. Only this room opens them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yilu.kernel.history import tracked
from yilu.kernel.identity import KINDS
from yilu.kernel.sealing import INDEX_LENGTH
from yilu.people.models.agents import Agent

IDENTITY_KINDS = list(KINDS.items())


class Office(models.Model):
    """A place of the insurer in its tree: head office, branch, sub-branch (机构)."""

    class Level(models.TextChoices):
        HEAD = "HEAD", "总公司"
        BRANCH = "BRANCH", "分公司"
        SUB_BRANCH = "SUB_BRANCH", "中心支公司"

    code = models.CharField("机构代码", max_length=20, unique=True)
    name = models.CharField("机构名称", max_length=80)
    level = models.CharField("层级", max_length=12, choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    # The ids from the head office down, "/1/4/": a subtree is one index range.
    path = models.CharField("路径", max_length=200, unique=True)
    time_zone = models.CharField("时区", max_length=40, default="Asia/Shanghai")
    active = models.BooleanField("营业中", default=True)

    class Meta:
        verbose_name = "机构"
        indexes = [
            models.Index(fields=["path"], name="office_subtree", opclasses=["varchar_pattern_ops"])
        ]

    def __str__(self) -> str:
        return self.code


@tracked(exclude=("password", "totp_step", "key_renewed"))
class Staff(models.Model):
    """Somebody who works for the insurer and signs in with password and one-time password (员工)."""

    username = models.CharField("用户名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=60)
    office = models.ForeignKey(
        Office, models.PROTECT, related_name="staff", verbose_name="所属机构"
    )
    phone = models.BinaryField("电话", default=b"")
    email = models.BinaryField("邮箱", default=b"")
    password = models.CharField("密码", max_length=200)
    totp_secret = models.BinaryField("动态口令密钥", default=b"")
    # The latest accepted time step: the same one-time password never opens twice.
    totp_step = models.BigIntegerField("动态口令步", default=0)
    # Given by an administrator for one sign-in until then; None: the person's own.
    password_until = models.DateTimeField("一次性密码有效至", null=True)
    # Which key an administrator renewed last, and who, until the person signs in: "TOTP staff:7".
    key_renewed = models.CharField(max_length=80, default="")
    active = models.BooleanField("在职", default=True)
    session_epoch = models.PositiveIntegerField("会话轮次", default=0)
    hired_at = models.DateTimeField("入职登记时间")

    class Meta:
        verbose_name = "员工"
        indexes = [models.Index(fields=["office", "id"], name="staff_by_office")]

    def __str__(self) -> str:
        return self.username


class RecoveryCode(models.Model):
    """A single-use stand-in for the one-time password of a member of staff (备用验证码)."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "备用验证码"
        constraints = [
            models.UniqueConstraint(fields=["staff", "code_hash"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}"


@tracked(exclude=("end_told_at",))
class StaffRole(models.Model):
    """A role held over an office and everything below it, up to an amount (角色授权)."""

    class Role(models.TextChoices):
        INTAKE = "INTAKE", "报案受理"
        REGISTRAR = "REGISTRAR", "立案"
        ASSESSOR = "ASSESSOR", "理赔审核"
        REVIEWER = "REVIEWER", "复核"
        INVESTIGATOR = "INVESTIGATOR", "调查"
        TEAM_LEAD = "TEAM_LEAD", "主管"
        PAYMENTS = "PAYMENTS", "付款"
        CONSULTANT = "CONSULTANT", "理赔顾问"
        COUNTER = "COUNTER", "柜员"
        CALL_AGENT = "CALL_AGENT", "坐席"
        UNDERWRITER = "UNDERWRITER", "核保员"
        SERVICING = "SERVICING", "保全员"
        RENEWAL_ADVISER = "RENEWAL_ADVISER", "续期顾问"
        SERVICE_MANAGER = "SERVICE_MANAGER", "服务经理"
        COMPLAINT_OFFICER = "COMPLAINT_OFFICER", "争议投诉专员"
        STANDARDS_EDITOR = "STANDARDS_EDITOR", "标准管理"
        PRIVACY_OFFICER = "PRIVACY_OFFICER", "个人信息保护"
        OPERATOR = "OPERATOR", "系统运维"
        AUDITOR = "AUDITOR", "审计"

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="roles", verbose_name="员工")
    role = models.CharField("角色", max_length=20, choices=Role)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="管辖机构")
    amount_limit = models.DecimalField("金额权限", max_digits=14, decimal_places=2)
    valid_from = models.DateField("生效日")
    valid_to = models.DateField("失效日", null=True)
    # When the journal was told that it ended: a role that ends by its date tells by itself, on that day.
    end_told_at = models.DateTimeField("失效已告知", null=True)

    class Meta:
        verbose_name = "角色授权"
        indexes = [
            models.Index(
                fields=["valid_to", "id"],
                name="staff_role_to_end",
                condition=Q(valid_to__isnull=False, end_told_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "role", "office"],
                condition=Q(valid_to__isnull=True),
                name="staff_role_once",
            ),
            models.CheckConstraint(condition=Q(amount_limit__gte=0), name="staff_role_amount"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="staff_role_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.role}"


@tracked()
class Party(models.Model):
    """
    A person or organisation we insure, pay or talk to: policyholder, insured, beneficiary or third
    party (客户及关系人). Which of these somebody is, the policies say.
    """

    class Kind(models.TextChoices):
        PERSON = "PERSON", "个人"
        ORGANISATION = "ORGANISATION", "单位"

    class Sex(models.TextChoices):
        MALE = "MALE", "男"
        FEMALE = "FEMALE", "女"

    class Language(models.TextChoices):
        CHINESE = "zh-hans", "简体中文"
        ENGLISH = "en", "English"

    kind = models.CharField("类别", max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField("姓名", max_length=80)
    sex = models.CharField("性别", max_length=6, choices=Sex, null=True)
    birth_date = models.DateField("出生日期", null=True)
    identity_kind = models.CharField("证件类型", max_length=20, choices=IDENTITY_KINDS, null=True)
    identity = models.BinaryField("证件号码", default=b"")
    identity_index = models.CharField(max_length=INDEX_LENGTH, null=True)
    phone = models.BinaryField("电话", default=b"")
    phone_index = models.CharField(max_length=INDEX_LENGTH, null=True)
    # Families share a phone: only one of them signs in with it.
    signs_in = models.BooleanField("可凭手机号登录", default=False)
    email = models.BinaryField("邮箱", default=b"")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="服务机构")
    agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, related_name="+", verbose_name="服务代理人"
    )
    language = models.CharField("语言", max_length=8, choices=Language, default=Language.CHINESE)
    large_type = models.BooleanField("大字版", default=False)
    session_epoch = models.PositiveIntegerField("会话轮次", default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    # Until when the law wants the records kept; upper rooms push it further away, never nearer.
    keep_until = models.DateField("保存期限", null=True)
    erased_at = models.DateTimeField("删除时间", null=True)
    registered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "客户及关系人"
        constraints = [
            models.UniqueConstraint(
                fields=["identity_index"],
                condition=Q(merged_into__isnull=True),
                name="party_identity_once",
            ),
            models.UniqueConstraint(
                fields=["phone_index"],
                condition=Q(signs_in=True, merged_into__isnull=True),
                name="party_signs_in_once",
            ),
            models.CheckConstraint(
                condition=Q(signs_in=False) | Q(phone_index__isnull=False),
                name="party_signs_in_phone",
            ),
        ]
        indexes = [
            models.Index(fields=["phone_index"], name="party_by_phone"),
            models.Index(fields=["agent", "id"], name="party_by_agent"),
            models.Index(fields=["office", "id"], name="party_by_office"),
            models.Index(
                fields=["name", "id"],
                name="party_by_name",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
        ]

    def __str__(self) -> str:
        return f"party:{self.pk}"


class SearchKey(models.Model):
    """
    What a person is found by when only fragments are known (检索键): the sound of the name, and blind
    indexes of pieces of the identity number and the phone. No number can be read from it.
    """

    party = models.OneToOneField(Party, models.CASCADE, primary_key=True, related_name="search_key")
    sound = models.CharField("姓名读音", max_length=600)
    family = models.CharField("姓氏读音", max_length=12)
    birth_date = models.DateField("出生日期", null=True)
    id_head = models.CharField("证件前十四位索引", max_length=INDEX_LENGTH, null=True)
    id_ends = models.CharField("证件首六末四位索引", max_length=INDEX_LENGTH, null=True)
    id_tail = models.CharField("出生日期与末四位索引", max_length=INDEX_LENGTH, null=True)
    phone_ends = models.CharField("手机首三末四位索引", max_length=INDEX_LENGTH, null=True)
    # Rules and sealing key it was made with: a row of an older edition is made anew.
    edition = models.CharField("版次", max_length=8)
    # Whether it was looked at beside all others for records of the same person; new keys were not.
    compared = models.BooleanField("已比对", db_default=False)

    class Meta:
        verbose_name = "检索键"
        indexes = [
            models.Index(fields=["party"], name="search_to_compare", condition=Q(compared=False)),
            models.Index(fields=["sound", "birth_date"], name="search_by_sound"),
            models.Index(fields=["birth_date", "family"], name="search_by_birth"),
            models.Index(
                fields=["id_head"], name="search_by_head", condition=Q(id_head__isnull=False)
            ),
            models.Index(
                fields=["id_ends"], name="search_by_ends", condition=Q(id_ends__isnull=False)
            ),
            models.Index(
                fields=["id_tail"], name="search_by_tail", condition=Q(id_tail__isnull=False)
            ),
            models.Index(
                fields=["phone_ends"], name="search_by_phone", condition=Q(phone_ends__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"party:{self.party_id}"


class Provider(models.Model):
    """A hospital, pharmacy or other place that treats and bills the insured (医疗机构)."""

    class Kind(models.TextChoices):
        HOSPITAL = "HOSPITAL", "医院"
        PHARMACY = "PHARMACY", "药店"
        EXAMINATION = "EXAMINATION", "体检机构"

    code = models.CharField("机构编码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    grade = models.CharField("等级", max_length=20, blank=True, default="")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="管理机构")
    token_hash = models.CharField(max_length=64, unique=True)
    hook_secret = models.BinaryField("回调密钥")
    active = models.BooleanField("合作中", default=True)
    registered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "医疗机构"

    def __str__(self) -> str:
        return self.code


@tracked()
class BankAccount(models.Model):
    """An account in the party's own name, to which benefits may be paid (银行账户)."""

    class Kind(models.TextChoices):
        CARD = "CARD", "银行卡"
        ACCOUNT = "ACCOUNT", "存折或对公账户"

    party = models.ForeignKey(Party, models.PROTECT, related_name="accounts", verbose_name="户主")
    kind = models.CharField("类别", max_length=8, choices=Kind, default=Kind.CARD)
    bank_code = models.CharField("银行", max_length=12)
    bank_name = models.CharField("开户行", max_length=80)
    holder_name = models.CharField("户名", max_length=80)
    number = models.BinaryField("账号")
    number_index = models.CharField(max_length=INDEX_LENGTH)
    active = models.BooleanField("有效", default=True)
    verified_at = models.DateTimeField("核验时间", null=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "银行账户"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "number_index"], condition=Q(active=True), name="account_once"
            )
        ]
        indexes = [models.Index(fields=["number_index"], name="account_by_number")]

    def __str__(self) -> str:
        return f"account:{self.pk}"


class Consent(models.Model):
    """
    What a person agreed to, under which text, and when it was taken back (同意记录).

    ``given_by``: the parent or guardian who agreed for a child under fourteen (个保法 31).
    """

    class Purpose(models.TextChoices):
        HEALTH_DATA = "HEALTH_DATA", "处理健康信息（单独同意）"
        MEDICAL_DATA_FETCH = "MEDICAL_DATA_FETCH", "向医疗机构调取就诊资料（单独同意）"
        UNDERWRITING = "UNDERWRITING", "投保核保处理健康信息（单独同意）"
        FINANCIAL = "FINANCIAL", "处理金融账户信息（单独同意）"
        RECORDING = "RECORDING", "视频服务录音录像、人脸和声音（单独同意）"
        CHILD_DATA = "CHILD_DATA", "处理不满十四周岁未成年人个人信息（监护人单独同意）"
        HEALTH_CARE = "HEALTH_CARE", "用健康信息做健康提醒（单独同意）"
        AGENT_COPY = "AGENT_COPY", "向服务代理人抄送进展"
        MARKETING = "MARKETING", "接收产品与活动信息"

    party = models.ForeignKey(Party, models.PROTECT, related_name="consents", verbose_name="客户")
    given_by = models.ForeignKey(
        Party, models.PROTECT, null=True, related_name="+", verbose_name="代为同意的监护人"
    )
    purpose = models.CharField("目的", max_length=20, choices=Purpose)
    text_version = models.CharField("文本版本", max_length=20)
    channel = models.CharField("渠道", max_length=12)
    given_at = models.DateTimeField("同意时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = "同意记录"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="consent_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.purpose}"


class DataRequest(models.Model):
    """What a person asks about their own data: see, copy, correct, delete (个人信息权利请求)."""

    class Kind(models.TextChoices):
        ACCESS = "ACCESS", "查阅"
        COPY = "COPY", "复制"
        CORRECT = "CORRECT", "更正"
        DELETE = "DELETE", "删除"

    class State(models.TextChoices):
        OPEN = "OPEN", "待办理"
        DONE = "DONE", "已办理"
        DECLINED = "DECLINED", "不予办理"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name="客户")
    kind = models.CharField("类别", max_length=8, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    wish = models.TextField("请求内容", blank=True, default="")
    answer = models.TextField("答复", blank=True, default="")
    opened_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("答复期限")
    closed_at = models.DateTimeField("办结时间", null=True)

    class Meta:
        verbose_name = "个人信息权利请求"
        constraints = [
            models.UniqueConstraint(
                fields=["party", "kind"], condition=Q(state="OPEN"), name="data_request_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="data_request_open", condition=Q(state="OPEN")
            )
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.kind}"


class OneTimeCode(models.Model):
    """A code sent to a phone; only its keyed digest is kept (一次性验证码)."""

    audience = models.CharField("登录入口", max_length=8)  # party or agent; phone: to prove it
    phone_index = models.CharField(max_length=INDEX_LENGTH)
    # Sealed, only where the code proves a phone that is nobody's yet: nothing else says where it goes.
    phone = models.BinaryField(db_default=b"")
    # Whom it signs in: 0 where nobody has this phone. The row is written all the same.
    owner_id = models.BigIntegerField(default=0)
    code_hash = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "一次性验证码"
        indexes = [
            models.Index(fields=["audience", "phone_index", "-id"], name="code_latest"),
            models.Index(fields=["expires_at"], name="code_expired"),
        ]

    def __str__(self) -> str:
        return f"code:{self.pk}"


class SignInAttempt(models.Model):
    """
    How often a user name failed lately, whether or not anybody has it (登录失败记录).

    ``subject`` is a keyed digest, so that the table tells nobody which names were tried.
    """

    subject = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    latest_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "登录失败记录"
        indexes = [models.Index(fields=["latest_at"], name="attempt_by_age")]

    def __str__(self) -> str:
        return self.subject[:8]


class Allowance(models.Model):
    """How often something was done in one window of time: rate limits (限频计数)."""

    subject = models.CharField(max_length=80)
    window = models.DateTimeField()
    used = models.PositiveIntegerField()

    class Meta:
        verbose_name = "限频计数"
        constraints = [models.UniqueConstraint(fields=["subject", "window"], name="allowance_once")]
        indexes = [models.Index(fields=["window"], name="allowance_by_age")]

    def __str__(self) -> str:
        return self.subject
