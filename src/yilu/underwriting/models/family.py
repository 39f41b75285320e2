"""Several people insured in one go by one holder."""

from __future__ import annotations

from django.db import models

from yilu.kernel.refs import Ref


class FamilyApplication(models.Model):
    """
    One application for several insured (家庭投保单): it gathers an application each and moves them together.

    What concerns the holder is said once and for all of them: means, clauses, signature, recording. What
    concerns an insured stays in their own application: answers, consent, verdict, policy.

    ``begin_together``: nothing is paid or begins before everybody's verdict is there (同时生效).
    ``pay_together``: what may be paid at the same time is one payment (合并交费). ``collections`` counts the
    payments asked for; ``submitted_at`` says when the whole was handed in.
    """

    number = models.CharField("家庭投保单号", max_length=24, unique=True)
    holder = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey("people.Office", models.PROTECT, related_name="+", db_index=False)
    agent = models.ForeignKey(
        "people.Agent", models.PROTECT, null=True, related_name="+", db_index=False
    )
    channel = models.CharField("渠道", max_length=8)
    begin_together = models.BooleanField("同时生效", default=False)
    pay_together = models.BooleanField("合并交费", default=True)
    collections = models.PositiveSmallIntegerField("收费次数", default=0)
    started_at = models.DateTimeField("开始时间")
    submitted_at = models.DateTimeField("提交时间", null=True)

    class Meta:
        verbose_name = "家庭投保单"
        indexes = [models.Index(fields=["holder", "-id"], name="family_by_holder")]

    def __str__(self) -> str:
        return self.number

    @property
    def ref(self) -> Ref:
        """What events, payments and messages call it."""
        return Ref("family_application", self.pk)
