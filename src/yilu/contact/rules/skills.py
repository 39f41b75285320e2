"""What seats can do, and how a wait widens the circle of those who may answer (技能与环)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yilu.kernel.words import marked as _


@dataclass(frozen=True, slots=True)
class Skill:
    """
    A kind of contact somebody can answer.

    ``rings``: a seat of proficiency 1, 2, 3 takes it after so many seconds of waiting. Whoever has
    one of ``relaxes_to`` takes it after ``relaxed_after``. ``own_branch`` seconds it belongs to
    seats of the customer's branch; then to the whole country (全国共享).
    """

    code: str
    label: str
    rings: tuple[int, int, int] = (0, 15, 40)
    relaxes_to: tuple[str, ...] = ("general",)
    relaxed_after: int = 60
    own_branch: int = 0


SKILLS: Final[Mapping[str, Skill]] = {
    skill.code: skill
    for skill in (
        Skill("general", _("综合咨询"), relaxes_to=("servicing", "claims"), relaxed_after=30),
        Skill("claims", _("理赔报案")),
        Skill("servicing", _("保全与续期")),
        Skill("complaints", _("投诉受理"), relaxes_to=(), own_branch=20),
        Skill("follow_up", _("回访"), relaxed_after=600),
        Skill("senior", _("老年客户专席"), rings=(0, 10, 20), relaxed_after=20),
        Skill("adviser", _("专属顾问"), rings=(0, 30, 60), relaxes_to=("claims",), relaxed_after=90),
        Skill("underwriting", _("核保沟通")),
        Skill("video", _("视频服务"), relaxes_to=("servicing",), relaxed_after=45),
        Skill("green", _("灾害绿色通道"), rings=(0, 0, 0), relaxes_to=(
            "general", "claims", "servicing", "adviser", "follow_up", "senior"), relaxed_after=0),
    )
}  # fmt: skip
"""Every skill by code."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The skills a seat takes, and after how many seconds of waiting each; in step."""

    skills: tuple[str, ...]
    after: tuple[int, ...]


def reach_of(proficiency: Mapping[str, int]) -> Reach:
    """
    Everything a seat with these skills may be asked to take, the soonest ring of each.

    A disaster's contacts (``green``) reach every seat at once.

    :raises ValueError: for a skill that does not exist, or a proficiency other than 1, 2, 3.
    """
    soonest: dict[str, int] = {}
    for code, level in proficiency.items():
        if code not in SKILLS or level not in (1, 2, 3):
            raise ValueError(_("没有这种技能，或熟练度不是 1、2、3"))
        soonest[code] = SKILLS[code].rings[level - 1]
    for skill in SKILLS.values():
        if any(code in proficiency for code in skill.relaxes_to):
            known = soonest.get(skill.code, skill.relaxed_after)
            soonest[skill.code] = min(skill.relaxed_after, known)
    ordered = sorted(soonest.items(), key=lambda pair: (pair[1], pair[0]))
    return Reach(tuple(code for code, _a in ordered), tuple(after for _c, after in ordered))
