"""Weeks drawn and scored, an objection answered and one that waits, a customer called, an office looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from demo.world import World
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.quality import operations
from yilu.quality import queries as standards
from yilu.quality.queries import audits, inspections
from yilu.quality.queries.inspections import Answer

WEEKS = 3
EACH_WEEK = 8
"""So many of each past week are scored; of the last week some are left for the visitor."""
SHORT = (
    ("told_delay", "过了三天没有告诉客户要等", ""),
    ("plain_words", "只写了条款号，没有说明为什么", ""),
    ("contacted", "没有主动联系", ""),
    ("result_told", "没有告诉生效日", ""),
)
"""What falls short now and then: item, why, where."""


def tell(made: World, now: datetime) -> None:
    """Everything by the operations, in the order it would have happened; ``past`` kept the services."""
    operations.load_books(now - timedelta(days=60))
    monday = now - timedelta(days=now.weekday())
    for week in range(WEEKS, -1, -1):
        drawn = monday - timedelta(weeks=week, hours=-1)
        if drawn > now:
            continue
        operations.end_unappealed(at=drawn + timedelta(days=2))
        while operations.draw_lots(at=drawn):
            pass
        if week:
            _score(made, drawn + timedelta(hours=6), every=True)
    _score(made, now - timedelta(hours=3), every=False)
    _objections(made, now)
    _recovery(made, now - timedelta(hours=1))
    _audit(made, now - timedelta(days=2))


def _score(made: World, at: datetime, *, every: bool) -> None:
    """One after the other, by two officers of the head office; now and then something falls short."""
    who = [_who(made, name, at) for name in ("jie.fen", "tiao.jie")]
    waiting = inspections.to_inspect(who[0]["access"])
    for n, row in enumerate(waiting if every else waiting[:EACH_WEEK]):
        told = who[n % 2]
        view = inspections.get_inspection(row.id, told["access"], at)
        if every and n >= EACH_WEEK * 3:
            operations.void(inspection_id=row.id, reason="演示：只看前二十四件", **told)
            continue
        given = {code: Answer(item.full) for code, item in view.form.items.items()}
        item, why, seen = SHORT[n % len(SHORT)]
        if item not in given:
            item, why = next(iter(given)), "开场没有说清来意"
        if n % 3 == 0:
            given[item] = Answer(view.form.items[item].points // 4, why, seen)
        operations.score(inspection_id=row.id, answers=given, **told)


def _objections(made: World, now: datetime) -> None:
    """Of the last week's scores that fell short, one is changed and one waits for the visitor."""
    looks = _who(made, "jie.fen", now)
    scored = [
        row for row in inspections.list_inspections(looks["access"])
        if row.state == "SCORED" and (row.score or 0) < 100
    ][:2]  # fmt: skip
    for n, row in enumerate(scored):
        mine = {
            "access": people.staff_access(row.staff_id), "actor": Ref("staff", row.staff_id),
            "at": now - timedelta(hours=2),
        }  # fmt: skip
        operations.appeal(
            inspection_id=row.id, reason="当天打过电话，客户没有接，联系记录里有。", **mine
        )
        if n:
            continue
        view = inspections.get_inspection(row.id, looks["access"], now)
        second = "tiao.jie" if view.inspector == f"staff:{made.staff['jie.fen']}" else "jie.fen"
        full = {code: Answer(item.full) for code, item in view.form.items.items()}
        operations.decide_appeal(
            inspection_id=row.id, answers=full, reason="联系记录属实，改为满分。",
            **_who(made, second, now - timedelta(hours=1)),
        )  # fmt: skip


def _recovery(made: World, at: datetime) -> None:
    """Two customers who were not told that it would take longer are called: one is content again, one not reached yet."""
    boss, opened = _who(made, "jie.fen", at), 0
    for row in inspections.list_inspections(boss["access"]):
        view = inspections.get_inspection(row.id, boss["access"], at)
        owners = inspections.recovery_owners(row.office_id, row.staff_id)
        if view.party_id is None or row.score == 100 or not owners:
            continue
        made_id = operations.open_recovery(
            origin=Ref("inspection", row.id), wrong="过了三天没有告诉客户要等，请致歉并说明进度。",
            owner_id=owners[0][0], **boss,
        )  # fmt: skip
        owner = owners[0][0]
        caller = {"access": people.staff_access(owner), "actor": Ref("staff", owner), "at": at}
        opened += 1
        if opened == 1:
            operations.note_try(
                recovery_id=made_id,
                channel="PHONE",
                reached=True,
                words="已致歉，说明了还差哪一步、什么时候办好。",
                **caller,
            )
            operations.close_recovery(
                recovery_id=made_id,
                outcome="CORRECTED",
                result="客户接受道歉，已补发进度说明，同意按新的时间等候。",
                **caller | {"at": at + timedelta(minutes=20)},
            )
            continue
        operations.note_try(
            recovery_id=made_id,
            channel="PHONE",
            reached=False,
            words="无人接听，下午再打。",
            **caller,
        )
        return


def _audit(made: World, at: datetime) -> None:
    """The counter of Hangzhou by its site list; one line failed, its owner has until next week."""
    office, boss = made.offices["ZJ-HZ"], _who(made, "fu.wu", at)
    found = standards.standard_for("counter", office_id=office, on=day_of(at))
    if found is None:
        return
    audit = operations.begin_audit(
        kind="SITE", touchpoint="counter", office_id=office, version_id=found.id, **boss
    )
    for item in audits.get_audit(audit, boss["access"]).items:
        failed = item.position == 3
        operations.note_item(
            audit_id=audit, position=item.position, result="FAIL" if failed else "KEPT",
            note="桌上有私人物品，定位线外堆放文件" if failed else "", photo=None, **boss,
        )  # fmt: skip
    operations.finish_audit(
        audit_id=audit, owner_id=made.staff["zhu.guan"], due_on=day_of(at) + timedelta(days=9),
        **boss,
    )  # fmt: skip


def _who(made: World, name: str, at: datetime) -> dict[str, Any]:
    staff_id = made.staff[name]
    return {
        "access": people.staff_access(staff_id), "actor": Ref("staff", staff_id), "at": at,
    }  # fmt: skip
