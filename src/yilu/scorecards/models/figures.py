"""What was counted: sums by day and month, the cases behind them, and how far the journal was read."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q


class Reader(models.Model):
    """How far the journal was counted (考核读取进度): one row, moved with what it led to."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    xact = models.BigIntegerField("事务", default=0)
    event_id = models.BigIntegerField("事件", default=0)
    events = models.BigIntegerField("已读事件", default=0)
    read_at = models.DateTimeField("最近读取", null=True)

    class Meta:
        verbose_name = "考核读取进度"

    def __str__(self) -> str:
        return f"{self.xact}/{self.event_id}"


class Tally(models.Model):
    """
    What a series came to on a day or in a month (指标累计).

    Each case is added to its day and its month, there to the sum of the office and to those of its
    person, role, channel and product, each by itself (``split``, rules.splits; ``key`` says whose). So a
    year of a dashboard reads twelve rows where it would read every person's every day. A sum is ``(numerator, denominator, total)``: how many counted,
    of how many (or of what amount), and the sum of their values.
    """

    class Span(models.TextChoices):
        DAY = "D", "日"
        MONTH = "M", "月"

    series = models.CharField("指标", max_length=80)
    span = models.CharField("跨度", max_length=1, choices=Span)
    split = models.CharField("拆分", max_length=1, blank=True, default="")
    day = models.DateField("日期")
    office_id = models.BigIntegerField("机构", default=0)
    customers = models.CharField("客户新老", max_length=3, blank=True, default="")
    key = models.CharField("拆分值", max_length=40, blank=True, default="")
    numerator = models.BigIntegerField("分子", default=0)
    denominator = models.DecimalField("分母", max_digits=20, decimal_places=2, default=0)
    total = models.DecimalField("数值合计", max_digits=24, decimal_places=6, default=0)

    class Meta:
        verbose_name = "指标累计"
        constraints = [
            models.UniqueConstraint(
                fields=["series", "span", "split", "day", "office_id", "customers", "key"],
                name="tally_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["series", "split", "key", "span", "day"], name="tally_by_key",
                condition=~Q(key=""),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.series} {self.span} {self.day} {self.office_id}"


class CountedCase(models.Model):
    """
    A case that a figure counts (计入个案): what a click on the figure leads to.

    ``event_id`` is the event that brought it in, ``turn`` tells apart several cases of one event.
    ``missed`` marks the cases that hold the figure back: not reached where more is better, counted
    where less is.
    """

    series = models.CharField("指标", max_length=80)
    event_id = models.BigIntegerField("事件")
    turn = models.SmallIntegerField("序号", default=0)
    day = models.DateField("日期")
    office_id = models.BigIntegerField("机构", default=0)
    customers = models.CharField("客户新老", max_length=3, blank=True, default="")
    person_id = models.BigIntegerField("人员", default=0)
    role = models.CharField("岗位", max_length=20, blank=True, default="")
    channel = models.CharField("渠道", max_length=16, blank=True, default="")
    product = models.CharField("产品", max_length=40, blank=True, default="")
    about = models.CharField("对象", max_length=64)
    counted = models.BooleanField("计入分子")
    missed = models.BooleanField("未达")
    value = models.DecimalField("数值", max_digits=20, decimal_places=6, null=True)

    class Meta:
        verbose_name = "计入个案"
        constraints = [
            models.UniqueConstraint(fields=["series", "event_id", "turn"], name="counted_case_once")
        ]
        indexes = [
            models.Index(fields=["series", "-day", "-event_id"], name="counted_by_day"),
            models.Index(
                fields=["series", "office_id", "-day", "-event_id"], name="counted_by_office"
            ),
            models.Index(
                fields=["series", "person_id", "-day", "-event_id"],
                name="counted_by_person",
                condition=~Q(person_id=0),
            ),
            models.Index(
                fields=["series", "product", "-day", "-event_id"],
                name="counted_by_product",
                condition=~Q(product=""),
            ),
            models.Index(
                fields=["series", "office_id", "-day", "-event_id"],
                name="counted_missed",
                condition=Q(missed=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.about}"


class HeardSubject(models.Model):
    """
    What is known of a thing that figures are about (考核对象).

    Later events of a claim do not say its office, channel or product again: the first that did is
    remembered, with who handled it last, when what began (``marks``) and how it stands in figures
    that wait for a second event (``entries``). Forgotten when nothing was heard of it for long
    (operations.forgetting).
    """

    subject = models.CharField("对象", max_length=64, primary_key=True)
    office_id = models.BigIntegerField("机构", default=0)
    channel = models.CharField("渠道", max_length=16, blank=True, default="")
    product = models.CharField("产品", max_length=40, blank=True, default="")
    party_id = models.BigIntegerField("客户", null=True)
    handler_id = models.BigIntegerField("经办人", default=0)
    heard_on = models.DateField("最近事件", default=date(2000, 1, 1))
    marks = models.JSONField("何时开始", default=dict)
    entries = models.JSONField("待完成", default=dict)

    class Meta:
        verbose_name = "考核对象"
        indexes = [models.Index(fields=["heard_on"], name="heard_subject_last")]

    def __str__(self) -> str:
        return self.subject
