"""What the hotline says and does, version by version."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel import history
from yilu.kernel.refs import Ref


@history.tracked()
class FlowVersion(models.Model):
    """
    One version of the hotline's flow (热线流程版本): one person writes it, another approves, it counts from a day.

    The newest approved one whose day has come is in force for calls that begin then; a call keeps the
    version it began with. ``is_shipped``: what came with the program, kept so that every call can be traced.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        APPROVED = "APPROVED", "已批准"
        WITHDRAWN = "WITHDRAWN", "已撤回"

    number = models.PositiveSmallIntegerField("版本号", unique=True)
    state = models.CharField("状态", max_length=9, choices=State, default=State.DRAFT)
    text = models.TextField("定义")
    note = models.CharField("修改说明", max_length=200)
    since = models.DateField("生效日")
    is_shipped = models.BooleanField("随系统发布", default=False)
    author = models.CharField("编制人", max_length=64)
    drafted_at = models.DateTimeField("编制时间")
    approver = models.CharField("批准人", max_length=64, blank=True, default="")
    approved_at = models.DateTimeField("批准时间", null=True)

    class Meta:
        verbose_name = "热线流程版本"
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="DRAFT"), name="flow_version_one_draft"
            ),
            models.CheckConstraint(
                condition=~Q(state="APPROVED")
                | Q(author="system:0")
                | (Q(approved_at__isnull=False) & ~Q(approver="") & ~Q(approver=F("author"))),
                name="flow_version_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("flow_version", self.pk)
