"""
Which papers a request needs (保全资料): the list of standards for its kind, in the asker's circumstances.

A kind says only that papers belong to it (``Kind.papers``); which, on what condition and in what words the
insurer keeps in the lists that two people edit. A request keeps to the list in force when it was begun.
"""

from __future__ import annotations

from datetime import datetime

from yilu.people import queries as people
from yilu.servicing.frame import Kind
from yilu.standards import queries as standards
from yilu.standards.queries import ChecklistItem


def papers_of(
    kind: Kind, *, party_id: int, holder_id: int | None, begun_at: datetime
) -> tuple[ChecklistItem, ...]:
    """
    The papers for this kind, asker and the contract's holder; what we have is not asked for (E65).

    Empty for a kind without papers. At most two people are looked up.
    """
    if not kind.papers:
        return ()
    asker = people.get_party(party_id)
    holder = asker if holder_id in (None, party_id) else people.get_party(holder_id)
    circumstances = {
        "identity_known": bool(asker.identity_kind),
        "is_organisation": holder.is_organisation,
    }
    return standards.checklist(standards.for_request(kind.code), begun_at, circumstances).items


def required(papers: tuple[ChecklistItem, ...]) -> bool:
    """Whether anything must be handed in before somebody looks at it."""
    return any(paper.required for paper in papers)
