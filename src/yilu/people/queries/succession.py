"""Who takes over what somebody held who left, or may no longer do it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.people.queries.staff import staff_access
from yilu.people.rules.rights import ROLE_RIGHTS, Access

LEADS = "work.lead"


def access_if_at_work(staff_id: int | None) -> Access | None:
    """What a member of staff may do today; None for nobody and for who has left."""
    try:
        return staff_access(staff_id) if staff_id else None
    except NotAllowed:
        return None


@dataclass(frozen=True, slots=True)
class Succession:
    """
    Somebody left or lost a role: what they still may do (``holder``), and who was named to follow them.

    Rooms ask it about each thing the person held, by the right that thing takes.
    """

    staff_id: int
    holder: Access | None
    successor: Access | None

    def keeps(self, right: str, office_id: int | None) -> bool:
        """Whether they may go on with it: another role allows it."""
        return self.holder is not None and self.holder.may(right, office_id)

    def follows(self, right: str, office_id: int | None) -> bool:
        """Whether a successor was named who may do it."""
        return self.successor is not None and self.successor.may(right, office_id)

    def heir(self, right: str, office_id: int, *, but: Collection[int] = ()) -> int | None:
        """
        Who answers for it from now on: the successor named, else the lead, else a colleague.

        The lead is whoever holds ``right`` and leads by the same role, of the nearest office; everybody is
        at work today and none of ``but``. None: nobody up to the head office has the right.
        """
        if (
            self.successor is not None
            and self.successor.staff_id not in but
            and self.follows(right, office_id)
        ):
            return self.successor.staff_id
        able = [role for role, rights in ROLE_RIGHTS.items() if right in rights]
        found = tx.rows(
            _NEAREST,
            {
                "office": office_id, "able": able,
                "leads": [role for role in able if LEADS in ROLE_RIGHTS[role]],
                "but": [self.staff_id, *but],
            },
        )  # fmt: skip
        return int(found[0][0]) if found else None


_NEAREST = """
    select s.id
      from people_office here
      join people_office scope on here.path like scope.path || '%%'
      join people_staffrole held on held.office_id = scope.id and held.role = any(%(able)s::text[])
       and held.valid_from <= (now() at time zone 'Asia/Shanghai')::date
       and (held.valid_to is null or held.valid_to > (now() at time zone 'Asia/Shanghai')::date)
      join people_staff s on s.id = held.staff_id and s.active
     where here.id = %(office)s::bigint and s.id <> all(%(but)s::bigint[])
     order by held.role = any(%(leads)s::text[]) desc, length(scope.path) desc, s.id
     limit 1
"""


def succession(facts: Mapping[str, Any]) -> Succession:
    """By what ``people.staff_left`` or ``people.role_ended`` said; only the former may name a successor."""
    staff_id = int(facts["staff_id"])
    return Succession(
        staff_id, access_if_at_work(staff_id), access_if_at_work(facts.get("successor_id"))
    )
