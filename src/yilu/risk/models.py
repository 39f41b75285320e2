"""What risk keeps: traits by which claims can be compared, and the signals they gave."""

from __future__ import annotations

from django.db import models

from .rules import SEVERITY_LABELS, SIGNAL_LABELS


class Trace(models.Model):
    """
    One trait of something reported, kept to find it again in others (可比对特征).

    ``key`` is an id or a blind index, never a name, a phone or an account number. Rows are written
    once; what is compared is ``(kind, key)`` over time.
    """

    kind = models.CharField("特征", max_length=12)
    key = models.CharField("值", max_length=80)
    subject = models.CharField("关于", max_length=64)
    party_id = models.BigIntegerField("客户")
    happened_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "可比对特征"
        constraints = [
            models.UniqueConstraint(fields=["subject", "kind", "key"], name="trace_once")
        ]
        indexes = [models.Index(fields=["kind", "key", "-happened_at"], name="trace_found_again")]

    def __str__(self) -> str:
        return f"{self.subject} {self.kind}"


class Signal(models.Model):
    """Why a person should look; it never refuses (风险信号)."""

    subject = models.CharField("关于", max_length=64)
    signal = models.CharField("信号", max_length=24, choices=list(SIGNAL_LABELS.items()))
    severity = models.CharField("程度", max_length=8, choices=list(SEVERITY_LABELS.items()))
    measure = models.IntegerField("数值")
    # Other claims by reference, and the rows of the decision table that spoke.
    evidence = models.JSONField("依据", default=dict)
    raised_at = models.DateTimeField("发现时间")
    cleared_by = models.CharField("核实人", max_length=64, blank=True, default="")
    cleared_at = models.DateTimeField("核实时间", null=True)
    finding = models.TextField("核实结果", blank=True, default="")

    class Meta:
        verbose_name = "风险信号"
        constraints = [models.UniqueConstraint(fields=["subject", "signal"], name="signal_once")]
        indexes = [models.Index(fields=["signal", "-raised_at"], name="signal_by_kind")]

    def __str__(self) -> str:
        return f"{self.subject} {self.signal}"
