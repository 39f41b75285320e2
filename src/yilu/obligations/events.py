"""What obligations says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("obligations.clock_warned", "时限将至")
class ClockWarned:
    """A deadline comes near: said once at each warning point (from 1)."""

    clock_id: int
    code: str
    due_at: str
    point: int


@fact("obligations.clock_breached", "已超过时限")
class ClockBreached:
    """A deadline passed before the promise was kept."""

    clock_id: int
    code: str
    due_at: str


@fact("obligations.clock_escalated", "超时升级")
class ClockEscalated:
    """A breach went to the next level (from 1)."""

    clock_id: int
    code: str
    level: int
    queue: str


@fact("obligations.definition_revised", "时限规则已修改")
class DefinitionRevised:
    """A promise says something else from a day on; running clocks keep what they began with."""

    code: str
    version: int
    effective_from: str


@fact("obligations.definition_ended", "时限规则已停用")
class DefinitionEnded:
    """No new clocks start on this promise from a day on."""

    code: str
    effective_to: str
