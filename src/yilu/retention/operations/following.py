"""
What keeps recordings follows the journal: in order, in batches, once.

The reader begins with the first event there is, so contracts that ended and cases that were opened
before this room existed are known as well. One transaction reads the next events, notes what they
opened and ended, and moves the position.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from yilu.journal import queries as journal
from yilu.journal.queries import EventRow, Position
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.products import queries as products
from yilu.retention.book import CLOSES, OPENS, Kind, heard
from yilu.retention.models import EndedContract, Matter, Reader

from .holding import place_hold_of_court

BATCH = 2_000
AID_ENDED = "care.legal_aid_ended"
ENDED, REVIVED, ISSUED = (
    "policies.policy_ended", "policies.policy_revived", "policies.policy_issued",
)  # fmt: skip
_LOCK = 0x79696C75_726574  # "yilu" "ret": one reader at a time


@tx.use_case
def follow(at: datetime, limit: int = BATCH) -> int:
    """Read the next events of the journal; how many there were."""
    ((ours,),) = tx.rows("select pg_try_advisory_xact_lock(%s::bigint)", [_LOCK])
    if not ours:
        return 0
    place = Reader.objects.filter(pk=1).values_list("xact", "event_id").first() or (0, 0)
    events, reached = journal.read_after(Position(*place), limit)
    _note_contracts([event for event in events if event.kind in {ENDED, REVIVED}])
    _note_matters([event for event in events if event.kind in heard()])
    for event in events:
        if event.kind == AID_ENDED and event.facts.get("outcome") == "COURT":
            _hold_for_court(event)
    tx.changed(
        """
        insert into retention_reader as r (id, xact, event_id, events, read_at, whole_at)
        values (1, %s::bigint, %s::bigint, %s::bigint, %s::timestamptz, %s::timestamptz)
            on conflict (id) do update set xact = excluded.xact, event_id = excluded.event_id,
               events = r.events + excluded.events, read_at = excluded.read_at,
               whole_at = coalesce(excluded.whole_at, r.whole_at)
        """,
        [reached.xact, reached.id, len(events), at, at if len(events) < limit else None],
    )
    return len(events)


@tx.step
def _hold_for_court(event: EventRow) -> None:
    """Legal help ended before a court: what belongs to the claim is held until somebody says it is over."""
    claim = Matter.objects.filter(kind="claim", ref=str(event.about)).first()
    place_hold_of_court(
        about=event.about, policy_id=claim.policy_id if claim else None,
        party_id=claim.party_id if claim else None,
        office_id=int(event.facts.get("office_id") or 0), at=event.at,
    )  # fmt: skip


@tx.step
def _note_contracts(events: Sequence[EventRow]) -> None:
    ended = {e.about.id: e.facts.get("ended_on") if e.kind == ENDED else None for e in events}
    if not ended:
        return
    long_term = _long_terms(ended)
    EndedContract.objects.bulk_create(
        [
            EndedContract(
                policy_id=policy_id, ended_on=date.fromisoformat(on) if on else None,
                long_term=long_term.get(policy_id, True),
            )
            for policy_id, on in ended.items()
        ],
        update_conflicts=True, unique_fields=["policy_id"], update_fields=["ended_on", "long_term"],
    )  # fmt: skip


def _long_terms(policy_ids: Iterable[int]) -> Mapping[int, bool]:
    """Which contracts run longer than a year, by what was sold; one nobody can say of is left out."""
    about = {str(Ref("policy", policy_id)) for policy_id in policy_ids}
    issued = journal.list_told(ISSUED, about)
    return {
        e.about.id: products.get_terms(int(e.facts["product_version_id"])).long_term for e in issued
    }


@tx.step
def _note_matters(events: Sequence[EventRow]) -> None:
    told = [(event, kind, side) for event in events for kind, side in heard()[event.kind]]
    if not told:
        return
    rows = {
        (row.kind, row.ref): row
        for row in Matter.objects.filter(ref__in={str(event.about) for event, _kind, _side in told})
    }
    concerned = {_concerns(event, kind) for event, kind, _side in told}
    concerned |= {row.concerns for row in rows.values()}
    leads = {row.ref: row for row in Matter.objects.filter(ref__in=concerned) if row.policy_id}
    leads |= {row.ref: row for row in rows.values() if row.policy_id}
    touched: dict[tuple[str, str], Matter] = {}
    for event, kind, side in told:
        key = (kind.kind, str(event.about))
        row = rows.get(key)
        if row is None:
            row = rows[key] = Matter(
                kind=key[0], ref=key[1], opened_at=event.at, closed_at=event.at
            )
        if side in {OPENS, CLOSES}:
            row.closed_at = None if side == OPENS else event.at
        row.concerns = row.concerns or _concerns(event, kind)
        lead = leads.get(row.concerns) or leads.get(row.ref)
        row.policy_id = row.policy_id or _policy(event, kind) or (lead.policy_id if lead else None)
        row.party_id = row.party_id or event.party_id or (lead.party_id if lead else None)
        if row.policy_id:
            leads[row.ref] = row
        touched[key] = row
    Matter.objects.bulk_create([row for row in touched.values() if row.pk is None])
    Matter.objects.bulk_update(
        [row for row in touched.values() if row.pk is not None],
        ["party_id", "policy_id", "concerns", "closed_at"],
    )


def _concerns(event: EventRow, kind: Kind) -> str:
    return str(event.facts.get(kind.concerns) or "") if kind.concerns else ""


def _policy(event: EventRow, kind: Kind) -> int | None:
    """The contract an event names, in a fact of its own or as what it is about."""
    named = event.facts.get(kind.policy) if kind.policy else None
    if named:
        return int(named)
    about = _concerns(event, kind)
    return Ref.parse(about).id if about.startswith("policy:") else None
