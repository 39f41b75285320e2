"""Who is judged by a scheme and who by none, and what there is to judge each role by (A167)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.scorecards import uses
from yilu.scorecards.models import Scheme
from yilu.scorecards.queries.measuring import everybody, in_force, scheme_of_person
from yilu.scorecards.queries.summing import Asked
from yilu.scorecards.rules import schemes
from yilu.scorecards.rules.splits import SPLITS
from yilu.scorecards.rules.terms import period_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCover:
    """
    One role somebody holds: how many do, its scheme in force (``scheme_id`` None: there is none), and
    how many of them no scheme judges at all.

    ``by_others`` of them are judged by their own scheme or by that of another role they hold.
    ``measured``: per kind of ``schemes.CORE``, the figures that counted something of who holds it in this
    month or the two before. ``serves`` customers or works behind those who do.
    """

    role: str
    held: int
    scheme_id: int | None
    scheme_title: str
    by_others: int
    without: int
    measured: dict[str, tuple[str, ...]]
    serves: bool

    @property
    def unmeasured(self) -> bool:
        """Whether neither timeliness nor errors of this role were counted."""
        return not (self.measured["TIME"] or self.measured["ERROR"])


def role_coverage(viewer: Access, today: date) -> list[RoleCover]:
    """
    Every role held in the viewer's offices, those without a scheme first; roles behind the service last.

    What was measured is the whole company's. A few statements, however many people.
    """
    counting = in_force(period_of("MONTH", today))
    measured = _measured(today)
    holders: dict[str, list[Scheme | None]] = {}
    found: dict[str, set[str]] = {}
    for person in everybody(viewer):
        judged = scheme_of_person(person, counting)
        for role in person.roles:
            holders.setdefault(role, []).append(judged)
            found.setdefault(role, set()).update(measured.get(str(person.id), ()))
    rows = []
    for role in people.ROLE_LABELS:
        if role not in holders:
            continue
        own = counting.get(("ROLE", role))
        rows.append(
            RoleCover(
                role=role, held=len(holders[role]), scheme_id=own.pk if own else None,
                scheme_title=own.title if own else "",
                by_others=sum(s is not None and s != own for s in holders[role]),
                without=holders[role].count(None),
                measured={
                    kind: tuple(c for c in uses.CORE if c in found[role] and uses.CORE[c] == kind)
                    for kind in schemes.CORE
                },
                serves=role not in uses.BEHIND,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: (not row.serves, row.scheme_id is not None))


def _measured(today: date) -> dict[str, set[str]]:
    """By person, the figures of recommendation, timeliness and errors that counted something of theirs: one statement."""
    codes = [code for code in uses.CORE if code in uses.BY_PERSON]
    month = period_of("MONTH", today)
    letter = SPLITS["PERSON"]
    asked = Asked(codes, month.before.before.start, month.after.start, None)
    found: dict[str, set[str]] = {}
    for (code, split, person), (_n, denominator, _t) in asked.read_split([letter]).items():
        if split == letter and person and denominator:
            found.setdefault(person, set()).add(code)
    return found
