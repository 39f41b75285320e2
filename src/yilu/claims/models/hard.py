"""What the hard cases keep: an investigation's steps, appraisals, deaths, heirs, other insurers, debts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .claim import MONEY, Claim
from .handling import Investigation


class InvestigationStep(models.Model):
    """One thing an investigation does: whom it asks, who owns it, by when, what came of it (调查步骤)."""

    class Kind(models.TextChoices):
        HOSPITAL = "HOSPITAL", "走访医院"
        INTERVIEW = "INTERVIEW", "面谈询问"
        RECORDS = "RECORDS", "调阅记录"
        SCENE = "SCENE", "现场查勘"
        THIRD_PARTY = "THIRD_PARTY", "第三方核实"
        POLICE = "POLICE", "移送公安经侦"

    class State(models.TextChoices):
        PLANNED = "PLANNED", "待办"
        ASKED = "ASKED", "已委托，待回复"
        ANSWERED = "ANSWERED", "已回复，待确认"
        DONE = "DONE", "已完成"
        DROPPED = "DROPPED", "不再需要"

    class Result(models.TextChoices):
        SUPPORTS = "SUPPORTS", "与申请一致"
        CONTRADICTS = "CONTRADICTS", "与申请不一致"
        NOTHING = "NOTHING", "没有发现"

    investigation = models.ForeignKey(Investigation, models.PROTECT, related_name="steps")
    ordinal = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("方式", max_length=12, choices=Kind)
    task = models.TextField("要做什么")
    owner = models.ForeignKey("people.Staff", models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField("应完成时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PLANNED)
    receipt = models.CharField("委托或受案回执", max_length=64, blank=True, default="")
    asked_at = models.DateTimeField("委托时间", null=True)
    answer = models.TextField("对方回复", blank=True, default="")
    result = models.CharField("结果", max_length=12, choices=Result, blank=True, default="")
    finding = models.TextField("经过与发现", blank=True, default="")
    evidence_upload_id = models.BigIntegerField("凭据", null=True)
    planned_by = models.CharField("安排人", max_length=64)
    planned_at = models.DateTimeField("安排时间")
    done_by = models.CharField("完成人", max_length=64, blank=True, default="")
    done_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "调查步骤"
        constraints = [
            models.UniqueConstraint(
                fields=["investigation", "ordinal"], name="investigation_step_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | (~Q(result="") & ~Q(finding="")),
                name="investigation_step_says_what",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="investigation_step_to_ask",
                condition=Q(kind="THIRD_PARTY", state__in=["PLANNED", "ASKED"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.investigation_id}/{self.ordinal}"


class Appraisal(models.Model):
    """Disabilities graded by an institution on our order (伤残鉴定)."""

    class State(models.TextChoices):
        ORDERED = "ORDERED", "已委托"
        REPORTED = "REPORTED", "已出意见，待核对"
        ACCEPTED = "ACCEPTED", "已采纳"
        REJECTED = "REJECTED", "未采纳"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="appraisals")
    institution = models.CharField("鉴定机构", max_length=80)
    licence = models.CharField("许可证号", max_length=40, blank=True, default="")
    standard = models.CharField("标准", max_length=40)
    question = models.TextField("委托事项")
    due_on = models.DateField("应出具日")
    state = models.CharField("状态", max_length=10, choices=State, default=State.ORDERED)
    assessed_on = models.DateField("评定日", null=True)
    # [[item of the standard, part of the body, grade], …]
    findings = models.JSONField("评定结果", default=list)
    grade = models.PositiveSmallIntegerField("综合等级", null=True)
    report_number = models.CharField("意见书编号", max_length=60, blank=True, default="")
    report_upload_id = models.BigIntegerField("意见书", null=True)
    ordered_by = models.CharField("委托人", max_length=64)
    ordered_at = models.DateTimeField("委托时间")
    recorded_by = models.CharField("录入人", max_length=64, blank=True, default="")
    recorded_at = models.DateTimeField("录入时间", null=True)
    checked_by = models.CharField("核对人", max_length=64, blank=True, default="")
    checked_at = models.DateTimeField("核对时间", null=True)
    reason = models.TextField("理由", blank=True, default="")

    class Meta:
        verbose_name = "伤残鉴定"
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state__in=["ORDERED", "REPORTED"]),
                name="one_appraisal_open",
            ),
            models.CheckConstraint(
                condition=Q(checked_by="") | ~Q(checked_by=F("recorded_by")),
                name="appraisal_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__range=(1, 10)), name="appraisal_grade"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.institution}"


class DeclaredDeath(models.Model):
    """A death that a court declared, and what became of it if the person came back (宣告死亡)."""

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="declared_death")
    missing_on = models.DateField("下落不明之日")
    by_accident = models.BooleanField("因意外事件", default=False)
    impossible = models.BooleanField("有关机关证明不可能生存", default=False)
    court = models.CharField("法院", max_length=80)
    case_number = models.CharField("案号", max_length=60)
    judged_on = models.DateField("判决作出之日")
    died_on = models.DateField("视为死亡之日")
    covered_on = models.DateField("据以判断保险责任之日")
    doubts = models.JSONField("须核对", default=list)
    recorded_by = models.CharField("录入人", max_length=64)
    recorded_at = models.DateTimeField("录入时间")
    returned_on = models.DateField("重新出现之日", null=True)
    revoked_number = models.CharField("撤销判决案号", max_length=60, blank=True, default="")
    returned_by = models.CharField("登记人", max_length=64, blank=True, default="")
    # REVIVED or ENDED: what becomes of the contract, once the money is back; a person decides.
    policy_outcome = models.CharField("保单处理", max_length=8, blank=True, default="")
    policy_reason = models.TextField("保单处理理由", blank=True, default="")
    policy_decided_by = models.CharField("保单处理人", max_length=64, blank=True, default="")
    policy_decided_at = models.DateTimeField("保单处理时间", null=True)

    class Meta:
        verbose_name = "宣告死亡"
        constraints = [
            models.CheckConstraint(
                condition=Q(policy_decided_by="") | ~Q(policy_decided_by=F("returned_by")),
                name="returned_policy_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(judged_on__gte=F("missing_on")), name="declared_after_missing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.case_number}"


class Entitlement(models.Model):
    """Who is entitled to a death benefit, as found by one person and confirmed by another (受益人认定)."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待复核"
        STANDS = "STANDS", "已认定"
        REPLACED = "REPLACED", "已被替代"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="entitlements")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    as_estate = models.BooleanField("作为遗产", default=False)
    insured_has_heirs = models.BooleanField("被保险人另有继承人", default=True)
    questions = models.JSONField("须核对", default=list)
    note = models.TextField("依据与说明")
    found_by = models.CharField("认定人", max_length=64)
    found_at = models.DateTimeField("认定时间")
    confirmed_by = models.CharField("复核人", max_length=64, blank=True, default="")
    confirmed_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = "受益人认定"
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "state"],
                condition=Q(state__in=["PROPOSED", "STANDS"]),
                name="one_entitlement_stands",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="") | ~Q(confirmed_by=F("found_by")),
                name="entitlement_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.state}"


class EntitledPerson(models.Model):
    """
    Somebody who might share a death benefit, entitled or not (受益人或继承人).

    ``part`` is the exact fraction as text; ``receiver`` is the guardian of a minor, or whoever
    receives for one who has died since.
    """

    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="persons")
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    named = models.BooleanField("保单指定", default=False)
    ordinal = models.PositiveSmallIntegerField("顺位", default=1)
    agreed_share = models.DecimalField("约定份额", max_digits=5, decimal_places=4, null=True)
    relation = models.CharField("与被保险人关系", max_length=12, blank=True, default="")
    fate = models.CharField("情形", max_length=14, default="ALIVE")
    has_heirs = models.BooleanField("另有继承人", default=True)
    through = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", null=True, db_index=False
    )
    receiver = models.ForeignKey(
        "people.Party", models.PROTECT, related_name="+", null=True, db_index=False
    )
    part = models.CharField("份额", max_length=40, blank=True, default="")
    law = models.JSONField("依据", default=list)
    passes_on = models.BooleanField("由其继承人领取", default=False)
    evidence_upload_id = models.BigIntegerField("关系证明", null=True)

    class Meta:
        verbose_name = "受益人或继承人"
        constraints = [
            models.UniqueConstraint(fields=["entitlement", "party"], name="entitled_person_once")
        ]

    def __str__(self) -> str:
        return f"{self.entitlement_id} {self.party_id}"


class PaidElsewhere(models.Model):
    """What another insurer paid for the same cost, by its settlement note (他处赔付)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="paid_elsewhere")
    insurer = models.CharField("保险公司或机构", max_length=60)
    note_number = models.CharField("分割单编号", max_length=60)
    amount = models.DecimalField("已赔付", **MONEY)
    upload_id = models.BigIntegerField("分割单", null=True)
    noted_by = models.CharField("录入人", max_length=64)
    noted_at = models.DateTimeField("录入时间")
    withdrawn_at = models.DateTimeField("作废时间", null=True)

    class Meta:
        verbose_name = "他处赔付"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="paid_elsewhere_something"),
            models.UniqueConstraint(
                fields=["claim", "insurer", "note_number"],
                condition=Q(withdrawn_at__isnull=True),
                name="settlement_note_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.insurer}"


class PolicyOrder(models.Model):
    """In which order the insured wants several of their policies to pay for one cost (保单理赔顺序)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="orders")
    # Claims for the same cost, the first to pay first; this claim is one of them.
    claims = models.JSONField("赔案顺序")
    chosen_by = models.CharField("选择人", max_length=64)
    chosen_at = models.DateTimeField("选择时间")

    class Meta:
        verbose_name = "保单理赔顺序"

    def __str__(self) -> str:
        return f"{self.claim_id}"


class Instalment(models.Model):
    """What can be determined of a claim that is not decided yet, to be paid by day sixty (先行给付)."""

    claim = models.OneToOneField(Claim, models.PROTECT, related_name="instalment")
    amount = models.DecimalField("可确定的数额", **MONEY)
    reason = models.TextField("理由")
    due_on = models.DateField("第六十日")
    stated_by = models.CharField("确定人", max_length=64)
    stated_at = models.DateTimeField("确定时间")
    paid_at = models.DateTimeField("发起付款时间", null=True)
    dropped_at = models.DateTimeField("不再需要", null=True)

    class Meta:
        verbose_name = "先行给付"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="instalment_something")
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                name="instalment_waiting",
                condition=Q(paid_at__isnull=True, dropped_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.amount}"


class Merger(models.Model):
    """A report that joined another: what moved with it, so that it can be taken apart again (并案记录)."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="mergers")
    into = models.ForeignKey(Claim, models.PROTECT, related_name="+")
    uploads = models.JSONField("随之移动的资料", default=list)
    merged_by = models.CharField("并案人", max_length=64)
    merged_at = models.DateTimeField("并案时间")
    undone_by = models.CharField("拆分人", max_length=64, blank=True, default="")
    undone_at = models.DateTimeField("拆分时间", null=True)
    reason = models.TextField("拆分理由", blank=True, default="")

    class Meta:
        verbose_name = "并案记录"
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(undone_at__isnull=True), name="merged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} → {self.into_id}"


class Recovery(models.Model):
    """Money that was paid and is not owed, to be asked back with another's approval (追回)."""

    class Cause(models.TextChoices):
        CORRECTED = "CORRECTED", "核定更正，多付差额"
        DUPLICATE = "DUPLICATE", "重复给付"
        RETURNED = "RETURNED", "被宣告死亡人重新出现"
        WRONG_PAYEE = "WRONG_PAYEE", "付给无权领取的人"
        FRAUD = "FRAUD", "欺诈取得的保险金"

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待批准"
        APPROVED = "APPROVED", "已批准，追回中"
        REFUSED = "REFUSED", "不予追回"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="recoveries")
    cause = models.CharField("原因", max_length=12, choices=Cause)
    from_party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField("金额", **MONEY)
    reason = models.TextField("事实与理由")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    receivable_id = models.BigIntegerField("应收款", null=True)
    proposed_by = models.CharField("提出人", max_length=64)
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.CharField("批准人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("批准时间", null=True)
    answer = models.TextField("批准意见", blank=True, default="")

    class Meta:
        verbose_name = "追回"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="recovery_something"),
            models.UniqueConstraint(
                fields=["claim", "from_party"],
                condition=Q(state="PROPOSED"),
                name="one_recovery_proposed",
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")),
                name="recovery_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.amount}"


class MisstatedAge(models.Model):
    """The insured's true age and what the law makes of it (年龄误告认定, 保险法 32)."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待复核"
        STANDS = "STANDS", "有效"
        SENT_BACK = "SENT_BACK", "复核退回"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="misstated_ages")
    true_birth = models.DateField("真实出生日期")
    sex = models.CharField("性别", max_length=8, blank=True, default="")
    rated_age = models.SmallIntegerField("真实投保年龄")
    way = models.CharField("处理方式", max_length=12)
    premium_paid = models.DecimalField("每期实交", **MONEY)
    premium_due = models.DecimalField("每期应交", **MONEY, null=True)
    overpaid = models.DecimalField("多收合计", **MONEY, default=0)
    reason = models.TextField("事实与依据")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    stated_by = models.CharField("认定人", max_length=64)
    stated_at = models.DateTimeField("认定时间")
    answer = models.CharField("复核意见", max_length=300, blank=True, default="")
    confirmed_by = models.CharField("复核人", max_length=64, blank=True, default="")
    confirmed_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = "年龄误告认定"
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state__in=["PROPOSED", "STANDS"]),
                name="misstated_age_once",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="") | ~Q(confirmed_by=F("stated_by")),
                name="misstated_age_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(way="PROPORTION") | Q(premium_due__gt=F("premium_paid")),
                name="misstated_age_proportion",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.claim_id} {self.way}"


class MistakenLapse(models.Model):
    """A lapse that was our mistake, found by one person at a claim and confirmed by another (中止更正)."""

    class Ground(models.TextChoices):
        PAID = "PAID", "宽限期内已经交费，入账有误"
        NOT_ASKED = "NOT_ASKED", "宽限期计算有误"
        OTHER = "OTHER", "其他差错"

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待复核"
        STANDS = "STANDS", "已更正"
        SENT_BACK = "SENT_BACK", "复核退回"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="mistaken_lapses")
    ground = models.CharField("差错", max_length=12, choices=Ground)
    suspended_on = models.DateField("中止之日")
    reason = models.TextField("事实与依据")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    found_by = models.CharField("认定人", max_length=64)
    found_at = models.DateTimeField("认定时间")
    answer = models.CharField("复核意见", max_length=300, blank=True, default="")
    confirmed_by = models.CharField("复核人", max_length=64, blank=True, default="")
    confirmed_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = "中止更正"
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(state="PROPOSED"), name="mistaken_lapse_once"
            ),
            models.CheckConstraint(
                condition=(Q(confirmed_by="") | ~Q(confirmed_by=F("found_by")))
                & (~Q(state="STANDS") | ~Q(confirmed_by="")),
                name="mistaken_lapse_four_eyes",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.claim_id} {self.ground}"
