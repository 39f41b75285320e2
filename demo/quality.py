"""Standards in force, one on trial; a chat with findings; an exam that is open, with some results."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from demo.world import World
from yilu.contact import operations as contact
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.quality import operations, queries
from yilu.quality.books import exams
from yilu.quality.books import standards as shipped_standards

TALK = (
    ("CUSTOMER", "我的理赔拖了快一个月，推来推去没人管，给个说法"),
    ("SEAT", "急什么，审核要时间"),
    ("CUSTOMER", "我要投诉你们"),
    ("SEAT", "这不归我管，规定就是这样"),
)
"""What should not happen: found by itself, and recorded as a consultation by the seat."""
SAT = (("chen.he", 19), ("fu.wu", 17), ("biao.fu", 12))
"""Who sat the exam, and how many of twenty they knew."""


def tell(made: World, now: datetime) -> None:
    """Everything by the operations, in the order it would have happened."""
    operations.load_catalogue(now - timedelta(days=60))
    _trial(made, now - timedelta(days=3))
    _chat(made, now - timedelta(hours=2))
    exam = operations.publish_exam(
        title="坐席上岗考试", minutes=30, knowledge=10, skill=10, pass_mark=80, attempts=2,
        wait_days=3, opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=28),
        **_who(made, "biao.zhun", now - timedelta(days=2)),
    )  # fmt: skip
    for name, known in SAT:
        if name in made.staff:
            _sit(made.staff[name], exam, known, now - timedelta(days=1))


def _trial(made: World, at: datetime) -> None:
    """The standard of the counter in its second version, tried in one office."""
    text = shipped_standards.shipped()["counter"].replace(
        "请您签个字。", "请您签个字，签好我双手递还给您。"
    )
    draft = operations.write_draft(
        touchpoint="counter", text=text, revision=0, **_who(made, "biao.zhun", at)
    )
    operations.approve(
        version_id=draft, revision=1, since=day_of(at), pilot_offices=[made.offices["ZJ-HZ"]],
        **_who(made, "biao.fu", at),
    )  # fmt: skip


def _chat(made: World, at: datetime) -> None:
    seat = _who(made, "baoan", at)
    boss = _who(made, "fu.wu", at)
    contact.set_up_seat(staff_id=made.staff["baoan"], skills={"general": 1}, **boss)
    contact.ready(**seat)
    talk = contact.open_conversation(
        channel="CHAT", direction="IN", party_id=None, office_id=made.offices["ZJ-HZ"],
        actor=seat["actor"], at=at,
    )  # fmt: skip
    contact.take_up(conversation_id=talk, **seat)
    for n, (who, text) in enumerate(TALK, 1):
        said = at + timedelta(minutes=n)
        contact.add_turn(conversation_id=talk, who=who, text=text, actor=seat["actor"], at=said)
    over = at + timedelta(minutes=9)
    contact.hang_up(conversation_id=talk, by="CUSTOMER", actor=seat["actor"], at=over)
    contact.wrap_up(
        conversation_id=talk, reason="CONSULT", sub_reason="other", resolved=True, note="解释时效。",
        problem="", **_who(made, "baoan", over),
    )  # fmt: skip
    contact.sign_off(**_who(made, "baoan", over))
    operations.read_now(conversation_id=talk, at=over)


def _sit(staff_id: int, exam: int, known: int, at: datetime) -> None:
    me = Ref("staff", staff_id)
    sheet = operations.start_exam(exam_id=exam, staff_id=staff_id, actor=me, at=at)
    asked = [question for question, _chosen in queries.sheet_of(sheet, staff_id, at=at).questions]
    answers = {
        question.code: question.right
        if n * 7 % len(asked) < known
        else (question.right + 1) % len(question.options)
        for n, question in enumerate(asked)
    }
    assert set(answers) <= set(exams.bank())
    operations.hand_in(
        sheet_id=sheet, answers=answers, staff_id=staff_id, actor=me, at=at + timedelta(minutes=18)
    )


def _who(made: World, name: str, at: datetime) -> dict[str, Any]:
    staff_id = made.staff[name]
    return {
        "access": people.staff_access(staff_id), "actor": Ref("staff", staff_id), "at": at,
    }  # fmt: skip
