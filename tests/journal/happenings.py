"""A small made-up room for the journal's own tests: doors that open and close."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.facts import fact
from yilu.kernel.refs import Ref

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
KEEPER = Ref("staff", 7)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@fact("tests.door_opened", "开门")
class DoorOpened:
    note: str = ""


@fact("tests.door_closed", "关门")
class DoorClosed:
    note: str = ""


@fact("tests.bell_rung", "响铃")
class BellRung:
    loudness: int = 1


class Diary:
    """What the reactions below did, and how they are told to behave."""

    heard: list[tuple[str, str, str]]
    fails: int
    error: Exception

    def clear(self) -> None:
        self.heard, self.fails, self.error = [], 0, ValueError("张三 13800000000")


diary = Diary()
diary.clear()


@journal.on(DoorOpened)
def welcome(event: journal.Happened) -> None:
    diary.heard.append(("welcome", str(event.about), event.facts["note"]))
    journal.record(BellRung(), about=event.about, actor=event.actor, at=event.at)
    if diary.fails > 0:
        diary.fails -= 1
        raise diary.error


@journal.on(DoorClosed)
def say_goodbye(event: journal.Happened) -> None:
    diary.heard.append(("say_goodbye", str(event.about), event.facts["note"]))


@tx.use_case
def happen(*facts: object, door: int = 1, at: datetime = NOON, party: int | None = None) -> None:
    for each in facts:
        journal.record(each, about=Ref("door", door), actor=KEEPER, at=at, party=party)
