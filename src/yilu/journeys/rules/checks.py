"""The seven pre-launch checks (七必查) as far as a machine can make them. Pure: it is told what exists."""

from __future__ import annotations

from collections.abc import Callable

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.standards.terms import Result, readable

from .definition import Journey
from .names import BREAKS

AUTOMATIC = frozenset({"way_on", "continuation", "clock_owner", "readable", "rollback"})
"""Those of the seven that the machine answers for a journey."""
WORDS_MAX = 30


def run(
    journey: Journey, *, continues: Callable[[str, int], bool], has_earlier: bool
) -> tuple[Result, ...]:
    """
    Every automatic check of a journey that reads without mistakes.

    ``continues(kind, severity)`` asks the decision table whether a break has a way or a queue.
    """
    return (
        Result("way_on", True, _ways(journey)),
        _continuation(journey, continues),
        _owners(journey),
        readable(
            (text for step in journey.steps for text in (step.name, step.words)), most=WORDS_MAX
        ),
        _roll_back(journey, has_earlier=has_earlier),
    )


def _ways(journey: Journey) -> str:
    going = sum(1 for step in journey.steps if not step.final)
    return Sentence(
        _("{steps} 个环节都有下一步，都走得到 {ends} 种结果之一"),
        steps=going, ends=len(journey.steps) - going,
    )  # fmt: skip


def _continuation(journey: Journey, continues: Callable[[str, int], bool]) -> Result:
    wanted = {(each.kind, each.severity) for each in journey.breakers}
    wanted |= {(step.late, step.severity) for step in journey.steps if step.standard}
    wanted |= {("ATTEMPTS", step.severity) for step in journey.steps if step.attempts}
    if journey.silence:
        wanted.add(("SILENCE", 1))
    missing = sorted(BREAKS[kind] for kind, severity in wanted if not continues(kind, severity))
    if missing:
        why = Sentence(_("没有接续方式：{kinds}"), kinds="、".join(missing))
        return Result("continuation", False, why)
    why = Sentence(_("{count} 种断点都有接续方式或接办队列"), count=len(wanted))
    return Result("continuation", True, why)


def _owners(journey: Journey) -> Result:
    without = [step.name for step in journey.steps if not step.final and step.standard is None]
    if without:
        return Result(
            "clock_owner", False, Sentence(_("没有标准时间：{steps}"), steps="、".join(without))
        )
    why = Sentence(
        _("每个环节都有标准时间，责任岗位 {role}、队列 {queue}"),
        role=journey.owner_role, queue=journey.owner_queue,
    )  # fmt: skip
    return Result("clock_owner", True, why)


def _roll_back(journey: Journey, *, has_earlier: bool) -> Result:
    if not has_earlier:
        return Result(
            "rollback", True, Sentence(_("首个版本，关闭即可：{plan}"), plan=journey.plan_back)
        )
    why = Sentence(_("上一版本保留，可立即回退：{plan}"), plan=journey.plan_back)
    return Result("rollback", True, why)
