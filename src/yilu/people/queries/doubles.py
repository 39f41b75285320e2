"""Pairs of records that may be one person, for those who settle them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.kernel.words import marked as _
from yilu.people.models import Double, Party
from yilu.people.queries.parties import PartyView, list_parties
from yilu.people.rules.doubles import GROUNDS
from yilu.people.rules.rights import Access

RIGHT = "people.register"
DOUBLES_PAGE = 30
DOUBLE_STATES = dict(Double.State.choices)


class DoubleNotFound(NotFound):
    """No such pair, or one of them belongs to an office beyond the asker's: the same words."""

    code = "double_not_found"
    message = _("没有找到这一对资料")
    hint = _("两份资料分属不同机构的，由总公司的同事处理。")


@dataclass(frozen=True, slots=True)
class DoubleView:
    """
    A pair: each record as it is itself, masked, also where one now answers as the other.

    ``gone`` is the record that was, or is to be, merged into ``keeps``; both None before anybody proposed.
    """

    id: int
    first: PartyView
    second: PartyView
    grounds: tuple[str, ...]
    state: str
    state_label: str
    keeps_id: int | None
    found_at: datetime
    asked_by: str
    asked_at: datetime | None
    asked_why: str
    decided_by: str
    decided_at: datetime | None
    decided_why: str

    @property
    def pair(self) -> tuple[PartyView, PartyView]:
        """Both, the older record first."""
        return self.first, self.second

    @property
    def keeps(self) -> PartyView | None:
        """The record that stands for both, or is to."""
        return next((each for each in self.pair if each.id == self.keeps_id), None)

    @property
    def gone(self) -> PartyView | None:
        """The record that goes into it."""
        return (
            next((e for e in self.pair if e.id != self.keeps_id), None) if self.keeps_id else None
        )


def list_doubles(
    access: Access, state: str, after: int | None = None
) -> tuple[tuple[DoubleView, ...], int | None]:
    """Pairs in one state whose records both lie in the asker's offices, the latest first; and the next key."""
    offices = sorted(access.offices_for(RIGHT))
    ids = tx.rows(
        """
        select d.id from people_double d
          join people_party a on a.id = d.first_id and a.office_id = any(%(offices)s::bigint[])
          join people_party b on b.id = d.second_id and b.office_id = any(%(offices)s::bigint[])
         where d.office_id = any(%(offices)s::bigint[]) and d.state = %(state)s
           and (%(after)s::bigint is null or d.id < %(after)s::bigint)
         order by d.id desc limit %(limit)s::int
        """,
        {"offices": offices, "state": state, "after": after, "limit": DOUBLES_PAGE + 1},
    )
    shown = [row[0] for row in ids[:DOUBLES_PAGE]]
    found = {d.pk: d for d in Double.objects.filter(pk__in=shown)}
    parties = list_parties(i for d in found.values() for i in (d.first_id, d.second_id))
    rows = tuple(_view(found[pk], parties) for pk in shown)
    return rows, shown[-1] if len(ids) > DOUBLES_PAGE else None


def see_double(access: Access, double_id: int) -> DoubleView:
    """:raises DoubleNotFound: none, or one of the records is beyond the asker's offices: the same words."""
    double = Double.objects.filter(pk=double_id).first()
    if double is None:
        raise DoubleNotFound
    parties = list_parties([double.first_id, double.second_id])
    if not all(access.may(RIGHT, office_id=p.office_id) for p in parties.values()):
        raise DoubleNotFound
    return _view(double, parties)


def doubles_of(access: Access, party_id: int) -> tuple[DoubleView, ...]:
    """The pairs somebody's record is part of that are not settled as two people; few by nature."""
    ids = tx.rows(
        """
        select id from people_double where first_id = %(party)s::bigint and state <> 'DISTINCT'
        union select id from people_double where second_id = %(party)s::bigint and state <> 'DISTINCT'
        order by 1 desc limit 10
        """,
        {"party": party_id},
    )
    found = list(Double.objects.filter(pk__in=[row[0] for row in ids]).order_by("-pk"))
    parties = list_parties(i for d in found for i in (d.first_id, d.second_id))
    views = (_view(d, parties) for d in found)
    return tuple(v for v in views if all(access.may(RIGHT, office_id=p.office_id) for p in v.pair))


@dataclass(frozen=True, slots=True)
class Moved:
    """How many things went over with a merged record, and how many stayed because there was the like."""

    went: int
    stayed: int


def moved_with(party_id: int) -> Moved:
    """What went over when this record was merged."""
    [(went, stayed)] = tx.rows(
        """
        select count(*) filter (where not stayed), count(*) filter (where stayed)
          from people_movedreference where party_id = %s::bigint
        """,
        [party_id],
    )
    return Moved(went, stayed)


def records_of(party_id: int) -> tuple[int, ...]:
    """The record that stands and all that were merged into it: under which ids events of a person are kept."""
    found = (
        Party.objects.filter(merged_into_id=party_id).order_by("pk").values_list("pk", flat=True)
    )
    return (party_id, *found)


def _view(double: Double, parties: dict[int, PartyView]) -> DoubleView:
    return DoubleView(
        double.pk, parties[double.first_id], parties[double.second_id],
        tuple(GROUNDS[each] for each in double.grounds), double.state, double.get_state_display(),
        double.keeps_id, double.found_at, double.asked_by, double.asked_at, double.asked_why,
        double.decided_by, double.decided_at, double.decided_why,
    )  # fmt: skip
