"""What inspection goes by: plans, forms and phrases in versions, changed by two people."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilu.quality.models.written import Written
from yilu.quality.rules.books import BOOKS


class BookVersion(Written):
    """
    One version of what inspection goes by, as TOML (质检规范).

    A draft is rewritten; an approved text never is. The version that counts on a day is the newest
    approved one whose day has come.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", "草稿"
        APPROVED = "APPROVED", "已批准"

    book = models.CharField("规范", max_length=20, choices=list(BOOKS.items()))
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    text = models.TextField("内容")
    since = models.DateField("生效日", null=True)

    class Meta:
        verbose_name = "质检规范"
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="book_numbered"),
            models.UniqueConstraint(
                fields=["book"], condition=Q(state="DRAFT"), name="book_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | Q(since__isnull=False, approved_at__isnull=False),
                name="book_approved_since",
            ),
            models.CheckConstraint(
                condition=Q(approver="") | Q(approver="system:0") | ~Q(approver=F("author")),
                name="book_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.number}"
