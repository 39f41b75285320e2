"""Courses by role, some finished and some late; a class that met and one to come; drills played; an exam's figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from demo.world import World
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.quality.books import courses, drills
from yilu.quality.operations import (
    classes,
    course_versions,
    coursing,
    drilling,
    questioning,
    scenario_versions,
)
from yilu.quality.queries import shapes, training

DAY = timedelta(days=1)
LEARNT = {
    "baoan": ("phone_opening", "claims_intake"), "chen.he": ("phone_opening", "document_intake"),
    "li.zhu": ("phone_opening",), "fu.wu": ("phone_opening", "complaint_first_contact"),
    "zhu.guan": ("phone_opening",), "xu.qi": ("phone_opening", "complaint_first_contact"),
    "he.bao": ("phone_opening", "non_standard_risks"), "jing.he": ("phone_opening",),
    "guang.he": ("phone_opening", "document_intake"), "shen.ce": ("phone_opening",),
}  # fmt: skip
"""Who finished what; the rest of what their roles ask for is open, and partly late."""
WELL = (
    "您好，一路人寿，我是坐席鲍安，让您等了这么久对不起，请问我先帮您查一下进度好吗？",
    "查到了，您的案件在审核这一步，慢在等医院回复病历，我理解您着急。",
    "我现在就登记催办，周五下班前我给您回电，那时没有结果我也会告诉您进展。",
    "请问还有别的事吗？谢谢您的耐心，再见。",
)
BADLY = ("您好，请问保单号是多少？", "这个要看除外责任和核赔结论。", "规定就是这样，急什么。")
NEW_QUESTION = questioning.Question(
    "comfort_first", "skill", "客户一开口就在生气，第一句最好怎样说？",
    ("请您冷静一下", "让您着急了，对不起，您说，我记着", "请先报保单号", "这不是我办的"), 1, "服务标准：电话",
)  # fmt: skip


def tell(made: World, now: datetime) -> None:
    """Everything by the operations, in the order it would have happened."""
    given = now - 12 * DAY
    course_versions.load_courses(given)
    questioning.load_questions(given)
    while coursing.settle_now(at=given):
        pass
    for n, (name, codes) in enumerate(LEARNT.items()):
        _learn(made.staff[name], codes, given + timedelta(days=1 + n % 5, hours=n))
    _begin(made.staff["baoan"], "complaint_first_contact", 2, now - DAY)
    _classes(made, now)
    _play(made.staff["baoan"], "slow_claim", WELL, _morning(now - 2 * DAY))
    drill = _play(made.staff["li.zhu"], "loaded_premium", BADLY, _morning(now - DAY))
    drilling.correct_score(
        drill_id=drill, score=30, reason="第三句是情绪失控，按标准扣分；开场有问好，给一点分。",
        **_who(made, "zhu.guan", now - timedelta(hours=6)),
    )  # fmt: skip
    questioning.write_question(
        draft=NEW_QUESTION, revision=0, **_who(made, "biao.zhun", now - timedelta(hours=5))
    )
    _write_drafts(made, now)
    coursing.remind(at=now)


def _write_drafts(made: World, now: datetime) -> None:
    """A situation somebody made harder, and a course with a word changed: both wait for a second person."""
    who = _who(made, "biao.zhun", now - timedelta(hours=4))
    scenario_versions.load_scenarios(now - 12 * DAY)
    shape = shapes.scenario_shape()
    told = shape.read(drills.shipped()["slow_claim"])
    told |= {"never": ["系统就是这样", "我也没办法"], "patience": 40}
    scenario_versions.write_scenario(
        scenario="slow_claim", text=shape.write(told), revision=0, **who
    )
    shape = shapes.course_shape()
    course = shape.read(courses.shipped()["phone_opening"])
    course["chapter"][0]["text"] += "\n\n铃响三声之内接起；没接到的，十分钟之内回过去。"
    course_versions.write_course(
        course="phone_opening", text=shape.write(course), revision=0, **who
    )


def _morning(day: datetime) -> datetime:
    """Nine o'clock there."""
    return day.replace(hour=1, minute=0, second=0, microsecond=0)


def _learn(staff_id: int, codes: tuple[str, ...], at: datetime) -> None:
    for n, code in enumerate(codes):
        _begin(staff_id, code, 99, at + timedelta(hours=n))


def _begin(staff_id: int, code: str, most: int, at: datetime) -> None:
    """Read the first chapters of a course and answer their checks."""
    me = Ref("staff", staff_id)
    coursing.enrol(course=code, staff_id=staff_id, actor=me, at=at)
    task = next(t for t in training.my_tasks(staff_id, at=at) if t.course == code)
    if task.state == "done":
        return
    course = training.read_chapter(task.id, staff_id, "", at=at).course
    for n, chapter in enumerate(course.chapters[:most]):
        coursing.finish_chapter(
            enrolment_id=task.id, chapter=chapter.code, answers=[c.right for c in chapter.checks],
            staff_id=staff_id, actor=me, at=at + timedelta(minutes=9 * n),
        )  # fmt: skip


def _classes(made: World, now: datetime) -> None:
    """One batch that met a week ago, the next in three days."""
    for n, starts in enumerate((_morning(now - 7 * DAY), _morning(now + 3 * DAY)), 1):
        planned = now - 9 * DAY
        batch = classes.plan_class(
            title=f"投诉首次接触 第{'一二'[n - 1]}期", course="complaint_first_contact",
            place="浙江分公司三楼教室", starts_at=starts, ends_at=starts + timedelta(hours=3), seats=12,
            trainer_id=made.staff["zhu.guan"], **_who(made, "zhu.guan", planned),
        )  # fmt: skip
        for name in ("baoan", "li.zhu", "chen.he", "xu.qi", "gu.wen")[: 5 if n == 1 else 2]:
            classes.join_class(
                class_id=batch, staff_id=made.staff[name], **_who(made, name, planned + DAY)
            )
        if n == 1:
            came = [made.staff[name] for name in ("baoan", "li.zhu", "xu.qi", "gu.wen")]
            classes.sign_off(
                class_id=batch, came=came, **_who(made, "zhu.guan", starts + timedelta(hours=3))
            )


def _play(staff_id: int, code: str, lines: tuple[str, ...], at: datetime) -> int:
    me = Ref("staff", staff_id)
    drill = drilling.start_drill(scenario=code, staff_id=staff_id, actor=me, at=at, seed="demo")
    for n, text in enumerate(lines):
        said = at + timedelta(seconds=40 * (n + 1))
        told: dict[str, Any] = {"drill_id": drill, "staff_id": staff_id, "actor": me, "at": said}
        drilling.say(text=text, key=f"{n}", **told)
    drilling.hand_in(drill_id=drill, staff_id=staff_id, actor=me, at=at + timedelta(minutes=4))
    return drill


def _who(made: World, name: str, at: datetime) -> dict[str, Any]:
    staff_id = made.staff[name]
    return {
        "access": people.staff_access(staff_id), "actor": Ref("staff", staff_id), "at": at,
    }  # fmt: skip
