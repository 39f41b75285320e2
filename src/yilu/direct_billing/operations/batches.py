"""A file of many visits: received once, staged row by row, settled in chunks, each exactly once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import orjson

from yilu.claims.operations import bulk
from yilu.direct_billing import events
from yilu.direct_billing.models import Authorisation, Batch, BatchRow, Partner, Visit
from yilu.direct_billing.rules import sheet
from yilu.direct_billing.rules.lifecycle import State
from yilu.direct_billing.storage import drawer
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries.claimants import match_persons
from yilu.policies.queries.claimable import ClaimablePolicy, get_many_claimable

from .refusals import BatchNotFound, BatchOver, BodyTooLarge, NotAPartner
from .settling import digest_of, report_of, say_discharged, settle_order, sums_of
from .summing import count_in
from .visits import Patient

ROW_PLACE = "direct_billing_batchrow.content"
BYTES_MAX = 40 * 1024 * 1024
OVER = ("DONE", "CANCELLED", "UNREADABLE")
KNOWN_BEFORE = "这个就诊编号以前已经结算，没有重复办理"


@tx.use_case
def receive_batch(
    *, partner_id: int, filename: str, content: bytes, actor: Ref, at: datetime
) -> tuple[int, bool]:
    """
    Take in a partner's file (批量文件); its id, and whether it is new. It is read soon after.

    The very same file again is the same batch, and nothing of it is settled twice. One that was
    cancelled or unreadable is begun anew.

    :raises NotAPartner: none. :raises BodyTooLarge: more than 40 MB.
    """
    if len(content) > BYTES_MAX:
        raise BodyTooLarge
    if not Partner.objects.filter(pk=partner_id, active=True).exists():
        raise NotAPartner
    digest = hashlib.sha256(content).hexdigest()
    key = drawer.keep(content, digest)
    made = tx.rows(
        """
        insert into direct_billing_batch (partner_id, filename, sha256, storage_key, state, problem,
               total, sent_by, received_at, changed_at)
        values (%s::bigint, %s, %s, %s, 'RECEIVED', '', 0, %s, %s::timestamptz, %s::timestamptz)
        on conflict (partner_id, sha256) do update
           set state = 'RECEIVED', problem = '', changed_at = excluded.changed_at
         where direct_billing_batch.state in ('CANCELLED', 'UNREADABLE')
        returning id
        """,
        [partner_id, _bare(filename), digest, key, str(actor), at, at],
    )
    if not made:
        return Batch.objects.get(partner_id=partner_id, sha256=digest).pk, False
    batch_id = int(made[0][0])
    BatchRow.objects.filter(batch_id=batch_id, state__in=["CANCELLED", "BAD"]).delete()
    journal.record(
        events.BatchReceived(partner_id=partner_id),
        about=Ref("batch", batch_id), actor=actor, at=at,
    )  # fmt: skip
    journal.defer("direct_billing.run_batch", lock=f"batch:{batch_id}", batch_id=batch_id)
    return batch_id, True


def _bare(filename: str) -> str:
    return "".join(c for c in filename.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())[
        :120
    ]


@tx.use_case
def refuse_batch(*, batch_id: int, problem: str, at: datetime) -> None:
    """The file cannot be read: say why."""
    Batch.objects.filter(pk=batch_id, state__in=["RECEIVED", "READING"]).update(
        state="UNREADABLE", problem=problem[:300], changed_at=at, done_at=at
    )


@tx.use_case
def begin_reading(*, batch_id: int, total: int, at: datetime) -> bool:
    """Whether the file is still to be read; how many rows it has."""
    return bool(
        Batch.objects.filter(pk=batch_id, state__in=["RECEIVED", "READING"]).update(
            state="READING", total=total, changed_at=at
        )
    )


@tx.use_case
def stage_rows(*, batch_id: int, rows: Sequence[sheet.Row], at: datetime) -> None:
    """Keep some rows of a file, sealed; the same rows again are the same rows."""
    given = [
        {
            "line": row.line, "number": row.number, "place": row.place, "problem": row.problem,
            "state": "BAD" if row.content is None else "WAITING",
            "content": ""
            if row.content is None
            else sealing.seal(orjson.dumps(row.content).decode(), ROW_PLACE).hex(),
        }
        for row in rows
    ]  # fmt: skip
    tx.changed(
        """
        insert into direct_billing_batchrow (batch_id, line, number, content, state, place, problem)
        select %s::bigint, line, number, decode(content, 'hex'), state, place, problem
          from json_to_recordset(%s::json) as r(line int, number text, content text, state text,
               place text, problem text)
        on conflict (batch_id, line) do nothing
        """,
        [batch_id, orjson.dumps(given).decode()],
    )
    Batch.objects.filter(pk=batch_id).update(changed_at=at)


@tx.use_case
def begin_settling(*, batch_id: int, at: datetime) -> None:
    """Every row is staged: what follows needs the file no more."""
    Batch.objects.filter(pk=batch_id, state="READING").update(state="RUNNING", changed_at=at)


@tx.use_case
def settle_chunk(*, batch_id: int, at: datetime, limit: int = bulk.CHUNK_MAX) -> int:
    """
    Settle the next rows set by set, in one transaction; what is not plain is marked to go singly.

    Returns how many rows it dealt with: none when there are no more, or the batch was cancelled.
    Killed anywhere, nothing of the chunk stands and it is begun anew.

    :raises bulk.Overtaken: somebody reported one of them meanwhile: ``mark_singly`` the chunk.
    """
    batch = _running(batch_id)
    if batch is None:
        return 0
    rows = _next(batch_id, "WAITING", limit)
    if not rows:
        return 0
    answers = _settle_set(batch, rows, at)
    _answer(answers)
    Batch.objects.filter(pk=batch_id).update(changed_at=at)
    return len(rows)


@tx.use_case
def mark_singly(*, batch_id: int, limit: int = bulk.CHUNK_MAX) -> None:
    """Have the next rows settled one by one."""
    rows = _next(batch_id, "WAITING", limit)
    BatchRow.objects.filter(pk__in=[r.pk for r in rows]).update(state="SINGLY")


def _running(batch_id: int) -> Batch | None:
    return (
        Batch.objects.select_for_update(of=("self",))
        .select_related("partner")
        .filter(pk=batch_id, state="RUNNING")
        .first()
    )


def _next(batch_id: int, state: str, limit: int) -> list[BatchRow]:
    rows = BatchRow.objects.select_for_update(skip_locked=True)
    return list(rows.filter(batch_id=batch_id, state=state).order_by("line")[:limit])


def _settle_set(batch: Batch, rows: list[BatchRow], at: datetime) -> list[dict[str, Any]]:
    partner = batch.partner
    told = [orjson.loads(sealing.unseal(row.content, ROW_PLACE)) for row in rows]
    known = set(
        Visit.objects.filter(partner=partner, number__in=[r.number for r in rows]).values_list(
            "number", flat=True
        )
    )
    people = match_persons([(t["name"], t["identity_number"]) for t in told], today=day_of(at))
    agreed = dict(
        Authorisation.objects.filter(
            partner=partner, party_id__in=[p for p in people if p], withdrawn_at=None
        ).values_list("party_id", "pk")
    )
    policies = get_many_claimable(
        [
            (t["policy_number"], party_id or 0, date.fromisoformat(t["on"]))
            for t, party_id in zip(told, people, strict=True)
        ]
    )
    fit: list[tuple[BatchRow, dict[str, Any], int, ClaimablePolicy]] = []
    for row, each, party_id, policy in zip(rows, told, people, policies, strict=True):
        if party_id in agreed and policy is not None and row.number not in known:
            fit.append((row, each, party_id or 0, policy))
    visits = [
        bulk.Visit(
            report_of(
                partner_id=partner.pk, number=row.number, policy_number=policy.number,
                party_id=party_id, on=date.fromisoformat(each["on"]),
                payee=(partner.party_id, partner.account_id), authorisation_id=agreed[party_id],
            ),
            [each["invoice"]],
        )
        for row, each, party_id, policy in fit
    ]  # fmt: skip
    actor = Ref("provider", partner.provider_id)
    settled = bulk.settle_plain(visits, provider_id=partner.provider_id, actor=actor, at=at)
    done = [(fit[place], agreed[fit[place][2]], each) for place, each in settled.items()]
    _write_visits(batch, done, actor, at)
    by_row = {row.pk: each for (row, *_), _, each in done}
    return [
        {"id": row.pk, "state": "SINGLY"}
        if row.pk not in by_row
        else {
            "id": row.pk, "state": "SETTLED", "claim": by_row[row.pk].claim_id,
            "benefit": str(by_row[row.pk].benefit),
        }
        for row in rows
    ]  # fmt: skip


_VISITS = """
    insert into direct_billing_visit (partner_id, number, kind, state, party_id, policy_id,
           authorisation_id, begun_on, department, total, own_part, benefit, claim_id, digest,
           batch_id, opened_at, discharged_at, settled_at)
    select %(partner)s::bigint, number, kind, 'SETTLED', party, policy, authorisation, begun_on,
           department, total, own_part, benefit, claim, digest, %(batch)s::bigint,
           %(at)s::timestamptz, %(at)s::timestamptz, %(at)s::timestamptz
      from json_to_recordset(%(rows)s::json) as r(number text, kind text, party bigint,
           policy bigint, authorisation bigint, begun_on date, department text, total numeric,
           own_part numeric, benefit numeric, claim bigint, digest text)
    on conflict do nothing
    returning id, claim_id
"""


def _write_visits(batch: Batch, done: list[Any], actor: Ref, at: datetime) -> None:
    """The visits of what was settled, with the events that one by one would say."""
    if not done:
        return
    rows = []
    for (row, each, party_id, policy), authorisation_id, settled in done:
        total, own_part = sums_of([each["invoice"]])
        rows.append(
            {
                "number": row.number, "kind": each["kind"], "party": party_id, "policy": policy.id,
                "authorisation": authorisation_id, "begun_on": each["on"],
                "department": each["invoice"]["department"][:60], "total": str(total),
                "own_part": str(own_part), "benefit": str(settled.benefit),
                "claim": settled.claim_id, "digest": digest_of([each["invoice"]]),
            }
        )  # fmt: skip
    given = {
        "partner": batch.partner_id, "batch": batch.pk, "at": at,
        "rows": orjson.dumps(rows).decode(),
    }  # fmt: skip
    made = {claim_id: visit_id for visit_id, claim_id in tx.rows(_VISITS, given)}
    if len(made) != len(rows):
        raise bulk.Overtaken
    for (_row, each, party_id, policy), _authorisation, settled in done:
        visit_id = made[settled.claim_id]
        journal.record(
            events.VisitOpened(
                partner_id=batch.partner_id, kind=each["kind"], office_id=policy.office_id
            ),
            about=Ref("visit", visit_id), actor=actor, at=at, party=party_id,
        )  # fmt: skip
        say_discharged(visit_id, party_id, settled.claim_id, settled.benefit, actor=actor, at=at)
    count_in(batch.partner_id, len(rows), at=at)


def _answer(answers: list[dict[str, Any]]) -> None:
    tx.changed(
        """
        update direct_billing_batchrow row
           set state = given.state, claim_id = given.claim, benefit = given.benefit,
               content = case when given.state = 'SINGLY' then row.content else '' end
          from json_to_recordset(%s::json) as given(id bigint, state text, claim bigint, benefit numeric)
         where row.id = given.id
        """,
        [orjson.dumps(answers).decode()],
    )


def settle_next_singly(*, batch_id: int, at: datetime) -> bool:
    """
    Settle the next row that is not plain through the single path, and keep its answer; False if
    there is none. The visit and its claim are one transaction; asked again, it is the same visit.
    """
    row = (
        BatchRow.objects.select_related("batch__partner")
        .filter(batch_id=batch_id, state="SINGLY", batch__state="RUNNING")
        .order_by("line")
        .first()
    )
    if row is None:
        return False
    told = orjson.loads(sealing.unseal(row.content, ROW_PLACE))
    partner = row.batch.partner
    before = Visit.objects.filter(partner=partner, number=row.number, claim_id__isnull=False)
    if (known := before.first()) is not None and known.batch_id != batch_id:
        _note_answer(row_id=row.pk, state="KNOWN", problem=KNOWN_BEFORE, at=at)
        return True
    try:
        visit, _ = settle_order(
            partner_id=partner.pk, number=row.number, kind=told["kind"],
            patient=Patient(
                name=told["name"], identity_number=told["identity_number"],
                policy_number=told["policy_number"],
            ),
            on=date.fromisoformat(told["on"]), invoices=[told["invoice"]], batch_id=batch_id,
            actor=Ref("provider", partner.provider_id), at=at,
        )  # fmt: skip
    except Refusal as refusal:
        _note_answer(
            row_id=row.pk, state="BAD", problem=f"{refusal.message}。{refusal.hint}"[:300], at=at
        )
        return True
    state = "REVIEW" if visit.state == State.IN_DOUBT else "SETTLED"
    _note_answer(row_id=row.pk, state=state, claim_id=visit.claim_id, benefit=visit.benefit, at=at)
    return True


@tx.use_case
def _note_answer(*, row_id: int, state: str, at: datetime, problem: str = "", **told: Any) -> None:
    BatchRow.objects.filter(pk=row_id, state="SINGLY").update(
        state=state, problem=problem, content=b"", **told
    )
    Batch.objects.filter(rows=row_id).update(changed_at=at)


@tx.use_case
def finish_batch(*, batch_id: int, at: datetime) -> bool:
    """Close a batch of which every row has its answer; whether it was done by this."""
    batch = _running(batch_id)
    open_rows = BatchRow.objects.filter(batch_id=batch_id, state__in=["WAITING", "SINGLY"])
    if batch is None or open_rows.exists():
        return False
    Batch.objects.filter(pk=batch_id).update(state="DONE", changed_at=at, done_at=at)
    states = Counter(BatchRow.objects.filter(batch_id=batch_id).values_list("state", flat=True))
    journal.record(
        events.BatchFinished(
            settled=states["SETTLED"], in_review=states["REVIEW"], known=states["KNOWN"],
            bad=states["BAD"],
        ),
        about=Ref("batch", batch_id), actor=SYSTEM, at=at,
    )  # fmt: skip
    return True


@tx.use_case
def cancel_batch(*, partner_id: int, batch_id: int, actor: Ref, at: datetime) -> int:
    """
    Settle nothing more of a batch; what is settled stays. How many rows were left. Twice is once.

    :raises BatchNotFound: none of theirs. :raises BatchOver: it is done.
    """
    batch = (
        Batch.objects.select_for_update(of=("self",))
        .filter(pk=batch_id, partner_id=partner_id)
        .first()
    )
    if batch is None:
        raise BatchNotFound
    if batch.state == "CANCELLED":
        return 0
    if batch.state in OVER:
        raise BatchOver
    left = BatchRow.objects.filter(batch_id=batch_id, state__in=["WAITING", "SINGLY"]).update(
        state="CANCELLED", content=b""
    )
    Batch.objects.filter(pk=batch_id).update(state="CANCELLED", changed_at=at, done_at=at)
    journal.record(
        events.BatchCancelled(left=left), about=Ref("batch", batch_id), actor=actor, at=at
    )
    return left


@tx.use_case
def resume_batches(*, before: datetime) -> int:
    """Have batches gone on with whose job was lost; how many."""
    lost = list(
        Batch.objects.filter(
            state__in=["RECEIVED", "READING", "RUNNING"], changed_at__lt=before
        ).values_list("pk", flat=True)[:20]
    )
    for batch_id in lost:
        Batch.objects.filter(pk=batch_id).update(changed_at=before)
        journal.defer("direct_billing.run_batch", lock=f"batch:{batch_id}", batch_id=batch_id)
    return len(lost)
