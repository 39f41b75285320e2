"""What the first line of a chat answered with."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from yilu.contact.models.conversations import Turn
from yilu.contact.rules.chatting import KINDS


class ChatReply(models.Model):
    """
    What kind of answer a turn of the machine is, and what it rests on (智能应答).

    ``choices`` are the questions offered to choose from; ``asked_id`` is what the knowledge room keeps
    of the question, for the customer to say whether that was it.
    """

    turn = models.OneToOneField(
        Turn, models.PROTECT, primary_key=True, related_name="reply", verbose_name="会话内容"
    )
    kind = models.CharField("种类", max_length=8, choices=list(KINDS.items()))
    question_id = models.BigIntegerField("标准问题", null=True)
    version = models.PositiveSmallIntegerField("版本号", null=True)
    source = models.CharField("依据", max_length=300, blank=True, default="")
    choices = ArrayField(models.BigIntegerField(), default=list, verbose_name="可选问题")
    asked_id = models.BigIntegerField("客户提问", null=True)
    helpful = models.BooleanField("有帮助", null=True)
    phrased = models.BooleanField("经模型润色", default=False)

    class Meta:
        verbose_name = "智能应答"
        constraints = [
            # An answer without a source is not given.
            models.CheckConstraint(
                condition=~models.Q(kind__in=["ANSWER", "OWN"]) | ~models.Q(source=""),
                name="chat_answer_has_a_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.turn_id} {self.kind}"
