"""The post room as tests see it."""

from __future__ import annotations

from datetime import timedelta

from tests import make
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging import channels, jobs, operations
from yilu.messaging.models import Message

CLAIM = Ref("claim", 42)
BY = "2026-03-04T10:00:00+00:00"


@tx.use_case
def queue(template: str = "claims.reported", **given) -> None:
    told = {"about": CLAIM, "at": make.NOON, "facts": {"claim": "LP1", "by": BY}}
    operations.queue(template, **{**told, **given})


def party(**given) -> Ref:
    return Ref("party", make.party(given.pop("office_id", None) or make.office(), **given))


def send(hours: float = 0) -> int:
    return jobs.send_due(make.NOON + timedelta(hours=hours))


def the_message() -> Message:
    return Message.objects.get()


class Notebook:
    """A channel that notes what it is given and does as it is told."""

    def __init__(self, *, arrives: bool = False, trouble: list[Exception] | None = None) -> None:
        self.taken: list[channels.Outgoing] = []
        self.arrives, self.trouble = arrives, trouble or []

    def send(self, message: channels.Outgoing) -> channels.Taken:
        if self.trouble:
            raise self.trouble.pop(0)
        self.taken.append(message)
        return channels.Taken(f"n{len(self.taken)}", self.arrives)
