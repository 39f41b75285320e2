"""The seven pre-launch checks (七必查) of the hotline's flow as far as a machine can make them, and what a version changes."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.contact.rules.ivr import CHECKS_MAX, MISSES_MAX, Flow, Node
from yilu.contact.rules.ivr_reading import deepest
from yilu.contact.rules.prompts import MOMENT
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.standards.terms import Result, readable, way_back

PROMPT_MAX = 120
"""So many characters are half a minute; who hears more has forgotten which key it was."""
IN_ENGLISH = ("For English, press 9.",)
"""What is said in English to everybody, because it is for those who know no Chinese."""


def run(flow: Flow) -> list[Result]:
    """Every automatic check of a flow that reads without mistakes."""
    spoken = [node.say.replace(MOMENT, "") for node in flow.nodes.values() if node.say]
    ways = Sentence(
        _("{places} 处都走得到人工、回电、留言或结束，菜单最深 {levels} 层"),
        places=len(flow.nodes), levels=deepest(flow),
    )  # fmt: skip
    queues = sum(node.kind in ("person", "callback", "record") for node in flow.nodes.values())
    owners = Sentence(_("{count} 处转人工、回电或留言都进坐席队列，按接通标准计时"), count=queues)
    return [
        Result("way_on", True, ways),
        _continuation(flow),
        Result("clock_owner", True, owners),
        readable(spoken, most=PROMPT_MAX, allowed=IN_ENGLISH),
        way_back(),
    ]


def _continuation(flow: Flow) -> Result:
    closed = [flow.nodes[way].kind for way in flow.nodes[flow.closed].keys.values()]
    if not {"callback", "record"} & set(closed):
        why = _("没人值班时，既不能要回电也不能留言")
        return Result("continuation", False, why)
    why = Sentence(
        _("没按或按错 {misses} 次、核对不上 {checks} 次都转人工；没人值班可以要回电或留言"),
        misses=MISSES_MAX, checks=CHECKS_MAX,
    )  # fmt: skip
    return Result("continuation", True, why)


@dataclass(frozen=True, slots=True)
class Change:
    """A place that differs between two flows: NEW, GONE or OTHER; ``before`` and ``after`` are what it does."""

    kind: str
    before: Node | None
    after: Node | None

    @property
    def place(self) -> str:
        """The place's name."""
        node = self.after or self.before
        return node.id if node else ""

    @property
    def new_words(self) -> bool:
        """Whether callers hear other words there, so that a recording of the old ones is not played."""
        said = (self.before.say, self.before.en) if self.before else ("", "")
        return self.after is not None and (self.after.say, self.after.en) != said


def changes(before: Flow, after: Flow) -> tuple[Change, ...]:
    """The places that differ, in the order of the new flow; those that are gone come last."""
    found = [
        Change("OTHER" if name in before.nodes else "NEW", before.nodes.get(name), node)
        for name, node in after.nodes.items()
        if before.nodes.get(name) != node
    ]
    gone = [
        Change("GONE", node, None) for name, node in before.nodes.items() if name not in after.nodes
    ]
    return (*found, *gone)
