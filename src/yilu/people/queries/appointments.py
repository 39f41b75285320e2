"""Agents as those who appoint them see them, those who left too."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from yilu.kernel import tx
from yilu.people import agent_sheets
from yilu.people.models import Agent
from yilu.people.rules.granting import ADMINISTER
from yilu.people.rules.rights import Access

AGENT_PAGE = 30
FIRM_KINDS: tuple[tuple[str, str], ...] = tuple((k.value, str(k.label)) for k in Agent.FirmKind)
"""The sorts of intermediaries an agent may work for, with their names."""


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """An agent: where, since when, until when, and who goes on with the customers."""

    id: int
    code: str
    name: str
    office_id: int
    office: str
    leads: bool
    active: bool
    appointed_at: datetime
    left_on: date | None
    successor_id: int | None
    successor: str
    firm: str
    firm_kind: str

    @property
    def firm_label(self) -> str:
        """What sort of intermediary they work for, in Chinese; empty for our own."""
        return str(Agent.FirmKind(self.firm_kind).label) if self.firm_kind else ""


_ROWS = """
    select a.id, a.code, a.name, a.office_id, o.name, a.leads, a.active, a.appointed_at, a.left_on,
           a.successor_id, coalesce(n.name, ''), a.firm, a.firm_kind
      from people_agent a join people_office o on o.id = a.office_id
      left join people_agent n on n.id = a.successor_id
     where a.office_id = any(%(offices)s::bigint[])
"""


def agent_directory(
    access: Access,
    *,
    text: str = "",
    office_id: int | None = None,
    left: bool = False,
    after: int = 0,
    limit: int = AGENT_PAGE,
) -> tuple[AppointmentRow, ...]:
    """A page of the agents of the offices the asker administers, in the order of their numbers."""
    offices: Collection[int] = access.offices_for(ADMINISTER)
    if office_id is not None:
        offices = {office_id} & set(offices)
    like = "%" + text.strip().replace("\\", "").replace("%", "").replace("_", "") + "%"
    sql = _ROWS + (
        " and a.active = %(active)s and a.id > %(after)s::bigint"
        " and (a.code like upper(%(like)s) or a.name like %(like)s) order by a.id limit %(limit)s::int"
    )
    given = {
        "offices": sorted(offices), "active": not left, "after": after, "like": like, "limit": limit,
    }  # fmt: skip
    return tuple(AppointmentRow(*row) for row in tx.rows(sql, given))


def find_appointment(access: Access, agent_id: int) -> AppointmentRow | None:
    """One agent, also one who left; None if there is none in the offices the asker administers."""
    given = {"offices": sorted(access.offices_for(ADMINISTER)), "agent": agent_id}
    found = tx.rows(_ROWS + " and a.id = %(agent)s::bigint", given)
    return AppointmentRow(*found[0]) if found else None


def agent_list_template(kind: str) -> bytes:
    """The empty workbook for a list of those ``appointed`` or of those who ``left``."""
    return agent_sheets.template(kind)
