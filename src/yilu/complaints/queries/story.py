"""What became of a complaint, as the complainant reads it: each step in our words, what was written to them in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilu.complaints.rules import handling as rules
from yilu.journal import queries as journal
from yilu.kernel.words import marked as _
from yilu.people import queries as people

from .cases import CaseView, WordView


@dataclass(frozen=True, slots=True)
class Told:
    """One step: a label, perhaps more of it, who took it (staff by name), and when."""

    label: str
    detail: str
    who: str
    at: datetime


_LABELS: Mapping[str, str] = {
    "complaints.received": _("投诉已登记"),
    "complaints.joined": _("您又说了同一件事，已并入这件投诉"),
    "complaints.urged": _("您请我们尽快处理"),
    "complaints.owner_changed": _("换了负责人，情况已全部转交"),
    "complaints.new_facts": _("十五日期限重新计算"),
    "complaints.found_complex": _("情况复杂，期限延到三十日"),
    "complaints.extended": _("经上级批准，期限延到六十日"),
    "complaints.outside_view_asked": _("请外部机构鉴定或调解，等候时间不计入期限"),
    "complaints.outside_view_received": _("外部机构已有结论"),
    "complaints.decided": _("作出处理决定"),
    "complaints.told": _("处理决定已送达"),
    "complaints.review_asked": _("您申请了核查"),
    "complaints.review_decided": _("核查有了结果"),
    "complaints.withdrawn": _("您撤回了投诉"),
    "complaints.closed": _("投诉办结"),
}
_WORDS: Mapping[str, str] = {
    "CALL": _("打电话联系了您"), "MEETING": _("与您当面沟通"), "MESSAGE": _("书面告知您"),
    "OFFER": _("提出协商方案"),
}  # fmt: skip
"""Notes of these kinds the complainant knows of; what was looked into inside stays inside."""
_IN_FULL = frozenset({"MESSAGE", "OFFER"})
_CONTENT: Mapping[bool, str] = {True: _("您对答复满意"), False: _("您对答复不满意")}


def story_for_customer(case: CaseView) -> tuple[Told, ...]:
    """What happened to somebody's own case, newest first."""
    events = journal.timeline(case.ref)
    names = people.names_of({event.actor for event in events if event.actor.kind == "staff"})
    words = {word.id: word for word in case.log}
    steps = []
    for event in sorted(events, key=lambda event: (event.at, event.id), reverse=True):
        label, detail = _said(event.kind, event.facts, words)
        if label:
            steps.append(Told(label, detail, names.get(event.actor, ""), event.at))
    return tuple(steps)


def _said(kind: str, facts: Mapping[str, Any], words: Mapping[int, WordView]) -> tuple[str, str]:
    """The label and the rest of it; nothing of what the complainant need not read."""
    if kind == "complaints.escalated":
        return _("交上一级处理"), rules.TIERS[int(facts["tier"])]
    if kind == "complaints.satisfaction_said":
        return _CONTENT[bool(facts["content"])], ""
    if kind == "complaints.word_noted":
        word = words.get(int(facts["word_id"]))
        if word is None or word.kind not in _WORDS:
            return "", ""
        return _WORDS[word.kind], word.text if word.kind in _IN_FULL else ""
    return _LABELS.get(kind, ""), ""
