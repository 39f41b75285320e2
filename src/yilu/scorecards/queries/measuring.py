"""What people and offices come to under a scheme: the figures, the score, new and old customers beside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.people import queries as people
from yilu.people.queries import OfficeView, StaffView
from yilu.scorecards.models import Scheme
from yilu.scorecards.queries.figures import Customers, Figure, by, figures
from yilu.scorecards.rules import schemes
from yilu.scorecards.rules.schemes import Part, Total
from yilu.scorecards.rules.terms import Period

_BESIDE: tuple[Customers | None, ...] = (None, "NEW", "OLD")


@dataclass(frozen=True, slots=True)
class Measured:
    """The total, the work done, and each figure with new and with old customers (A7)."""

    total: Total
    volume: Decimal | None
    new: Mapping[str, Decimal | None] = field(default_factory=dict)
    old: Mapping[str, Decimal | None] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was measured."""
        return self.total.judged == 0 and not self.volume

    def kept(self) -> list[dict[str, str | None]]:
        """The parts as a closed card keeps them."""
        return [
            {
                "kpi": each.part.kpi, "value": _text(each.value), "score": _text(each.score),
                "points": _text(each.points), "lost": _text(each.lost),
                "new": _text(self.new.get(each.part.kpi)), "old": _text(self.old.get(each.part.kpi)),
            }
            for each in self.total.parts
        ]  # fmt: skip


def parts_of(scheme: Scheme) -> tuple[Part, ...]:
    """A scheme's parts."""
    return schemes.read(scheme.parts)


def in_force(period: Period) -> dict[tuple[str, str], Scheme]:
    """The version of each scheme that judges a span: begun when it began; of a year, when it ends."""
    day = period.last_day if period.unit == "YEAR" else period.start
    rows = Scheme.objects.filter(state=Scheme.State.APPROVED, since__lte=day)
    return {(row.subject, row.target): row for row in rows.order_by("since", "number")}


def scheme_of_person(
    person: StaffView, counting: Mapping[tuple[str, str], Scheme]
) -> Scheme | None:
    """Their own, else that of the first of their roles that has one."""
    own = counting.get(("PERSON", str(person.id)))
    return own or next(
        (counting["ROLE", role] for role in person.roles if ("ROLE", role) in counting), None
    )


def scheme_of_office(office_id: int, counting: Mapping[tuple[str, str], Scheme]) -> Scheme | None:
    """Its own, else the one for every office."""
    return counting.get(("BRANCH", str(office_id))) or counting.get(("BRANCH", ""))


def offices_below(office_id: int, offices: Iterable[OfficeView]) -> list[int]:
    """An office and all below it."""
    found = {office_id}
    for office in offices:  # each comes before those below it
        if office.parent_id in found:
            found.add(office.id)
    return sorted(found)


def everybody(viewer: people.Access) -> list[StaffView]:
    """Everybody at work in the viewer's offices, with their roles."""
    return people.list_staff(viewer, limit=20_000)


def measure(
    scheme: Scheme, since: date, until: date, *, offices: Sequence[int] | None = None,
    person: int | None = None,
) -> Measured:  # fmt: skip
    """One person or some offices, in three statements."""
    codes, whose = _codes(scheme), None if person is None else ("PERSON", str(person))
    found = [
        figures(codes, since=since, until=until, offices=offices, narrow=whose, customers=kind)
        for kind in _BESIDE
    ]
    return _measured(scheme, *found)


def measure_people(whose: Mapping[int, Scheme], since: date, until: date) -> dict[int, Measured]:
    """Several people under their schemes: three statements a figure, however many people."""
    codes = sorted({code for scheme in whose.values() for code in _codes(scheme)})
    split: list[dict[str, dict[str, Figure]]] = [
        {
            code: {
                key: figure
                for key, _name, figure in by(
                    code, "PERSON", since=since, until=until, customers=kind
                )
            }
            for code in codes
        }
        for kind in _BESIDE
    ]
    return {
        staff_id: _measured(scheme, *(_of(each, str(staff_id)) for each in split))
        for staff_id, scheme in whose.items()
    }


def _of(split: Mapping[str, Mapping[str, Figure]], key: str) -> dict[str, Figure]:
    return {code: rows[key] for code, rows in split.items() if key in rows}


def _measured(
    scheme: Scheme,
    every: Mapping[str, Figure],
    new: Mapping[str, Figure],
    old: Mapping[str, Figure],
) -> Measured:
    work = every.get(scheme.volume)
    return Measured(
        schemes.judge(parts_of(scheme), _values(every)), volume_of(work), _values(new), _values(old)
    )


def volume_of(figure: Figure | None) -> Decimal | None:
    """How much work a figure stands for: the number itself, or how many it counts of."""
    if figure is None:
        return None
    return figure.value if figure.unit == "NUMBER" else figure.denominator


def _values(found: Mapping[str, Figure]) -> dict[str, Decimal | None]:
    return {code: figure.value for code, figure in found.items()}


def _codes(scheme: Scheme) -> list[str]:
    codes = [part["kpi"] for part in scheme.parts]
    return [*codes, scheme.volume] if scheme.volume and scheme.volume not in codes else codes


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def number(kept: Mapping[str, Any], name: str) -> Decimal | None:
    """A number of a kept part."""
    found = kept.get(name)
    return None if found is None else Decimal(found)


def people_to_judge(
    staff: Collection[StaffView], counting: Mapping[tuple[str, str], Scheme]
) -> dict[int, Scheme]:
    """Who has a scheme, and which."""
    found = {person.id: scheme_of_person(person, counting) for person in staff}
    return {staff_id: scheme for staff_id, scheme in found.items() if scheme is not None}
