"""Named groups as screens show them (特定人群)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, When

from yilu.claims.models import NamedGroup
from yilu.claims.operations.naming import NamedGroupNotFound
from yilu.kernel import masks, tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people

PAGE = 30
LIST_MAX = 100


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group and who decided on it."""

    id: int
    title: str
    words: str
    state: str
    state_label: str
    until: date | None
    proposed_by: Ref
    proposed_at: datetime
    decided_at: datetime | None
    reason: str
    names: tuple[str, str]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody on its list, masked."""

    id: int
    party_id: int
    masked_name: str
    paper: str
    until: date | None
    named_at: datetime


def list_named_groups() -> tuple[GroupView, ...]:
    """All groups, those that wait and stand first."""
    past = Case(When(state__in=("REFUSED", "ENDED"), then=1), default=0)
    return _views(list(NamedGroup.objects.order_by(past, "-pk")[:LIST_MAX]))


def get_named_group(group_id: int) -> GroupView:
    """One. :raises NamedGroupNotFound: none."""
    found = NamedGroup.objects.filter(pk=group_id).first()
    if found is None:
        raise NamedGroupNotFound
    return _views([found])[0]


def _views(groups: list[NamedGroup]) -> tuple[GroupView, ...]:
    refs = {Ref.parse(by) for g in groups for by in (g.proposed_by, g.decided_by) if by}
    names = people.names_of(refs)

    def name(by: str) -> str:
        return names.get(Ref.parse(by), "") if by else ""

    return tuple(
        GroupView(
            g.pk, g.title, g.words, g.state, str(NamedGroup.State(g.state).label), g.until,
            Ref.parse(g.proposed_by), g.proposed_at, g.decided_at, g.reason,
            (name(g.proposed_by), name(g.decided_by)),
        )
        for g in groups
    )  # fmt: skip


def persons_named(
    group_id: int, offices: frozenset[int], after: int | None = None
) -> tuple[tuple[PersonRow, ...], int | None]:
    """A page of those on the list whom these offices serve, the newest first, and where to go on from."""
    found = tx.rows(
        """
        select n.id, n.party_id, p.name, n.paper, n.until, n.named_at
          from claims_namedperson n join people_party p on p.id = n.party_id
         where n.group_id = %s::bigint and n.ended_at is null and p.office_id = any(%s::bigint[])
           and (%s::bigint is null or n.id < %s::bigint)
         order by n.id desc limit %s::int
        """,
        [group_id, sorted(offices), after, after, PAGE + 1],
    )
    rows = tuple(
        PersonRow(r[0], r[1], masks.mask_name(r[2]), r[3], r[4], r[5]) for r in found[:PAGE]
    )
    return rows, rows[-1].id if len(found) > PAGE else None
