"""How somebody wants to be served, who acts for whom, and who is said to have died."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilu.kernel.history import tracked
from yilu.people.models.parties import Party


@tracked()
class ServicePreference(models.Model):
    """
    How somebody wants to be served (服务偏好): where letters go, how renewals are announced, whether
    somebody helps them through. A row comes into being with the first wish.
    """

    class Reminder(models.TextChoices):
        SMS = "SMS", "短信"
        WECHAT = "WECHAT", "微信"
        PHONE = "PHONE", "电话"
        CALENDAR = "CALENDAR", "日历订阅"

    party = models.OneToOneField(
        Party, models.PROTECT, related_name="preference", verbose_name="客户"
    )
    address = models.BinaryField("通讯地址", db_default=b"")
    # A reminder before the due date is the customer's to refuse (服务规定 21); the law's own notices stay.
    reminded = models.BooleanField("续期提醒", db_default=True)
    # Empty until they chose one.
    reminder = models.CharField(
        "提醒方式", max_length=8, choices=Reminder, blank=True, db_default=""
    )
    reminder_days = models.PositiveSmallIntegerField("提前天数", db_default=30)
    assisted = models.BooleanField("需要陪同办理", db_default=False)
    changed_at = models.DateTimeField("变更时间", null=True)

    class Meta:
        verbose_name = "服务偏好"

    def __str__(self) -> str:
        return f"party:{self.party_id}"


@tracked()
class Guardianship(models.Model):
    """Somebody acts for a minor, or for a grown-up who cannot act (监护关系)."""

    class Ground(models.TextChoices):
        PARENT = "PARENT", "父母"
        APPOINTED = "APPOINTED", "指定监护"
        AGREED = "AGREED", "意定监护"

    ward = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name="被监护人")
    guardian = models.ForeignKey(
        Party, models.PROTECT, related_name="+", verbose_name="监护人", db_index=False
    )
    ground = models.CharField("依据", max_length=10, choices=Ground)
    since = models.DateField("起")
    until = models.DateField("止", null=True)

    class Meta:
        verbose_name = "监护关系"
        constraints = [
            models.UniqueConstraint(
                fields=["ward", "guardian"], condition=Q(until__isnull=True), name="guardian_once"
            ),
            models.CheckConstraint(
                condition=~Q(ward=models.F("guardian")), name="guardian_is_somebody_else"
            ),
        ]
        indexes = [
            models.Index(
                fields=["guardian"], name="wards_of_guardian", condition=Q(until__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.ward_id} {self.guardian_id}"


class Decease(models.Model):
    """
    That somebody is said to have died (身故信息), so that nothing is changed in their name afterwards.

    ``about`` is who told us, such as a claim; it is withdrawn with it.
    """

    party = models.OneToOneField(Party, models.PROTECT, related_name="decease", verbose_name="客户")
    died_on = models.DateField("身故日期")
    about = models.CharField("依据", max_length=64)
    noted_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "身故信息"
        indexes = [models.Index(fields=["about"], name="decease_by_proof")]

    def __str__(self) -> str:
        return f"party:{self.party_id}"
