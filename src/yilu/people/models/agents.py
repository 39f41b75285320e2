"""Who sells for the insurer; phone and mail address are sealed at rest."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.kernel.sealing import INDEX_LENGTH


@tracked()
class Agent(models.Model):
    """
    Somebody who sells for the insurer and looks after customers (代理人).

    ``firm``: the intermediary they work for (中介机构), of ``firm_kind``; both empty for our own agents.
    """

    class FirmKind(models.TextChoices):
        PROFESSIONAL = "PROFESSIONAL", "专业中介机构"  # agencies and brokers
        ANCILLARY = "ANCILLARY", "兼业代理机构"  # banks and others beside their own business

    code = models.CharField("工号", max_length=20, unique=True)
    name = models.CharField("姓名", max_length=60)
    office = models.ForeignKey(
        "people.Office", models.PROTECT, related_name="+", verbose_name="所属机构"
    )
    phone = models.BinaryField("电话")
    phone_index = models.CharField(max_length=INDEX_LENGTH)
    email = models.BinaryField("邮箱", default=b"")
    # A lead sees the customers of every agent of the office.
    leads = models.BooleanField("团队主管", default=False)
    firm = models.CharField("中介机构", max_length=60, blank=True, default="")
    firm_kind = models.CharField(
        "中介类别", max_length=12, choices=FirmKind, blank=True, default=""
    )
    active = models.BooleanField("在职", default=True)
    left_on = models.DateField("离职日", null=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name="接任代理人"
    )
    session_epoch = models.PositiveIntegerField("会话轮次", default=0)
    appointed_at = models.DateTimeField("聘任登记时间")

    class Meta:
        verbose_name = "代理人"
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"], condition=Q(active=True), name="agent_phone_once"
            ),
            models.CheckConstraint(
                condition=Q(firm="", firm_kind="") | (~Q(firm="") & ~Q(firm_kind="")),
                name="agent_firm_whole",
            ),
        ]
        indexes = [models.Index(fields=["office", "id"], name="agent_by_office")]

    def __str__(self) -> str:
        return self.code
