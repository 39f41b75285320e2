"""The lists of papers in force, and their editor's versions (资料清单)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from yilu.kernel.errors import NotFound
from yilu.kernel.recall import Recall
from yilu.kernel.refs import Ref
from yilu.standards import checklists
from yilu.standards.checklists import Checklist, StoredItem
from yilu.standards.models import ChecklistVersion, State


class UnknownChecklist(NotFound):
    """There is no list for that, or none in force at that time."""

    code = "unknown_checklist"
    message = "没有这类业务的资料清单"
    hint = "请核对业务类型；新系统请先装载标准目录。"


_Checklists = tuple[tuple[ChecklistVersion, tuple[StoredItem, ...]], ...]


def _load_checklists(subject: str) -> _Checklists:
    rows = ChecklistVersion.objects.filter(subject=subject).exclude(state=State.DRAFT)
    return tuple((row, checklists.read_items(row.items)) for row in rows.order_by("-number"))


_checklists: Recall[str, _Checklists] = Recall(checklists.EDITION, _load_checklists)


def checklist(
    subject: str,
    at: datetime,
    circumstances: Mapping[str, Any] | None = None,
    amount: Decimal | None = None,
) -> Checklist:
    """
    What must be handed in for ``subject`` (``checklists.py`` says which there are), by the version in force ``at``.

    ``circumstances`` known so far, those of the subject's area (``circumstances_of``, all bool), decide the
    conditional items. An unknown one leaves its items visible but not required. Where little is at stake
    (``amount``: a claim's, an application's sum insured) some items are spared.

    :raises UnknownChecklist: if there is none.
    """
    for row, stored in _checklists(subject):
        if row.effective_from and row.effective_from <= at:
            if row.effective_to is None or at < row.effective_to:
                items = checklists.items_for(stored, circumstances, amount)
                return Checklist(subject, row.number, row.title, row.guidance, items)
    raise UnknownChecklist


def list_checklists(at: datetime) -> list[Checklist]:
    """Every checklist in force, with all its items."""
    kinds = ChecklistVersion.objects.order_by("subject").values_list("subject", flat=True)
    return [checklist(kind, at) for kind in kinds.distinct()]


def checklist_versions(subject: str) -> list[dict[str, Any]]:
    """Every version of a checklist as its editor needs it, newest first."""
    rows = ChecklistVersion.objects.filter(subject=subject).order_by("-number")
    return [
        {
            "number": row.number,
            "state": row.state,
            "state_label": str(State(row.state).label),
            "effective_from": row.effective_from,
            "effective_to": row.effective_to,
            "title": row.title,
            "guidance": row.guidance,
            "items": row.items,
            "note": row.note,
            "revision": row.revision,
            "author": Ref.parse(row.author),
            "publisher": Ref.parse(row.publisher) if row.publisher else None,
        }
        for row in rows
    ]
