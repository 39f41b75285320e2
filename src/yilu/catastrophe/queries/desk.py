"""The matching desk: a line of the list beside the customers it may mean (名单核对)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.catastrophe.models import CasualtyRow
from yilu.catastrophe.operations.caring import openings_for
from yilu.catastrophe.operations.importing import IDENTITY, PHONE
from yilu.catastrophe.operations.refusals import RowNotFound
from yilu.catastrophe.rules.labels import CONDITIONS
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.policies import queries as policies

from .overview import get_list
from .views import EventCard, ListCard

SHOWN = 5
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLine:
    """A line of the list in a table."""

    id: int
    line: int
    name: str
    sex: str | None
    birth_date: date | None
    age: int | None
    condition_label: str
    hospital: str
    state: str
    state_label: str
    remark: str
    best_score: int


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A policy that covered the customer on the day, and what it would be opened as."""

    id: int
    number: str
    product_name: str
    sum_insured: Decimal
    opens: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateView:
    """A customer beside the line: what agrees, what does not, and what they hold."""

    party_id: int
    name: str
    sex: str | None
    birth_date: date | None
    masked_identity: str
    masked_phone: str
    score: int
    certain: bool
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    policies: tuple[PolicyInForce, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDesk:
    """One line with everything needed to decide about it."""

    event: EventCard
    list: ListCard
    row: RowLine
    identity: str
    phone: str
    place: str
    decided: bool
    candidates: tuple[CandidateView, ...]
    left: int
    next_id: int | None


def list_rows(
    list_id: int, access: Access, *, state: str = "", after: int = 0
) -> tuple[RowLine, ...]:
    """A page of a list's lines, in its order. :raises EventNotFound: not theirs."""
    get_list(list_id, access)
    rows = CasualtyRow.objects.filter(sheet_id=list_id, line__gt=after)
    if state in CasualtyRow.State.values:
        rows = rows.filter(state=state)
    return tuple(_line(row) for row in rows.order_by("line")[:PAGE])


def next_row(event_id: int, *, after: int = 0) -> int | None:
    """The next line of an event that waits for a person; from the beginning when none is left after."""
    found = tx.rows(
        """
        select r.id from catastrophe_casualtyrow r join catastrophe_casualtylist l on l.id = r.sheet_id
         where l.event_id = %s::bigint and r.state = 'TO_CONFIRM'
         order by r.id <= %s::bigint, r.best_score desc, r.id limit 1
        """,
        [event_id, after],
    )
    return int(found[0][0]) if found else None


def desk(row_id: int, access: Access) -> RowDesk:
    """
    One line beside its candidates. Opening it is recorded by ``operations.see_row``.

    :raises RowNotFound: no such line, or not theirs: the same words.
    """
    row = CasualtyRow.objects.select_related("sheet__event").filter(pk=row_id).first()
    if row is None:
        raise RowNotFound
    event, its_list = get_list(row.sheet_id, access)
    on = day_of(row.sheet.event.occurred_at)
    left = CasualtyRow.objects.filter(sheet__event_id=event.id, state="TO_CONFIRM").count()
    following = next_row(event.id, after=row.pk)
    found = list(row.candidates.order_by("rank")[:SHOWN])
    known = people.list_parties(c.party_id for c in found)
    return RowDesk(
        event=event, list=its_list, row=_line(row), place=row.place,
        identity=sealing.unseal(row.identity, IDENTITY) if row.identity else "",
        phone=sealing.unseal(row.phone, PHONE) if row.phone else "",
        decided=row.state not in ("TO_CONFIRM", "NOBODY"),
        candidates=tuple(
            _candidate(c.party_id, c.score, c.certain, c.reasons, known[c.party_id], row.condition, on)
            for c in found
        ),
        left=left, next_id=following if following != row.pk else None,
    )  # fmt: skip


def _candidate(
    party_id: int, score: int, certain: bool, reasons: list[str], party: people.PartyView,
    condition: str, on: date,
) -> CandidateView:  # fmt: skip
    opens = {o.policy.id: o.claim_type for o in openings_for(party_id, condition, on)}
    return CandidateView(
        party_id=party_id, name=party.name, sex=party.sex, birth_date=party.birth_date,
        masked_identity=party.masked_identity, masked_phone=party.masked_phone, score=score,
        certain=certain,
        reasons=tuple(
            people.REASON_LABELS[r] for r in reasons if not r.endswith("DIFFERS")
        ),
        against=tuple(people.REASON_LABELS[r] for r in reasons if r.endswith("DIFFERS")),
        policies=tuple(
            PolicyInForce(
                p.id, p.number, p.product_name, p.contract.sum_insured, opens.get(p.id, "")
            )
            for p in policies.for_insured_at_loss(party_id, on)
        ),
    )  # fmt: skip


def _line(row: CasualtyRow) -> RowLine:
    return RowLine(
        id=row.pk, line=row.line, name=row.name, sex=row.sex, birth_date=row.birth_date,
        age=row.age, condition_label=CONDITIONS[row.condition], hospital=row.hospital,
        state=row.state, state_label=CasualtyRow.State(row.state).label, remark=row.remark,
        best_score=row.best_score,
    )  # fmt: skip
