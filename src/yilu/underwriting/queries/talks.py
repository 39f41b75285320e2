"""Talks with an underwriter about an application, for whoever may see the application already (核保沟通)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.underwriting.models import Talk
from yilu.underwriting.rules.lifecycle import Action, State, possible

WISHES: tuple[tuple[str, str], ...] = tuple((w.value, str(w.label)) for w in Talk.Wish)
"""When the customer can be called, with its words."""


@dataclass(frozen=True, slots=True)
class TalkRow:
    """A talk asked for or held; ``note`` is for colleagues alone."""

    question: str
    wish: str
    wish_label: str
    state: str
    state_label: str
    asked_at: datetime | None
    tries: int
    tried_at: datetime | None
    by: str
    talked_at: datetime | None
    note: str


def may_ask(state: str) -> bool:
    """Whether an application in this state can be talked about with an underwriter."""
    return possible(State(state), Action.TALK)


def talks_of(application_id: int) -> tuple[TalkRow, ...]:
    """Every talk about an application, the latest first."""
    rows = list(Talk.objects.filter(application_id=application_id).order_by("-id"))
    names = people.names_of(Ref.parse(row.talked_by) for row in rows if row.talked_by)
    return tuple(
        TalkRow(
            row.question, row.wish, row.get_wish_display(), row.state, row.get_state_display(),
            row.asked_at, row.tries, row.tried_at,
            names.get(Ref.parse(row.talked_by), "") if row.talked_by else "", row.talked_at, row.note,
        )
        for row in rows
    )  # fmt: skip
