"""That somebody is who they say they are, and how that was found."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked
from yilu.people.models.parties import IDENTITY_KINDS, Party


@tracked()
class IdentityCheck(models.Model):
    """
    A check of who somebody is (身份核实, 反洗钱法 29-31): the register's answer about name and number, or
    the original document seen by staff, which the register or another colleague has to bear out.

    It holds for the name and number it was made of: either of them changed, it is over.
    """

    class How(models.TextChoices):
        REGISTER = "REGISTER", "身份登记机关核对"
        ORIGINAL = "ORIGINAL", "当面核对证件原件"

    class State(models.TextChoices):
        WAITING = "WAITING", "待复核"
        STANDS = "STANDS", "已核实"
        NOT_MATCHED = "NOT_MATCHED", "与登记不符"
        OVER = "OVER", "资料已变更，须重新核实"

    party = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name="客户")
    how = models.CharField("方式", max_length=10, choices=How)
    state = models.CharField("状态", max_length=12, choices=State)
    document = models.CharField("证件类型", max_length=20, choices=IDENTITY_KINDS)
    # The last day printed on the document; None: for good, or the register's answer.
    valid_to = models.DateField("证件有效期至", null=True)
    receipt = models.CharField("登记机关回执", max_length=80, blank=True, default="")
    recorded_by = models.CharField("核对人", max_length=64)
    recorded_at = models.DateTimeField("核对时间")
    confirmed_by = models.CharField("复核人", max_length=64, blank=True, default="")
    confirmed_at = models.DateTimeField("复核时间", null=True)

    class Meta:
        verbose_name = "身份核实"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="STANDS") | ~Q(receipt="") | ~Q(confirmed_by=""),
                name="identity_check_borne_out",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="") | ~Q(confirmed_by=F("recorded_by")),
                name="identity_check_four_eyes",
            ),
        ]
        indexes = [models.Index(fields=["party", "-id"], name="identity_check_latest")]

    def __str__(self) -> str:
        return f"party:{self.party_id} {self.state}"
