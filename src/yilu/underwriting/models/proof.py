"""What proves that the customer was told, agreed and signed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class NoticeConfirmation(models.Model):
    """
    One clause was shown prominently and confirmed by itself (免责及重要条款逐条确认; 保险法 17).

    ``text_digest`` is of the very words that were on the screen.
    """

    application = models.ForeignKey(
        "underwriting.Application", models.CASCADE, related_name="notices", db_index=False
    )
    code = models.CharField("提示代码", max_length=60)
    clause = models.CharField("条款号", max_length=20, blank=True, default="")
    text_digest = models.CharField("所示文字的摘要", max_length=64)
    confirmed_by = models.CharField("确认人", max_length=64)
    confirmed_at = models.DateTimeField("确认时间")

    class Meta:
        verbose_name = "条款确认记录"
        constraints = [
            models.UniqueConstraint(fields=["application", "code"], name="notice_confirmed_once")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.code}"


class Signature(models.Model):
    """
    An electronic signature with a code to the signer's own phone (电子签名; 电子签名法 13–14).

    ``digest`` binds it to what was shown: whatever changes afterwards is unsigned. ``code_hash`` is a
    keyed digest of the one-time code, ``phone`` shows whose phone in masked form. Of one application, or
    of a family application as a whole (``family``).
    """

    class Purpose(models.TextChoices):
        APPLICATION = "APPLICATION", "投保单及声明"
        CONDITIONS = "CONDITIONS", "变更后的承保条件"

    application = models.ForeignKey(
        "underwriting.Application",
        models.CASCADE,
        null=True,
        related_name="signatures",
        db_index=False,
    )
    family = models.ForeignKey(
        "underwriting.FamilyApplication", models.CASCADE, null=True, related_name="signatures",
        db_index=False,
    )  # fmt: skip
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    purpose = models.CharField("事项", max_length=12, choices=Purpose)
    digest = models.CharField("所签内容的摘要", max_length=64)
    code_hash = models.CharField(max_length=64)
    phone = models.CharField("手机号（掩码）", max_length=24)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    sent_at = models.DateTimeField("验证码发送时间")
    code_expires_at = models.DateTimeField("验证码失效时间")
    signed_at = models.DateTimeField("签名时间", null=True)
    door = models.CharField("签名端", max_length=8, blank=True, default="")

    class Meta:
        verbose_name = "电子签名"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "party", "purpose", "digest"],
                condition=Q(signed_at__isnull=False),
                name="signed_once",
            ),
            models.CheckConstraint(
                condition=Q(application__isnull=False) ^ Q(family__isnull=False),
                name="signature_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["application", "party", "purpose", "-id"], name="signature_latest"
            ),
            models.Index(
                fields=["family", "-id"],
                name="signature_of_family",
                condition=Q(family__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.party_id} {self.purpose}"


class Recording(models.Model):
    """
    The sales talk was recorded in five steps, unedited (双录; 可回溯管理办法 6–10).

    ``steps`` are ``{"code", "sha256", "at", "chained"}`` in order, each chained to the one before, so
    that none can be cut out or exchanged. ``file`` of a step is where the sealed file lies, empty where it
    is kept by a recording system of the insurer's own. It is kept until ``keep_until`` at least: what the
    law asks for is looked at again then.
    """

    class Check(models.TextChoices):
        NOT_CHOSEN = "NOT_CHOSEN", "未抽中质检"
        WAITING = "WAITING", "待质检"
        PASSED = "PASSED", "质检通过"
        FIX = "FIX", "需整改"
        FIXED = "FIXED", "已整改"

    application = models.OneToOneField(
        "underwriting.Application", models.CASCADE, related_name="recording", primary_key=True
    )
    reasons = models.JSONField("触发原因", default=list)
    steps = models.JSONField("环节", default=list)
    chain = models.CharField("链式摘要", max_length=64, blank=True, default="")
    finished_at = models.DateTimeField("录制完成时间", null=True)
    check_state = models.CharField("质检", max_length=10, choices=Check, default=Check.NOT_CHOSEN)
    fully_checked = models.BooleanField("全量质检", default=False)
    checked_by = models.CharField("质检人", max_length=64, blank=True, default="")
    checked_at = models.DateTimeField("质检时间", null=True)
    finding = models.CharField("质检意见", max_length=300, blank=True, default="")
    keep_until = models.DateField("保存期限", null=True)
    forgotten_at = models.DateTimeField("到期删除时间", null=True)

    class Meta:
        verbose_name = "双录资料"
        indexes = [
            models.Index(
                fields=["finished_at"],
                name="recording_by_finish",
                condition=Q(finished_at__isnull=False),
            ),
            models.Index(
                fields=["application"],
                name="recording_to_check",
                condition=Q(check_state="WAITING"),
            ),
            models.Index(
                fields=["keep_until"], name="recording_to_forget", condition=Q(forgotten_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"recording:{self.pk}"
