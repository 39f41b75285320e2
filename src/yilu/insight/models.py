"""What insight keeps: the what-ifs that were asked, and what they came to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.refs import Ref


class WhatIf(models.Model):
    """A portfolio calculated anew under other terms (条款测算): who asked, which terms, what came out."""

    class State(models.TextChoices):
        WAITING = "WAITING", "等待开始"
        READING = "READING", "正在读取赔案"
        CALCULATING = "CALCULATING", "正在测算"
        DONE = "DONE", "已完成"
        FAILED = "FAILED", "未能完成"

    class Source(models.TextChoices):
        RECORDED = "RECORDED", "已核定的赔案"
        SAMPLE = "SAMPLE", "样本数据"

    product_version = models.ForeignKey("products.ProductVersion", models.PROTECT, related_name="+")
    # Whose claims are shown: those of this office and the ones below it.
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+")
    source = models.CharField("数据", max_length=10, choices=Source)
    sample_size = models.PositiveIntegerField("样本件数", default=0)
    # Figures that differ, each with its value before and after.
    changes = models.JSONField("改动的条款")
    terms_digest = models.CharField("条款摘要", max_length=64)
    portfolio_digest = models.CharField("数据摘要", max_length=64, blank=True, default="")
    state = models.CharField("状态", max_length=12, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("共", default=0)
    problem = models.CharField("未能完成的原因", max_length=300, blank=True, default="")
    result = models.JSONField("结果", default=dict)
    request_key = models.CharField("防重复提交号", max_length=64, unique=True)
    asked_by = models.CharField("发起", max_length=64)
    asked_at = models.DateTimeField("发起时间")
    changed_at = models.DateTimeField("最近变动时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "条款测算"
        indexes = [
            models.Index(fields=["office", "-id"], name="what_if_by_office"),
            models.Index(
                fields=["changed_at"],
                name="what_if_under_way",
                condition=Q(state__in=["WAITING", "READING", "CALCULATING"]),
            ),
        ]

    def __str__(self) -> str:
        return f"what_if:{self.pk}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("what_if", self.pk)


class WhatIfRow(models.Model):
    """A claim whose benefit would be another (测算变动明细): those with the largest change are kept."""

    run = models.ForeignKey(WhatIf, models.CASCADE, related_name="rows", db_index=False)
    # From the largest change to the smallest.
    place = models.PositiveIntegerField("名次")
    # None: an invented claim.
    claim = models.ForeignKey(
        "claims.Claim", models.PROTECT, related_name="+", null=True, db_index=False
    )
    office_id = models.BigIntegerField("机构", null=True)
    age = models.PositiveSmallIntegerField("年龄", null=True)
    billed = models.DecimalField("费用", max_digits=14, decimal_places=2)
    before = models.DecimalField("现行条款", max_digits=14, decimal_places=2)
    after = models.DecimalField("改动后", max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = "测算变动明细"
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="what_if_row_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.place}"


class ClaimsDay(models.Model):
    """
    The claims of one kind that were closed on one day, added up (理赔日报).

    Times are seconds added up over the claims: ``customer`` until the papers were complete and while
    something was asked for, ``us`` from there to the decision, ``bank`` from there to the end.
    Payments in advance count on the day they were promised, closed or not. ``business`` is empty in
    rows from before personal and group business were told apart, until their year is added up anew.
    """

    class Business(models.TextChoices):
        PERSONAL = "PERSONAL", "个人业务"
        GROUP = "GROUP", "团体业务"

    day = models.DateField("结案日")
    office_id = models.BigIntegerField("机构")
    claim_type = models.CharField("理赔类型", max_length=20)
    programme = models.CharField("服务方式", max_length=20)
    channel = models.CharField("报案渠道", max_length=12)
    business = models.CharField("业务", max_length=8, choices=Business, blank=True, default="")
    closed = models.PositiveIntegerField("结案件数")
    paid = models.PositiveIntegerField("赔付件数")
    amount = models.DecimalField("赔付金额", max_digits=16, decimal_places=2)
    by_machine = models.PositiveIntegerField("系统核定件数")
    in_ten_minutes = models.PositiveIntegerField("10 分钟内")
    in_an_hour = models.PositiveIntegerField("1 小时内")
    in_a_day = models.PositiveIntegerField("1 天内")
    customer = models.BigIntegerField("等待客户（秒）")
    us = models.BigIntegerField("公司办理（秒）")
    bank = models.BigIntegerField("付款（秒）")
    e_invoices = models.PositiveIntegerField("电子发票件数", default=0)
    advances = models.PositiveIntegerField("预付件数", default=0)
    advanced = models.DecimalField("预付金额", max_digits=16, decimal_places=2, default=0)

    class Meta:
        verbose_name = "理赔日报"
        constraints = [
            models.UniqueConstraint(
                fields=["day", "office_id", "claim_type", "programme", "channel", "business"],
                name="claims_day_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.office_id} {self.claim_type}"


class ClaimsPersons(models.Model):
    """
    How many different people had a claim closed in a year (理赔人数).

    People cannot be added up from days or offices: ``office_id`` 0 is the whole insurer, ``business``
    empty is both.
    """

    EVERYWHERE = 0

    year = models.PositiveSmallIntegerField("年度")
    office_id = models.BigIntegerField("机构", default=EVERYWHERE)
    business = models.CharField("业务", max_length=8, blank=True, default="")
    persons = models.PositiveIntegerField("人数")

    class Meta:
        verbose_name = "理赔人数"
        constraints = [
            models.UniqueConstraint(
                fields=["year", "office_id", "business"], name="claims_persons_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.office_id}: {self.persons}"


class ClaimsYear(models.Model):
    """A year's claims as they were last added up, and the report that was printed of it (理赔年报)."""

    year = models.PositiveSmallIntegerField("年度", primary_key=True)
    added_up_at = models.DateTimeField("汇总时间")
    printed = models.BinaryField("报告文件", default=b"")
    printed_at = models.DateTimeField("报告生成时间", null=True)
    sha256 = models.CharField("报告摘要", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "理赔年报"

    def __str__(self) -> str:
        return str(self.year)

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("claims_year", self.pk)


class Disclosure(models.Model):
    """
    What an insurer publishes: once a year about the year before, and within days where something major happened (信息披露).

    The yearly ones are planned by the machine, a major matter (``matter``, on ``happened_on``) is entered by a person; all are published by one; ``address`` is where everybody can read it, ``sha256`` of the
    claims report as it was printed then. Kept for ever (five years are demanded).
    """

    class Kind(models.TextChoices):
        ANNUAL = "ANNUAL", "年度信息披露报告"
        CLAIMS = "CLAIMS", "理赔服务年报"
        COMPLAINTS = "COMPLAINTS", "投诉统计"
        MATTER = "MATTER", "重大事项临时披露"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    year = models.PositiveSmallIntegerField("年度")
    due_on = models.DateField("最晚公布日")
    planned_at = models.DateTimeField("列入时间")
    matter = models.CharField("事项", max_length=200, blank=True, default="")
    happened_on = models.DateField("发生日", null=True)
    entered_by = models.CharField("登记人", max_length=64, blank=True, default="")
    address = models.CharField("公布地址", max_length=300, blank=True, default="")
    sha256 = models.CharField("文件摘要", max_length=64, blank=True, default="")
    published_by = models.CharField("公布人", max_length=64, blank=True, default="")
    published_at = models.DateTimeField("公布时间", null=True)

    class Meta:
        verbose_name = "信息披露"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year"], name="disclosure_once_a_year", condition=~Q(kind="MATTER")
            ),
            models.UniqueConstraint(
                fields=["happened_on", "matter"],
                name="matter_disclosed_once",
                condition=Q(kind="MATTER"),
            ),
            models.CheckConstraint(
                name="disclosure_of_a_year_or_a_matter",
                condition=Q(kind="MATTER", happened_on__isnull=False) & ~Q(matter="")
                | ~Q(kind="MATTER") & Q(happened_on__isnull=True, matter=""),
            ),
            models.CheckConstraint(
                name="disclosure_published_somewhere",
                condition=Q(published_at__isnull=True, address="")
                | (Q(published_at__isnull=False) & ~Q(address="") & ~Q(published_by="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("disclosure", self.pk)
