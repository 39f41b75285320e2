"""Authority that one administrator asks for and another gives."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked
from yilu.people.models.parties import Office, Staff, StaffRole


@tracked()
class RoleProposal(models.Model):
    """A role with more than its standard authority, until another administrator has looked (授权待复核)."""

    class Outcome(models.TextChoices):
        GIVEN = "GIVEN", "已同意"
        DECLINED = "DECLINED", "未同意"

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="员工")
    role = models.CharField("角色", max_length=20, choices=StaffRole.Role)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="管辖机构")
    amount_limit = models.DecimalField("金额权限", max_digits=14, decimal_places=2)
    valid_from = models.DateField("生效日")
    valid_to = models.DateField("失效日", null=True)
    reason = models.CharField("原因", max_length=10)
    asked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_at = models.DateTimeField("提出时间")
    outcome = models.CharField("结果", max_length=8, choices=Outcome, blank=True, default="")
    decided_by = models.ForeignKey(
        Staff, models.PROTECT, related_name="+", null=True, verbose_name="复核人"
    )
    decided_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = "授权待复核"
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "role", "office"],
                condition=Q(outcome=""),
                name="role_proposal_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="GIVEN") | ~Q(asked_by=F("decided_by")),
                name="role_proposal_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.role} {self.amount_limit}"
