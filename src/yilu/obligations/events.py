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
    proposed_by: str = ""  # a row of law: who wrote it; the actor is who agreed


@fact("obligations.definition_ended", "时限规则已停用")
class DefinitionEnded:
    """No new clocks start on this promise from a day on."""

    code: str
    effective_to: str
    proposed_by: str = ""


@fact("obligations.definition_change_proposed", "提议修改法定时限")
class DefinitionChangeProposed:
    """A row of law is to say something else, or to end; it waits for a second person."""

    code: str
    change_id: int
    ends: bool
    effective_from: str = ""


@fact("obligations.definition_change_dropped", "法定时限修改提议不再办理")
class DefinitionChangeDropped:
    """A proposed change of a row of law was taken back by its author, or not agreed to by another."""

    code: str
    change_id: int
    by_author: bool
