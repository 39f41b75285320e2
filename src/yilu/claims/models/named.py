"""Groups of people who may be paid in advance (特定人员预付), and who is in them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.kernel.history import tracked
from yilu.kernel.refs import Ref


@tracked()
class NamedGroup(models.Model):
    """
    A group of people whose claims may be paid in advance (特定人群): who belongs and by which paper is
    said in words. One person proposes it, another puts it in force.
    """

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", "待批准"
        STANDING = "STANDING", "有效"
        REFUSED = "REFUSED", "未批准"
        ENDED = "ENDED", "已停用"

    title = models.CharField("名称", max_length=60)
    words = models.TextField("哪些人、凭什么证明")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    until = models.DateField("有效期至", null=True)
    proposed_by = models.CharField("提出人", max_length=64)
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.CharField("批准人", max_length=64, blank=True, default="")
    decided_at = models.DateTimeField("批准时间", null=True)
    reason = models.CharField("理由", max_length=300, blank=True, default="")
    ended_by = models.CharField("停用人", max_length=64, blank=True, default="")
    ended_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "特定人群"
        constraints = [
            models.UniqueConstraint(
                fields=["title"],
                condition=Q(state__in=["PROPOSED", "STANDING"]),
                name="named_group_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")),
                name="named_group_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> Ref:
        """What events call it."""
        return Ref("named_group", self.pk)


@tracked()
class NamedPerson(models.Model):
    """Somebody in a named group (特定人员), by the paper somebody saw."""

    group = models.ForeignKey(NamedGroup, models.PROTECT, related_name="persons", db_index=False)
    party = models.ForeignKey("people.Party", models.PROTECT, related_name="+", db_index=False)
    paper = models.CharField("证明", max_length=200)
    until = models.DateField("证明有效期至", null=True)
    named_by = models.CharField("登记人", max_length=64)
    named_at = models.DateTimeField("登记时间")
    ended_by = models.CharField("移出人", max_length=64, blank=True, default="")
    ended_at = models.DateTimeField("移出时间", null=True)

    class Meta:
        verbose_name = "特定人员"
        constraints = [
            models.UniqueConstraint(
                fields=["group", "party"],
                condition=Q(ended_at__isnull=True),
                name="named_person_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["party"], name="named_person_by_party", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.party_id}"
